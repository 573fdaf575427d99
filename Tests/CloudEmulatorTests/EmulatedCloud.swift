import Cloud
import CloudEmulator
import FoundationEssentials
import Provisioning

/// An emulator with a clock we turn and chance from a seed, and a caller who knows how to ask.
final class EmulatedCloud: Sendable {
    let emulator: Emulator
    let clock: TurnedClock

    init(
        seed: UInt64 = 7, clock: TurnedClock = TurnedClock(), _ change: (inout EmulatorSettings) -> Void = { _ in }
    ) throws {
        var settings = EmulatorSettings.demo
        change(&settings)
        self.clock = clock
        self.emulator = try Emulator(settings: settings, surroundings: clock.surroundings(seed: seed))
    }

    /// Signs and sends one call as the demo account would.
    func call(_ action: String, _ parameters: [String: String] = [:], in region: String = "us-east-1") -> Answer {
        Answer(emulator.handle(request(action, parameters, in: region)))
    }

    /// A launch that wants nothing special, but for what is said.
    func launch(
        _ count: ClosedRange<Int> = 1...1, token: String? = nil, _ more: [String: String] = [:],
        in region: String = "us-east-1"
    ) -> Answer {
        call("RunInstances", EmulatedCloud.launchParameters(count, token: token, more), in: region)
    }

    func describe(_ parameters: [String: String] = [:], in region: String = "us-east-1") -> Answer {
        call("DescribeInstances", parameters, in: region)
    }

    func terminate(_ ids: [String], _ more: [String: String] = [:], in region: String = "us-east-1") -> Answer {
        var parameters = more
        for (index, id) in ids.enumerated() { parameters["InstanceId.\(index + 1)"] = id }
        return call("TerminateInstances", parameters, in: region)
    }

    func request(
        _ action: String, _ parameters: [String: String], in region: String = "us-east-1",
        credential: EmulatorCredential = .demo, service: String = "ec2"
    ) -> HTTPRequest {
        let all = parameters.merging(["Action": action, "Version": "2016-11-15"]) { mine, _ in mine }
        let body = all.sorted { $0.key < $1.key }.map { "\(encoded($0.key))=\(encoded($0.value))" }
        let plain = HTTPRequest(
            method: "POST", endpoint: Endpoint(scheme: .https, host: "ec2.\(region).amazonaws.com"),
            headers: [HTTPHeader("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")],
            body: Array(body.joined(separator: "&").utf8))
        let credentials = AWSCredentials(
            accessKeyID: credential.accessKeyID, secretAccessKey: credential.secret,
            sessionToken: credential.sessionToken, source: "test")
        return SigV4.sign(plain, with: credentials, region: region, service: service, at: clock.now)
    }

    static func launchParameters(
        _ count: ClosedRange<Int> = 1...1, token: String? = nil, _ more: [String: String] = [:]
    ) -> [String: String] {
        var parameters = [
            "ImageId": "ami-0123456789abcdef0", "InstanceType": "m6i.large", "MinCount": "\(count.lowerBound)",
            "MaxCount": "\(count.upperBound)",
        ]
        parameters["ClientToken"] = token
        return parameters.merging(more) { _, more in more }
    }
}

/// Time that passes when we say so.
final class TurnedClock: Sendable {
    private let moment = Lock(Timestamp(seconds: 1_800_000_000))

    var now: Timestamp { moment.withLock { $0 } }

    func turn(_ duration: Duration) { moment.withLock { $0 = $0 + duration } }

    func surroundings(seed: UInt64) -> Surroundings {
        let state = Lock(seed)
        return Surroundings(
            now: { self.now }, sleep: { self.turn($0) },
            random: {
                // SplitMix64.
                state.withLock { state in
                    state &+= 0x9E37_79B9_7F4A_7C15
                    var z = state
                    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
                    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
                    return z ^ (z >> 31)
                }
            })
    }
}

/// What came back, read just well enough to be asked about.
struct Answer {
    let status: Int
    let text: String

    init(_ response: HTTPResponse) {
        status = response.status
        text = String(decoding: response.body, as: UTF8.self)
    }

    var code: String? { all("Code").first }
    var message: String? { all("Message").first }
    var instances: [String] { all("instanceId") }
    var states: [String] { all("name") }

    /// The texts of all elements of a name.
    func all(_ name: String) -> [String] {
        text.split(separator: "<\(name)>", omittingEmptySubsequences: false).dropFirst().compactMap { part in
            part.firstRange(of: "</\(name)>").map { String(part[..<$0.lowerBound]) }
        }
    }
}

func encoded(_ text: String) -> String {
    let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)
    return text.utf8.map { byte in
        if plain.contains(byte) { return String(UnicodeScalar(byte)) }
        let digits = String(byte, radix: 16, uppercase: true)
        return "%" + (digits.count == 1 ? "0" : "") + digits
    }.joined()
}

/// Files beside the tests, found from where this one stands.
enum Fixtures {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures")

    static func data(_ path: String) throws -> Data { try Data(contentsOf: folder.appending(path: path)) }
    static func text(_ path: String) throws -> String { String(decoding: try data(path), as: UTF8.self) }
}

/// A folder of its own, gone with the test.
final class ScratchFolder {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "muster-emulator-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { "\(path)/\(name)" }
}
