import Provisioning

/// How resources are shown.
extension World {
    func shown(_ resource: AzureResource, at now: Timestamp) -> JSONValue {
        switch resource.kind {
        case .virtualMachine: shownMachine(resource, at: now)
        case .scaleSet: shownSet(resource, at: now)
        case .networkInterface: shownCard(resource, at: now)
        case .publicAddress: shownAddress(resource, at: now)
        case .virtualNetwork: shownNetwork(resource, at: now)
        case .subnet: shownSubnet(resource, at: now)
        case .disk: shownDisk(resource, at: now)
        default: shownPlain(resource, resource.properties, at: now)
        }
    }

    /// What all resources have; what is settled about them is under `properties`.
    private func shownPlain(
        _ resource: AzureResource, _ properties: JSONValue, at now: Timestamp, guid: String? = nil
    ) -> JSONValue {
        var inner = properties
        inner["provisioningState"] = .string(resource.provisioningState(at: now))
        if let guid { inner[guid] = .string(resource.guid) }
        let isSubnet = resource.kind == .subnet
        var shown: JSONValue = [
            "name": .string(resource.id.name), "id": .string(resource.id.text), "type": .string(resource.id.type),
            "location": isSubnet ? nil : .string(resource.location),
            "tags": resource.tags.map(JSONValue.object),
            "zones": resource.zones.isEmpty ? nil : JSONValue(resource.zones),
        ]
        for field in resource.extras.fields { shown[field.name] = field.value }
        shown["properties"] = inner
        switch resource.kind {
        // Disks and images have none.
        case .disk, .image: break
        case .virtualMachine, .scaleSet: shown["etag"] = .string(resource.etag)
        default: shown["etag"] = .string("W/\(resource.etag)")
        }
        return shown
    }

    // MARK: - Machines

    private func shownMachine(_ machine: AzureResource, at now: Timestamp) -> JSONValue {
        shownPlain(machine, machine.properties, at: now)
    }

    private func shownSet(_ set: AzureResource, at now: Timestamp) -> JSONValue {
        var properties = JSONObject()
        properties["singlePlacementGroup"] = false
        properties["platformFaultDomainCount"] = 1
        for field in set.sent["properties"]?.object?.fields ?? [] { properties[field.name] = field.value }
        if let profile = properties["virtualMachineProfile"] {
            var profile = withoutSecrets(["properties": profile])["properties"] ?? profile
            for name in ["adminPassword", "customData"] { profile["osProfile"]?[name] = nil }
            profile["userData"] = nil
            properties["virtualMachineProfile"] = profile
        }
        properties["uniqueId"] = .string(set.guid)
        properties["timeCreated"] = .string(set.createdAt.inARM)
        var shown = shownPlain(set, .object(properties), at: now)
        if let sku = set.sent["sku"] {
            shown["sku"] = [
                "name": sku["name"], "tier": sku["tier"] ?? "Standard", "capacity": sku["capacity"] ?? 0,
            ]
        }
        return shown
    }

    private func shownDisk(_ disk: AzureResource, at now: Timestamp) -> JSONValue {
        let holder = holder(of: disk, at: now)
        var properties = disk.properties
        properties["diskState"] = .string(
            holder == nil ? "Unattached" : holder?.machine?.isPlaced(at: now) == true ? "Attached" : "Reserved")
        var shown = shownPlain(disk, properties, at: now)
        if let holder { shown["managedBy"] = .string(holder.id.text) }
        return shown
    }

    // MARK: - Networks

    private func shownCard(_ card: AzureResource, at now: Timestamp) -> JSONValue {
        let holder = holder(of: card, at: now)
        var properties = card.properties
        properties["ipConfigurations"] = .array(
            (properties["ipConfigurations"]?.array ?? []).map { configuration in
                var configuration = configuration
                configuration["etag"] = .string("W/\(card.etag)")
                return configuration
            })
        if let holder {
            properties["virtualMachine"] = ["id": .string(holder.id.text)]
            properties["primary"] = true
            // 00-0D-3A is Microsoft's.
            let digits = Array(card.guid.filter { $0 != "-" }.uppercased().prefix(6))
            properties["macAddress"] = .string(
                "00-0D-3A-\(String(digits[0..<2]))-\(String(digits[2..<4]))-\(String(digits[4..<6]))")
        }
        properties["vnetEncryptionSupported"] = false
        properties["hostedWorkloads"] = []
        properties["tapConfigurations"] = []
        properties["nicType"] = "Standard"
        return shownPlain(card, properties, at: now, guid: "resourceGuid")
    }

    private func shownAddress(_ address: AzureResource, at now: Timestamp) -> JSONValue {
        var properties = address.properties
        let card = holder(of: address, at: now)
        let configuration = card?.properties["ipConfigurations"]?.array?.first {
            $0.at("properties", "publicIPAddress", "id")?.string?.lowercased() == address.id.key
        }
        if let id = configuration?["id"] { properties["ipConfiguration"] = ["id": id] }
        let isStatic = properties["publicIPAllocationMethod"]?.string == "Static"
        if isStatic || configuration != nil {
            // Of the range set aside for benchmarks (RFC 2544), which no network routes.
            let number = abs(address.sequence)
            properties["ipAddress"] = .string(
                "198.\(18 + number >> 16 & 1).\(number >> 8 & 255).\(number & 255)")
        }
        return shownPlain(address, properties, at: now, guid: "resourceGuid")
    }

    private func shownNetwork(_ network: AzureResource, at now: Timestamp) -> JSONValue {
        var properties = network.properties
        properties["subnets"] = .array(subnets(of: network, at: now).map { shownSubnet($0, at: now) })
        return shownPlain(network, properties, at: now, guid: "resourceGuid")
    }

    private func shownSubnet(_ subnet: AzureResource, at now: Timestamp) -> JSONValue {
        var properties = subnet.properties
        var used: [JSONValue] = []
        for card in resources(.networkInterface, in: subnet.id.subscription, at: now) {
            for configuration in card.properties["ipConfigurations"]?.array ?? []
            where configuration.at("properties", "subnet", "id")?.string?.lowercased() == subnet.id.key {
                used.append(["id": configuration["id"]])
            }
        }
        if !used.isEmpty { properties["ipConfigurations"] = .array(used) }
        return shownPlain(subnet, properties, at: now)
    }
}
