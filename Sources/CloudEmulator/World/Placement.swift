import Provisioning

extension World {
    /// The zone the caller wants; nil: any.
    func wantedZone(of launch: Launch, in region: String) throws(EC2Error) -> String? {
        let zones = conditions.zones[region] ?? []
        if let zone = launch.zone, !zones.contains(zone) { throw .invalidZone(zone) }
        guard let subnet = launch.subnet else { return launch.zone }
        guard let declared = limits.subnets[subnet] ?? zones.first(where: { defaultSubnet(of: $0) == subnet }) else {
            // An undeclared subnet lies where the call says, else where its name happens to fall, always the same.
            let number = subnet.utf8.reduce(0) { ($0 &* 31 &+ Int($1)) & 0xFFFF }
            return launch.zone ?? (zones.isEmpty ? nil : zones[number % zones.count])
        }
        if let zone = launch.zone, zone != declared { throw .subnetElsewhere(subnet, zone: zone) }
        return declared
    }

    /// Where a launch goes, and how many it brings: as many as quota and capacity allow, and no fewer than wanted.
    func place(
        _ call: LaunchCall, in region: String, at now: Timestamp, chance: () -> UInt64
    ) throws(EC2Error) -> (zone: String, count: Int) {
        let launch = call.launch
        let wanted = try wantedZone(of: launch, in: region)
        let zones = (wanted.map { [$0] } ?? conditions.zones[region] ?? [])
        let offered = zones.filter {
            !limits.unoffered.contains(Pool(type: launch.type, zone: $0, market: launch.market))
        }
        guard !offered.isEmpty else { throw .unsupported(type: launch.type, zone: wanted) }

        let quota = allowed(launch, in: region, at: now)
        guard quota.count >= call.atLeast else { throw .quotaExceeded(market: launch.market, vcpus: quota.vcpus) }
        guard call.atLeast <= Conditions.launchMax else { throw .tooManyAtOnce(Conditions.launchMax) }
        let most = min(call.atMost, quota.count, Conditions.launchMax)

        let room = offered.map { (zone: $0, count: free(type: launch.type, zone: $0, market: launch.market, at: now)) }
        let roomy = room.filter { $0.count >= most }
        if !roomy.isEmpty { return (roomy[Int(chance() % UInt64(roomy.count))].zone, most) }
        guard let best = room.max(by: { $0.count < $1.count }), best.count >= call.atLeast else {
            throw .insufficientCapacity(type: launch.type, zone: wanted)
        }
        return best
    }

    /// How many more a pool gives.
    func free(type: String, zone: String, market: Market, at now: Timestamp) -> Int {
        guard let capacity = limits.capacity[Pool(type: type, zone: zone, market: market)] else { return .max }
        let used = living(at: now).lazy.filter {
            $0.launch.type == type && $0.zone == zone && $0.launch.market == market
        }.reduce(0) { $0 + $1.count }
        return max(0, capacity - used)
    }

    /// How many more of a type the account's quota allows, and what that quota is.
    func allowed(_ launch: Launch, in region: String, at now: Timestamp) -> (count: Int, vcpus: Int) {
        let family = quotaFamily(ofType: launch.type)
        guard let quota = limits.quotas[Quota(family: family, market: launch.market, region: region)]
        else { return (.max, .max) }
        let used = living(in: region, at: now).lazy.filter {
            $0.launch.market == launch.market && quotaFamily(ofType: $0.launch.type) == family
        }.reduce(0) { $0 + $1.count * vcpus(ofType: $1.launch.type) }
        return (max(0, quota - used) / vcpus(ofType: launch.type), quota)
    }

    private typealias Living = (launch: Launch, zone: String, count: Int)

    /// Instances hold their place until they are terminated, not only until they were told to be.
    private func living(in region: String? = nil, at now: Timestamp) -> [Living] {
        regions.lazy.filter { region == nil || $0.key == region }.flatMap(\.value.reservations).map {
            ($0.launch, $0.zone, $0.instances.count { $0.state(at: now) != .terminated })
        }
    }
}
