import Provisioning

/// One value in a document: text, a list or a map.
///
/// It is two words; text becomes a `String` only when it is asked for.
package struct Node: Sendable {
    package enum Kind: Sendable { case scalar, list, map }

    let tree: Tree
    let index: Int

    init(_ tree: Tree, _ index: Int) {
        self.tree = tree
        // An alias is the value it names, and is where that is written.
        self.index = tree.cells[index].kind == .alias ? Int(tree.cells[index].start) : index
    }

    private var cell: Cell { tree.cells[index] }

    package var kind: Kind {
        switch cell.kind {
        case .list: .list
        case .map: .map
        case .scalar, .alias: .scalar
        }
    }

    /// Whether a scalar was written without quotes, and so could be `null`.
    package var isPlain: Bool { cell.isPlain }

    package var place: Place {
        Place(file: tree.file, line: Int(cell.line) + 1, column: Int(cell.column) + 1)
    }

    /// A scalar's text as written; nil for a list or a map.
    package var text: String? { cell.kind == .scalar ? String(decoding: bytes, as: UTF8.self) : nil }

    /// Nothing, `~` or `null`, without quotes.
    package var isNull: Bool {
        let cell = cell
        guard cell.kind == .scalar, cell.isPlain else { return false }
        switch cell.length {
        case 0: return true
        case 1: return tree.text[Int(cell.start)] == UInt8(ascii: "~")
        case 4: return ["null", "Null", "NULL"].contains(text)
        default: return false
        }
    }

    /// How many items a list has, or fields a map.
    package var count: Int { cell.kind == .scalar ? 0 : Int(cell.length) }

    /// A list's items; none for anything else.
    package var items: Items { Items(tree: tree, cursor: cell.kind == .list ? Int(cell.start) : 0) }

    /// A map's fields in the order they are written; none for anything else.
    package var fields: Fields { Fields(tree: tree, cursor: cell.kind == .map ? Int(cell.start) : 0) }

    package subscript(key: String) -> Node? {
        let wanted = FieldKey(key)
        return fields.first { $0.isNamed(wanted) }?.value
    }

    /// A scalar's text in the arena.
    var bytes: ArraySlice<UInt8> {
        let cell = cell
        return tree.text[Int(cell.start)..<Int(cell.start) + Int(cell.length)]
    }
}

extension Node {
    package struct Field: Sendable {
        let keyNode: Node
        package let value: Node

        package var key: String { keyNode.text ?? "" }
        package var keyPlace: Place { keyNode.place }

        /// Compares bytes; makes no `String`.
        func isNamed(_ key: FieldKey) -> Bool { keyNode.says(key.text) }
    }

    package struct Items: Sequence, IteratorProtocol, Sendable {
        let tree: Tree
        var cursor: Int

        package mutating func next() -> Node? {
            guard cursor != 0 else { return nil }
            defer { cursor = Int(tree.cells[cursor].next) }
            return Node(tree, cursor)
        }
    }

    package struct Fields: Sequence, IteratorProtocol, Sendable {
        let tree: Tree
        var cursor: Int

        package mutating func next() -> Field? {
            guard cursor != 0 else { return nil }
            let key = cursor, value = Int(tree.cells[key].next)
            cursor = Int(tree.cells[value].next)
            return Field(keyNode: Node(tree, key), value: Node(tree, value))
        }
    }
}
