import Documents
import Provisioning

/// What every link of Azure's chain has to know.
struct AzureScene: Sendable {
    /// As the settings have it.
    let tenant: String?
    let clientID: String?
    let environment: Environment
    let cloud: AzureCloud
    let doors: CredentialDoors

    /// The names under which the same things stand in the environment.
    struct Names: Sendable {
        let link: String
        let tenant: String
        let clientID: String
        let secret: String
        let certificate: String
        let password: String
        let tokenFile: String

        static let azure = Names(
            link: "", tenant: "AZURE_TENANT_ID", clientID: "AZURE_CLIENT_ID", secret: "AZURE_CLIENT_SECRET",
            certificate: "AZURE_CLIENT_CERTIFICATE_PATH", password: "AZURE_CLIENT_CERTIFICATE_PASSWORD",
            tokenFile: "AZURE_FEDERATED_TOKEN_FILE")
        static let terraform = Names(
            link: " of Terraform", tenant: "ARM_TENANT_ID", clientID: "ARM_CLIENT_ID", secret: "ARM_CLIENT_SECRET",
            certificate: "ARM_CLIENT_CERTIFICATE_PATH", password: "ARM_CLIENT_CERTIFICATE_PASSWORD",
            tokenFile: "ARM_OIDC_TOKEN_FILE_PATH")
    }

    /// An application, and where it signs in.
    struct Application {
        let id: String
        let tenant: String
        let signIn: Address
    }

    enum Applicant {
        case application(Application)
        case none(TokenFinding)
    }

    /// Who is to sign in, by what a variable holds that only makes sense with a tenant and an application.
    func applicant(_ names: Names, for variable: String) -> Applicant {
        let named = environment[names.clientID]
        if let clientID, let named, clientID.lowercased() != named.lowercased() {
            return .none(.notMine("left out, because client `\(clientID)` is named"))
        }
        guard let tenant = tenant ?? environment[names.tenant] else {
            return .none(.stop("\(variable) is set, but \(names.tenant) is not"))
        }
        guard let id = clientID ?? named else {
            return .none(.stop("\(variable) is set, but \(names.clientID) is not"))
        }
        guard tenant.isTenant else { return .none(.stop("the tenant is neither a UUID nor a domain")) }
        guard let authority else {
            return .none(.stop("AZURE_AUTHORITY_HOST is no address like https://login.microsoftonline.com"))
        }
        var address = Address(authority)
        address.path = "/\(tenant)/oauth2/v2.0/token"
        return .application(Application(id: id, tenant: tenant, signIn: address))
    }

    /// Nil: what the environment names is none.
    private var authority: Endpoint? {
        guard let text = environment["AZURE_AUTHORITY_HOST"] else { return cloud.authority }
        guard let endpoint = Endpoint(text.contains("://") ? text : "https://\(text)"), endpoint.mayBeToldSecrets
        else { return nil }
        return endpoint
    }

    /// A token for an application that proves itself by these fields.
    func signIn(
        _ application: Application, _ proof: [(String, String)], hiding secrets: [Secret], source: String
    ) async -> TokenFinding {
        let endpoint = TokenEndpoint(address: application.signIn, doors: doors, secrets: secrets)
        let form = [
            ("client_id", application.id), ("grant_type", "client_credentials"), ("scope", cloud.scope),
        ]
        return await endpoint.token(for: form + proof, source: source)
    }

    /// The same by an assertion: a token that somebody has signed for it, or it for itself.
    func signIn(_ application: Application, assertion: Secret, source: String) async -> TokenFinding {
        let proof = [
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", assertion.revealed),
        ]
        return await signIn(application, proof, hiding: [assertion], source: source)
    }
}

extension Address {
    init(_ endpoint: Endpoint) { self.endpoint = endpoint }
}

extension String {
    /// It stands in a path, so it must not be able to lead elsewhere.
    fileprivate var isTenant: Bool {
        allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == ".") } && !hasPrefix(".")
    }
}
