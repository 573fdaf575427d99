import Provisioning
import Testing

@testable import Cloud

/// What hands out credentials on the machine itself: container agents and instance metadata, over real sockets.
@Suite(.timeLimit(.minutes(1))) struct HostCredentialTests {
    private let given =
        #"{"AccessKeyId": "ASIAHOST", "SecretAccessKey": "host-secret", "Token": "host-token","#
        + #" "Expiration": "2026-11-21T18:00:00Z", "Code": "Success"}"#

    /// A server that answers by method and path; what it does not know is 404.
    private func server(_ answers: [String: (status: String, body: String)]) throws -> LoopbackServer {
        try LoopbackServer { connection, _ in
            while let request = connection.request() {
                let words = request.split(separator: " ", maxSplits: 2)
                let (status, body) = answers["\(words[0]) \(words[1])"] ?? ("404 Not Found", "nothing here")
                connection.answer(body, status: status)
            }
        }
    }

    private func world(_ environment: [String: String]) -> CredentialWorld {
        var world = CredentialWorld(environment)
        world.transport = CurlTransport()
        return world
    }

    private func header(_ name: String, in request: String) -> String? {
        request.split(separator: "\r\n").first { $0.lowercased().hasPrefix(name.lowercased() + ":") }
            .map { String($0.dropFirst(name.count + 1).drop(while: \.isWhitespace)) }
    }

    // MARK: Containers

    @Test func aContainersAgentAnswersForTheTokenItGave() async throws {
        let server = try server(["GET /v1/credentials?id=7": ("200 OK", given)])
        let uri = "\(server.endpoint.text)/v1/credentials?id=7"
        let world = world([
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": uri, "AWS_CONTAINER_AUTHORIZATION_TOKEN": "pass-1",
        ])
        let found = try await world.resolve()
        #expect(found.accessKeyID == "ASIAHOST")
        #expect(found.sessionToken?.revealed == "host-token")
        #expect(found.expiresAt == Timestamp("2026-11-21T18:00:00Z"))
        #expect(found.source == "container credentials from \(server.endpoint.text)")
        #expect(header("Authorization", in: server.requests[0]) == "pass-1")
    }

    @Test func theTokenOfAFileCountsMoreThanOneOfAVariable() async throws {
        let server = try server(["GET /": ("200 OK", given)])
        var world = world([
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": server.endpoint.text,
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": "pass-1", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/run/token",
        ])
        let lost = await world.failure()
        #expect(lost.hasSuffix("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE, `/run/token`: no such file"))
        world.files["/run/token"] = "pass-2"
        _ = try await world.resolve()
        #expect(server.requests.map { header("Authorization", in: $0) } == ["pass-2"])
        world.files["/run/token"] = "pass-3\r\nX-Other: hidden"
        let report = await world.failure()
        #expect(report.hasSuffix("the authorization token is empty, or holds a line break"))
        #expect(server.requests.count == 1)
    }

    @Test(arguments: [
        "http://192.168.1.4/creds", "http://169.254.169.254/creds", "http://example.com/",
        "http://169.254.170.2.evil.com/",
    ])
    func withoutTLSOnlyTheHostsOwnAgentsAreAsked(_ uri: String) async {
        var world = CredentialWorld(["AWS_CONTAINER_CREDENTIALS_FULL_URI": uri])
        let wire = CannedTransport { _ in HTTPResponse(status: 200) }
        world.transport = wire
        #expect(await world.failure().contains("without TLS only this machine and the agents of ECS and EKS are asked"))
        #expect(wire.requests == [])
    }

    @Test(arguments: [
        "http://169.254.170.23/v1/credentials", "http://[fd00:ec2::23]/v1/credentials", "https://example.com/creds",
        "http://localhost:8080/", "http://127.0.0.5/", "http://[::1]/",
    ])
    func theAgentsOfECSAndEKSMayAnswer(_ uri: String) async throws {
        var world = CredentialWorld(["AWS_CONTAINER_CREDENTIALS_FULL_URI": uri])
        let wire = CannedTransport { [given] _ in HTTPResponse(status: 200, body: Array(given.utf8)) }
        world.transport = wire
        #expect(try await world.resolve().accessKeyID == "ASIAHOST")
        #expect(wire.requests.map(\.url) == [uri])
    }

    @Test func aRelativeAddressIsTheAgentsOfECS() async throws {
        var world = CredentialWorld([
            "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/credentials/7",
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://example.com/",
        ])
        let wire = CannedTransport { [given] _ in HTTPResponse(status: 200, body: Array(given.utf8)) }
        world.transport = wire
        _ = try await world.resolve()
        #expect(wire.requests.map(\.url) == ["http://169.254.170.2/v2/credentials/7"])
        world.environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = "@example.com/"
        #expect(await world.failure().hasSuffix("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is no path"))
        #expect(wire.requests.count == 1)
    }

    @Test func anAgentThatIsBusyIsAskedAgainAndOneThatRefusesIsNot() async throws {
        var world = CredentialWorld(["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:9/"])
        let count = Lock(0)
        let busy = CannedTransport { [given] _ in
            let number = count.withLock { count in
                count += 1
                return count
            }
            return number < 3 ? HTTPResponse(status: 503) : HTTPResponse(status: 200, body: Array(given.utf8))
        }
        world.transport = busy
        #expect(try await world.resolve().accessKeyID == "ASIAHOST")
        #expect(busy.requests.count == 3)
        let closed = CannedTransport { _ in HTTPResponse(status: 403, body: Array("hidden".utf8)) }
        world.transport = closed
        await #expect(throws: NoCredentials.self) { try await world.resolve() }
        #expect(closed.requests.count == 1)
        world.transport = CannedTransport { _ in HTTPResponse(status: 503) }
        await #expect(throws: CredentialsLate.self) { try await world.resolve() }
        world.transport = NoNetwork()
        await #expect(throws: CredentialsLate.self) { try await world.resolve() }
    }

    @Test func whatIsOnThisLinkIsAskedWithoutAProxy() {
        func isNear(_ host: String) -> Bool { Endpoint(scheme: .http, host: host).isNear }
        for host in [
            "169.254.169.254", "169.254.170.2", "127.0.0.1", "localhost", "[::1]", "[fd00:ec2::254]",
            "metadata.google.internal",
        ] {
            #expect(isNear(host))
        }
        for host in [
            "169.254.evil.com", "169.253.0.1", "ec2.amazonaws.com", "[fd01::1]", "127.evil.com",
            "metadata.google.internal.evil.com",
        ] {
            #expect(!isNear(host))
        }
    }

    // MARK: Instance metadata

    private let folder = "/latest/meta-data/iam/security-credentials/"

    private func metadata(at endpoint: String, _ more: [String: String] = [:]) -> CredentialWorld {
        let environment = ["AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": endpoint]
        return world(environment.merging(more) { $1 })
    }

    @Test func theRoleOfThisMachineIsFoundByVersionTwo() async throws {
        let server = try server([
            "PUT /latest/api/token": ("200 OK", "session-5"), "GET \(folder)": ("200 OK", "grid-role"),
            "GET \(folder)grid-role": ("200 OK", given),
        ])
        let found = try await metadata(at: server.endpoint.text + "/").resolve()
        #expect(found.accessKeyID == "ASIAHOST")
        #expect(found.source == "role `grid-role` of this machine, by instance metadata")
        #expect(server.requests.count == 3)
        #expect(header("x-aws-ec2-metadata-token-ttl-seconds", in: server.requests[0]) == "21600")
        #expect(server.requests[1...].allSatisfy { header("x-aws-ec2-metadata-token", in: $0) == "session-5" })
    }

    @Test func versionOneIsNeverUsed() async throws {
        let server = try server(["GET \(folder)": ("200 OK", "grid-role"), "GET \(folder)grid-role": ("200 OK", given)])
        let report = await metadata(at: server.endpoint.text).failure()
        #expect(
            report.hasSuffix(
                "instance metadata: \(server.endpoint.text) gives no token for version 2: HTTP 404"))
        #expect(server.requests.count == 1)
    }

    @Test func aMachineWithoutARoleHasNone() async throws {
        let server = try server(["PUT /latest/api/token": ("200 OK", "session-5")])
        #expect(
            await metadata(at: server.endpoint.text).failure().hasSuffix("instance metadata: this machine has no role"))
        let page = try self.server([
            "PUT /latest/api/token": ("200 OK", "session-5"), "GET \(folder)": ("200 OK", "<html>log in</html>"),
        ])
        #expect(await metadata(at: page.endpoint.text).failure().hasSuffix("this machine has no role"))
    }

    @Test func whereNobodyAnswersNoMachineOfTheCloudIsAssumed() async throws {
        let silent = try LoopbackServer { connection, _ in connection.waitForClose() }
        let late = await metadata(at: silent.endpoint.text).failure()
        #expect(late.hasSuffix("instance metadata: nobody answers at \(silent.endpoint.text)"))
        let closed = "http://127.0.0.1:\(try LoopbackServer.freePort())"
        let none = await metadata(at: closed, ["AWS_METADATA_SERVICE_NUM_ATTEMPTS": "3"]).failure()
        #expect(none.hasSuffix("instance metadata: nobody answers at \(closed)"))
    }

    @Test func theUsualPlacesAreAskedUnlessThatIsForbidden() async {
        var world = CredentialWorld(["AWS_EC2_METADATA_DISABLED": "false"])
        let wire = CannedTransport { _ in HTTPResponse(status: 404) }
        world.transport = wire
        _ = await world.failure()
        world.environment["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"] = "IPv6"
        _ = await world.failure()
        world.environment["AWS_EC2_METADATA_DISABLED"] = "TRUE"
        #expect(!(await world.failure().contains("instance metadata")))
        #expect(
            wire.requests.map(\.url) == [
                "http://169.254.169.254/latest/api/token", "http://[fd00:ec2::254]/latest/api/token",
            ])
        world.environment["AWS_EC2_METADATA_DISABLED"] = "false"
        world.environment["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = "nowhere"
        #expect(await world.failure().contains("`nowhere` is no endpoint of instance metadata"))
    }

    @Test func aRoleThatGivesNoneIsToldAndABrokenAnswerTooWithoutWhatItHolds() async throws {
        let cases = [
            #"{"Code": "AssumeRoleUnauthorizedAccess", "Message": "hidden"}"#:
                "the role `r` of this machine gives none: AssumeRoleUnauthorizedAccess",
            #"{"Code": "Success", "AccessKeyId": hidden}"#:
                "what instance metadata says of role `r` is not JSON: line 1, column 36",
            #"{"Code": "Success", "AccessKeyId": "hidden"}"#:
                "what instance metadata says of role `r` has no `SecretAccessKey`",
        ]
        for (body, reason) in cases {
            let server = try server([
                "PUT /latest/api/token": ("200 OK", "session-5"), "GET \(folder)": ("200 OK", "r"),
                "GET \(folder)r": ("200 OK", body),
            ])
            let report = await metadata(at: server.endpoint.text).failure()
            #expect(report.hasSuffix("instance metadata: \(reason)"), "\(report)")
            #expect(!report.contains("hidden") && !report.contains("session-5"))
        }
        let busy = try server([
            "PUT /latest/api/token": ("200 OK", "session-5"), "GET \(folder)": ("200 OK", "r"),
            "GET \(folder)r": ("500 Oops", ""),
        ])
        await #expect(throws: CredentialsLate.self) { try await metadata(at: busy.endpoint.text).resolve() }
    }
}

/// Answers as the test says, and remembers what was sent.
final class CannedTransport: Transport {
    private let answer: @Sendable (HTTPRequest) -> HTTPResponse
    private let sent = Lock([HTTPRequest]())

    init(_ answer: @escaping @Sendable (HTTPRequest) -> HTTPResponse) { self.answer = answer }

    var requests: [HTTPRequest] { sent.withLock { $0 } }

    func send(_ request: HTTPRequest, within deadline: Duration) async throws(TransportError) -> HTTPResponse {
        sent.withLock { $0.append(request) }
        return answer(request)
    }
}
