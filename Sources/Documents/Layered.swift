import Provisioning

/// A value that knows where it came from, so that layers can be laid over each other and every field of the
/// result still says who set it.
///
/// Made from a node it is only a reference to it; nothing is copied until layers are merged.
package struct Layered: Sendable {
    enum Content: Sendable {
        case node(Node)
        case made(Made)
    }

    /// What is in no document, or put together from several.
    final class Made: Sendable {
        enum Value: Sendable {
            case text(String)
            case items([Layered])
            case fields([Field])
        }

        let value: Value
        let place: Place?

        init(_ value: Value, at place: Place?) {
            self.value = value
            self.place = place
        }
    }

    let content: Content
    package let layer: String

    /// A value as a document has it.
    package init(_ node: Node, layer: String) {
        content = .node(node)
        self.layer = layer
    }

    /// Text from outside any document; it is never null.
    package init(text: String, origin: Origin) { self.init(.text(text), origin) }

    package init(items: [Layered], origin: Origin) { self.init(.items(items), origin) }

    package init(fields: [(String, Layered)], origin: Origin) {
        self.init(.fields(fields.map { Field(FieldKey($0.0), value: $0.1, keyNode: nil) }), origin)
    }

    init(_ value: Made.Value, _ origin: Origin) {
        content = .made(Made(value, at: origin.place))
        layer = origin.layer
    }

    // MARK: - What it holds

    package var kind: Node.Kind {
        switch content {
        case .node(let node): node.kind
        case .made(let made):
            switch made.value {
            case .text: .scalar
            case .items: .list
            case .fields: .map
            }
        }
    }

    package var place: Place? {
        switch content {
        case .node(let node): node.place
        case .made(let made): made.place
        }
    }

    package var origin: Origin { Origin(place: place, layer: layer) }

    package var isNull: Bool {
        if case .node(let node) = content { node.isNull } else { false }
    }

    /// A scalar's text as written; nil for a list or a map.
    package var text: String? {
        switch content {
        case .node(let node): return node.text
        case .made(let made):
            if case .text(let text) = made.value { return text }
            return nil
        }
    }

    /// A list's items; nil for anything else.
    package var items: [Layered]? {
        switch content {
        case .node(let node): return node.kind == .list ? node.items.map { Layered($0, layer: layer) } : nil
        case .made(let made):
            if case .items(let items) = made.value { return items }
            return nil
        }
    }

    /// A map's fields in order; nil for anything else.
    package var fields: [Field]? {
        switch content {
        case .node(let node):
            guard node.kind == .map else { return nil }
            var fields: [Field] = []
            fields.reserveCapacity(node.count)
            for field in node.fields {
                let key = FieldKey(text: field.key, digest: field.keyNode.digest)
                fields.append(Field(key, value: Layered(field.value, layer: layer), keyNode: field.keyNode))
            }
            return fields
        case .made(let made):
            if case .fields(let fields) = made.value { return fields }
            return nil
        }
    }

    package subscript(key: String) -> Layered? {
        switch content {
        case .node(let node): return node[key].map { Layered($0, layer: layer) }
        case .made(let made):
            guard case .fields(let fields) = made.value else { return nil }
            let wanted = FieldKey(key)
            return fields.first { $0.isNamed(wanted) }?.value
        }
    }

    package struct Field: Sendable {
        let name: FieldKey
        package let value: Layered
        /// The key as it is written, if it is.
        let keyNode: Node?

        init(_ name: FieldKey, value: Layered, keyNode: Node?) {
            self.name = name
            self.value = value
            self.keyNode = keyNode
        }

        package var key: String { name.text }
        /// As its writer spelled it, which may be an alias of `key`.
        package var writtenKey: String { keyNode?.text ?? name.text }
        package var keyPlace: Place? { keyNode?.place ?? value.place }

        func isNamed(_ key: FieldKey) -> Bool { name.digest == key.digest && name.text == key.text }
    }
}
