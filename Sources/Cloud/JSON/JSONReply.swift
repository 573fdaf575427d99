import Documents
import Provisioning

/// Part of an answer in JSON. What is not there, and what is something else than was asked for, is nil or empty.
package struct JSONReply: Sendable {
    private let node: Node?

    /// - Throws: `Unreadable` where it is no JSON.
    package init(_ body: [UInt8]) throws(Unreadable) {
        let (document, diagnostics) = Document.parse(body, file: "", format: .json)
        if let flaw = diagnostics.first {
            throw Unreadable("the answer is no JSON: \(flaw.message)")
        }
        node = document?.root
    }

    private init(node: Node?) { self.node = node }

    package subscript(key: String) -> JSONReply {
        JSONReply(node: node.flatMap { $0.kind == .map ? $0[key] : nil })
    }

    package subscript(path: String...) -> JSONReply { path.reduce(self) { $0[$1] } }

    /// Whether it is there, and not null.
    package var isThere: Bool { node.map { $0.kind != .scalar || !$0.isNull } ?? false }

    /// A text, or a number or boolean as it is written.
    package var text: String? { node.flatMap { $0.kind == .scalar && !$0.isNull ? $0.text : nil } }

    package var integer: Int? { text.flatMap { Int($0) } }

    package var number: Double? { text.flatMap { Double($0) } }

    package var boolean: Bool? {
        switch text {
        case "true": true
        case "false": false
        default: nil
        }
    }

    package var items: [JSONReply] {
        guard let node, node.kind == .list else { return [] }
        return node.items.map { JSONReply(node: $0) }
    }

    package var fields: [(key: String, value: JSONReply)] {
        guard let node, node.kind == .map else { return [] }
        return node.fields.map { ($0.key, JSONReply(node: $0.value)) }
    }

    /// The fields that are texts.
    package var texts: [String: String] {
        var texts: [String: String] = [:]
        for (key, value) in fields { texts[key] = value.text }
        return texts
    }

    /// - Throws: `Unreadable` naming what should be there and is not.
    package func required(_ key: String) throws(Unreadable) -> String {
        guard let text = self[key].text else { throw Unreadable("the answer has no `\(key)`") }
        return text
    }
}
