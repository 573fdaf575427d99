import Cloud
import Provisioning

/// A call of the Compute Engine API: JSON over HTTP, everything below the project.
///
/// https://cloud.google.com/compute/docs/reference/rest/v1
struct ComputeCall {
    /// As the API's description names it: `instances.insert`.
    var action: String
    var method: String
    /// Below the project: `zones/us-central1-a/instances`.
    var path: String
    /// Whether the path says itself whose it is: `projects/debian-cloud/global/images/x`.
    var isOfAnyProject = false
    var query: [(name: String, value: String)] = []
    var body: JSONBody?

    init(_ resource: String, _ verb: String, _ method: String, _ path: String) {
        action = "\(resource).\(verb)"
        self.method = method
        self.path = path
    }

    static func get(_ resource: String, _ verb: String, _ path: String) -> ComputeCall {
        ComputeCall(resource, verb, "GET", path)
    }

    /// Nil asks for nothing.
    func asking(_ name: String, _ value: String?) -> ComputeCall {
        var call = self
        if let value { call.query.append((name, value)) }
        return call
    }

    func sending(_ body: JSONBody?) -> ComputeCall {
        var call = self
        call.body = body
        return call
    }

    func call<Reply>(
        _ effect: CallEffect, at site: GCPSite, read: @escaping @Sendable (JSONReply) throws -> Reply
    ) -> Call<Reply> {
        let bytes = body?.bytes ?? []
        return Call(
            action: action, effect: effect, service: "compute", method: method,
            path: ComputeCall.escaped(whole(at: site), keeping: "/"),
            query: query.map { "\($0.name)=\(ComputeCall.escaped($0.value))" }.joined(separator: "&"),
            headers: bytes.isEmpty ? [] : [HTTPHeader("Content-Type", "application/json")],
            body: bytes, parameters: query + (body?.lines ?? []), read: { try read(JSONReply($0.body)) },
            fault: ComputeReply.fault)
    }

    private func whole(at site: GCPSite) -> String {
        if isOfAnyProject { return "/compute/v1/\(path)" }
        return path.isEmpty ? site.path : "\(site.path)/\(path)"
    }

    static func escaped(_ text: String, keeping kept: Unicode.Scalar? = nil) -> String {
        var bytes: [UInt8] = []
        bytes.append(escaping: text.utf8, keeping: kept.map { UInt8(ascii: $0) })
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// What makes a repeated change the same change: a UUID made of what it is about.
///
/// Never zero, which Compute Engine refuses.
func requestID(_ token: IntentToken, _ subject: String) -> String {
    var bytes = Array(sha256(Array("\(token)/\(subject)".utf8)).prefix(16))
    // Version 8, of RFC 9562's variant: one's own way.
    bytes[6] = bytes[6] & 0x0f | 0x80
    bytes[8] = bytes[8] & 0x3f | 0x80
    let digits = Array(bytes.hex)
    return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }.joined(separator: "-")
}
