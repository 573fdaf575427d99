import Provisioning

// The parts of a CreateAutoScalingGroup that are more than one parameter each.

extension EC2Query {
    /// All types of an order, the preferred ones first; or what EC2 is to choose them by.
    mutating func setOverrides(for order: LaunchOrder) {
        if let wanted = order.template.requirements {
            within("Overrides.member.1.InstanceRequirements") { $0.set(wanted, lists: .group) }
            return
        }
        let fleet = order.template.fleet
        for (index, type) in order.typesByPriority.enumerated() {
            within("Overrides.member.\(index + 1)") { override in
                override.set("InstanceType", type)
                // All have one, or none.
                guard fleet?.weights != nil else { return }
                override.set("WeightedCapacity", order.template.weight(of: type, in: order.offering.market))
            }
        }
    }

    /// https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_InstancesDistribution.html
    mutating func setDistribution(for order: LaunchOrder) {
        let fleet = order.template.fleet
        let percent = order.percentOnDemand
        set("OnDemandBaseCapacity", 0)
        set("OnDemandPercentageAboveBaseCapacity", percent)
        // Among types that EC2 chooses there is no preferred one.
        let isByAttributes = order.template.requirements != nil
        if percent > 0, let wish = fleet?.onDemandAllocation {
            set("OnDemandAllocationStrategy", Self.way(isByAttributes ? .lowestPrice : wish))
        }
        guard percent < 100 else { return }
        switch fleet?.allocation {
        case .lowestPrice:
            set("SpotAllocationStrategy", AllocationStrategy.lowestPrice.rawValue)
            set("SpotInstancePools", fleet?.pools)
        case .diversified:
            // Auto Scaling knows it as the cheapest of many pools.
            set("SpotAllocationStrategy", AllocationStrategy.lowestPrice.rawValue)
            set("SpotInstancePools", fleet?.pools ?? min(order.offerings.count, EC2Query.poolsMax))
        case .prioritized:
            set("SpotAllocationStrategy", AllocationStrategy.capacityOptimizedPrioritized.rawValue)
        case .capacityOptimized, .capacityOptimizedPrioritized, .priceCapacityOptimized, nil:
            set("SpotAllocationStrategy", (fleet?.allocation ?? .priceCapacityOptimized).rawValue)
        }
        set("SpotMaxPrice", order.template.maxPrice)
    }

    /// The cheapest first, or the one that the template prefers: there is no other way.
    private static func way(_ wish: AllocationStrategy) -> String {
        switch wish {
        case .prioritized, .capacityOptimizedPrioritized: "prioritized"
        case .lowestPrice, .capacityOptimized, .priceCapacityOptimized, .diversified: "lowest-price"
        }
    }

    private static let poolsMax = 20

    /// Subnets, else zones of the default network; one of them a group must have.
    mutating func setPlaces(of order: LaunchOrder) {
        let subnets = order.offerings.compactMap(\.subnet).eachOnce
        guard subnets.isEmpty else { return set("VPCZoneIdentifier", subnets.joined(separator: ",")) }
        members("AvailabilityZones", order.offerings.compactMap(\.zone).eachOnce)
    }
}

extension LaunchOrder {
    /// What is offered on one market only is of that market, whatever share the template would like.
    fileprivate var percentOnDemand: Int {
        let markets = Set(offerings.map(\.market))
        if markets == [.onDemand] { return 100 }
        if markets == [.spot] { return 0 }
        return template.fleet?.percentOnDemand ?? (offering.market == .onDemand ? 100 : 0)
    }

    /// In the order of preference where no priorities say otherwise.
    fileprivate var typesByPriority: [String] {
        let types = offerings.map(\.type).eachOnce
        guard let priorities = template.fleet?.priorities else { return types }
        let ranked = types.enumerated().sorted {
            (priorities[$0.element] ?? .max, $0.offset) < (priorities[$1.element] ?? .max, $1.offset)
        }
        return ranked.map(\.element)
    }
}
