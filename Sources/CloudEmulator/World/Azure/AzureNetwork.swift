import Provisioning

// Cards, public addresses, networks and their subnets, and groups of rules.

extension World {
    // MARK: - Cards of a machine

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

    // MARK: - Cards by themselves

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

    // MARK: - Private addresses

    /// One that is wanted and free, or the first that is free.
    private func address(
        _ wanted: String?, in subnet: AzureResource, for card: ResourceID, _ taken: inout Set<UInt32>, at now: Timestamp
    ) throws(ARMError) -> String {
        let prefix =
            subnet.properties["addressPrefix"]?.string ?? subnet.properties["addressPrefixes"]?.array?.first?.string
            ?? ""
        guard let range = AddressRange(prefix) else { throw .subnetFull(subnet.id.name, prefix: prefix, wanted: 1) }
        var used = taken
        for other in resources(.networkInterface, in: subnet.id.subscription, at: now) where other.id != card {
            for configuration in other.properties["ipConfigurations"]?.array ?? [] {
                guard configuration.at("properties", "subnet", "id")?.string?.lowercased() == subnet.id.key,
                    let text = configuration.at("properties", "privateIPAddress")?.string,
                    let address = AddressRange.address(text)
                else { continue }
                used.insert(address)
                if text == wanted {
                    throw .addressTaken(text, by: configuration["id"]?.string ?? other.id.text)
                }
            }
        }
        if let wanted, let address = AddressRange.address(wanted) {
            guard range.usable.contains(address) else {
                throw ARMError(
                    "PrivateIPAddressNotInSubnet",
                    "Private static IP address \(wanted) does not belong to the range of subnet prefix \(prefix).")
            }
            taken.insert(address)
            return wanted
        }
        guard let free = range.usable.first(where: { !used.contains($0) }) else {
            throw .subnetFull(subnet.id.name, prefix: prefix, wanted: 1)
        }
        taken.insert(free)
        return AddressRange.text(free)
    }
}

/// A range of IPv4 addresses: `10.0.0.0/24`.
struct AddressRange: Sendable, Hashable {
    let first: UInt32
    let length: Int

    init?(_ text: String) {
        let parts = text.split(separator: "/")
        guard parts.count == 2, let address = AddressRange.address(String(parts[0])), let length = Int(parts[1]),
            (1...29).contains(length)
        else { return nil }
        first = address & ~(UInt32.max >> UInt32(length))
        self.length = length
    }

    /// Azure keeps the first four and the last to itself.
    var usable: Range<UInt32> { first + 4..<first + (UInt32.max >> UInt32(length)) }

    func contains(_ other: AddressRange) -> Bool {
        other.length >= length && other.first & ~(UInt32.max >> UInt32(length)) == first
    }

    static func address(_ text: String) -> UInt32? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        guard parts.count == 4, !parts.contains(nil) else { return nil }
        return parts.reduce(0) { $0 << 8 | UInt32($1 ?? 0) }
    }

    static func text(_ address: UInt32) -> String {
        [24, 16, 8, 0].map { "\(address >> $0 & 255)" }.joined(separator: ".")
    }
}
