import Provisioning

extension World {
    /// Launches what a fleet misses, as far as there is room for it. Whoever refused is noted in the fleet.
    mutating func fill(_ fleet: inout Fleet, in region: String, at now: Timestamp, chance: () -> UInt64) {
        var refusals: [Fleet.Refusal] = []
        for market in [Market.onDemand, .spot] where fleet.missing(market) > 0 {
            let plan = market == .spot ? fleet.terms.spot : fleet.terms.demand
            let (pools, none) = pools(of: fleet, market, in: region, at: now)
            refusals += none
            if plan.oneType || plan.oneZone || plan.atLeast != nil {
                refusals += fillFromOne(&fleet, market, plan, pools, in: region, at: now, chance: chance)
            } else {
                refusals += fill(&fleet, market, plan, pools, in: region, at: now, chance: chance)
            }
        }
        tell(refusals, to: &fleet, at: now)
    }

    /// From the first set of pools of one type or zone that gives enough, or else from none.
    private mutating func fillFromOne(
        _ fleet: inout Fleet, _ market: Market, _ plan: Fleet.Plan, _ pools: [FleetPool], in region: String,
        at now: Timestamp, chance: () -> UInt64
    ) -> [Fleet.Refusal] {
        func set(_ pool: FleetPool) -> [String] {
            (plan.oneType ? [pool.launch.type] : []) + (plan.oneZone ? [pool.zone] : [])
        }
        var refusals: [Fleet.Refusal] = []
        var tried: Set<[String]> = []
        for pool in pools where tried.insert(set(pool)).inserted {
            var (world, trial) = (self, fleet)
            refusals += world.fill(
                &trial, market, plan, pools.filter { set($0) == set(pool) }, in: region, at: now, chance: chance)
            if trial.fulfilled(market) - fleet.fulfilled(market) >= Double(plan.atLeast ?? 1) {
                (self, fleet) = (world, trial)
                return refusals
            }
        }
        return refusals
    }

    private mutating func fill(
        _ fleet: inout Fleet, _ market: Market, _ plan: Fleet.Plan, _ pools: [FleetPool], in region: String,
        at now: Timestamp, chance: () -> UInt64
    ) -> [Fleet.Refusal] {
        var refusals: [Fleet.Refusal] = []
        // First to each its share, where the strategy spreads; then what is left to whoever has it.
        let spread =
            switch plan.strategy {
            case .diversified: pools.count
            case .lowestPrice: min(pools.count, plan.poolCount ?? 1)
            default: 1
            }
        var full: Set<Int> = []
        for (place, pool) in pools.prefix(spread).enumerated() where spread > 1 {
            let share = fleet.missing(market) / Double(spread - place)
            if let refusal = take(share, from: pool, for: &fleet, market, in: region, at: now, chance: chance) {
                refusals.append(refusal)
                full.insert(pool.order)
            }
        }
        for pool in pools where !full.contains(pool.order) && fleet.missing(market) > 0 {
            let rest = fleet.missing(market)
            if let refusal = take(rest, from: pool, for: &fleet, market, in: region, at: now, chance: chance) {
                refusals.append(refusal)
            }
        }
        return refusals
    }

    /// Launches so many units from a pool, the last machine perhaps a little more; tells why if it was fewer.
    private mutating func take(
        _ units: Double, from pool: FleetPool, for fleet: inout Fleet, _ market: Market, in region: String,
        at now: Timestamp, chance: () -> UInt64
    ) -> Fleet.Refusal? {
        let wanted = Int(min((units / pool.weight).rounded(.up), Double(Conditions.launchMax)))
        let room = free(type: pool.launch.type, zone: pool.zone, market: market, at: now)
        let quota = allowed(pool.launch, in: region, at: now)
        let count = min(wanted, room, quota.count)
        if count > 0 {
            var launch = pool.launch
            launch.tags.append(Launch.Tag(key: fleet.mark, value: fleet.id))
            let reservation = begin(launch, count: count, zone: pool.zone, in: region, at: now, chance: chance)
            for instance in reservation.instances {
                let member = Fleet.Member(
                    instance: instance.id, sequence: reservation.sequence, index: instance.index,
                    candidate: pool.candidate, type: launch.type, market: market, weight: pool.weight)
                fleet.members.append(member)
                fleet.given[market, default: 0] += pool.weight
                if fleet.mode == .instant { fleet.launched.append(member) }
                fleet.note(.instanceChange, "launched", launched(launch, in: pool.zone), of: instance.id, at: now)
            }
        }
        guard count < wanted else { return nil }
        let error: EC2Error =
            quota.count < room
            ? .quotaExceeded(market: market, vcpus: quota.vcpus)
            : .insufficientCapacity(type: pool.launch.type, zone: pool.zone)
        return Fleet.Refusal(
            candidate: pool.candidate, type: pool.launch.type, market: market, flaw: Fleet.Flaw(error))
    }

    private func launched(_ launch: Launch, in zone: String) -> String {
        #"{"instanceType":"\#(launch.type)","image":"\#(launch.image)","productDescription":"Linux/UNIX","#
            + #""availabilityZone":"\#(zone)"}"#
    }

    /// Keeps each no once, and tells of those that are new.
    private func tell(_ refusals: [Fleet.Refusal], to fleet: inout Fleet, at now: Timestamp) {
        var seen: Set<[String]> = []
        let fresh = refusals.filter { seen.insert(["\($0.candidate)", $0.market.rawValue, $0.flaw.code]).inserted }
        for refusal in fresh where !fleet.refusals.contains(refusal) {
            let flaw = refusal.flaw
            let what =
                flaw.code == EC2Error.quotaExceeded(market: .spot, vcpus: 0).code
                ? "spotInstanceCountLimitExceeded" : "launchSpecTemporarilyBlacklisted"
            fleet.note(
                .error, what, "\(refusal.type), \(refusal.market.rawValue): \(flaw.code): \(flaw.message)", at: now)
        }
        if fleet.refusals != fresh { fleet.refusals = fresh }
    }
}
