// Answers that say everything a model has, as EC2 writes them.

extension PublishedModel {
    /// An element of an answer with everything in it that the model has, each list with two items.
    ///
    /// - Parameter path: the members that lead to it from the answer's root, an item of each list among them.
    func fullAnswer(to action: String, at path: [String]) -> String {
        var shape = operations[action]!.output!.shape
        var name = action
        for part in path {
            if shapes[shape]!.type == "list" { shape = shapes[shape]!.member!.shape }
            let member = shapes[shape]!.members![part]!
            (shape, name) = (member.shape, member.locationName ?? part)
        }
        return answer(shape, named: name)
    }

    private func answer(_ name: String, named tag: String, item: Int = 1) -> String {
        let shape = shapes[name]!
        switch shape.type {
        case "structure":
            let parts = (shape.members ?? [:]).sorted { $0.key < $1.key }.map { key, member in
                answer(member.shape, named: member.locationName ?? key, item: item)
            }
            return "<\(tag)>\(parts.joined())</\(tag)>"
        case "list":
            return "<\(tag)>" + (1...2).map { answer(shape.member!.shape, named: "item", item: $0) }.joined()
                + "</\(tag)>"
        case "boolean": return "<\(tag)>true</\(tag)>"
        case "timestamp": return "<\(tag)>2026-11-21T12:40:43.000Z</\(tag)>"
        case "string": return "<\(tag)>\(shape.enum?.first ?? "text \(item)")</\(tag)>"
        default: return "<\(tag)>\(item)</\(tag)>"
        }
    }
}
