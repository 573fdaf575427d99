import Provisioning

/// A wish for capacity that the cloud fulfils by itself, out of several kinds of instances.
///
/// EC2 Fleets and Spot Fleets are the same thing said in two ways.
package struct Fleet: Sendable, Codable {
    package let id: String
    /// Rises from fleet to fleet within a region; pages of a listing go by it.
    package let number: Int
    package let kind: Kind
    package let mode: Mode
    package let createdAt: Timestamp
    package var terms: Terms
    /// As they were asked for, to be told back.
    package var configs: [Config]
    package var candidates: [Candidate]
    package var tags: [Launch.Tag]
    var token: RecordedToken?
    /// The instances that it has; the lost leave.
    package var members: [Member] = []
    /// The units it was ever given; a fleet that replaces nothing is content with these.
    var given: [Market: Double] = [:]
    /// All that an instant fleet launched, whatever became of it.
    package var launched: [Member] = []
    /// Why the last try to fulfil it left something out.
    package var refusals: [Refusal] = []
    package var events: [Event] = []
    package var ending: Ending?
    /// When what was lost is replaced; nil: nothing waits for its turn.
    var replacesAt: Timestamp?
    /// Since when it has nothing any more, and is waiting to be forgotten.
    var emptySince: Timestamp?

    package enum Kind: String, Sendable, Codable { case fleet, spotFleet }

    package enum Mode: String, Sendable, Codable { case instant, request, maintain }

    /// What a fleet wants. Modifying it changes some of this.
    package struct Terms: Sendable, Codable, Hashable {
        /// In units: a machine counts as many as its weight.
        package var total: Int
        package var onDemand: Int
        /// What the rest of the total is launched as.
        package var defaultMarket: Market
        package var unit: Unit = .units
        package var spot = Plan()
        package var demand = Plan()
        package var endsExcess = true
        package var validFrom: Timestamp?
        package var validUntil: Timestamp?
        package var endsInstancesOnExpiry = false
        package var replacesUnhealthy = false
        package var context: String?
        package var role: String?
        package var interruption: String?

        package init(total: Int, onDemand: Int, defaultMarket: Market) {
            self.total = total
            self.onDemand = onDemand
            self.defaultMarket = defaultMarket
        }

        func target(_ market: Market) -> Int { market == .onDemand ? onDemand : total - onDemand }
    }

    package enum Unit: String, Sendable, Codable {
        case units, vcpu
        case memory = "memory-mib"
    }

    /// How one market's share is put together.
    package struct Plan: Sendable, Codable, Hashable {
        package var strategy: Strategy = .lowestPrice
        package var poolCount: Int?
        /// Fewer than this, and nothing is launched at all.
        package var atLeast: Int?
        package var oneType = false
        package var oneZone = false
        package var maxPrice: String?

        package init() {}
    }

    /// As EC2 Fleets write them; Spot Fleets write `lowestPrice`.
    package enum Strategy: String, Sendable, Codable, CaseIterable {
        case lowestPrice = "lowest-price"
        case diversified
        case capacityOptimized = "capacity-optimized"
        case capacityOptimizedPrioritized = "capacity-optimized-prioritized"
        case priceCapacityOptimized = "price-capacity-optimized"
        case prioritized
    }

    /// A launch template, and what is laid over it: one way each.
    package struct Config: Sendable, Codable, Hashable {
        package var template: String
        /// As the call said it: a number, `$Latest` or `$Default`.
        package var version: String
        package var overrides: [[String: String]]

        package init(template: String, version: String, overrides: [[String: String]]) {
            self.template = template
            self.version = version
            self.overrides = overrides
        }
    }

    /// One way to fulfil a fleet: a template with one of its overrides.
    package struct Candidate: Sendable, Codable, Hashable {
        package var config: Int
        /// Nil: the template as it is.
        package var override: Int?
        /// Nil: there is something wrong with it.
        package var launch: Launch?
        package var flaw: Flaw?
        /// One, or all that meet what was required.
        package var types: [String]
        package var weight: Double?
        /// The lowest comes first; those without one come last.
        package var priority: Double?

        package init(config: Int, override: Int?, types: [String], weight: Double?, priority: Double?) {
            self.config = config
            self.override = override
            self.types = types
            self.weight = weight
            self.priority = priority
        }
    }

    /// A no that is remembered.
    package struct Flaw: Sendable, Codable, Hashable {
        package var code: String
        package var message: String

        package init(_ error: EC2Error) { (code, message) = (error.code, error.message) }
    }

    /// One instance of a fleet, and where it stands in the world.
    package struct Member: Sendable, Codable, Hashable {
        package var instance: String
        /// Sequence and index: how a cursor finds it.
        var sequence: Int
        var index: Int
        package var candidate: Int
        package var type: String
        package var market: Market
        package var weight: Double
    }

    /// A no to one candidate.
    package struct Refusal: Sendable, Codable, Hashable {
        package var candidate: Int
        package var type: String
        package var market: Market
        package var flaw: Flaw
    }

    package struct Event: Sendable, Codable, Hashable {
        package enum Kind: String, Sendable, Codable { case error, instanceChange, fleetRequestChange, information }

        package var at: Timestamp
        package var kind: Kind
        package var what: String
        package var description: String?
        package var instance: String?
    }

    /// It was deleted, or its time ran out.
    package struct Ending: Sendable, Codable, Hashable {
        package var at: Timestamp
        package var terminates: Bool
    }

    /// The most events that are remembered of a fleet.
    private static let eventsMax = 1000

    mutating func note(
        _ kind: Event.Kind, _ what: String, _ description: String? = nil, of instance: String? = nil, at: Timestamp
    ) {
        // Nobody is told the history of an instant fleet.
        guard mode != .instant else { return }
        events.append(Event(at: at, kind: kind, what: what, description: description, instance: instance))
        if events.count > Fleet.eventsMax { events.removeFirst(events.count - Fleet.eventsMax) }
    }
}
