import Documents
import Provisioning

/// Somebody whom another cloud or an identity provider vouches for: its word is exchanged for a token.
///
/// https://google.aip.dev/auth/4117
struct GCPExternalAccount {
    private let audience: String
    private let subjectType: String
    private let exchange: Address
    private let document: CredentialDocument
    private let source: CredentialDocument
    private let place: String

    init(_ document: CredentialDocument, in place: String) throws(CredentialDocument.Flaw) {
        self.document = document
        self.place = place
        audience = try document.required("audience")
        subjectType = try document.required("subject_token_type")
        exchange = try Address(secretly: document.required("token_url"), key: "token_url")
        guard let source = document.object("credential_source") else { throw .init("has no `credential_source`") }
        self.source = source
    }

    func token(_ doors: CredentialDoors, _ variables: [String: String]) async -> TokenFinding {
        let subject: GCPSubject
        var impersonation: GCPImpersonation?
        do throws(CredentialDocument.Flaw) {
            subject = try GCPSubject(source)
            if let address = document["service_account_impersonation_url"] {
                let options = document.object("service_account_impersonation")
                impersonation = try GCPImpersonation(
                    address: address, lifetimeSeconds: options?["token_lifetime_seconds"], doors: doors)
            }
        } catch {
            return .stop("\(place) \(error)")
        }
        let word: Secret
        switch await subject.word(for: audience, doors, variables) {
        case .have(let found): word = found
        case .stop(let why): return .stop("\(place): \(why)")
        case .later(let why): return .later("\(place): \(why)")
        }
        let found = await exchange(word, doors)
        guard let impersonation, case .found(let token) = found else { return found }
        return await impersonation.token(by: token)
    }

    private func exchange(_ word: Secret, _ doors: CredentialDoors) async -> TokenFinding {
        var form = [
            ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"), ("audience", audience),
            ("scope", GCPScope.all), ("requested_token_type", "urn:ietf:params:oauth:token-type:access_token"),
            ("subject_token_type", subjectType), ("subject_token", word.revealed),
        ]
        var headers: [HTTPHeader] = [], secrets = [word]
        if let id = document["client_id"] {
            let secret = Secret(document["client_secret"] ?? "")
            secrets.append(secret)
            headers.append(HTTPHeader("Authorization", "Basic \(Array("\(id):\(secret.revealed)".utf8).base64)"))
        } else if let project = document["workforce_pool_user_project"] {
            let options = Written.map([.init("userProject", .text(project))]).json(indent: nil, step: 0)
            form.append(("options", options.escaped))
        }
        return await TokenEndpoint(address: exchange, doors: doors, secrets: secrets)
            .token(for: form, headers: headers, source: "the external account in \(place)")
    }
}
