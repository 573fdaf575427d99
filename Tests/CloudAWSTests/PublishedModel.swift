import FoundationEssentials

/// What a service's own description of itself says of its structures, in botocore's form.
struct PublishedModel: Decodable, Sendable {
    let shapes: [String: Shape]
    private let metadata: Metadata

    private struct Metadata: Decodable {
        let `protocol`: String
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

    private static let read = Dictionary(
        uniqueKeysWithValues: ["ec2-2016-11-15", "autoscaling-2011-01-01"].map { name in
            (
                name,
                Result { try JSONDecoder().decode(Self.self, from: Fixtures.data("apispecs/aws/\(name).json")) }
            )
        })

    static func published(_ name: String) throws -> PublishedModel { try read[name]!.get() }

    /// What a member is called on the wire.
    func wireName(_ name: String, _ member: Reference) -> String {
        if metadata.protocol == "query" { return member.locationName ?? name }
        return member.queryName ?? member.locationName.map { $0.prefix(1).uppercased() + $0.dropFirst() } ?? name
    }

    /// What stands between a list's name and its numbers on the wire; nil: nothing.
    func itemName(of list: Shape) -> String? {
        metadata.protocol == "query" ? list.member?.locationName ?? "member" : nil
    }
}
