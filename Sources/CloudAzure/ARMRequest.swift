import Cloud
import Provisioning

/// A request to Azure Resource Manager, and how its answer is read.
///
/// Actions go by the names that the published descriptions give them: `VirtualMachines_CreateOrUpdate`.
struct ARMRequest {
    var action: String
    var method: String
    /// Percent-encoded, beginning with a slash.
    var path: String
    var version: APIVersion
    var query: [(name: String, value: String)] = []
    var body: JSONBody?

    static let service: Service = "management"

    /// The versions whose descriptions the requests are held against.
    enum APIVersion: String {
        case compute = "2024-07-01"
        case skus = "2021-07-01"
        case network = "2024-05-01"
        case disks = "2024-03-02"
        case resources
        case keys
        case galleries = "2023-07-03"
        case identity = "2023-01-31"

        var text: String {
            switch self {
            case .resources, .keys: APIVersion.compute.rawValue
            default: rawValue
            }
        }
    }

    func call<Reply>(
        _ effect: CallEffect, read: @escaping @Sendable (HTTPResponse) throws -> Reply
    ) -> Call<Reply> {
        let query = [("api-version", version.text)] + self.query
        var call = Call(
            action: action, effect: effect, service: ARMRequest.service, method: method, path: path,
            query: query.map { "\($0.0)=\($0.1.percentEncoded())" }.joined(separator: "&"),
            headers: body == nil ? [] : [HTTPHeader("Content-Type", "application/json")], body: body?.bytes ?? [],
            parameters: body?.lines.map(ARMRequest.hidden) ?? [], read: read, fault: ARMReply.fault)
        call.headroom = ARMReply.headroom
        return call
    }

    /// What a template says of a password is for Azure alone.
    private static func hidden(_ line: (name: String, value: String)) -> (name: String, value: String) {
        line.name.hasSuffix(".adminPassword") ? (line.name, "(hidden)") : line
    }

    /// An answer of nothing that has to be there, as that of a deletion.
    func change() -> Call<Void> { call(.changes) { _ in } }

    /// A request to an address that Azure has answered: the next page of a listing, or an operation.
    ///
    /// Only its path and query count, so that what we prove ourselves with never goes elsewhere.
    static func following<Reply>(
        _ target: String, action: String, read: @escaping @Sendable (HTTPResponse) throws -> Reply
    ) -> Call<Reply> {
        let parts = target.split(separator: "?", maxSplits: 1).map(String.init)
        return Call(
            action: action, effect: .reads, service: ARMRequest.service, method: "GET", path: parts.first ?? "/",
            query: parts.count > 1 ? parts[1] : "", read: read, fault: ARMReply.fault)
    }
}

extension String {
    /// As RFC 3986 has it in a path or a query.
    func percentEncoded() -> String {
        var bytes: [UInt8] = []
        bytes.append(escaping: utf8)
        return String(decoding: bytes, as: UTF8.self)
    }
}
