import Provisioning

/// The role of the machine that we run on, from its instance metadata, version 2 only.
///
/// Where nothing answers, no machine of EC2 is assumed: a container may be one hop too far from it.
///
/// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
struct AWSMetadataLink: CredentialLink {
    let environment: Environment
    let profile: AWSProfile
    let doors: CredentialDoors

    var name: String { "instance metadata" }

    private static let folder = "/latest/meta-data/iam/security-credentials/"

    func look() async -> CredentialFinding {
        if environment["AWS_EC2_METADATA_DISABLED"]?.lowercased() == "true" {
            return .notMine("AWS_EC2_METADATA_DISABLED is set")
        }
        let text = address
        guard let endpoint = Endpoint(text) else {
            return .stop("`\(text)` is no endpoint of instance metadata, like http://169.254.169.254")
        }
        let token: Secret
        switch await findToken(at: endpoint) {
        case .have(let found): token = found
        case .none(let finding): return finding
        }
        // From here on somebody is there, and what fails may come right.
        let role: String
        switch await read("", at: endpoint, token) {
        case .failure(let other): return other.finding
        case .success(let body):
            role = String(decoding: body, as: UTF8.self).split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        }
        guard role.isRoleName else { return .absent("this machine has no role") }
        switch await read(role, at: endpoint, token) {
        case .failure(let other): return other.finding
        case .success(let body): return credentials(of: role, in: body)
        }
    }

    private func credentials(of role: String, in body: [UInt8]) -> CredentialFinding {
        do throws(CredentialDocument.Flaw) {
            let document = try CredentialDocument(body)
            if let code = document["Code"], code != "Success" {
                return .stop("the role `\(role)` of this machine gives none: \(code.filter(\.isLetter))")
            }
            return .found(
                try document.credentials(
                    tokenKey: "Token", source: "role `\(role)` of this machine, by instance metadata"))
        } catch {
            return .stop("what instance metadata says of role `\(role)` \(error)")
        }
    }
}

// MARK: - Asking

extension AWSMetadataLink {
    private enum Token {
        case have(Secret)
        case none(CredentialFinding)
    }

    /// The first question tells whether anybody is there.
    private func findToken(at endpoint: Endpoint) async -> Token {
        let request = HTTPRequest(
            method: "PUT", endpoint: endpoint, path: "/latest/api/token",
            headers: [HTTPHeader("x-aws-ec2-metadata-token-ttl-seconds", "21600")])
        switch await doors.ask(request, within: deadline, attempts: attempts) {
        case .failure: return .none(.absent("nobody answers at \(endpoint)"))
        case .success(let response) where response.isBusy:
            return .none(.later("\(endpoint) answers HTTP \(response.status)"))
        case .success(let response):
            let token = String(decoding: response.body, as: UTF8.self)
            guard response.status == 200, !token.isEmpty, !token.contains(where: \.isNewline) else {
                return .none(.absent("\(endpoint) gives no token for version 2: HTTP \(response.status)"))
            }
            return .have(Secret(token))
        }
    }

    private struct Other: Error {
        let finding: CredentialFinding
    }

    private func read(_ name: String, at endpoint: Endpoint, _ token: Secret) async -> Result<[UInt8], Other> {
        let request = HTTPRequest(
            method: "GET", endpoint: endpoint, path: AWSMetadataLink.folder + name,
            headers: [HTTPHeader("x-aws-ec2-metadata-token", token.revealed)])
        switch await doors.ask(request, within: deadline, attempts: attempts) {
        case .failure(let error): return .failure(Other(finding: .later("\(endpoint): \(error)")))
        case .success(let response):
            switch response.status {
            case 200: return .success(response.body)
            case 404: return .failure(Other(finding: .absent("this machine has no role")))
            case let status where response.isBusy:
                return .failure(Other(finding: .later("\(endpoint) answers HTTP \(status)")))
            case let status: return .failure(Other(finding: .stop("\(endpoint) answers HTTP \(status)")))
            }
        }
    }

    // MARK: As the environment has it

    private var address: String {
        func said(_ variable: String, _ key: String) -> String? {
            environment[variable] ?? profile.values?[key]?.revealed
        }
        if let text = said("AWS_EC2_METADATA_SERVICE_ENDPOINT", "ec2_metadata_service_endpoint") { return text }
        let mode = said("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "ec2_metadata_service_endpoint_mode")
        return mode?.lowercased() == "ipv6" ? "http://[fd00:ec2::254]" : "http://169.254.169.254"
    }

    /// Short, because most who ask are on no machine of EC2.
    private var deadline: Duration {
        .seconds(environment["AWS_METADATA_SERVICE_TIMEOUT"].flatMap { Int($0) }.map { min(max($0, 1), 30) } ?? 1)
    }

    private var attempts: Int {
        environment["AWS_METADATA_SERVICE_NUM_ATTEMPTS"].flatMap { Int($0) }.map { min(max($0, 1), 10) } ?? 1
    }
}

extension String {
    /// What IAM lets a role's name be made of; anything else is a page that somebody else has answered with.
    fileprivate var isRoleName: Bool {
        !isEmpty && utf8.count <= 128
            && allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "+=,.@_-".contains($0)) }
    }
}
