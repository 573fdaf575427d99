import Cloud
import Provisioning

/// Machines by scale sets with flexible orchestration: a set is answered at once, and its members are machines like any
/// other, of every size, zone and market that a template offers.
///
/// A set fills up once. What is lost later it does not replace, for Azure replaces members only where it may also judge
/// their health.
///
/// https://learn.microsoft.com/rest/api/compute/virtual-machine-scale-sets/create-or-update
package struct ScaleSet: AzureMachines {
    package static let api: APIName = "azure/scale-set"
    static let kind: Scaffold.Kind = "scale-set"

    package let site: AzureSite

    package init(site: AzureSite) { self.site = site }

    package func scaffolds(for order: LaunchOrder) throws -> [ScaffoldPlan] {
        [Leftovers.plan(for: order, namingDisks: false)].compactMap(\.self)
    }

    package func group(for order: LaunchOrder) -> GroupPlan? { GroupPlan(kind: ScaleSet.kind, upkeep: .fill) }

    package func launches(
        _ order: LaunchOrder, token: IntentToken, besides there: Set<Instance.ID>
    ) throws -> [Call<LaunchReceipt>] {
        let receipt = LaunchReceipt(instances: [], group: token.resourceName)
        let request = set("VirtualMachineScaleSets_CreateOrUpdate", "PUT", token, body: body(order, token))
        var call: Call<LaunchReceipt> = request.call(.changes) { response in
            _ = try JSONReply(response.body).required("name")
            return receipt
        }
        if order.offering.market == .spot {
            let fault = call.fault
            call.fault = { fault($0).ofSpotMarket }
        }
        return [call]
    }

    package func rehearse(_ order: LaunchOrder, token: IntentToken) throws -> Procedure<Void>? {
        Rehearsal(site: site, order: order, name: token.resourceName)
            .procedure(
                of: "Microsoft.Compute/virtualMachineScaleSets", .compute, named: token.resourceName,
                body(order, token))
    }

    // MARK: - What is asked for

    func body(_ order: LaunchOrder, _ token: IntentToken) -> JSONBody {
        let template = order.template
        let sizes = order.offerings.map(\.type).eachOnce
        let profile = MachineProfile(template: template, site: site, name: token.resourceName, isMember: true)
        let said = template.providerAPISpec.map { JSONBody($0) }
        return JSONBody.object(of: [
            "location": .text(site.location),
            "tags": .texts(order.tags),
            "zones": .list(unlessEmpty: order.offerings.compactMap(\.zone).eachOnce.map { .text($0) }),
            "identity": profile.identity,
            "sku": .object(of: [
                "name": .text(sizes.count > 1 ? "Mix" : order.offering.type),
                "tier": sizes.count > 1 ? nil : "Standard",
                "capacity": .integer(order.count),
            ]),
            "properties": .object(of: [
                "orchestrationMode": "Flexible",
                "platformFaultDomainCount": 1,
                "singlePlacementGroup": false,
                "skuProfile": sizes.count > 1 ? mix(of: sizes, template.fleet?.allocation) : nil,
                "priorityMixPolicy": order.share.map {
                    ["baseRegularPriorityCount": 0, "regularPriorityPercentageAboveBase": .integer($0)]
                },
                "proximityPlacementGroup": profile.proximity,
                "hostGroup": template.placement?.host.map {
                    ["id": .text(site.id(of: $0, "Microsoft.Compute/hostGroups"))]
                },
                "virtualMachineProfile": member(profile, order, token, said),
            ]),
        ]).merged(with: said)
    }

    private func member(
        _ profile: MachineProfile, _ order: LaunchOrder, _ token: IntentToken, _ said: JSONBody?
    ) -> JSONBody {
        JSONBody.object(of: [
            "hardwareProfile": profile.processors().map { ["vmSizeProperties": $0] },
            "storageProfile": profile.storage(),
            "osProfile": profile.login(
                .init("computerNamePrefix", .text(token.resourceName)),
                said: said?["properties"]?["virtualMachineProfile"]?["osProfile"]),
            "networkProfile": profile.network(in: order.offerings.compactMap(\.subnet).first),
            "capacityReservation": profile.capacityReservation,
        ]).merged(with: .object(profile.market(order.asksForSpot ? .spot : .onDemand)))
    }

    /// https://learn.microsoft.com/azure/virtual-machine-scale-sets/instance-mix-overview
    private func mix(of sizes: [String], _ wish: AllocationStrategy?) -> JSONBody {
        let way: JSONBody? =
            switch wish {
            case .lowestPrice: "LowestPrice"
            case .capacityOptimized, .capacityOptimizedPrioritized, .priceCapacityOptimized, .diversified, .prioritized:
                "CapacityOptimized"
            case nil: nil
            }
        return .object(of: [
            "vmSizes": .list(sizes.map { ["name": .text($0)] }), "allocationStrategy": way,
        ])
    }

    /// A request about the set of a launch.
    func set(_ action: String, _ method: String, _ token: IntentToken, _ rest: String = "", body: JSONBody? = nil)
        -> ARMRequest
    {
        ARMRequest(
            action: action, method: method,
            path: site.requestPath("Microsoft.Compute/virtualMachineScaleSets/\(token.resourceName)\(rest)"),
            version: .compute, body: body)
    }
}

extension LaunchOrder {
    /// What is offered on one market only is of that market, whatever share the template would like.
    private var percentOnDemand: Int {
        let markets = Set(offerings.map(\.market))
        if markets == [.onDemand] { return 100 }
        if markets == [.spot] { return 0 }
        return template.fleet?.percentOnDemand ?? (offering.market == .onDemand ? 100 : 0)
    }

    fileprivate var asksForSpot: Bool { percentOnDemand < 100 }

    /// How many of a hundred are to be on demand, where there are some of both.
    fileprivate var share: Int? { (1..<100).contains(percentOnDemand) ? percentOnDemand : nil }
}
