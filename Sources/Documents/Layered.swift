import Provisioning

/// A value that knows where it came from, so that layers can be laid over each other and every field of the
/// result still says who set it.
///
/// Made from a node it is only a reference to it; nothing is copied until layers are merged. It is two words of which
/// one is counted, for a template has some thirty of them, which are passed around a good deal.
package struct Layered: Sendable {
    let source: Source
    /// The number of its cell in the source's document; -1: it is what the source was made of.
    private let cell: Int

    /// A document in a layer; or one value that is in no document, or put together from several.
    final class Source: Sendable {
        let layer: String
        /// The document; for what was made, the one its key is written in, if it has a key.
        let tree: Tree
        let made: Made?

        init(layer: String, tree: Tree, made: Made? = nil) {
            self.layer = layer
            self.tree = tree
            self.made = made
        }
    }

    struct Made: Sendable {
        enum Value: Sendable {
            case text(String)
            /// Written without quotes, so that it may be a number.
            case plain(String)
            /// As it is written.
            case null(String)
            case items([Layered])
            case fields([Field])
        }

        let value: Value
        let place: Place?
    }

    /// A value as a document has it.
    package init(_ node: Node, layer: String) {
        self.init(Source(layer: layer, tree: node.tree), node.index)
    }

    /// Text from outside any document; it is never null.
    package init(text: String, origin: Origin) { self.init(.text(text), origin) }

    /// The same as it is written somewhere without quotes, but not nothing.
    package init(plain text: String, origin: Origin) { self.init(.plain(text), origin) }

    /// Nothing, as it is written somewhere.
    package init(null text: String, origin: Origin) { self.init(.null(text), origin) }

    package init(items: [Layered], origin: Origin) { self.init(.items(items), origin) }

    package init(fields: [(String, Layered)], origin: Origin) {
        self.init(.fields(fields.map { Field(FieldKey($0.0), value: $0.1) }), origin)
    }

    /// `tree` is the document its key is written in, if it has a key.
    init(_ value: Made.Value, _ origin: Origin, tree: Tree = .none) {
        source = Source(layer: origin.layer, tree: tree, made: Made(value: value, place: origin.place))
        cell = -1
    }

    init(_ source: Source, _ cell: Int) {
        self.source = source
        self.cell = source.tree.target(cell)
    }

    // MARK: - What it holds

    /// The number of its cell, if it is as a document has it.
    var written: Int? { cell < 0 ? nil : cell }

    package var layer: String { source.layer }

    package var origin: Origin { Origin(place: place, layer: layer) }

    package var kind: Node.Kind {
        if cell >= 0 { return source.tree.kind(of: cell) }
        switch source.made?.value {
        case .text, .plain, .null, nil: return .scalar
        case .items: return .list
        case .fields: return .map
        }
    }

    package var place: Place? { cell >= 0 ? source.tree.place(of: cell) : source.made?.place }

    package var isNull: Bool {
        if cell >= 0 { return source.tree.isNull(cell) }
        if case .null = source.made?.value { return true }
        return false
    }

    /// A scalar's text as written; nil for a list or a map.
    package var text: String? {
        if cell >= 0 { return source.tree.text(of: cell) }
        switch source.made?.value {
        case .text(let text), .plain(let text), .null(let text): return text
        case .items, .fields, nil: return nil
        }
    }

    /// A list's items; nil for anything else.
    package var items: [Layered]? {
        if cell >= 0 {
            guard kind == .list else { return nil }
            return source.tree.items(of: cell).map { Layered(source, $0) }
        }
        if case .items(let items) = source.made?.value { return items }
        return nil
    }

    /// The texts of a list that holds nothing else; nil for anything else.
    var texts: [String]? {
        guard cell >= 0, kind == .list else { return nil }
        var texts: [String] = []
        texts.reserveCapacity(source.tree.count(of: cell))
        for item in source.tree.items(of: cell) {
            guard !source.tree.isNull(item), let text = source.tree.text(of: item) else { return nil }
            texts.append(text)
        }
        return texts
    }

    /// A map's fields in order; nil for anything else.
    package var fields: [Field]? {
        if cell >= 0 {
            guard kind == .map else { return nil }
            var fields: [Field] = []
            fields.reserveCapacity(source.tree.count(of: cell))
            for (key, value) in source.tree.pairs(of: cell) { fields.append(Field(source, key: key, value: value)) }
            return fields
        }
        if case .fields(let fields) = source.made?.value { return fields }
        return nil
    }

    // MARK: - Fields

    package subscript(key: String) -> Layered? { value(of: FieldKey(key)) }

    /// The value under a field's own name.
    package subscript(name: FieldName) -> Layered? { value(of: name.own) }

    private func value(of key: FieldKey) -> Layered? {
        if cell >= 0 {
            let pair = source.tree.pairs(of: cell).first { source.tree.says(key.text, at: $0.key) }
            return pair.map { Layered(source, $0.value) }
        }
        guard case .fields(let fields) = source.made?.value else { return nil }
        for index in fields.indices where fields[index].name == key { return fields[index].value }
        return nil
    }
}
