import FoundationEssentials

/// How a service of the query protocol describes itself.
struct QueryModel: Decodable {
    let operations: [String: Operation]
    let shapes: [String: Shape]

    struct Operation: Decodable {
        let input: Reference?
    }

    struct Reference: Decodable {
        let shape: String
        let locationName: String?
    }

    struct Shape: Decodable {
        let type: String
        let members: [String: Reference]?
        let member: Reference?
        let required: [String]?
    }

    init(_ name: String) throws {
        self = try JSONDecoder().decode(QueryModel.self, from: Fixtures.data("apispecs/aws/\(name).json"))
    }

    /// Every parameter of an action as it is written on the wire, with `N` for numbers.
    func parameters(of action: String) -> Set<String> {
        guard let input = operations[action]?.input else { return [] }
        return Set(names(in: input.shape, depth: 0).map { String($0.dropFirst()) })
    }

    private func names(in shape: String, depth: Int) -> [String] {
        guard depth < 12, let shape = shapes[shape] else { return [] }
        switch shape.type {
        case "structure":
            return (shape.members ?? [:]).flatMap { name, member in
                names(in: member.shape, depth: depth + 1).map { ".\(member.locationName ?? name)\($0)" }
            }
        case "list":
            return names(in: shape.member?.shape ?? "", depth: depth + 1).map { ".member.N\($0)" }
        default:
            return [""]
        }
    }
}
