import Provisioning

/// A managed group: so many instances of one template, which it makes, repairs and takes away by itself.
package struct GCPGroup: Sendable, Codable {
    package let id: UInt64
    package let name: String
    package let place: GCPPlace
    package let zones: [String]
    package let createdAt: Timestamp
    /// As it was asked for, and changed since: what the API calls an InstanceGroupManager.
    package var resource: JSONValue
    /// `global/instanceTemplates/worker`
    package var template: String
    package var targetSize: Int
    package var members: [Member] = []
    /// What went wrong of late, the newest last.
    package var failures: [Failure] = []
    /// When the last of it is gone; nil: nobody has told it to end.
    package var endsAt: Timestamp?

    package struct Member: Sendable, Codable, Hashable {
        package var name: String
        package var zone: String
        package var template: String
        /// It was told to go, or to be let go.
        package var isLeaving = false
        /// It has been there before.
        package var isAgain = false
        /// Why there is none yet.
        package var problem: GCPProblem?
        /// When the next attempt is made; nil: there is an instance.
        package var triesAt: Timestamp?

        package var key: String { GCPProject.key(zone, name) }
    }

    package struct Failure: Sendable, Codable, Hashable {
        package var at: Timestamp
        package var member: String
        package var zone: String
        package var template: String
        package var problem: GCPProblem
    }

    /// What is going on with a member.
    package enum Action: String, Sendable, CaseIterable {
        case none = "NONE"
        case creating = "CREATING"
        case recreating = "RECREATING"
        case deleting = "DELETING"
    }

    package var key: String { GCPProject.key(place.path, name) }
    /// `zones/us-central1-a/instanceGroupManagers/workers`
    package var path: String { "\(place.path)/instanceGroupManagers/\(name)" }
    package var staying: [Member] { members.filter { !$0.isLeaving } }
    package func isThere(at now: Timestamp) -> Bool { endsAt.map { $0 > now } ?? true }

    package func action(of member: Member, _ instance: GCPInstance?, at now: Timestamp) -> Action {
        if member.isLeaving { return .deleting }
        guard let instance, member.triesAt == nil else { return member.isAgain ? .recreating : .creating }
        switch instance.state(at: now) {
        case .provisioning, .staging: return member.isAgain ? .recreating : .creating
        case .running: return .none
        case .stopping, .terminated, .gone: return .recreating
        }
    }

    /// The most that a group keeps of what went wrong.
    static let failuresMax = 100
    static let membersMax = 1_000

    private var shape: String { resource["distributionPolicy"]?["targetShape"]?.string ?? "EVEN" }

    /// The zones that a member may go to, its own first: a group that is not to be even goes where there is room.
    func zones(for member: Member) -> [String] {
        let all = [member.zone] + zones.filter { $0 != member.zone }
        switch shape {
        case "ANY", "BALANCED": return all
        case "ANY_SINGLE_ZONE":
            // The first that has come tells the others where.
            return staying.first { $0.triesAt == nil && $0.name != member.name }.map { [$0.zone] } ?? all
        default: return [member.zone]
        }
    }

    /// Where the next member is to be.
    var nextZone: String {
        if shape == "ANY_SINGLE_ZONE", let zone = staying.first?.zone { return zone }
        let counts = Dictionary(grouping: staying, by: \.zone).mapValues(\.count)
        return zones.min { (counts[$0] ?? 0, $0) < (counts[$1] ?? 0, $1) } ?? place.name
    }

    /// Its types by rank, where it may choose; empty: the template's.
    var types: [String] { GCPGroup.types(of: resource["instanceFlexibilityPolicy"]) }

    /// Machine types by rank.
    package static func types(of policy: JSONValue?) -> [String] {
        (policy?["instanceSelections"]?.object?.fields ?? []).enumerated()
            .map { (rank: $1.value["rank"]?.wholeNumber ?? .max, at: $0, value: $1.value) }
            .sorted { ($0.rank, $0.at) < ($1.rank, $1.at) }
            .flatMap { $0.value["machineTypes"]?.array?.compactMap(\.string) ?? [] }
    }
}
