import Cloud
import Provisioning

/// What a fleet is asked for, whichever API makes it: which pools of machines it may draw on, how much of which market,
/// and by what it prefers one to another.
struct FleetWish: Sendable {
    /// A type in a place. Where types are chosen by attributes, only the place.
    struct Pool: Hashable, Sendable {
        var type: String?
        var zone: String?
        var subnet: String?
        /// Nil: every machine counts as one.
        var weight: Int?
        /// The lower, the sooner; nil: it makes no difference.
        var priority: Int?
    }

    let order: LaunchOrder
    let kind: FleetKind
    let pools: [Pool]
    /// Nil: all are of one market.
    let onDemandPart: Int?
    /// Whatever is not said to be of another is of this one.
    let market: Market

    /// - Parameters:
    ///   - usual: the kind where the template names none.
    ///   - leastPart: of what a percentage rounds down to.
    init(_ order: LaunchOrder, usual: FleetKind, leastPart: Int = 0) {
        self.order = order
        kind = order.template.fleet?.kind ?? usual
        let markets = Set(order.offerings.map(\.market))
        let percent = markets.count > 1 ? order.template.fleet?.percentOnDemand : nil
        market = percent == nil ? order.offering.market : .spot
        onDemandPart = percent.map { $0 == 0 ? 0 : max(leastPart, order.count * $0 / 100) }
        // Where nobody says how much of each market, the first is asked for, and the other is what is left to ask
        // for when that has nothing.
        let (market, isMixed) = (market, percent != nil)
        let offerings = order.offerings.filter { isMixed || $0.market == market }
        pools = FleetWish.pools(of: offerings, order.template, kind, isMixed: isMixed)
    }

    var template: Template { order.template }
    private var options: FleetOptions? { template.fleet }
    /// Whether the cloud chooses types by attributes.
    var isByAttributes: Bool { template.requirements != nil }

    /// How much of one market it is to bring.
    func target(of part: Market) -> Int {
        guard let onDemandPart else { return part == market ? order.count : 0 }
        return part == .onDemand ? onDemandPart : order.count - onDemandPart
    }

    func asks(for part: Market) -> Bool { target(of: part) > 0 }

    // MARK: - Preferences

    /// By what it prefers one spot pool to another.
    var spotAllocation: AllocationStrategy {
        let wish = options?.allocation ?? (options?.priorities == nil ? .priceCapacityOptimized : .prioritized)
        switch wish {
        // Attributes have no priorities.
        case .prioritized, .capacityOptimizedPrioritized:
            return isByAttributes ? .capacityOptimized : .capacityOptimizedPrioritized
        case .lowestPrice, .capacityOptimized, .priceCapacityOptimized, .diversified: return wish
        }
    }

    /// The same of on-demand machines, which have two ways: the cheapest first, or the one the template prefers.
    var onDemandAllocation: AllocationStrategy {
        if isByAttributes { return .lowestPrice }
        switch options?.onDemandAllocation ?? options?.allocation {
        case .lowestPrice: return .lowestPrice
        case .capacityOptimized, .priceCapacityOptimized, .diversified:
            return options?.onDemandAllocation == nil ? .prioritized : .lowestPrice
        case .prioritized, .capacityOptimizedPrioritized, nil: return .prioritized
        }
    }

    /// Whether anything comes of a pool's priority.
    var isPrioritized: Bool {
        (asks(for: .spot) && spotAllocation == .capacityOptimizedPrioritized)
            || (asks(for: .onDemand) && onDemandAllocation == .prioritized)
    }

    /// When it stops asking; nil: it does not, or it asks only once.
    var validUntil: Timestamp? {
        guard kind != .instant, let minutes = options?.expiryMinutes, let acceptedAt = order.acceptedAt else {
            return nil
        }
        return acceptedAt + .seconds(minutes * 60)
    }

    // MARK: - What was refused

    /// A no to one pool, told as one to each of the order's offerings that it stands for.
    ///
    /// What it cannot be told of would not be held back, and asked for again at once.
    func faults(_ fault: Fault, type: String?, zone: String?, subnet: String?, market: Market) -> [OfferingFault] {
        let near = order.offerings.filter { offering in
            offering.market == market && (subnet == nil || offering.subnet == nil || offering.subnet == subnet)
                && (offering.subnet != nil || zone == nil || offering.zone == nil || offering.zone == zone)
        }
        // A type that is not among them stands for one of a wish by attributes, or for one market alone.
        let known = order.offerings.contains { $0.type == type }
        let meant = known ? near.filter { $0.type == type } : near
        if meant.isEmpty {
            return [OfferingFault(type.map { Offering(type: $0, zone: zone, subnet: subnet, market: market) }, fault)]
        }
        return meant.map { OfferingFault($0, fault) }
    }
}

extension Array where Element: Hashable {
    /// In the order they come in.
    var eachOnce: [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
