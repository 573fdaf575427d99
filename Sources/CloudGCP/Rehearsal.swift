import Cloud
import Provisioning

extension ComputeInstances {
    /// What can be asked beforehand, for Compute Engine has no dry run: whether the zone has the type, and whether the
    /// project's quotas have room for so many.
    ///
    /// It never comes to a yes: whether there is room, and whether we may, is seen at the launch.
    package func rehearse(_ order: LaunchOrder, token: IntentToken) throws -> Procedure<Void>? {
        guard let zone = try? site.zone(of: 1, order, token: token) else { return nil }
        let type = order.offering.type
        return Procedure(
            ComputeCall.get("machineTypes", "get", "zones/\(zone)/machineTypes/\(type)").call(.reads, at: site) {
                reply in
                let vcpus = reply["guestCpus"].integer ?? 0
                let gpus = reply["accelerators"].items.first.flatMap { item -> (metric: String, count: Int)? in
                    guard let kind = item["guestAcceleratorType"].text else { return nil }
                    return (GCPQuota.metric(ofGPU: kind), item["guestAcceleratorCount"].integer ?? 1)
                }
                let quota = GCPQuota(order, vcpus: vcpus, gpus: gpus)
                return .then(Procedure(only: rehearse(quota, type, in: zone)))
            })
    }

    private func rehearse(_ quota: GCPQuota, _ type: String, in zone: String) -> Call<Void> {
        ComputeCall.get("regions", "get", "regions/\(site.region)").call(.reads, at: site) { reply in
            var left: [String: (limit: Double, usage: Double)] = [:]
            for item in reply["quotas"].items {
                guard let metric = item["metric"].text else { continue }
                left[metric] = (item["limit"].number ?? 0, item["usage"].number ?? 0)
            }
            let wanted = quota.wanted(of: left.mapValues(\.limit))
            for (metric, amount) in wanted {
                guard let quota = left[metric], quota.usage + Double(amount) > quota.limit else { continue }
                throw Refusal(
                    .quota, code: "quotaExceeded",
                    message:
                        "Quota '\(metric)': \(Int(quota.usage)) of \(Int(quota.limit)) in use, \(amount) more wanted",
                    subjects: [metric])
            }
            throw Unverified()
        }
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
        let own = "\(series)_CPUS"
        // All preemptible vCPUs are counted together.
        let cpus =
            isSpot && (limits["PREEMPTIBLE_CPUS"] ?? 0) > 0 ? "PREEMPTIBLE_CPUS" : limits[own] == nil ? "CPUS" : own
        var wanted = [(cpus, vcpus * order.count), ("INSTANCES", order.count)]
        if let gpus { wanted.append((counted(gpus.metric), gpus.count * order.count)) }
        if order.template.publicAddress == true { wanted.append(("IN_USE_ADDRESSES", order.count)) }
        return wanted.filter { limits[$0.0] != nil && $0.1 > 0 }
    }
}
