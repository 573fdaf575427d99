import Cloud
import Provisioning

/// Machines by `CreateFleet`: of every type, place and market that a template offers, in one call.
///
/// A fleet of the kind `instant` is no group: it answers when all its launches have been tried, and is forgotten. The
/// others go on asking, and their machines come later.
///
/// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateFleet.html
package struct EC2Fleet: FleetGroups {
    package static let api: APIName = "aws/ec2-fleet"
    static let words = FleetWords.fleet

    package init() {}

    package func scaffolds(for order: LaunchOrder) throws -> [ScaffoldPlan] {
        [launchTemplate(for: FleetWish(order, usual: .instant)).plan].compactMap(\.self)
    }

    package func group(for order: LaunchOrder) -> GroupPlan? {
        FleetWish(order, usual: .instant).kind.upkeep.map { GroupPlan(kind: "fleet", upkeep: $0) }
    }

    package func launch(_ order: LaunchOrder, token: IntentToken) throws -> Call<LaunchReceipt> {
        let wish = FleetWish(order, usual: .instant)
        return query(wish, token: token).call(.changes) { try EC2FleetReply.receipt($0, of: wish) }
    }

    /// What EC2 looks at without making anything: a launch of such a machine, and the right to make what it takes.
    ///
    /// A fleet by a launch template that is not there yet it would refuse.
    package func rehearse(_ order: LaunchOrder, token: IntentToken) throws -> Procedure<Void>? {
        let wish = FleetWish(order, usual: .instant)
        let template = launchTemplate(for: wish)
        let last = template.plan == nil ? query(wish, token: token).rehearsal() : template.rehearsal
        return RunInstances().rehearsal(of: order, token: token, then: last)
    }

    // MARK: - What is asked for

    /// Only a fleet of the kind `instant` tags what it launches.
    private func launchTemplate(for wish: FleetWish) -> EC2LaunchTemplate {
        EC2LaunchTemplate(wish.order, tagging: wish.kind == .instant ? .nothing : .everything)
    }

    private func query(_ wish: FleetWish, token: IntentToken) -> EC2Query {
        var query = EC2Query("CreateFleet")
        query.set("ClientToken", token.text)
        query.set("Type", wish.kind.rawValue)
        query.within("LaunchTemplateConfigs.1") { config in
            config.set(launchTemplate(for: wish).reference, as: "LaunchTemplateSpecification")
            config.setPools(of: wish, price: "MaxPrice", lists: .fleet)
        }
        query.within("TargetCapacitySpecification") { target in
            target.set("TotalTargetCapacity", wish.order.count)
            if let part = wish.onDemandPart {
                target.set("OnDemandTargetCapacity", part)
                target.set("SpotTargetCapacity", wish.order.count - part)
            }
            target.set("DefaultTargetCapacityType", wish.market.rawValue)
        }
        query.within("SpotOptions") { setSpot(wish, &$0) }
        query.within("OnDemandOptions") { setOnDemand(wish, &$0) }
        if wish.kind == .maintain {
            query.set("ExcessCapacityTerminationPolicy", "no-termination")
            query.set("ReplaceUnhealthyInstances", true)
        }
        if let end = wish.validUntil {
            query.set("ValidUntil", end.description)
            // Only the asking ends.
            query.set("TerminateInstancesWithExpiration", false)
        }
        query.set("Context", wish.template.fleet?.context)
        let ofMachines = wish.kind == .instant ? ["instance", "volume", "network-interface"] : []
        query.tag(["fleet"] + ofMachines, with: wish.order.tags)
        query.lay(wish.order.rawCall)
        return query
    }

    private func setSpot(_ wish: FleetWish, _ options: inout EC2Query) {
        guard wish.asks(for: .spot) else { return }
        options.set("AllocationStrategy", wish.spotAllocation.rawValue)
        options.set("InstanceInterruptionBehavior", "terminate")
        if wish.spotAllocation == .lowestPrice {
            options.set("InstancePoolsToUseCount", wish.template.fleet?.pools)
        }
        setLeast(of: .spot, wish, &options)
    }

    private func setOnDemand(_ wish: FleetWish, _ options: inout EC2Query) {
        guard wish.asks(for: .onDemand) else { return }
        options.set("AllocationStrategy", wish.onDemandAllocation.rawValue)
        setLeast(of: .onDemand, wish, &options)
    }

    /// EC2 takes it for up to so many, if all are to be of one market, and of one zone or type.
    private static let leastMax = 1000

    private func setLeast(of market: Market, _ wish: FleetWish, _ options: inout EC2Query) {
        guard let least = wish.order.atLeast, least > 1, least <= EC2Fleet.leastMax, wish.kind == .instant,
            wish.target(of: market) == wish.order.count
        else { return }
        let places = Set(wish.pools.map { [$0.zone, $0.subnet] })
        let isOneZone = places.count == 1 && places != [[nil, nil]]
        let isOneType = !wish.isByAttributes && Set(wish.pools.map(\.type)).count == 1
        guard isOneZone || isOneType else { return }
        options.set("SingleInstanceType", isOneType ? true : nil)
        options.set("SingleAvailabilityZone", isOneZone ? true : nil)
        options.set("MinTargetCapacity", least)
    }
}

extension FleetKind {
    /// Nil: it brings its machines at once.
    var upkeep: Scaffold.Upkeep? {
        switch self {
        case .instant: nil
        case .request: .fill
        case .maintain: .maintain
        }
    }
}

extension EC2Query {
    /// What each machine of a fleet may be, beyond what its launch template says.
    ///
    /// - Parameters:
    ///   - price: what the API calls the most that is paid for a spot machine.
    ///   - lists: what it calls lists of attributes.
    mutating func setPools(of wish: FleetWish, price: String, lists: InstanceRequirementsLists) {
        for (index, pool) in wish.pools.enumerated() {
            within("Overrides.\(index + 1)") { override in
                override.set("InstanceType", pool.type)
                override.set("SubnetId", pool.subnet)
                override.set("AvailabilityZone", pool.zone)
                override.set("WeightedCapacity", pool.weight)
                override.set("Priority", wish.isPrioritized ? pool.priority : nil)
                override.set(price, wish.asks(for: .spot) ? wish.template.maxPrice : nil)
                if let requirements = wish.template.requirements {
                    override.within("InstanceRequirements") { $0.set(requirements, lists: lists) }
                }
            }
        }
    }
}

extension RunInstances {
    /// A dry run of launching one such machine, and then another call's.
    func rehearsal(of order: LaunchOrder, token: IntentToken, then next: Call<Void>) -> Procedure<Void> {
        var one = order
        one.count = 1
        // It is about another call.
        one.rawCall = nil
        return Procedure(parameters(one, token: token).rehearsal().map { .then(Procedure(only: next)) })
    }
}
