/// How a fleet chooses machines and keeps them; for APIs that launch by fleets.
package struct FleetOptions: Hashable, Sendable, Codable {
    /// What a machine of a type counts for; nil: 1 each.
    package var weights: [String: Int]?
    /// Types for the on-demand part, with their weights; nil: the same as for spot.
    package var onDemandWeights: [String: Int]?
    /// The lower, the sooner.
    package var priorities: [String: Int]?
    package var percentOnDemand: Int?
    package var allocation: AllocationStrategy?
    package var onDemandAllocation: AllocationStrategy?
    package var kind: FleetKind?
    /// What the fleet acts as: an ARN or a name.
    package var role: String?
    /// How many spot pools to spread over, with the lowest price.
    package var pools: Int?
    /// How long the request for spot capacity stands, in minutes.
    package var expiryMinutes: Int?
    /// Reserved by AWS.
    package var context: String?

    package init() {}
}

extension Template {
    /// What a machine counts for of what was asked.
    package func weight(of type: String, in market: Market) -> Int {
        let own = market == .onDemand ? fleet?.onDemandWeights?[type] : nil
        return max(1, own ?? fleet?.weights?[type] ?? 1)
    }
}

/// By what a fleet prefers one pool of machines to another.
package enum AllocationStrategy: String, Hashable, Sendable, Codable, CaseIterable {
    case lowestPrice = "lowest-price"
    case capacityOptimized = "capacity-optimized"
    case capacityOptimizedPrioritized = "capacity-optimized-prioritized"
    case priceCapacityOptimized = "price-capacity-optimized"
    case diversified
    case prioritized

    /// As any tool spells it: `lowestPrice`, `lowest-price`, `lowest_price`.
    package init?(anySpelling text: String) {
        func bare(_ text: String) -> String { text.lowercased().filter { $0.isLetter } }
        guard let found = AllocationStrategy.allCases.first(where: { bare($0.rawValue) == bare(text) }) else {
            return nil
        }
        self = found
    }
}

package enum FleetKind: String, Hashable, Sendable, Codable, CaseIterable {
    /// All at once, and nothing after.
    case instant
    /// What is missing is asked for until it is there.
    case request
    /// What is lost is replaced too.
    case maintain
}

/// A launch template that is there already.
package struct LaunchTemplate: Hashable, Sendable, Codable {
    package var id: String
    /// A number, `$Latest` or `$Default`; nil: the default one.
    package var version: String?

    package init(id: String, version: String? = nil) {
        self.id = id
        self.version = version
    }
}
