import Cloud
import Provisioning

extension InstanceBody {
    /// Where it runs, for how long, and what becomes of it when it may not run on.
    var scheduling: JSONBody? {
        let isSpot = order.offering.market == .spot
        let seconds = InstanceBody.secondsToRun(of: order.lifetimeSeconds ?? order.template.lifetimeSeconds)
        // What depends on its host cannot be moved to another.
        let staysOnHost = isSpot || InstanceBody.dependsOnHost(order.offering.type)
        let host = order.template.placement?.host
        guard isSpot || seconds != nil || staysOnHost || host != nil else { return nil }
        return .object(of: [
            "provisioningModel": isSpot ? "SPOT" : nil,
            // Nothing is left behind that costs: a stopped machine still has its disks.
            "instanceTerminationAction": isSpot || seconds != nil ? "DELETE" : nil,
            "maxRunDuration": seconds.map { ["seconds": .text("\($0)")] },
            "onHostMaintenance": staysOnHost ? "TERMINATE" : nil,
            "automaticRestart": isSpot ? false : nil,
            "nodeAffinities": host.map {
                [["key": "compute.googleapis.com/node-name", "operator": "IN", "values": [.text($0)]]]
            },
        ])
    }

    /// Machines with GPUs, and those that are whole hosts.
    ///
    /// https://cloud.google.com/compute/docs/instances/host-maintenance-overview
    private static func dependsOnHost(_ type: String) -> Bool {
        let family = type.prefix { $0 != "-" }
        return ["a2", "a3", "a4", "a4x", "g2", "g4"].contains(family) || type.hasSuffix("-metal")
    }

    /// A while longer than we let it run, so that it ends even if nobody comes back for it; nil: longer than a machine
    /// may be told to run.
    private static func secondsToRun(of lifetime: Int?) -> Int? {
        guard let lifetime, lifetime <= longestRun - endMargin else { return nil }
        return lifetime + endMargin
    }

    private static let endMargin = 30 * 60
    /// https://cloud.google.com/compute/docs/instances/limit-vm-runtime#restrictions: 120 days.
    private static let longestRun = 120 * 24 * 3600
}
