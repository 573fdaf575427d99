import Cloud
import Glibc
import Provisioning

/// A world for the chain: these variables, these files, this clock, and AWS's services as the test wants them.
struct CredentialWorld {
    var environment: [String: String] = [:]
    var files: [String: String] = [:]
    /// Files that are there and may not be read.
    var locked: Set<String> = []
    var now = Timestamp("2026-11-21T12:00:00Z")!
    var issuer = FakeIssuer()
    var transport: any Transport = NoNetwork()
    var run: @Sendable ([String], [String: String]) async -> ProgramEnd = { words, _ in
        .failed("should not have been run: \(words)")
    }

    init(
        _ environment: [String: String] = [:], credentials: String? = nil, config: String? = nil,
        files: [String: String] = [:]
    ) {
        // No machine's metadata, unless a test turns it on.
        self.environment = ["HOME": "/home/ada", "AWS_EC2_METADATA_DISABLED": "true"].merging(environment) { $1 }
        self.files = files
        self.files["/home/ada/.aws/credentials"] = credentials
        self.files["/home/ada/.aws/config"] = config
    }

    var readFile: @Sendable (String) throws -> [UInt8] {
        { [files, locked] path in
            if locked.contains(path) { throw FileFailure(code: EACCES) }
            guard let text = files[path] else { throw FileFailure(code: ENOENT) }
            return Array(text.utf8)
        }
    }

    var doors: CredentialDoors {
        CredentialDoors(
            transport: transport, surroundings: Surroundings(now: { [now] in now }, sleep: { _ in }, random: { 0 }),
            issuer: issuer, readFile: readFile, run: run)
    }

    func chain(profile: String? = nil) -> AWSCredentialChain {
        AWSCredentialChain(profile: profile, environment: environment, doors: doors)
    }

    func resolve(profile: String? = nil) async throws -> AWSCredentials { try await chain(profile: profile).resolve() }

    /// What the chain says where it finds nothing.
    func failure(profile: String? = nil) async -> String {
        do { return "found \(try await resolve(profile: profile).source)" } catch { return "\(error)" }
    }
}

struct NoNetwork: Transport {
    func send(_ request: HTTPRequest, within deadline: Duration) async throws(TransportError) -> HTTPResponse {
        throw .unsent("no network")
    }
}

/// Gives numbered credentials, and writes down what it was asked.
final class FakeIssuer: AWSCredentialIssuer {
    enum Order: Equatable {
        case role(AWSRole, by: String)
        case webIdentity(AWSRole, token: String)
        case signOn(SingleSignOnGrant, token: String)
    }

    private let state = Lock([Order]())
    /// Instead of credentials.
    private let answer: CredentialFinding?

    init(_ answer: CredentialFinding? = nil) { self.answer = answer }

    var orders: [Order] { state.withLock { $0 } }

    private func give(_ order: Order) -> CredentialFinding {
        let number = state.withLock { orders in
            orders.append(order)
            return orders.count
        }
        return answer
            ?? .found(AWSCredentials(accessKeyID: "ASIA\(number)", secretAccessKey: Secret("s"), source: "issuer"))
    }

    func assume(_ role: AWSRole, with credentials: AWSCredentials) async -> CredentialFinding {
        give(.role(role, by: credentials.accessKeyID))
    }

    func assume(_ role: AWSRole, webIdentity token: Secret) async -> CredentialFinding {
        give(.webIdentity(role, token: token.revealed))
    }

    func signOn(_ grant: SingleSignOnGrant, token: Secret) async -> CredentialFinding {
        give(.signOn(grant, token: token.revealed))
    }
}
