import Cloud
import FoundationEssentials
import Provisioning

/// Instance metadata, version 2, as a machine of the emulated cloud would see them: what it is, and its role's keys.
///
/// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
struct MetadataFace {
    private static let hosts: Set = ["169.254.169.254", "[fd00:ec2::254]"]
    private static let folder = "/latest/"

    /// They have an address of their own on a real machine, and paths of their own wherever they are.
    static func isAsked(by request: HTTPRequest) -> Bool {
        hosts.contains(request.endpoint.host) || request.path.hasPrefix(folder)
    }

    func answer(
        _ request: HTTPRequest, world: inout World, at now: Timestamp, chance: () -> UInt64
    ) -> HTTPResponse {
        switch (request.method, request.path) {
        case ("PUT", "/latest/api/token"):
            return token(request, at: now, chance: chance)
        case (_, "/latest/api/token"):
            return MetadataFace.refusal(status: 405)
        case ("GET", _), ("HEAD", _):
            guard let text = request.headers["X-aws-ec2-metadata-token"],
                MetadataToken(text)?.isGood(at: now) == true
            else { return MetadataFace.refusal(status: 401) }
            return read(request.path, world: &world, at: now, chance: chance)
        default:
            return MetadataFace.refusal(status: 405)
        }
    }

    private func token(_ request: HTTPRequest, at now: Timestamp, chance: () -> UInt64) -> HTTPResponse {
        // What somebody passed on may not have been meant by the machine.
        if request.headers["X-Forwarded-For"] != nil { return MetadataFace.refusal(status: 403) }
        guard let text = request.headers["X-aws-ec2-metadata-token-ttl-seconds"], let seconds = Int(text),
            (1...21_600).contains(seconds)
        else { return MetadataFace.refusal(status: 400) }
        let token = MetadataToken(until: now + .seconds(seconds), mark: chance())
        return MetadataFace.response(
            token.text, [HTTPHeader("X-aws-ec2-metadata-token-ttl-seconds", "\(seconds)")])
    }

    // MARK: - What there is to read

    private func read(
        _ path: String, world: inout World, at now: Timestamp, chance: () -> UInt64
    ) -> HTTPResponse {
        let role = Inventory.machineRole.name
        let credentials = "/latest/meta-data/iam/security-credentials/"
        switch path {
        case credentials + role:
            return MetadataFace.response(json(world.machineSession(at: now, chance: chance), at: now))
        case "/latest/dynamic/instance-identity/document":
            return MetadataFace.response(json(identity(in: world)))
        default:
            let place = place(in: world)
            var leaves = [
                "instance-id": Inventory.machine, "ami-id": Inventory.images[0].id,
                "instance-type": MetadataFace.machineType, "local-ipv4": MetadataFace.machineAddress,
                "placement/region": place.region, "placement/availability-zone": place.zone,
            ].reduce(into: [:]) { $0["/latest/meta-data/" + $1.key] = $1.value }
            leaves[credentials + role] = ""
            leaves["/latest/dynamic/instance-identity/document"] = ""
            if let text = leaves[path] { return MetadataFace.response(text) }
            return listing(of: path, among: leaves.keys).map { MetadataFace.response($0) }
                ?? MetadataFace.refusal(status: 404)
        }
    }

    /// What is in a folder, one name a line; folders in it end in a slash.
    private func listing(of path: String, among leaves: some Sequence<String>) -> String? {
        let folder = path.hasSuffix("/") ? path : path + "/"
        guard folder.hasPrefix(MetadataFace.folder) else { return nil }
        let names = leaves.filter { $0.hasPrefix(folder) }.map { leaf in
            let rest = leaf.dropFirst(folder.count)
            return rest.contains("/") ? String(rest.prefix { $0 != "/" }) + "/" : String(rest)
        }
        return names.isEmpty ? nil : Set(names).sorted().joined(separator: "\n")
    }

    private func place(in world: World) -> (region: String, zone: String) {
        let zones = world.conditions.zones
        let region = zones["us-east-1"] != nil ? "us-east-1" : zones.keys.min() ?? "us-east-1"
        return (region, zones[region]?.first ?? region + "a")
    }

    private static let machineType = "m6i.large"
    private static let machineAddress = "10.255.255.254"

    private func identity(in world: World) -> [String: String] {
        let place = place(in: world)
        return [
            "accountId": EmulatorSettings.accountNumber, "architecture": "x86_64",
            "availabilityZone": place.zone, "imageId": Inventory.images[0].id, "instanceId": Inventory.machine,
            "instanceType": MetadataFace.machineType, "pendingTime": "2026-01-01T00:00:00Z",
            "privateIp": MetadataFace.machineAddress, "region": place.region, "version": "2017-09-30",
        ]
    }

    private func json(_ session: IssuedSession, at now: Timestamp) -> String {
        json([
            "Code": "Success", "LastUpdated": now.toTheSecond, "Type": "AWS-HMAC",
            "AccessKeyId": session.accessKeyID, "SecretAccessKey": session.secret, "Token": session.token,
            "Expiration": session.expiresAt.toTheSecond,
        ])
    }

    private func json(_ fields: [String: String]) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        // These are texts, which always can be written.
        return (try? encoder.encode(fields)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}

// MARK: - Answers

extension MetadataFace {
    private static func response(_ text: String, _ more: [HTTPHeader] = []) -> HTTPResponse {
        HTTPResponse(
            status: 200,
            headers: [HTTPHeader("Content-Type", "text/plain"), HTTPHeader("Server", "EC2ws")] + more,
            body: Array(text.utf8))
    }

    static func refusal(status: Int) -> HTTPResponse {
        let words = [400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found"]
        let title = "\(status) - \(words[status] ?? "No")"
        return HTTPResponse(
            status: status, headers: [HTTPHeader("Content-Type", "text/html"), HTTPHeader("Server", "EC2ws")],
            body: Array("<html><head><title>\(title)</title></head><body><h1>\(title)</h1></body></html>\n".utf8))
    }
}

/// What a machine shows to read its metadata. It says until when it is good, and nobody else can make one, so that
/// every process of a shared world knows it without a note of it.
private struct MetadataToken {
    let until: Timestamp
    let text: String

    private static let key = Array("instance metadata of the emulated cloud".utf8)

    init(until: Timestamp, mark: UInt64) {
        self.until = until
        let claim = "\(until.microseconds)-\(String(mark, radix: 16))"
        text = "AQAE\(claim)-\(MetadataToken.seal(claim))"
    }

    /// Nil: it is none of ours.
    init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].hasPrefix("AQAE"), let until = Int64(parts[0].dropFirst(4)),
            MetadataToken.seal("\(until)-\(parts[1])") == parts[2]
        else { return nil }
        self.until = Timestamp(microseconds: until)
        self.text = text
    }

    private static func seal(_ claim: String) -> String { hex(hmacSHA256(Array(claim.utf8), key: key)) }

    func isGood(at now: Timestamp) -> Bool { now < until }
}
