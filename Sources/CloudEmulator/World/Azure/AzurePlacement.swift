import Provisioning

/// What stands in a quota's way.
struct QuotaUse: Sendable, Hashable {
    /// `standardDSv5Family`
    let name: String
    let limit: Int
    let used: Int
    let wanted: Int

    /// As errors speak of it.
    var words: String {
        switch name {
        case AzureQuota.cores: "Total Regional Cores"
        case AzureQuota.spot: "LowPriorityCores"
        default: "\(name) Cores"
        }
    }
}

/// The names that quotas have beside those of families.
enum AzureQuota {
    static let cores = "cores"
    static let spot = "lowPriorityCores"
}

extension World {
    /// The vCPUs an account may have under a name; nil: as many as it likes.
    ///
    /// Limits that are written for every cloud alike say `standard`: the spot quota, which has no families, or that of
    /// the whole location.
    func quota(_ name: String, in location: String) -> Int? {
        let market: Market = name == AzureQuota.spot ? .spot : .onDemand
        func limit(_ family: String) -> Int? {
            limits.quotas[Quota(family: family, market: market, region: location)]
        }
        return limit(name) ?? (name == AzureQuota.cores || name == AzureQuota.spot ? limit("standard") : nil)
    }

    /// How many vCPUs are in use under a name.
    func coresUsed(_ name: String, in location: String, of subscription: String, at now: Timestamp) -> Int {
        machines(in: subscription, at: now).reduce(0) { sum, resource in
            guard resource.location == location, let machine = resource.machine, machine.isPlaced(at: now),
                let size = AzureSize(machine.size)
            else { return sum }
            let counts =
                switch name {
                case AzureQuota.spot: machine.isSpot
                case AzureQuota.cores: !machine.isSpot
                default: !machine.isSpot && size.family == name
                }
            return counts ? sum + size.vcpus : sum
        }
    }

    /// In no order, which is quicker.
    private func machines(in subscription: String, at now: Timestamp) -> [AzureResource] {
        any(in: subscription) { $0.kind == .virtualMachine && !$0.isGone(at: now) }
    }

    /// What a machine of this size would be too much for.
    func quotaHit(
        _ size: AzureSize, isSpot: Bool, count: Int = 1, in location: String, of subscription: String,
        at now: Timestamp
    ) -> QuotaUse? {
        for name in isSpot ? [AzureQuota.spot] : [size.family, AzureQuota.cores] {
            guard let limit = quota(name, in: location) else { continue }
            let used = coresUsed(name, in: location, of: subscription, at: now)
            let use = QuotaUse(name: name, limit: limit, used: used, wanted: size.vcpus * count)
            if used + use.wanted > limit { return use }
        }
        return nil
    }

    // MARK: - Capacity

    /// What a place is called in limits, the most particular first. Zones have their number alone or with the location
    /// before it; a machine in no zone takes from the location as a whole.
    private func poolNames(_ location: String, _ zone: String?) -> [String] {
        zone.map { ["\(location)-\($0)", $0] } ?? [location, ""]
    }

    func isOffered(_ size: String, isSpot: Bool, in location: String, zone: String?) -> Bool {
        !poolNames(location, zone).contains {
            limits.unoffered.contains(Pool(type: size, zone: $0, market: isSpot ? .spot : .onDemand))
        }
    }

    /// How many more machines there is room for.
    func room(for size: String, isSpot: Bool, in location: String, zone: String?, at now: Timestamp) -> Int {
        var room = Int.max
        for (number, name) in poolNames(location, zone).enumerated() {
            guard let capacity = limits.capacity[Pool(type: size, zone: name, market: isSpot ? .spot : .onDemand)]
            else { continue }
            // A name without the location is one pool for all of them.
            let isEverywhere = number == 1
            let used = (azure?.subscriptions.keys.map { machines(in: $0, at: now) } ?? []).joined()
                .count { resource in
                    guard let machine = resource.machine else { return false }
                    return machine.size == size && machine.isSpot == isSpot && machine.isPlaced(at: now)
                        && resource.zones.first == zone && (isEverywhere || resource.location == location)
                }
            room = min(room, max(0, capacity - used))
        }
        return room
    }

    /// From a call to what comes of it; single machines differ by up to a quarter.
    func bootTime(of id: ResourceID) -> Duration {
        .seconds(conditions.bootSeconds * (Double(sum(of: id.key) % 501) / 1000 + 0.75))
    }

    /// Until it is clear that there is no room, which is sooner than until a machine runs.
    func searchTime(of id: ResourceID) -> Duration { bootTime(of: id) / 4 }

    /// What an hour of spot costs per vCPU, in dollars.
    static var spotPrice: Double { 0.01 }
}
