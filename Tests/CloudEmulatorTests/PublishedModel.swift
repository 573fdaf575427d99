import FoundationEssentials

/// A service's own description of itself, in botocore's form.
///
/// The protocol it names says how its members are written: EC2's, or the query protocol of the others.
struct PublishedModel: Decodable {
    let operations: [String: Operation]
    let shapes: [String: Shape]
    private let metadata: Metadata

    private struct Metadata: Decodable {
        let `protocol`: String
    }

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

    init(_ name: String) throws {
        self = try JSONDecoder().decode(PublishedModel.self, from: Fixtures.data("apispecs/aws/\(name).json"))
    }

    static func ec2() throws -> PublishedModel { try PublishedModel("ec2-2016-11-15") }

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
                names(in: member.shape, depth: depth + 1).map { ".\(wireName(name, member))\($0)" }
            }
        case "list":
            let number = isQuery ? ".member.N" : ".N"
            return names(in: shape.member?.shape ?? "", depth: depth + 1).map { number + $0 }
        default:
            return [""]
        }
    }

    private func wireName(_ name: String, _ member: Reference) -> String {
        if isQuery { return member.locationName ?? name }
        return member.queryName ?? member.locationName.map { $0.prefix(1).uppercased() + $0.dropFirst() } ?? name
    }

    private var isQuery: Bool { metadata.protocol == "query" }
}
