/// One element of a reply: its place in the tree, which it keeps alive.
package struct XMLElement: Sendable {
    let tree: XMLTree
    let index: Int

    /// The local name: `item` for `<ec2:item>`.
    package var name: String { tree.names.text(tree.nodes[index].name) }

    /// The characters of an element without children, as written; empty for one with children.
    package var text: String {
        let node = tree.nodes[index], start = Int(node.textStart)
        return String(decoding: tree.text[start..<start + Int(node.textCount)], as: UTF8.self)
    }

    /// The first child of that name.
    package subscript(name: String) -> XMLElement? {
        guard let number = tree.names.number(of: name) else { return nil }
        var child = tree.nodes[index].firstChild
        while child != XMLTree.Node.none {
            let node = tree.nodes[Int(child)]
            if node.name == number { return XMLElement(tree: tree, index: Int(child)) }
            child = node.nextSibling
        }
        return nil
    }

    /// The children of that name, in order; nil: all.
    package func children(_ name: String? = nil) -> [XMLElement] {
        var wanted: UInt32?
        if let name {
            guard let number = tree.names.number(of: name) else { return [] }
            wanted = number
        }
        var found: [XMLElement] = []
        var child = tree.nodes[index].firstChild
        while child != XMLTree.Node.none {
            let node = tree.nodes[Int(child)]
            if wanted == nil || node.name == wanted { found.append(XMLElement(tree: tree, index: Int(child))) }
            child = node.nextSibling
        }
        return found
    }

    /// The text of the first child of that name; nil: there is none.
    package func text(_ name: String) -> String? { self[name]?.text }
}
