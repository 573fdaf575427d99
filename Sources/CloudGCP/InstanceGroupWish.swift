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
        offerings = order.choices
    }

    private var zones: [String] { offerings.compactMap(\.zone).eachOnce }
    private var types: [String] { offerings.map(\.type).eachOnce }
    /// Only a group of a region has alternatives for its type.
    private var isOfOneZone: Bool { zones.count == 1 && types.count == 1 }

    /// `zones/us-central1-a`, or `regions/us-central1`
    var place: String { isOfOneZone ? "zones/\(zones[0])" : "regions/\(site.region)" }
    var resource: String { isOfOneZone ? "instanceGroupManagers" : "regionInstanceGroupManagers" }

    /// `zones/us-central1-a/instanceGroupManagers/muster-06fz3k9q2m7w1c4d`
    func path(_ token: IntentToken) -> String { "\(place)/instanceGroupManagers/\(token.resourceName)" }

    /// Of a group without members.
    func body(named name: String) -> JSONBody {
        let machine = InstanceBody(order, at: site, in: nil)
        let wish = JSONBody.object(of: [
            "name": .text(name),
            "baseInstanceName": .text(name),
            "instanceTemplate": .text(InstanceTemplate(order, at: site).reference),
            "targetSize": 0,
            "distributionPolicy": distribution,
            "instanceFlexibilityPolicy": flexibility,
            // What makes a member ours differs from group to group, and the instance template is for many.
            "allInstancesConfig": ["properties": machine.ours],
            // Which members go is ours to say, and none is moved because another zone looks better.
            "updatePolicy": isOfOneZone ? nil : ["type": "OPPORTUNISTIC", "instanceRedistributionType": "NONE"],
        ])
        return wish.merged(with: order.template.providerAPISpec.map { JSONBody($0) })
            .merged(with: [
                // Whom it is to have, it is told by name.
                "name": .text(name), "targetSize": 0, "allInstancesConfig": ["properties": machine.ours],
            ])
    }

    /// Wherever there is room; zones that are named bound it.
    private var distribution: JSONBody? {
        if isOfOneZone { return nil }
        return .object(of: [
            "targetShape": "ANY",
            "zones": JSONBody.list(unlessEmpty: zones.map { ["zone": .text(site.zone($0))] }),
        ])
    }

    private var flexibility: JSONBody? { order.selections(of: types) { .integer($0) } }
}

extension LaunchOrder {
    /// Types to choose among, the preferred one first; nil: there is no choice.
    ///
    /// - Parameter rank: how the call writes it.
    func selections(of types: [String], rank: (Int) -> JSONBody) -> JSONBody? {
        guard types.count > 1 else { return nil }
        let ranks = template.fleet?.priorities
        let selections = types.enumerated().map { index, type in
            JSONBody.Field(
                "choice-\(index + 1)",
                ["machineTypes": [.text(type)], "rank": rank(ranks.map { $0[type] ?? types.count } ?? index)])
        }
        return ["instanceSelections": .object(selections)]
    }
}
