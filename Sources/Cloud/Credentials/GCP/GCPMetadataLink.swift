import Provisioning

/// The service account of the machine that we run on, from its metadata.
///
/// Where nothing answers at once, no machine of Google Cloud is assumed.
///
/// https://cloud.google.com/compute/docs/access/authenticate-workloads#applications
struct GCPMetadataLink: CredentialLink {
    let environment: Environment
    let doors: CredentialDoors

    var name: String { "metadata of this machine" }

    private static let host = "GCE_METADATA_HOST"
    private static let flavor = HTTPHeader("Metadata-Flavor", "Google")

    func look() async -> TokenFinding {
        if environment["NO_GCE_CHECK"]?.lowercased() == "true" { return .notMine("NO_GCE_CHECK is set") }
        let other = environment[Self.host]
        guard let endpoint = Endpoint("http://\(other ?? "169.254.169.254")"), endpoint.mayHaveMetadata else {
            return .stop("\(Self.host) is no name or address like metadata.google.internal")
        }
        if other == nil, let absence = await probe(endpoint) { return .absent(absence) }
        let metadata = TokenEndpoint(address: Address(endpoint), doors: doors, deadline: .seconds(10), attempts: 5)
        let now = doors.surroundings.now()
        let answer = await metadata.answer(
            to: HTTPRequest(
                method: "GET", endpoint: endpoint, path: "/computeMetadata/v1/instance/service-accounts/default/token",
                headers: [Self.flavor]))
        return switch answer {
        case .yes(let response) where !response.isGoogles:
            .stop("what answers at \(endpoint) does not say `Metadata-Flavor: Google`")
        case .yes(let response):
            metadata.token(in: response.body, at: now, source: "the service account of this machine, by its metadata")
        case .refused(let refusal) where refusal.status == 404: .absent("this machine has no service account")
        case .refused(let refusal): .stop("\(endpoint): \(refusal)")
        case .late(let why): .later("\(endpoint): \(why)")
        }
    }

    /// Why there is none, if there is none: others have something at this address too, but do not say this.
    private func probe(_ endpoint: Endpoint) async -> String? {
        let request = HTTPRequest(method: "GET", endpoint: endpoint, headers: [Self.flavor])
        let seconds = environment["GCE_METADATA_TIMEOUT"].flatMap { Int($0) }.map { min(max($0, 1), 30) } ?? 1
        return switch await doors.ask(request, within: .seconds(seconds), attempts: 1) {
        case .failure: "nobody answers at \(endpoint)"
        case .success(let response):
            response.isGoogles ? nil : "what answers at \(endpoint) is no metadata of Google Cloud"
        }
    }
}

extension HTTPResponse {
    fileprivate var isGoogles: Bool { headers["Metadata-Flavor"] == "Google" }
}

extension Endpoint {
    /// Whatever is asked there is asked without a secret, but what it answers is believed.
    fileprivate var mayHaveMetadata: Bool {
        isNear || host.lowercased() == "metadata"
    }
}
