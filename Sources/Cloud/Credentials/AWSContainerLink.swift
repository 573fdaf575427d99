import Provisioning

/// What the agent of a container's host hands out: a task's role on ECS, a pod's identity on EKS.
///
/// https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
struct AWSContainerLink: CredentialLink {
    let environment: Environment
    let doors: CredentialDoors

    var name: String { "container credentials" }

    private static let relative = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
    private static let full = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
    private static let deadline: Duration = .seconds(2)
    private static let attempts = 3

    func look() async -> CredentialFinding {
        let address: Address
        if let path = environment[AWSContainerLink.relative] {
            guard let read = Address("http://169.254.170.2" + path), path.hasPrefix("/") else {
                return .stop("\(AWSContainerLink.relative) is no path")
            }
            address = read
        } else if let text = environment[AWSContainerLink.full] {
            guard let read = Address(text) else {
                return .stop("\(AWSContainerLink.full) is no address like http://169.254.170.23/v1/credentials")
            }
            guard read.endpoint.mayHandOutCredentials else {
                return .stop(
                    "\(AWSContainerLink.full) names `\(read.endpoint.host)`: without TLS only this machine and the "
                        + "agents of ECS and EKS are asked")
            }
            address = read
        } else {
            return .notMine("neither \(AWSContainerLink.relative) nor \(AWSContainerLink.full) is set")
        }
        var headers: [HTTPHeader] = [HTTPHeader("Accept", "application/json")]
        switch authorization {
        case .failure(let flaw): return .stop(flaw.description)
        case .success(let token?): headers.append(HTTPHeader("Authorization", token.revealed))
        case .success(nil): break
        }
        return await ask(address, headers)
    }

    private func ask(_ address: Address, _ headers: [HTTPHeader]) async -> CredentialFinding {
        let request = HTTPRequest(
            method: "GET", endpoint: address.endpoint, path: address.path, query: address.query, headers: headers)
        let place = address.endpoint.text
        switch await doors.ask(request, within: AWSContainerLink.deadline, attempts: AWSContainerLink.attempts) {
        case .failure(let error): return .later("\(place): \(error)")
        case .success(let response) where response.isBusy: return .later("\(place) answers HTTP \(response.status)")
        case .success(let response) where response.status != 200:
            return .stop("\(place) answers HTTP \(response.status)")
        case .success(let response):
            do throws(CredentialDocument.Flaw) {
                return .found(
                    try CredentialDocument(response.body).credentials(
                        tokenKey: "Token", source: "container credentials from \(place)"))
            } catch {
                return .stop("what \(place) answers \(error)")
            }
        }
    }

    /// The file is read each time: whoever put it there renews it.
    private var authorization: Result<Secret?, CredentialDocument.Flaw> {
        let token: String
        if let path = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] {
            do { token = String(decoding: try doors.readFile(path), as: UTF8.self) } catch {
                return .failure(.init("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE, `\(path)`: \(error)"))
            }
        } else if let text = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"] {
            token = text
        } else {
            return .success(nil)
        }
        // A line break would begin a header of somebody else's making.
        guard !token.isEmpty, !token.utf8.contains(where: { $0 == 10 || $0 == 13 || $0 == 0 }) else {
            return .failure(.init("the authorization token is empty, or holds a line break"))
        }
        return .success(Secret(token))
    }
}

/// An endpoint with a path and a query.
struct Address {
    var endpoint: Endpoint
    var path = "/"
    var query = ""

    init?(_ text: String) {
        guard let scheme = text.firstIndex(of: ":"), text[scheme...].hasPrefix("://") else { return nil }
        let start = text.index(scheme, offsetBy: 3)
        let end = text[start...].firstIndex { $0 == "/" || $0 == "?" } ?? text.endIndex
        guard let endpoint = Endpoint(String(text[..<end])), !text.contains("#") else { return nil }
        self.endpoint = endpoint
        let rest = text[end...].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        if let path = rest.first, !path.isEmpty { self.path = String(path) }
        if rest.count > 1 { query = String(rest[1]) }
    }
}

extension Endpoint {
    /// Whether credentials may come from there: over TLS from anywhere, else from this machine and its host only.
    fileprivate var mayHandOutCredentials: Bool {
        scheme == .https || isThisMachine || isLinkLocalAgent
    }

    private var isLinkLocalAgent: Bool {
        ["169.254.170.2", "169.254.170.23", "[fd00:ec2::23]"].contains(host.lowercased())
    }
}
