import Provisioning

/// The identity of what we run in, by the agent that App Service and Container Apps put beside it.
///
/// https://learn.microsoft.com/azure/app-service/overview-managed-identity
struct AzureServiceIdentityLink: CredentialLink {
    let scene: AzureScene

    var name: String { "managed identity of a service" }

    private static let endpoint = "IDENTITY_ENDPOINT"
    private static let header = "IDENTITY_HEADER"

    func look() async -> TokenFinding {
        let environment = scene.environment
        guard let text = environment[Self.endpoint] else { return .notMine("\(Self.endpoint) is not set") }
        if environment["IMDS_ENDPOINT"] != nil { return .stop("the identity of Azure Arc is not supported") }
        if environment["IDENTITY_SERVER_THUMBPRINT"] != nil {
            return .stop("the identity of Service Fabric is not supported")
        }
        guard let header = environment[Self.header] else {
            return .stop("\(Self.endpoint) is set, but \(Self.header) is not")
        }
        guard !header.utf8.contains(where: { $0 == 10 || $0 == 13 || $0 == 0 }) else {
            return .stop("\(Self.header) holds a line break")
        }
        guard let address = Address(forSecrets: text) else {
            return .stop("\(Self.endpoint) is no address on this machine")
        }
        var query = [("api-version", "2019-08-01"), ("resource", scene.cloud.resource)]
        if let id = scene.identity { query.append(("client_id", id)) }
        let request = HTTPRequest(
            method: "GET", endpoint: address.endpoint, path: address.path, query: query.form,
            headers: [HTTPHeader("X-IDENTITY-HEADER", header), HTTPHeader("Accept", "application/json")])
        let agent = TokenEndpoint(
            address: address, doors: scene.doors, deadline: .seconds(10), secrets: [Secret(header)])
        return await agent.token(by: request, source: name + scene.identitySuffix)
    }
}

extension AzureScene {
    /// Which of several identities is meant; nil: the one there is.
    var identity: String? { clientID ?? environment["AZURE_CLIENT_ID"] }

    var identitySuffix: String { identity.map { ", as client \($0)" } ?? "" }
}
