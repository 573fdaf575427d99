import Provisioning

/// The identity of the machine that we run on, from its instance metadata.
///
/// Where nothing answers at once, no machine of Azure is assumed.
///
/// https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token
struct AzureMachineIdentityLink: CredentialLink {
    let scene: AzureScene
    /// Nothing else is asked, so there is no hurry.
    let isNamed: Bool

    var name: String { "managed identity of this machine" }

    private static let host = "AZURE_POD_IDENTITY_AUTHORITY_HOST"

    func look() async -> TokenFinding {
        let other = scene.environment[Self.host]
        guard let endpoint = Endpoint(other ?? "http://169.254.169.254"), endpoint.mayBeToldSecrets else {
            return .stop("\(Self.host) is no address like http://169.254.169.254")
        }
        if other == nil, !isNamed, let absence = await probe(endpoint) { return .absent(absence) }
        var query = [("api-version", "2018-02-01"), ("resource", scene.cloud.resource)]
        if let id = scene.identity { query.append(("client_id", id)) }
        let request = HTTPRequest(
            method: "GET", endpoint: endpoint, path: "/metadata/identity/oauth2/token", query: query.form,
            headers: [HTTPHeader("Metadata", "true"), HTTPHeader("Accept", "application/json")])
        let metadata = TokenEndpoint(
            address: Address(endpoint), doors: scene.doors, deadline: .seconds(10), attempts: 5)
        let now = scene.doors.surroundings.now()
        return switch await metadata.answer(to: request) {
        case .yes(let response): metadata.token(in: response.body, at: now, source: name + scene.identitySuffix)
        // A machine without an identity answers so; but one that was named is missed.
        case .refused(let refusal) where refusal.status == 400 && scene.identity == nil:
            .absent("this machine has no identity")
        // While it is renewed.
        case .refused(let refusal) where [404, 410].contains(refusal.status): .later("\(endpoint): \(refusal)")
        case .refused(let refusal): .stop("\(endpoint): \(refusal)")
        case .late(let why): .later("\(endpoint): \(why)")
        }
    }

    /// A request without the header that metadata must have: Azure's says so, and nobody else does.
    private func probe(_ endpoint: Endpoint) async -> String? {
        let request = HTTPRequest(
            method: "GET", endpoint: endpoint, path: "/metadata/identity/oauth2/token", query: "api-version=2018-02-01")
        return switch await scene.doors.ask(request, within: .seconds(1), attempts: 1) {
        case .failure: "nobody answers at \(endpoint)"
        case .success(let response) where response.status == 400 || response.isBusy: nil
        case .success(let response):
            "what answers at \(endpoint) is no metadata of Azure: HTTP \(response.status)"
        }
    }
}
