import Provisioning

/// Something that a group did or tried, and why.
package struct ScalingActivity: Sendable, Codable, Hashable {
    package let id: String
    /// Rises from activity to activity within a region.
    package let number: Int
    package let group: String
    package let groupMark: String
    package let kind: Kind
    package let instance: String?
    package let place: ScalingPlan.Place
    package let cause: String
    package let startedAt: Timestamp
    /// Past or planned.
    package let endsAt: Timestamp
    /// Why it came to nothing.
    package let failure: String?
    package var isCancelled = false

    package enum Kind: String, Sendable, Codable {
        case launch = "Launching a new EC2 instance"
        case termination = "Terminating EC2 instance"
        case attachment = "Attaching an existing EC2 instance"
        case detachment = "Detaching EC2 instance"
    }

    /// How many a region remembers.
    static let remembranceMax = 2000

    func isOver(at now: Timestamp) -> Bool { failure != nil || isCancelled || endsAt <= now }
}

extension World {
    /// Notes what a group did; the oldest notes go.
    @discardableResult
    mutating func note(
        _ kind: ScalingActivity.Kind, of group: ScalingGroup, instance: String? = nil, place: ScalingPlan.Place,
        cause: String, at now: Timestamp, until end: Timestamp? = nil, failure: String? = nil, in region: String,
        chance: () -> UInt64
    ) -> ScalingActivity {
        let last = regions[region]?.activities.last?.number ?? 0
        let activity = ScalingActivity(
            id: uuid(chance), number: last + 1, group: group.name, groupMark: group.mark,
            kind: kind, instance: instance, place: place, cause: String(cause.prefix(1023)), startedAt: now,
            endsAt: end ?? now, failure: failure)
        regions[region]?.activities.append(activity)
        let tooMany = (regions[region]?.activities.count ?? 0) - ScalingActivity.remembranceMax
        if tooMany > 0 { regions[region]?.activities.removeFirst(tooMany) }
        return activity
    }

    /// A name in the form of a UUID that nobody else in this world has.
    mutating func uuid(_ chance: () -> UInt64) -> String {
        let digits = freshDigits(chance).dropFirst() + hex((0..<8).map { UInt8(truncatingIfNeeded: chance() >> $0) })
        let all = Array(String(digits))
        return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(all[$0]) }.joined(separator: "-")
    }
}
