import Provisioning

/// What is left for a project at one moment: counted once, and counted down while places are given out.
struct GCPRoom {
    private let limits: Limits
    private let project: String
    private var used: [Pool: Int] = [:]
    private var usage: [GCPMetric: Int] = [:]

    init(_ world: World, project: String, at now: Timestamp) {
        limits = world.limits
        self.project = project
        guard !limits.capacity.isEmpty || !limits.quotas.isEmpty else { return }
        // A zone's capacity is everybody's, and a quota is a project's.
        for (name, holder) in world.google.projects {
            for instance in holder.instances.values where instance.takesRoom(at: now) {
                take(instance.type, instance.zone, instance.market)
                if name == project, !limits.quotas.isEmpty { take(instance.demand) }
            }
        }
    }

    mutating func take(_ type: String, _ zone: String, _ market: Market) {
        used[Pool(type: type, zone: zone, market: market), default: 0] += 1
    }

    mutating func take(_ demand: [GCPMetric: Int]) { usage.merge(demand) { $0 + $1 } }

    /// How many more there are.
    func free(_ type: String, _ zone: String, _ market: Market) -> Int {
        let pool = Pool(type: type, zone: zone, market: market)
        return limits.capacity[pool].map { max(0, $0 - used[pool, default: 0]) } ?? .max
    }

    /// How many more of these a project may have, and what says no to the next.
    func allowed(_ demand: [GCPMetric: Int]) -> (count: Int, problem: GCPProblem?) {
        // Whoever has a quota of preemptible vCPUs has its spot machines counted by it alone.
        let preemptible = demand.keys.first { $0.name == "PREEMPTIBLE_CPUS" && limits.quota($0) != nil }
        var best: (count: Int, problem: GCPProblem?) = (.max, nil)
        for (metric, amount) in demand.sorted(by: { $0.key.name < $1.key.name }) where amount > 0 {
            guard let limit = limits.quota(metric) else { continue }
            if preemptible != nil, metric.name.hasSuffix("CPUS"), metric != preemptible { continue }
            let count = max(0, limit - usage[metric, default: 0]) / amount
            guard count < best.count else { continue }
            let subnetwork = metric.name.hasPrefix("subnetworks/")
            best = (
                count,
                subnetwork
                    ? .noAddresses(subnetwork: "projects/\(project)/regions/\(metric.region)/\(metric.name)")
                    : .quotaExceeded(metric.name, region: metric.region, limit: limit)
            )
        }
        return best
    }

    func usage(of metric: GCPMetric) -> Int { usage[metric, default: 0] }
}

extension Limits {
    /// What is set for a metric; its market follows from its name.
    func quota(_ metric: GCPMetric) -> Int? {
        let market: Market = metric.name.hasPrefix("PREEMPTIBLE_") ? .spot : .onDemand
        return quotas[Quota(family: metric.name, market: market, region: metric.region)]
    }
}
