import Provisioning

/// One instance: what it is made of, and the moments of its life, past and planned.
package struct GCPInstance: Sendable, Codable {
    package let id: UInt64
    package let name: String
    package let zone: String
    package let createdAt: Timestamp
    /// Before this, lists and look-ups do not know it.
    package let visibleAt: Timestamp
    /// `n2-standard-4`
    package let type: String
    package let market: Market
    /// As it was asked for, completed and checked: what the API calls an Instance, but for what passes with time.
    package var resource: JSONValue
    /// The group that it belongs to: `zones/us-central1-a/instanceGroupManagers/workers`.
    package var manager: String?
    /// In the order of time; the first is its beginning.
    package private(set) var phases: [Phase]

    /// A state that it comes into, and when.
    package struct Phase: Sendable, Codable, Hashable {
        package var at: Timestamp
        package var state: State

        package init(_ at: Timestamp, _ state: State) {
            self.at = at
            self.state = state
        }
    }

    package enum State: String, Sendable, Codable {
        case provisioning = "PROVISIONING"
        case staging = "STAGING"
        case running = "RUNNING"
        case stopping = "STOPPING"
        case terminated = "TERMINATED"
        /// It is there no more.
        case gone
    }

    package init(
        id: UInt64, name: String, zone: String, createdAt: Timestamp, visibleAt: Timestamp, type: String,
        market: Market, resource: JSONValue, phases: [Phase]
    ) {
        self.id = id
        self.name = name
        self.zone = zone
        self.createdAt = createdAt
        self.visibleAt = visibleAt
        self.type = type
        self.market = market
        self.resource = resource
        self.phases = phases
    }

    package var key: String { GCPProject.key(zone, name) }
    package var region: String { gcpRegion(ofZone: zone) }

    package func state(at now: Timestamp) -> State { phases.last { $0.at <= now }?.state ?? .provisioning }

    /// Whether it holds its name, its disks and its place: an instance that is stopped has no place in its zone.
    package func isThere(at now: Timestamp) -> Bool { state(at: now) != .gone }
    package func isKnown(at now: Timestamp) -> Bool { visibleAt <= now && isThere(at: now) }

    package func takesRoom(at now: Timestamp) -> Bool {
        switch state(at: now) {
        case .provisioning, .staging, .running, .stopping: true
        case .terminated, .gone: false
        }
    }

    /// When it is there no more, as far as is planned.
    package var goesAt: Timestamp? { phases.last.flatMap { $0.state == .gone ? $0.at : nil } }

    /// When it last came into a state, up to now.
    package func lastTime(_ state: State, at now: Timestamp) -> Timestamp? {
        phases.last { $0.state == state && $0.at <= now }?.at
    }

    /// From a moment on, it lives otherwise than was planned.
    package mutating func plan(_ next: [Phase], from now: Timestamp) {
        phases.removeAll { $0.at > now }
        phases += next
    }
}

// MARK: - What its own fields say of its life

extension GCPInstance {
    /// Whether it is deleted, rather than stopped, when it is taken away or its time is over.
    static func isDeleted(_ resource: JSONValue) -> Bool {
        resource["scheduling"]?["instanceTerminationAction"]?.string == "DELETE"
    }

    /// How long it may run; nil: for ever.
    static func maxRun(of resource: JSONValue) -> Duration? {
        resource["scheduling"]?["maxRunDuration"]?["seconds"]?.wholeNumber.map { .seconds($0) }
    }

    /// From a beginning to its end, where it has one.
    static func life(
        from now: Timestamp, runsAt: Timestamp, maxRun: Duration?, isDeleted: Bool, shutdown: Duration
    ) -> [Phase] {
        let boot = runsAt - now
        var phases = [
            Phase(now, .provisioning), Phase(now + boot / 3, .staging), Phase(runsAt, .running),
        ]
        if let maxRun {
            phases.append(Phase(runsAt + maxRun, .stopping))
            phases.append(Phase(runsAt + maxRun + shutdown, isDeleted ? .gone : .terminated))
        }
        return phases
    }
}

extension JSONValue {
    /// A whole number, as such or as the text that the API writes 64 bits in.
    var wholeNumber: Int? { integer ?? string.flatMap { Int($0) } }
}
