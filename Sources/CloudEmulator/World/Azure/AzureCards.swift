import Provisioning

// Network cards by themselves.

extension World {
    mutating func putCard(_ id: ResourceID, _ body: JSONValue, at moment: Moment) throws(ARMError) -> Written {
        let now = moment.now
        let location = try place(body, of: id, at: now)
        let known = find(id, at: now)
        var card = known ?? newResource(id, in: location, at: moment)
        guard card.location == location else { throw .elsewhere(id, is: card.location, wanted: location) }
        guard let wanted = body.at("properties", "ipConfigurations")?.array, !wanted.isEmpty else {
            throw ARMError(
                "NetworkInterfaceMustHaveIpConfiguration",
                "Network Interface \(id.text) must have one or more IP configurations.")
        }
        var taken: Set<UInt32> = []
        var configurations: [JSONValue] = []
        for (number, configuration) in wanted.enumerated() {
            configurations.append(
                try shownConfiguration(configuration, number, of: id, known, in: location, &taken, at: moment))
        }
        var properties = body["properties"] ?? [:]
        properties["ipConfigurations"] = .array(configurations)
        properties["enableAcceleratedNetworking"] = properties["enableAcceleratedNetworking"] ?? false
        properties["enableIPForwarding"] = properties["enableIPForwarding"] ?? false
        let servers = properties.at("dnsSettings", "dnsServers") ?? []
        properties["dnsSettings"] = [
            "dnsServers": servers, "appliedDnsServers": [],
            "internalDomainNameSuffix": .string("\(card.guid.prefix(8)).bx.internal.cloudapp.net"),
        ]
        card.tags = body["tags"]?.object
        card.sent = body
        card.properties = properties
        card.addresses = configurations.compactMap { configuration in
            guard let subnet = configuration.at("properties", "subnet", "id")?.string,
                let text = configuration.at("properties", "privateIPAddress")?.string,
                let address = AddressRange.address(text)
            else { return nil }
            return TakenAddress(subnet: subnet.lowercased(), address: address)
        }
        card.version += known == nil ? 0 : 1
        keep(card)
        let operation = begin(id.namespace, in: id.subscription, location: location, until: now, at: moment)
        return Written(resource: card, operation: operation, isNew: known == nil)
    }

    private mutating func shownConfiguration(
        _ wanted: JSONValue, _ number: Int, of card: ResourceID, _ known: AzureResource?, in location: String,
        _ taken: inout Set<UInt32>, at moment: Moment
    ) throws(ARMError) -> JSONValue {
        let name = wanted["name"]?.string ?? "ipconfig\(number + 1)"
        let id = "\(card.text)/ipConfigurations/\(name)"
        var properties = wanted["properties"] ?? [:]
        guard let text = properties.at("subnet", "id")?.string else { throw .missingParameter("subnet.id") }
        guard let subnetID = ResourceID(text), let subnet = find(subnetID, at: moment.now),
            let networkID = subnetID.parent, let network = find(networkID, at: moment.now),
            // The network that every subscription has reaches everywhere.
            network.location == location || network.id.key == openNetwork(of: card)
        else { throw .missingReference(text, by: card) }
        if let address = properties.at("publicIPAddress", "id")?.string {
            guard let addressID = ResourceID(address), var found = find(addressID, at: moment.now) else {
                throw .missingReference(address, by: card)
            }
            if let holder = holder(of: found, at: moment.now), holder.id != card {
                throw ARMError(
                    "PublicIPAddressInUse",
                    "Resource \(id) is referencing public IP address \(address) that is already allocated to resource "
                        + "\(holder.id.text).")
            }
            found.owner = card.key
            keep(found)
        }
        let previous = known?.properties["ipConfigurations"]?.array?.first { $0["name"]?.string == name }
        let same = previous?.at("properties", "subnet", "id")?.string?.lowercased() == text.lowercased()
        let address = try address(
            properties["privateIPAddress"]?.string
                ?? (same ? previous?.at("properties", "privateIPAddress")?.string : nil),
            in: subnet, for: card, &taken, at: moment.now)
        properties["provisioningState"] = "Succeeded"
        properties["privateIPAddress"] = .string(address)
        properties["privateIPAllocationMethod"] = properties["privateIPAllocationMethod"] ?? "Dynamic"
        properties["primary"] = properties["primary"] ?? .bool(number == 0)
        properties["privateIPAddressVersion"] = properties["privateIPAddressVersion"] ?? "IPv4"
        properties["subnet"] = ["id": .string(subnetID.text)]
        return [
            "name": .string(name), "id": .string(id), "type": "Microsoft.Network/networkInterfaces/ipConfigurations",
            "properties": properties,
        ]
    }

    private func openNetwork(of card: ResourceID) -> String {
        ResourceID(card.subscription, AzureInventory.group, .virtualNetwork, "default").key
    }
}
