import Cloud
import Provisioning

/// Machines by themselves, each by a PUT of its own under a name that follows from the token: the same PUT again finds
/// the machine that the first has made.
///
/// https://learn.microsoft.com/rest/api/compute/virtual-machines/create-or-update
package struct VirtualMachines: AzureMachines {
    package static let api: APIName = "azure/virtual-machines"

    package let site: AzureSite

    package init(site: AzureSite) { self.site = site }

    package func scaffolds(for order: LaunchOrder) throws -> [ScaffoldPlan] {
        [Leftovers.plan(for: order, namingDisks: true)].compactMap(\.self)
    }

    package func removal(of scaffold: Scaffold) throws -> Procedure<Void>? {
        Leftovers.removal(of: scaffold, at: site)
    }

    package func launches(
        _ order: LaunchOrder, token: IntentToken, besides there: Set<Instance.ID>
    ) throws -> [Call<LaunchReceipt>] {
        guard order.count > 0 else { return [] }
        return (1...order.count).map(token.instanceName).filter { !there.contains(Instance.ID($0)) }.map {
            launch(order, named: $0)
        }
    }

    /// Azure answers as soon as it has taken a machine on. Whether there is room for it only its operation tells.
    private func launch(_ order: LaunchOrder, named name: String) -> Call<LaunchReceipt> {
        let request = machine("VirtualMachines_CreateOrUpdate", "PUT", name, body: body(order, name))
        var call = request.call(.changes) { response in
            var instance = try AzureListing.instance(JSONReply(response.body))
            instance.operation = ARMReply.operation(response)
            return LaunchReceipt(instances: [instance])
        }
        if order.offering.market == .spot {
            let fault = call.fault
            call.fault = { fault($0).ofSpotMarket }
        }
        return call
    }

    func body(_ order: LaunchOrder, _ name: String) -> JSONBody {
        let template = order.template
        let said = template.providerAPISpec.map { JSONBody($0) }
        let profile = MachineProfile(template: template, site: site, name: name)
        let hibernates = template.mayHibernate.map { JSONBody.boolean($0) }
        let host = template.placement?.host
        let properties = JSONBody.object(of: [
            "hardwareProfile": .object(of: [
                "vmSize": .text(order.offering.type), "vmSizeProperties": profile.processors(),
            ]),
            "storageProfile": profile.storage(),
            "osProfile": profile.login(.init("computerName", .text(name)), said: said?["properties"]?["osProfile"]),
            "networkProfile": profile.network(in: order.offering.subnet),
            "additionalCapabilities": hibernates.map { ["hibernationEnabled": $0] },
            "proximityPlacementGroup": profile.proximity,
            "availabilitySet": template.placement?.group.flatMap { $0.isAvailabilitySet ? ["id": .text($0)] : nil },
            // The id of a host, or of a group of them in which Azure is to choose one.
            "host": host.flatMap { $0.lowercased().contains("/hosts/") ? ["id": .text($0)] : nil },
            "hostGroup": host.flatMap {
                $0.lowercased().contains("/hosts/")
                    ? nil : ["id": .text(site.id(of: $0, "Microsoft.Compute/hostGroups"))]
            },
            "platformFaultDomain": template.placement?.partition.map { .integer($0 - 1) },
            "capacityReservation": profile.capacityReservation,
        ])
        return JSONBody.object(of: [
            "location": .text(site.location),
            "tags": .texts(order.tags),
            "zones": order.offering.zone.map { [.text($0)] },
            "identity": profile.identity,
            "properties": properties.merged(with: .object(profile.market(order.offering.market))),
        ]).merged(with: said)
    }

    package func rehearse(_ order: LaunchOrder, token: IntentToken) throws -> Procedure<Void>? {
        let name = token.instanceName(1)
        return Rehearsal(site: site, order: order, name: token.resourceName)
            .procedure(of: "Microsoft.Compute/virtualMachines", .compute, named: name, body(order, name))
    }
}

extension Fault {
    /// The same, where its code means something else of a spot machine and its words do not say that it was one.
    var ofSpotMarket: Fault {
        guard code == "SkuNotAvailable" else { return self }
        var fault = self
        fault.message += " (asked for on the spot market)"
        return fault
    }
}
