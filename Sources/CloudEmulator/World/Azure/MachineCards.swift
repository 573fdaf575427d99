import Provisioning

// The cards and public addresses of machines.

extension World {
    /// The cards a machine is to have: those it names, which must be free, and those it describes, which are made.
    mutating func takeCards(
        for machine: ResourceID, _ body: JSONValue, in location: String, zones: [String], at moment: Moment
    ) throws(ARMError) -> [AzureResource] {
        let profile = body.at("properties", "networkProfile") ?? [:]
        let named = profile["networkInterfaces"]?.array ?? []
        let described = profile["networkInterfaceConfigurations"]?.array ?? []
        guard !named.isEmpty || !described.isEmpty else {
            throw ARMError(
                "NetworkInterfaceConfigurationMissing",
                "Virtual machine \(machine.name) must have at least one network interface.", target: "networkProfile")
        }
        var cards: [AzureResource] = []
        for reference in named {
            cards.append(try freeCard(reference, for: machine, in: location, at: moment.now))
        }
        if !described.isEmpty, profile["networkApiVersion"]?.string == nil {
            throw .missingParameter("networkProfile.networkApiVersion")
        }
        // All are checked before one is made.
        var copy = self
        for description in described {
            cards.append(try copy.makeCard(description, for: machine, body, in: location, zones: zones, at: moment))
        }
        if !described.isEmpty { self = copy }
        return cards
    }

    private func freeCard(
        _ reference: JSONValue, for machine: ResourceID, in location: String, at now: Timestamp
    ) throws(ARMError) -> AzureResource {
        guard let text = reference["id"]?.string, let id = ResourceID(text) else {
            throw .invalidParameter(
                "The value of parameter networkInterface.id is invalid.", target: "networkInterface.id")
        }
        guard var card = find(id, at: now), card.location == location else {
            throw .missingReference(text, by: machine)
        }
        if let holder = holder(of: card, at: now), holder.id != machine { throw .nicInUse(id, by: holder.id.text) }
        if let until = card.reservedUntil, now < until, let owner = card.owner, owner != machine.key {
            throw .nicReserved(for: owner)
        }
        card.goesWithOwner = reference.at("properties", "deleteOption")?.string?.lowercased() == "delete"
        card.version += 1
        return card
    }

    private mutating func makeCard(
        _ described: JSONValue, for machine: ResourceID, _ body: JSONValue, in location: String, zones: [String],
        at moment: Moment
    ) throws(ARMError) -> AzureResource {
        guard let name = described["name"]?.string else {
            throw .missingParameter("networkInterfaceConfigurations.name")
        }
        let wanted = described["properties"] ?? [:]
        let suffix = arm.freshDigits(moment.seed).prefix(8)
        let id = ResourceID(machine.subscription, machine.group, .networkInterface, "\(name)-\(suffix)")
        var properties = wanted
        for name in ["deleteOption", "primary", "ipConfigurations"] { properties[name] = nil }
        var configurations: [JSONValue] = []
        var addresses: [AzureResource] = []
        for configuration in wanted["ipConfigurations"]?.array ?? [] {
            var shown = configuration
            if let address = configuration.at("properties", "publicIPAddressConfiguration") {
                let made = makeAddress(address, for: machine, body, in: location, zones: zones, at: moment)
                addresses.append(made)
                shown["properties"]?["publicIPAddressConfiguration"] = nil
                shown["properties"]?["publicIPAddress"] = ["id": .string(made.id.text)]
            }
            configurations.append(shown)
        }
        properties["ipConfigurations"] = .array(configurations)
        for address in addresses {
            var address = address
            address.owner = id.key
            keep(address)
        }
        var card = try putCard(
            id, ["location": .string(location), "tags": body["tags"], "properties": properties], at: moment
        ).resource
        card.goesWithOwner = wanted["deleteOption"]?.string?.lowercased() == "delete"
        return card
    }

    private mutating func makeAddress(
        _ described: JSONValue, for machine: ResourceID, _ body: JSONValue, in location: String, zones: [String],
        at moment: Moment
    ) -> AzureResource {
        let suffix = arm.freshDigits(moment.seed).prefix(8)
        let id = ResourceID(
            machine.subscription, machine.group, .publicAddress, "\(described["name"]?.string ?? "publicIp")-\(suffix)")
        var address = newResource(id, in: location, at: moment)
        address.tags = body["tags"]?.object
        address.extras["sku"] = ["name": described.at("sku", "name") ?? "Standard", "tier": "Regional"]
        address.goesWithOwner = described.at("properties", "deleteOption")?.string?.lowercased() == "delete"
        address.zones = zones
        address.properties = completedAddress(
            [
                "properties": [
                    "publicIPAllocationMethod": described.at("properties", "publicIPAllocationMethod") ?? "Static"
                ]
            ])
        return address
    }

    /// The machine a card or a disk belongs to, the card an address does; nil: it is free.
    func holder(of part: AzureResource, at now: Timestamp) -> AzureResource? {
        part.owner.flatMap(ResourceID.init).flatMap { find($0, at: now) }
    }
}
