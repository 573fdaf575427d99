import FoundationEssentials

/// EC2's own description of itself.
struct EC2Model: Decodable {
    let operations: [String: Operation]
    let shapes: [String: Shape]

    struct Operation: Decodable {
        let input: Reference?
    }

    struct Reference: Decodable {
        let shape: String
        let locationName, queryName: String?
    }

    struct Shape: Decodable {
        let type: String
        let members: [String: Reference]?
        let member: Reference?
        let `enum`: [String]?
    }

    init() throws {
        self = try JSONDecoder().decode(EC2Model.self, from: Fixtures.data("apispecs/aws/ec2-2016-11-15.json"))
    }

    var types: [String] { shapes["InstanceType"]?.enum ?? [] }

    /// Every parameter of an action as it is written on the wire, with `N` for numbers.
    func parameters(of action: String) -> Set<String> {
        guard let input = operations[action]?.input else { return [] }
        return Set(names(in: input.shape, depth: 0))
    }

    private func names(in shape: String, depth: Int) -> [String] {
        guard depth < 12, let shape = shapes[shape] else { return [] }
        switch shape.type {
        case "structure":
            return (shape.members ?? [:]).flatMap { name, member in
                let wire = member.queryName ?? member.locationName.map { $0.prefix(1).uppercased() + $0.dropFirst() }
                return names(in: member.shape, depth: depth + 1).map { (wire ?? name) + $0 }
            }.map { depth == 0 ? $0 : ".\($0)" }
        case "list":
            return names(in: shape.member?.shape ?? "", depth: depth + 1).map { ".N\($0)" }
        default:
            return [""]
        }
    }
}
