import FoundationEssentials

/// A service's own description of itself, in botocore's form.
///
/// The protocol it names says how its members are written: EC2's, or the query protocol of the others.
struct PublishedModel: Decodable, Sendable {
    let metadata: Metadata
    let operations: [String: Operation]
    let shapes: [String: Shape]

    struct Metadata: Decodable {
        let apiVersion, `protocol`: String
    }

    struct Operation: Decodable {
        let input, output: Reference?
    }

    struct Reference: Decodable {
        let shape: String
        let locationName, queryName: String?
    }

    struct Shape: Decodable {
        let type: String
        let members: [String: Reference]?
        let member: Reference?
        let required: [String]?
        let `enum`: [String]?
        let min, max: Int?
        let flattened: Bool?
    }

    static let ec2 = read("ec2-2016-11-15")
    static let autoScaling = read("autoscaling-2011-01-01")

    private static func read(_ name: String) -> Result<PublishedModel, any Error> {
        Result { try JSONDecoder().decode(Self.self, from: Fixtures.data("apispecs/aws/\(name).json")) }
    }

    private var isQuery: Bool { metadata.protocol == "query" }

    /// What a member is called on the wire.
    ///
    /// For EC2: `queryName`, else `locationName` with a capital, else the member's own name.
    func wireName(_ name: String, _ member: Reference) -> String {
        if isQuery { return member.locationName ?? name }
        return member.queryName ?? member.locationName.map { $0.prefix(1).uppercased() + $0.dropFirst() } ?? name
    }

    /// What stands between a list's name and its numbers on the wire; nil: nothing, as in every list of EC2's.
    func itemName(of list: Shape) -> String? {
        isQuery && list.flattened != true ? list.member?.locationName ?? "member" : nil
    }
}
