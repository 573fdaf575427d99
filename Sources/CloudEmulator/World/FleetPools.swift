import Provisioning

/// One pool that a fleet may take from: a type in a zone, by one of its candidates.
struct FleetPool {
    var candidate: Int
    /// With the type, the zone and the market.
    var launch: Launch
    var zone: String
    var weight: Double
    var priority: Double
    /// How many more there are of it.
    var room: Int
    /// Its place as the call lists it.
    var order: Int

    /// There are no prices here: a unit is as dear as the processors that come with it, and the cloud's own are cheaper.
    var price: Double {
        let share = processor(ofType: launch.type) == "arm64" ? 0.8 : 1
        return Double(vcpus(ofType: launch.type)) * share / weight
    }
}

extension World {
    /// What a fleet may take from for one market, best first; and which candidates are none at all.
    func pools(
        of fleet: Fleet, _ market: Market, in region: String, at now: Timestamp
    ) -> (pools: [FleetPool], refusals: [Fleet.Refusal]) {
        var pools: [FleetPool] = []
        var refusals: [Fleet.Refusal] = []
        for (number, candidate) in fleet.candidates.enumerated() {
            func refuse(_ flaw: Fleet.Flaw, type: String) {
                refusals.append(Fleet.Refusal(candidate: number, type: type, market: market, flaw: flaw))
            }
            guard var launch = candidate.launch else {
                if let flaw = candidate.flaw { refuse(flaw, type: candidate.types.first ?? "") }
                continue
            }
            launch.market = market
            let zone: String?
            do { zone = try wantedZone(of: launch, in: region) } catch {
                refuse(Fleet.Flaw(error), type: launch.type)
                continue
            }
            for type in candidate.types {
                launch.type = type
                let zones = zone.map { [$0] } ?? conditions.zones[region] ?? []
                let offered = zones.filter {
                    !limits.unoffered.contains(Pool(type: type, zone: $0, market: market))
                }
                if offered.isEmpty { refuse(Fleet.Flaw(.unsupported(type: type, zone: zone)), type: type) }
                for zone in offered {
                    pools.append(
                        FleetPool(
                            candidate: number, launch: launch, zone: zone, weight: weight(of: type, candidate, fleet),
                            priority: candidate.priority ?? .infinity,
                            room: free(type: type, zone: zone, market: market, at: now), order: pools.count))
                }
            }
        }
        let plan = market == .spot ? fleet.terms.spot : fleet.terms.demand
        return (pools.sorted { isBetter($0, $1, by: plan.strategy) }, refusals)
    }

    private func weight(of type: String, _ candidate: Fleet.Candidate, _ fleet: Fleet) -> Double {
        switch fleet.terms.unit {
        case .units: candidate.weight ?? 1
        case .vcpu: Double(vcpus(ofType: type))
        case .memory: Double(TypeFacts(ofType: type).memoryMiB)
        }
    }

    private func isBetter(_ a: FleetPool, _ b: FleetPool, by strategy: Fleet.Strategy) -> Bool {
        switch strategy {
        case .lowestPrice, .diversified: (a.price, a.order) < (b.price, b.order)
        case .prioritized: (a.priority, a.order) < (b.priority, b.order)
        case .capacityOptimized: (-a.room, a.order) < (-b.room, b.order)
        case .capacityOptimizedPrioritized:
            // Those that have nothing come last, whatever their priority.
            (a.room > 0 ? 0 : 1, a.priority, -a.room, a.order) < (b.room > 0 ? 0 : 1, b.priority, -b.room, b.order)
        case .priceCapacityOptimized:
            (a.room > 0 ? 0 : 1, a.price, -a.room, a.order) < (b.room > 0 ? 0 : 1, b.price, -b.room, b.order)
        }
    }
}
