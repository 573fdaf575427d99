import Cloud
import CloudEmulator
import FoundationEssentials
import Provisioning
import Testing

/// Who cannot prove who they are is told so, and gets nothing.
@Suite struct SignatureTests {
    /// The public suite: requests that AWS's own signer signed.
    static let cases = [
        "get-header-key-duplicate", "get-header-value-order", "get-relative-normalized",
        "get-slash-dot-slash-normalized", "get-slash-normalized", "get-slash-pointless-dot-normalized",
        "get-unreserved", "get-vanilla",
        "get-vanilla-empty-query-key", "get-vanilla-query", "get-vanilla-query-order-encoded",
        "get-vanilla-query-order-key-case", "get-vanilla-utf8-query", "get-vanilla-with-session-token",
        "post-header-key-case", "post-header-value-case", "post-sts-header-after", "post-vanilla",
        "post-vanilla-empty-query-value", "post-x-www-form-urlencoded",
    ]

    @Test(arguments: cases) func whatAWSSignedIsBelieved(_ name: String) throws {
        let example = try SignedExample(name)
        let scope = try example.check.verify(example.request, at: example.signedAt)
        #expect(scope.accessKeyID == "AKIDEXAMPLE")
        #expect(scope.region == "us-east-1")
    }

    @Test(arguments: cases) func whatWasChangedOnTheWayIsNot(_ name: String) throws {
        let example = try SignedExample(name)
        for change: @Sendable (inout HTTPRequest) -> Void in [
            { $0.body.append(33) }, { $0.method = "PUT" }, { $0.path = "/elsewhere" }, { $0.query += "&x=1" },
            { $0.headers.removeAll { $0.name == "Host" } },
        ] {
            var changed = example.request
            change(&changed)
            #expect(throws: (EC2Error).self) { try example.check.verify(changed, at: example.signedAt) }
        }
    }

    @Test(arguments: [-301, 301, 86400]) func anOldSignatureHasExpiredAndOneFromTheFutureToo(_ seconds: Int) throws {
        let cloud = try EmulatedCloud()
        let request = cloud.request("DescribeInstances", [:])
        cloud.clock.turn(.seconds(seconds))
        let answer = Answer(cloud.emulator.handle(request))
        #expect(answer.code == "RequestExpired")
        #expect(answer.status == 400)
    }

    @Test(arguments: [-299, 0, 299]) func fiveMinutesAreForgiven(_ seconds: Int) throws {
        let cloud = try EmulatedCloud()
        let request = cloud.request("DescribeInstances", [:])
        cloud.clock.turn(.seconds(seconds))
        #expect(cloud.emulator.handle(request).status == 200)
    }

    @Test func nobodyIsNobody() throws {
        let cloud = try EmulatedCloud()
        var request = cloud.request("DescribeInstances", [:])
        request.headers.removeAll { $0.name == "Authorization" }
        let answer = Answer(cloud.emulator.handle(request))
        #expect(answer.code == "MissingAuthenticationToken")
        #expect(answer.status == 403)
    }

    @Test func anUnknownKeyIsNotValidated() throws {
        let cloud = try EmulatedCloud()
        let stranger = EmulatorCredential(accessKeyID: "AKIDOTHER", secret: EmulatorCredential.demo.secret)
        let answer = Answer(cloud.emulator.handle(cloud.request("DescribeInstances", [:], credential: stranger)))
        #expect(answer.code == "AuthFailure")
        #expect(answer.status == 401)
    }

    @Test func aWrongSecretMakesAnotherSignature() throws {
        let cloud = try EmulatedCloud()
        let forger = EmulatorCredential(accessKeyID: EmulatorCredential.demo.accessKeyID, secret: Secret("guessed"))
        let request = cloud.request("RunInstances", EmulatedCloud.launchParameters(), credential: forger)
        let answer = Answer(cloud.emulator.handle(request))
        #expect(answer.code == "SignatureDoesNotMatch")
        #expect(answer.status == 403)
        #expect(cloud.describe().instances.isEmpty)
    }

    @Test func aSessionIsProvedByItsToken() throws {
        let session = EmulatorCredential(accessKeyID: "ASIA", secret: Secret("s"), sessionToken: Secret("token"))
        let cloud = try EmulatedCloud { $0.credentials.append(session) }
        func code(_ token: String?) -> String? {
            var credential = session
            credential.sessionToken = token.map { Secret($0) }
            return Answer(cloud.emulator.handle(cloud.request("DescribeInstances", [:], credential: credential))).code
        }
        #expect(code("token") == nil)
        #expect(code("other") == "AuthFailure")
        #expect(code(nil) == "AuthFailure")
    }

    @Test func anotherServiceOrRegionIsOutOfScope() throws {
        let cloud = try EmulatedCloud()
        let elsewhere = cloud.request("DescribeInstances", [:], service: "s3")
        #expect(Answer(cloud.emulator.handle(elsewhere)).code == "SignatureDoesNotMatch")
        #expect(cloud.describe(in: "mars-1").code == "SignatureDoesNotMatch")
    }

    @Test func anAuthorizationThatIsNoneIsIncomplete() throws {
        let cloud = try EmulatedCloud()
        for text in ["Basic Zm9v", "AWS4-HMAC-SHA256 Credential=a/b", "AWS4-HMAC-SHA256 x", "AWS4-HMAC-SHA256 "] {
            var request = cloud.request("DescribeInstances", [:])
            request.headers.removeAll { $0.name == "Authorization" }
            request.headers.append(HTTPHeader("Authorization", text))
            #expect(Answer(cloud.emulator.handle(request)).code == "IncompleteSignature")
        }
    }
}

/// One folder of the suite, as a request that arrives.
private struct SignedExample {
    let request: HTTPRequest
    let signedAt: Timestamp
    let check: SignatureCheck

    init(_ name: String) throws {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let context = try decoder.decode(Context.self, from: Fixtures.data("sigv4/\(name)/context.json"))
        signedAt = try #require(Timestamp(context.timestamp))
        request = try SignedExample.request(Fixtures.text("sigv4/\(name)/header-signed-request.txt"))
        check = SignatureCheck(
            credentials: [
                EmulatorCredential(
                    accessKeyID: context.credentials.accessKeyId,
                    secret: Secret(context.credentials.secretAccessKey),
                    sessionToken: context.credentials.token.map { Secret($0) })
            ], service: context.service)
    }

    private static func request(_ text: String) throws -> HTTPRequest {
        let halves = text.split(separator: "\n\n", maxSplits: 1, omittingEmptySubsequences: false)
        let lines = halves[0].split(separator: "\n")
        let first = try #require(lines.first), method = first.prefix { $0 != " " }
        let target = first.dropFirst(method.count + 1).dropLast(" HTTP/1.1".count)
        let mark = target.firstIndex(of: "?")
        var body = halves.count > 1 ? Array(halves[1].utf8) : []
        while body.last == 10 { body.removeLast() }
        return HTTPRequest(
            method: String(method), endpoint: Endpoint(scheme: .https, host: "elsewhere.example"),
            path: String(mark.map { target[..<$0] } ?? target),
            query: String(mark.map { target[$0...].dropFirst() } ?? ""),
            headers: try lines.dropFirst().map { line in
                let colon = try #require(line.firstIndex(of: ":"))
                return HTTPHeader(String(line[..<colon]), String(line[line.index(after: colon)...]))
            }, body: body)
    }

    private struct Context: Decodable {
        struct Credentials: Decodable {
            let accessKeyId, secretAccessKey: String
            let token: String?
        }

        let credentials: Credentials
        let region, service, timestamp: String
    }
}
