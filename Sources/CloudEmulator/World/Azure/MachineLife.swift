import Provisioning

/// What is particular to a virtual machine: its size, its market, and its power over time.
package struct MachineLife: Sendable, Codable, Hashable {
    package enum Power: String, Sendable, Codable {
        case starting, running, stopping, stopped, deallocating, deallocated
    }

    package struct Turn: Sendable, Codable, Hashable {
        package let at: Timestamp
        package let power: Power
    }

    package var size: String
    package var isSpot: Bool
    /// Whether the cloud deletes it when it takes it away.
    package var isDeletedWhenEvicted = false
    /// The set it is a member of: its key.
    package var scaleSet: String?
    /// In the order of time, also those still to come.
    package var turns: [Turn] = []

    /// Nil: it has never been given a place.
    package func power(at now: Timestamp) -> Power? { turns.last { $0.at <= now }?.power }

    /// Whether it takes a place and counts against the quota.
    func isPlaced(at now: Timestamp) -> Bool {
        switch power(at: now) {
        case .deallocated: false
        // One that is still to come has its place already; one that failed has no turns at all.
        case nil: !turns.isEmpty
        default: true
        }
    }

    /// Goes from one state over another to the next; what was to come does not.
    mutating func turn(_ through: Power, _ to: Power, from now: Timestamp, until then: Timestamp) {
        turns.removeAll { $0.at > now }
        turns += [Turn(at: now, power: through), Turn(at: then, power: to)]
    }
}
