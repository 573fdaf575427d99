import Cloud
import Provisioning

extension ComputeInstances {
    /// Compute Engine has no dry run.
    package func rehearse(_ order: LaunchOrder, token: IntentToken) throws -> Procedure<Void>? { nil }

    /// What can be asked in its place: whether we may do all that the launch takes, whether what it names is there, and
    /// whether the project's quotas have room for so many. Nobody tells whether the zone has.
    package func lookUps(before order: LaunchOrder) -> [LookUp] {
        var template = order.template
        template.offerings = order.offerings
        let type = order.offering.type
        return GCPLookUps(at: site).lookUps(for: template) { types in
            types[type].map { GCPQuota(order, $0.item).lookUps(at: site) } ?? []
        } + LaunchPermissions(order, by: Self.api, at: site).lookUps(order, at: site)
    }
}

extension GCPQuota {
    /// - Parameter type: as the API tells of it.
    init(_ order: LaunchOrder, _ type: JSONReply) {
        let gpus = type["accelerators"].items.first.flatMap { item -> (metric: String, count: Int)? in
            guard let kind = item["guestAcceleratorType"].text else { return nil }
            return (GCPQuota.metric(ofGPU: kind), item["guestAcceleratorCount"].integer ?? 1)
        }
        self.init(order, vcpus: type["guestCpus"].integer ?? 0, gpus: gpus)
    }

    /// Those of the region, and those of all regions together.
    func lookUps(at site: GCPSite) -> [LookUp] {
        let region = ComputeCall.get("regions", "get", "regions/\(site.region)").call(.reads, at: site) { reply in
            let allowances = GCPQuota.allowances(reply)
            return LookUp.Step(
                wanted(of: allowances.mapValues(\.limit)).map { GCPQuota.judge($0, allowances[$0.metric]) })
        }
        let project = ComputeCall.get("projects", "get", "").call(.reads, at: site) { reply in
            let allowances = GCPQuota.allowances(reply)
            return LookUp.Step(
                wantedOfAllRegions.compactMap { wanted in
                    allowances[wanted.metric].map { GCPQuota.judge(wanted, $0) }
                })
        }
        return [
            LookUp([.init(.quota, "of \(site.region)")], region),
            LookUp([.init(.quota, "of all regions")], project),
        ]
    }

    private typealias Allowance = (limit: Double, usage: Double)

    private static func allowances(_ reply: JSONReply) -> [String: Allowance] {
        var allowances: [String: Allowance] = [:]
        for item in reply["quotas"].items {
            guard let metric = item["metric"].text else { continue }
            allowances[metric] = (item["limit"].number ?? 0, item["usage"].number ?? 0)
        }
        return allowances
    }

    /// - Parameter allowance: nil: there is one, and Compute Engine does not tell of it.
    private static func judge(_ wanted: (metric: String, amount: Int), _ allowance: Allowance?) -> Finding {
        guard let allowance else {
            return Finding(.quota, wanted.metric, .predicted("not told here; \(wanted.amount) more wanted"))
        }
        let words = "\(Int(allowance.usage)) of \(Int(allowance.limit)) in use, \(wanted.amount) more wanted"
        let hasRoom = allowance.usage + Double(wanted.amount) <= allowance.limit
        return Finding(.quota, wanted.metric, hasRoom ? .verified(words) : .absent(words))
    }
}

/// What a launch takes of a project's allowances in a region.
///
/// https://cloud.google.com/compute/resource-usage
struct GCPQuota: Sendable {
    private let order: LaunchOrder
    private let vcpus: Int
    private let gpus: (metric: String, count: Int)?

    init(_ order: LaunchOrder, vcpus: Int, gpus: (metric: String, count: Int)?) {
        self.order = order
        self.vcpus = vcpus
        self.gpus = gpus
    }

    /// `NVIDIA_L4_GPUS` of `nvidia-l4`.
    static func metric(ofGPU kind: String) -> String {
        let name = kind.hasPrefix("nvidia-tesla-") ? "nvidia-\(kind.dropFirst("nvidia-tesla-".count))" : kind
        return name.uppercased().split(separator: "-").joined(separator: "_") + "_GPUS"
    }

    /// - Parameter limits: by metric; whoever has none of preemptible ones has spot machines counted as any other.
    func wanted(of limits: [String: Double]) -> [(metric: String, amount: Int)] {
        let isSpot = order.offering.market == .spot
        func counted(_ metric: String) -> String {
            let preemptible = "PREEMPTIBLE_\(metric)"
            return isSpot && (limits[preemptible] ?? 0) > 0 ? preemptible : metric
        }
        let series = order.offering.type.prefix { $0 != "-" }.uppercased()
        let own = GCPQuota.commonSeries.contains(series) ? "CPUS" : "\(series)_CPUS"
        // All preemptible vCPUs are counted together.
        let cpus = isSpot && (limits["PREEMPTIBLE_CPUS"] ?? 0) > 0 ? "PREEMPTIBLE_CPUS" : own
        var wanted = [("INSTANCES", order.count)]
        if let gpus { wanted.append((counted(gpus.metric), gpus.count * order.count)) }
        if order.template.publicAddress == true { wanted.append(("IN_USE_ADDRESSES", order.count)) }
        // Which of the others there are differs from project to project; vCPUs are counted everywhere.
        return ([(cpus, vcpus * order.count)] + wanted.filter { limits[$0.0] != nil }).filter { $0.1 > 0 }
    }

    /// What is counted besides in all regions together.
    var wantedOfAllRegions: [(metric: String, amount: Int)] {
        let cpus = order.offering.market == .spot ? [] : [("CPUS_ALL_REGIONS", vcpus * order.count)]
        return cpus + (gpus.map { [("GPUS_ALL_REGIONS", $0.count * order.count)] } ?? [])
    }

    /// Those whose vCPUs are counted together; the others have an allowance each.
    private static let commonSeries: Set = ["E2", "F1", "G1", "N1", "CUSTOM"]
}
