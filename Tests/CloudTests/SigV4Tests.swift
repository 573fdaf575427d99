import Cloud
import FoundationEssentials
import Provisioning
import Testing

/// Every case and stage of the suite that AWS publishes for its own signers.
@Suite struct SigV4Tests {
    static let cases = (try? Fixtures.folders(in: "sigv4")) ?? []

    @Test func theWholeSuiteIsThere() {
        #expect(SigV4Tests.cases.count == 24)
    }

    @Test(arguments: cases) func aSignatureInTheHeadersIsTheOneAWSWouldMake(_ name: String) throws {
        let example = try SigningExample(name)
        let (signed, stages) = SigV4.signing(
            example.request, with: example.credentials, region: example.region, service: example.service,
            at: example.now, options: example.options)
        #expect(stages.canonicalRequest == (try example.expected("header-canonical-request")))
        #expect(stages.stringToSign == (try example.expected("header-string-to-sign")))
        #expect(stages.signature == (try example.expected("header-signature")))
        #expect(signed.wire == SigningExample.trimmed(try example.expected("header-signed-request")))
    }

    @Test(arguments: cases) func aSignatureInTheQueryIsTheOneAWSWouldMake(_ name: String) throws {
        let example = try SigningExample(name)
        let (signed, stages) = SigV4.presigning(
            example.request, with: example.credentials, region: example.region, service: example.service,
            at: example.now, lifetime: example.lifetime, options: example.options)
        #expect(stages.canonicalRequest == (try example.expected("query-canonical-request")))
        #expect(stages.stringToSign == (try example.expected("query-string-to-sign")))
        #expect(stages.signature == (try example.expected("query-signature")))
        #expect(signed.wire == SigningExample.trimmed(try example.expected("query-signed-request")))
    }

    @Test func signingTwiceLeavesOneSignature() throws {
        let example = try SigningExample("get-vanilla-with-session-token")
        func sign(_ request: HTTPRequest, at now: Timestamp) -> HTTPRequest {
            SigV4.sign(request, with: example.credentials, region: "us-east-1", service: "ec2", at: now)
        }
        let later = example.now + .seconds(60)
        #expect(sign(sign(example.request, at: example.now), at: later) == sign(example.request, at: later))
    }

    @Test func theHostIsAddedWithThePortThatIsNotTheSchemesOwn() {
        let request = HTTPRequest(method: "POST", endpoint: .init(scheme: .http, host: "127.0.0.1", port: 4566))
        let credentials = AWSCredentials(accessKeyID: "AK", secretAccessKey: Secret("s"), source: "test")
        let signed = SigV4.sign(request, with: credentials, region: "r", service: "ec2", at: .init(seconds: 0))
        #expect(signed.headers["Host"] == "127.0.0.1:4566")
    }

    @Test func anotherDayRegionServiceOrSecretIsAnotherSignature() {
        let request = HTTPRequest(method: "GET", endpoint: .init(scheme: .https, host: "h"))
        func signature(_ secret: String, _ region: String, _ service: String, _ day: Int64) -> String {
            let credentials = AWSCredentials(accessKeyID: "AK", secretAccessKey: Secret(secret), source: "test")
            return SigV4.signing(
                request, with: credentials, region: region, service: service, at: .init(seconds: day * 86400)
            ).stages.signature
        }
        let all = [
            signature("a", "r", "s", 1), signature("b", "r", "s", 1), signature("a", "q", "s", 1),
            signature("a", "r", "t", 1), signature("a", "r", "s", 2),
        ]
        #expect(Set(all).count == all.count)
        // The second time the key comes out of the memory.
        #expect(signature("a", "r", "s", 1) == all[0])
    }

    @Test func anUnsafeCharacterInTheQueryIsEscapedOnce() {
        let request = HTTPRequest(
            method: "GET", endpoint: .init(scheme: .https, host: "h"), query: "b=%2f%7E&a=100%&a=1+1")
        let credentials = AWSCredentials(accessKeyID: "AK", secretAccessKey: Secret("s"), source: "test")
        let stages = SigV4.signing(request, with: credentials, region: "r", service: "s", at: .init(seconds: 0)).stages
        #expect(stages.canonicalRequest.split(separator: "\n")[2] == "a=1%2B1&a=100%25&b=%2F~")
    }
}

/// One folder of the suite.
private struct SigningExample {
    let name: String
    let request: HTTPRequest
    let credentials: AWSCredentials
    let region: String
    let service: String
    let now: Timestamp
    let lifetime: Duration
    let options: SigV4.Options

    init(_ name: String) throws {
        self.name = name
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let context = try decoder.decode(Context.self, from: Data(Fixtures.bytes("sigv4/\(name)/context.json")))
        credentials = AWSCredentials(
            accessKeyID: context.credentials.accessKeyId,
            secretAccessKey: Secret(context.credentials.secretAccessKey),
            sessionToken: context.credentials.token.map { Secret($0) }, source: "test")
        region = context.region
        service = context.service
        now = try #require(Timestamp(context.timestamp))
        lifetime = .seconds(context.expirationInSeconds)
        var options = SigV4.Options()
        options.normalizesPath = context.normalize
        options.sendsBodyHash = context.signBody
        options.signsSessionToken = !(context.omitSessionToken ?? false)
        self.options = options
        request = try SigningExample.request(try Fixtures.text("sigv4/\(name)/request.txt"))
    }

    func expected(_ stage: String) throws -> String { try Fixtures.text("sigv4/\(name)/\(stage).txt") }

    /// The files end in none, one or two line breaks, without meaning.
    static func trimmed(_ text: String) -> String {
        var text = Substring(text)
        while text.last?.isNewline == true { text.removeLast() }
        return String(text)
    }

    private static func request(_ text: String) throws -> HTTPRequest {
        let halves = text.split(separator: "\n\n", maxSplits: 1, omittingEmptySubsequences: false)
        let lines = halves[0].split(separator: "\n")
        // A target may hold spaces, so only the first and the last one part it off.
        let first = try #require(lines.first), method = first.prefix { $0 != " " }
        let target = first.dropFirst(method.count + 1).dropLast(" HTTP/1.1".count)
        let mark = target.firstIndex(of: "?")
        return HTTPRequest(
            method: String(method), endpoint: Endpoint(scheme: .https, host: "example.amazonaws.com"),
            path: String(mark.map { target[..<$0] } ?? target),
            query: String(mark.map { target[$0...].dropFirst() } ?? ""),
            headers: try lines.dropFirst().map { line in
                let colon = try #require(line.firstIndex(of: ":"))
                return HTTPHeader(String(line[..<colon]), String(line[line.index(after: colon)...]))
            },
            body: halves.count > 1 ? Array(trimmed(String(halves[1])).utf8) : [])
    }

    private struct Context: Decodable {
        struct Credentials: Decodable {
            var accessKeyId: String
            var secretAccessKey: String
            var token: String?
        }
        var credentials: Credentials
        var region: String
        var service: String
        var timestamp: String
        var expirationInSeconds: Int
        var normalize: Bool
        var signBody: Bool
        var omitSessionToken: Bool?
    }
}

extension HTTPRequest {
    /// As the suite writes requests down.
    fileprivate var wire: String {
        let lines = ["\(method) \(target) HTTP/1.1"] + headers.map { "\($0.name):\($0.value)" }
        let head = lines.joined(separator: "\n")
        return body.isEmpty ? head : "\(head)\n\n\(String(decoding: body, as: UTF8.self))"
    }
}
