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
        self.index = tree.target(index)
    }

    package var kind: Kind { tree.kind(of: index) }

    /// Whether a scalar was written without quotes, and so could be `null`.
    package var isPlain: Bool { tree.cells[index].isPlain }

    package var place: Place { tree.place(of: index) }

    /// A scalar's text as written; nil for a list or a map.
    package var text: String? { tree.text(of: index) }

    /// Nothing, `~` or `null`, without quotes.
    package var isNull: Bool { tree.isNull(index) }

    /// How many items a list has, or fields a map.
    package var count: Int { tree.count(of: index) }

    /// A list's items; none for anything else.
    package var items: Items { Items(cells: tree.items(of: index)) }

    /// A map's fields in the order they are written; none for anything else.
    package var fields: Fields { Fields(pairs: tree.pairs(of: index)) }

    package subscript(key: String) -> Node? { fields.first { tree.says(key, at: $0.keyNode.index) }?.value }
}

extension Node {
    package struct Field: Sendable {
        let keyNode: Node
        package let value: Node

        package var key: String { keyNode.text ?? "" }
        package var keyPlace: Place { keyNode.place }
    }

    package struct Items: Sequence, IteratorProtocol, Sendable {
        var cells: Tree.Items

        package mutating func next() -> Node? { cells.next().map { Node(cells.tree, $0) } }
    }

    package struct Fields: Sequence, IteratorProtocol, Sendable {
        var pairs: Tree.Pairs

        package mutating func next() -> Field? {
            pairs.next().map { Field(keyNode: Node(pairs.tree, $0.key), value: Node(pairs.tree, $0.value)) }
        }
    }
}
