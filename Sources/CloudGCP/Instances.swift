import Cloud
import Provisioning

/// Machines by `instances.insert`: one a call, each under its own name.
///
/// Every call is answered at once with an operation, and whether there was room is seen when that is done.
///
/// https://cloud.google.com/compute/docs/reference/rest/v1/instances/insert
package struct Instances: ComputeInstances {
    package static let api: APIName = "gcp/instances"
    let site: GCPSite

    package init(at site: GCPSite) { self.site = site }

    package func launches(
        _ order: LaunchOrder, token: IntentToken, besides there: Set<Instance.ID>
    ) throws -> [Call<LaunchReceipt>] {
        guard order.count > 0 else { return [] }
        return try (1...order.count).compactMap { number in
            let zone = try site.zone(of: number, order, token: token)
            let id = Instance.ID("\(zone)/\(token.instanceName(number))")
            return there.contains(id) ? nil : launch(id, number, in: zone, order, token)
        }
    }

    private func launch(
        _ id: Instance.ID, _ number: Int, in zone: String, _ order: LaunchOrder, _ token: IntentToken
    ) -> Call<LaunchReceipt> {
        let name = token.instanceName(number)
        let body = InstanceBody(order, at: site, in: zone)
        let spec = order.template.providerAPISpec.map { JSONBody($0) }
        let ours = body.ours.merged(with: ["name": .text(name)])
        var call = ComputeCall("instances", "insert", "POST", "zones/\(zone)/instances")
            .asking("requestId", requestID(token, "insert/\(id)"))
            .asking("sourceInstanceTemplate", order.template.launchTemplate.map { site.instanceTemplate($0.id) })
            .sending(body.json(named: name).merged(with: spec).merged(with: ours))
            .call(.changes, at: site) { reply in
                let operation = try ComputeOperation(reply)
                if operation.isDone, let fault = operation.faults.first {
                    return LaunchReceipt(instances: [], faults: [OfferingFault(order.offering, fault)])
                }
                var instance = Instance(
                    id: id, state: .pending, type: order.offering.type, market: order.offering.market)
                instance.zone = zone
                instance.operation = operation.path
                return LaunchReceipt(instances: [instance])
            }
        call.machines = 1
        return call
    }
}

extension GCPSite {
    /// Where the template names no zone, its machines are spread over those of the region: the same for every attempt.
    ///
    /// - Throws: `NoZone`
    func zone(of number: Int, _ order: LaunchOrder, token: IntentToken) throws -> String {
        if let zone = order.offering.zone { return zone }
        guard !zones.isEmpty else { throw NoZone(region: region) }
        let start = sha256(Array(token.text.utf8)).prefix(4).reduce(0) { $0 << 8 | Int($1) }
        return zones[(start + number) % zones.count]
    }
}

/// A machine is to be put into a region whose zones are not known.
package struct NoZone: Error, Sendable, CustomStringConvertible {
    let region: String

    package var description: String { "the zones of region `\(region)` are not known: name `zones`" }
}
