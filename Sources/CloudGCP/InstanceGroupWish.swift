import Cloud
import Provisioning

/// What is asked of a managed instance group: how many of which types, and where.
struct InstanceGroupWish {
    private let order: LaunchOrder
    private let site: GCPSite
    /// In order of preference, of one market: a group buys in one.
    private let offerings: [Offering]

    init(_ order: LaunchOrder, at site: GCPSite) {
        self.order = order
        self.site = site
        offerings = order.offerings.filter {
            $0.market == order.offering.market && $0.subnet == order.offering.subnet
        }
    }

    private var zones: [String] { offerings.compactMap(\.zone).eachOnce }
    private var types: [String] { offerings.map(\.type).eachOnce }
    /// Only a group of a region has alternatives for its type.
    private var isOfOneZone: Bool { zones.count == 1 && types.count == 1 }

    /// `zones/us-central1-a`, or `regions/us-central1`
    var place: String { isOfOneZone ? "zones/\(zones[0])" : "regions/\(site.region)" }
    var resource: String { isOfOneZone ? "instanceGroupManagers" : "regionInstanceGroupManagers" }

    func body(named name: String) -> JSONBody {
        let machine = InstanceBody(order, at: site, in: nil)
        let wish = JSONBody.object(of: [
            "name": .text(name),
            "baseInstanceName": .text(name),
            "instanceTemplate": .text(InstanceTemplate(order, at: site).reference),
            "targetSize": .integer(order.count),
            "distributionPolicy": distribution,
            "instanceFlexibilityPolicy": flexibility,
            // What makes a member ours differs from group to group, and the instance template is for many.
            "allInstancesConfig": ["properties": machine.ours],
            // Which members go is ours to say, and none is moved because another zone looks better.
            "updatePolicy": isOfOneZone ? nil : ["type": "OPPORTUNISTIC", "instanceRedistributionType": "NONE"],
        ])
        return wish.merged(with: order.template.providerAPISpec.map { JSONBody($0) })
            .merged(with: ["name": .text(name), "allInstancesConfig": ["properties": machine.ours]])
    }

    /// Wherever there is room; zones that are named bound it.
    private var distribution: JSONBody? {
        if isOfOneZone { return nil }
        return .object(of: [
            "targetShape": "ANY",
            "zones": JSONBody.list(unlessEmpty: zones.map { ["zone": .text(site.zone($0))] }),
        ])
    }

    /// The preferred type first.
    private var flexibility: JSONBody? {
        guard types.count > 1 else { return nil }
        let ranks = order.template.fleet?.priorities
        let selections = types.enumerated().map { index, type in
            JSONBody.Field(
                "choice-\(index + 1)",
                ["machineTypes": [.text(type)], "rank": .integer(ranks.map { $0[type] ?? types.count } ?? index)])
        }
        return ["instanceSelections": .object(selections)]
    }
}
