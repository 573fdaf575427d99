import Cloud
import Provisioning

// The card a machine is reached by: it is made with the machine, and goes with it.

extension MachineProfile {
    /// The oldest version that knows cards that are made with their machine.
    private static let networkVersion: JSONBody = "2020-11-01"

    func network(in subnet: String?) -> JSONBody {
        [
            "networkApiVersion": MachineProfile.networkVersion,
            "networkInterfaceConfigurations": [card(in: subnet)],
        ]
    }

    private func card(in subnet: String?) -> JSONBody {
        let options = template.network
        return [
            "name": .text(name),
            "properties": .object(of: [
                "primary": true,
                "deleteOption": "Delete",
                "enableAcceleratedNetworking": options?.isAccelerated.map { .boolean($0) },
                "enableIPForwarding": options?.forwardsTraffic.map { .boolean($0) },
                "networkSecurityGroup": rules,
                "ipConfigurations": .list(addresses(in: subnet ?? site.usualSubnet)),
            ]),
        ]
    }

    /// An IPv4 address that everything has, and as many of IPv6 as are wished for.
    private func addresses(in subnet: String) -> [JSONBody] {
        let net: JSONBody = ["id": .text(subnet)]
        let groups = applicationGroups
        let first: JSONBody = [
            "name": "ipv4",
            "properties": .object(of: [
                "primary": true, "privateIPAddressVersion": "IPv4", "subnet": net,
                "applicationSecurityGroups": groups,
                "publicIPAddressConfiguration": template.publicAddress ?? false ? publicAddress : nil,
            ]),
        ]
        let count = max(0, template.network?.ipv6Addresses ?? 0)
        let others = (0..<count).map { number -> JSONBody in
            [
                "name": .text(number == 0 ? "ipv6" : "ipv6-\(number + 1)"),
                "properties": .object(of: [
                    "primary": false, "privateIPAddressVersion": "IPv6", "subnet": net,
                    "applicationSecurityGroups": groups,
                ]),
            ]
        }
        return [first] + others
    }

    private var publicAddress: JSONBody {
        [
            "name": .text(name),
            "properties": .object(of: [
                "deleteOption": "Delete",
                // A set's are static without being told.
                "publicIPAllocationMethod": isMember ? nil : "Static",
                "publicIPAddressVersion": "IPv4",
            ]),
            "sku": ["name": "Standard", "tier": "Regional"],
        ]
    }

    /// A card has one group of rules.
    private var rules: JSONBody? {
        template.securityGroups.first { !$0.isApplicationGroup }
            .map { ["id": .text(site.id(of: $0, "Microsoft.Network/networkSecurityGroups"))] }
    }

    private var applicationGroups: JSONBody? {
        .list(unlessEmpty: template.securityGroups.filter(\.isApplicationGroup).map { ["id": .text($0)] })
    }
}

extension String {
    var isApplicationGroup: Bool { lowercased().contains("/applicationsecuritygroups/") }
}
