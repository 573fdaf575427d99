import Provisioning

/// The instances of one launch, and what they have in common.
package struct Reservation: Sendable, Codable {
    package let id: String
    /// Rises from launch to launch within a region; pages of a listing go by it.
    package let sequence: Int
    package let launch: Launch
    package let zone: String
    package let launchedAt: Timestamp
    /// Before this, lists and look-ups do not know the instances.
    package let visibleAt: Timestamp
    package var instances: [EmulatedInstance]
}

/// One instance: a name and the moments of its life, past and planned.
package struct EmulatedInstance: Sendable, Codable, Hashable {
    package let id: String
    /// Its place in the launch, counted from 0.
    package let index: Int
    /// What its addresses are made of.
    package let address: Int
    /// Planned at launch.
    package let runsAt: Timestamp
    /// Set together when it was told to end, or when its late failure was planned.
    package var endsAt: Timestamp?
    package var endedAt: Timestamp?
    /// Why it ends: `Client.UserInitiatedShutdown`.
    package var ending: Ending?
    /// Nil: those of its launch.
    package var tags: [Launch.Tag]?

    package enum State: String, Sendable, Codable {
        case pending, running
        case shuttingDown = "shutting-down"
        case terminated
    }

    /// A cloud's words on why an instance ended.
    package struct Ending: Sendable, Codable, Hashable {
        package var code: String
        package var message: String

        package init(code: String, message: String) {
            self.code = code
            self.message = message
        }
    }

    package func state(at now: Timestamp) -> State {
        if let endedAt, endedAt <= now { return .terminated }
        if let endsAt, endsAt <= now { return .shuttingDown }
        return runsAt <= now ? .running : .pending
    }

    /// Whether even its memory is gone.
    package func isForgotten(at now: Timestamp) -> Bool {
        endedAt.map { $0 + Conditions.remembrance <= now } ?? false
    }

    package var privateIP: String { "10.\(address >> 16 & 255).\(address >> 8 & 255).\(address & 255)" }
    /// Of the range set aside for benchmarks (RFC 2544), which no network routes.
    package var publicIP: String { "198.\(18 + address >> 16 & 1).\(address >> 8 & 255).\(address & 255)" }
}

extension EmulatedInstance.Ending {
    static let asked = Self(code: "Client.UserInitiatedShutdown", message: "User initiated shutdown")
    static let interrupted = Self(code: "Server.SpotInstanceTermination", message: "Spot instance termination")
}

extension Reservation {
    /// Those an outsider may know of.
    func known(at now: Timestamp) -> [EmulatedInstance] {
        visibleAt <= now ? instances.filter { !$0.isForgotten(at: now) } : []
    }

    func tags(of instance: EmulatedInstance) -> [Launch.Tag] { instance.tags ?? launch.tags }
}
