import Provisioning

/// What there is in an emulated Google Cloud: what its projects hold, and who was given a token.
///
/// A project need not be made: whichever is asked for is there, and empty.
package struct GCPWorld: Sendable, Codable {
    package var projects: Shelf<GCPProject> = [:]
    /// By their texts.
    package var tokens: Shelf<GCPToken> = [:]
    /// Whether an instance that there was no capacity for is seen until its operation has failed, as happens.
    package var showsDoomed = false
    private var ids: UInt64 = 0

    package init() {}

    /// Worlds of before had a list of tokens.
    package init(from decoder: any Decoder) throws {
        let saved = try decoder.container(keyedBy: CodingKeys.self)
        projects = try saved.decode(Shelf<GCPProject>.self, forKey: .projects)
        showsDoomed = try saved.decode(Bool.self, forKey: .showsDoomed)
        ids = try saved.decode(UInt64.self, forKey: .ids)
        if let list = try? saved.decode([GCPToken].self, forKey: .tokens) {
            for token in list { tokens[token.text] = token }
        } else {
            tokens = try saved.decode(Shelf<GCPToken>.self, forKey: .tokens)
        }
    }

    /// A number nobody else has, of as many digits as Google's.
    mutating func freshID(_ chance: () -> UInt64) -> UInt64 {
        ids += 1
        // The count makes them differ even where chance repeats itself: what follows is a bijection of the sum.
        var z = chance() &+ ids &* 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z ^= z >> 31
        return z >> 1 | 1 << 62
    }
}

/// What is in one project. Names are unique within a place, so that `zone/name` finds a thing.
package struct GCPProject: Sendable, Codable {
    package var instances: Shelf<GCPInstance> = [:]
    package var disks: Shelf<GCPDisk> = [:]
    package var operations: Shelf<GCPOperation> = [:]
    package var templates: Shelf<GCPTemplate> = [:]
    package var groups: Shelf<GCPGroup> = [:]
    /// By requestId, the operation that a call was answered with: whoever comes with it again gets the same.
    package var requests: Shelf<String> = [:]
    /// How many network addresses were given out; the next is made of it.
    var addresses = 0

    package init() {}

    /// What a thing is found by.
    package static func key(_ place: String, _ name: String) -> String { "\(place)/\(name)" }
}

/// An access token that this cloud gave out; it opens nothing else.
package struct GCPToken: Sendable, Codable, Hashable {
    package let text: String
    package let user: String
    package let expiresAt: Timestamp
}

/// Where a thing lies.
package enum GCPPlace: Sendable, Codable, Hashable {
    case global
    case region(String)
    case zone(String)

    /// `zones/us-central1-a`
    package var path: String {
        switch self {
        case .global: "global"
        case .region(let name): "regions/\(name)"
        case .zone(let name): "zones/\(name)"
        }
    }

    package var name: String {
        switch self {
        case .global: "global"
        case .region(let name), .zone(let name): name
        }
    }

    package var region: String {
        switch self {
        case .global: "global"
        case .region(let name): name
        case .zone(let name): gcpRegion(ofZone: name)
        }
    }
}

/// `us-central1` for `us-central1-a`
package func gcpRegion(ofZone zone: String) -> String {
    zone.lastIndex(of: "-").map { String(zone[..<$0]) } ?? zone
}

extension World {
    /// What is in the emulated Google Cloud; it comes into being when it is first changed.
    package var google: GCPWorld {
        get { gcp ?? GCPWorld() }
        _modify {
            if gcp == nil { gcp = GCPWorld() }
            yield &gcp!
        }
    }

    func project(_ name: String) -> GCPProject { gcp?.projects[name] ?? GCPProject() }

    /// The zones of a region, or of them all, in their order.
    func googleZones(_ region: String? = nil) -> [String] {
        guard let region else { return conditions.googleZones.values.flatMap(\.self).sorted() }
        return conditions.googleZones[region] ?? []
    }
}

extension GCPProject {
    /// Drops what nobody can see any more, so that a world that is used for months does not grow.
    mutating func forget(at now: Timestamp) {
        let before = Timestamp(microseconds: now.microseconds - Conditions.remembrance.wholeMicroseconds)
        instances.removeAll { $0.goesAt.map { $0 <= before } ?? false }
        disks.removeAll { $0.goesAt.map { $0 <= before } ?? false }
        operations.removeAll { $0.endsAt <= before }
        requests.removeAll { operations[$0] == nil }
    }
}
