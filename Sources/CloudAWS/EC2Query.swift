import Cloud
import Provisioning

/// Parameters of the EC2 Query protocol: flat names, lists numbered from 1, sent as a form.
///
/// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html
struct EC2Query {
    private(set) var parameters: [(name: String, value: String)]
    /// What the names of a structure's parts begin with.
    private var structure = ""

    /// The version is that of the API; EC2's own unless another service is meant.
    init(_ action: String, version: String = "2016-11-15") {
        parameters = [("Action", action), ("Version", version)]
    }

    var action: String { parameters[0].value }

    /// Nil sets nothing.
    mutating func set(_ name: String, _ value: String?) {
        if let value { parameters.append((structure + name, value)) }
    }

    mutating func set(_ name: String, _ value: Int?) { set(name, value.map(String.init)) }
    mutating func set(_ name: String, _ value: Bool?) { set(name, value.map { $0 ? "true" : "false" }) }

    /// Whatever is set meanwhile is a part of the structure of that name.
    mutating func within(_ name: String, _ set: (inout EC2Query) throws -> Void) rethrows {
        let outer = structure
        structure += "\(name)."
        defer { structure = outer }
        try set(&self)
    }

    mutating func list(_ name: String, _ values: [String]) {
        for (index, value) in values.enumerated() { set("\(name).\(index + 1)", value) }
    }

    mutating func filter(_ name: String, _ values: [String]) {
        let number = 1 + parameters.count { $0.name.hasPrefix("Filter.") && $0.name.hasSuffix(".Name") }
        set("Filter.\(number).Name", name)
        list("Filter.\(number).Value", values)
    }

    /// The same tags for each kind of resource, in the order of their keys.
    mutating func tag(_ resources: [String], with tags: [String: String]) {
        for (index, resource) in resources.enumerated() {
            set("TagSpecification.\(index + 1).ResourceType", resource)
            for (number, tag) in tags.sorted(by: { $0.key < $1.key }).enumerated() {
                set("TagSpecification.\(index + 1).Tag.\(number + 1).Key", tag.key)
                set("TagSpecification.\(index + 1).Tag.\(number + 1).Value", tag.value)
            }
        }
    }

    /// Lays parameters over those that are there.
    mutating func lay(_ raw: RawParameters?) {
        guard let raw else { return }
        let names = Set(raw.values.map(\.name))
        parameters.removeAll { (name, _) in names.contains(name) || raw.replaces.contains { name.hasPrefix($0) } }
        for value in raw.values { set(value.name, value.value) }
    }

    /// As `application/x-www-form-urlencoded`, everything but RFC 3986's unreserved characters escaped.
    var body: [UInt8] {
        var bytes: [UInt8] = []
        for (index, parameter) in parameters.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: "&")) }
            bytes.appendEscaped(parameter.name)
            bytes.append(UInt8(ascii: "="))
            bytes.appendEscaped(parameter.value)
        }
        return bytes
    }

    /// The same request with `DryRun`, which EC2 answers with the error `DryRunOperation` where it would allow it.
    func rehearsal() -> Call<Void> {
        var query = self
        query.set("DryRun", true)
        var call: Call<Void> = query.call(.reads) { _ in throw Unreadable("a dry run was carried out") }
        call.consent = { $0.code == "DryRunOperation" ? () : nil }
        return call
    }

    func call<Reply>(
        _ effect: CallEffect, service: Service = "ec2", read: @escaping @Sendable (HTTPResponse) throws -> Reply
    ) -> Call<Reply> {
        Call(
            action: action, effect: effect, service: service, method: "POST",
            headers: [HTTPHeader("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")],
            body: body, parameters: parameters, read: read, fault: EC2Reply.fault)
    }
}

extension [UInt8] {
    fileprivate mutating func appendEscaped(_ text: String) {
        let digits = Array("0123456789ABCDEF".utf8)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                append(byte)
            default:
                append(UInt8(ascii: "%"))
                append(digits[Int(byte >> 4)])
                append(digits[Int(byte & 15)])
            }
        }
    }
}
