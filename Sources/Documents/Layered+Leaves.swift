/// One value of a layered map as a listing shows it.
package struct Leaf: Sendable, Hashable {
    /// Keys from the root, with dots between: `tags.team`, `accounts[0].name`.
    package var path: String
    package var text: String
    package var isNull: Bool
    package var origin: Origin
}

extension Layered {
    /// Every value with its path and origin, in order. A list of scalars is one value, for a list is replaced
    /// as a whole.
    package func leaves() -> [Leaf] {
        var result: [Leaf] = []
        collect(into: &result, path: "")
        return result
    }

    /// The same values without their paths, which cost more than all else of it.
    package func visitLeaves(_ visit: (Layered) -> Void) {
        if let fields, !fields.isEmpty {
            for field in fields { field.value.visitLeaves(visit) }
        } else if let items, items.contains(where: { $0.kind != .scalar }) {
            for item in items { item.visitLeaves(visit) }
        } else {
            visit(self)
        }
    }

    private func collect(into result: inout [Leaf], path: String) {
        func leaf(_ text: String) { result.append(Leaf(path: path, text: text, isNull: isNull, origin: origin)) }
        if let fields, !fields.isEmpty {
            for field in fields {
                field.value.collect(into: &result, path: path.isEmpty ? field.key : "\(path).\(field.key)")
            }
        } else if let items, items.contains(where: { $0.kind != .scalar }) {
            for (index, item) in items.enumerated() { item.collect(into: &result, path: "\(path)[\(index)]") }
        } else if let items {
            leaf("[" + items.map { $0.isNull ? "null" : $0.text ?? "" }.joined(separator: ", ") + "]")
        } else if fields != nil {
            leaf("{}")
        } else {
            leaf(isNull ? "null" : text ?? "")
        }
    }
}
