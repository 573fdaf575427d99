import Provisioning

// Public addresses, networks, subnets, groups of rules, images: what is simply kept as it is asked for.

extension World {
    mutating func putAddress(_ id: ResourceID, _ body: JSONValue, at moment: Moment) throws(ARMError) -> Written {
        try put(id, body, at: moment) { resource, _ in
            resource.extras["sku"] = [
                "name": body.at("sku", "name") ?? "Standard", "tier": body.at("sku", "tier") ?? "Regional",
            ]
            let address = resource.properties["ipAddress"]
            resource.properties = completedAddress(body)
            if let address { resource.properties["ipAddress"] = address }
        }
    }

    mutating func putNetwork(_ id: ResourceID, _ body: JSONValue, at moment: Moment) throws(ARMError) -> Written {
        let prefixes = (body.at("properties", "addressSpace", "addressPrefixes")?.array ?? []).compactMap(\.string)
        guard !prefixes.isEmpty, prefixes.allSatisfy({ AddressRange($0) != nil }) else {
            throw ARMError(
                "InvalidAddressPrefixFormat",
                "Address prefix \(prefixes.joined(separator: ",")) of resource "
                    + "\(id.text) is not formatted correctly. It should follow CIDR notation, for example 10.0.0.0/24.")
        }
        let subnets = body.at("properties", "subnets")?.array ?? []
        let written = try put(id, body, at: moment) { resource, _ in
            var properties = body["properties"] ?? [:]
            properties["subnets"] = nil
            properties["virtualNetworkPeerings"] = properties["virtualNetworkPeerings"] ?? []
            properties["enableDdosProtection"] = properties["enableDdosProtection"] ?? false
            resource.properties = properties
        }
        for subnet in subnets {
            guard let name = subnet["name"]?.string else { throw .missingParameter("subnets.name") }
            let child = ResourceID(id.subscription, id.group, .subnet, id.name, name)
            _ = try putSubnet(child, subnet, at: moment)
        }
        return written
    }

    mutating func putSubnet(_ id: ResourceID, _ body: JSONValue, at moment: Moment) throws(ARMError) -> Written {
        guard let parent = id.parent, let network = find(parent, at: moment.now) else {
            throw .notFound(id.parent ?? id)
        }
        let text =
            body.at("properties", "addressPrefix")?.string
            ?? body.at("properties", "addressPrefixes")?.array?.first?.string ?? ""
        guard let prefix = AddressRange(text) else {
            throw ARMError(
                "InvalidAddressPrefixFormat",
                "Address prefix \(text) of resource \(id.text) is not formatted "
                    + "correctly. It should follow CIDR notation, for example 10.0.0.0/24.")
        }
        let space = (network.properties.at("addressSpace", "addressPrefixes")?.array ?? [])
            .compactMap(\.string).compactMap(AddressRange.init)
        guard space.contains(where: { $0.contains(prefix) }) else {
            throw ARMError(
                "NetcfgInvalidSubnet",
                "Subnet '\(id.name)' is not valid because its IP address range is outside the IP address range of "
                    + "virtual network '\(parent.name)'.")
        }
        for other in subnets(of: network, at: moment.now) where other.id != id {
            guard let taken = (other.properties["addressPrefix"]?.string).flatMap(AddressRange.init) else { continue }
            if taken.contains(prefix) || prefix.contains(taken) {
                throw ARMError(
                    "NetcfgSubnetRangesOverlap",
                    "Subnet '\(id.name)' is not valid because its IP address range overlaps with that of an existing "
                        + "subnet in virtual network '\(parent.name)'.")
            }
        }
        return try put(id, merged(body, ["location": .string(network.location)]), at: moment) { resource, _ in
            var properties = body["properties"] ?? [:]
            properties["delegations"] = properties["delegations"] ?? []
            properties["privateEndpointNetworkPolicies"] = properties["privateEndpointNetworkPolicies"] ?? "Disabled"
            properties["privateLinkServiceNetworkPolicies"] =
                properties["privateLinkServiceNetworkPolicies"] ?? "Enabled"
            resource.properties = properties
        }
    }

    func subnets(of network: AzureResource, at now: Timestamp) -> [AzureResource] {
        resources(.subnet, in: network.id.subscription, at: now).filter { $0.id.parent == network.id }
    }

    mutating func putSecurityGroup(_ id: ResourceID, _ body: JSONValue, at moment: Moment) throws(ARMError) -> Written {
        try put(id, body, at: moment) { resource, _ in
            var properties = body["properties"] ?? [:]
            let rules = (properties["securityRules"]?.array ?? []).map { rule -> JSONValue in
                var rule = rule
                rule["id"] = .string("\(id.text)/securityRules/\(rule["name"]?.string ?? "")")
                rule["type"] = "Microsoft.Network/networkSecurityGroups/securityRules"
                rule["properties"]?["provisioningState"] = "Succeeded"
                return rule
            }
            properties["securityRules"] = .array(rules)
            properties["defaultSecurityRules"] = []
            resource.properties = properties
        }
    }

    mutating func putImage(_ id: ResourceID, _ body: JSONValue, at moment: Moment) throws(ARMError) -> Written {
        guard
            body.at("properties", "sourceVirtualMachine", "id") != nil || body.at("properties", "storageProfile") != nil
        else { throw .missingParameter("storageProfile") }
        return try put(id, body, at: moment) { resource, _ in
            resource.properties = body["properties"] ?? [:]
            resource.properties["hyperVGeneration"] = resource.properties["hyperVGeneration"] ?? "V2"
        }
    }

    /// Keeps what is asked for; it is there at once.
    private mutating func put(
        _ id: ResourceID, _ body: JSONValue, at moment: Moment, _ show: (inout AzureResource, AzureResource?) -> Void
    ) throws(ARMError) -> Written {
        let location = try place(body, of: id, at: moment.now)
        let known = find(id, at: moment.now)
        var resource = known ?? newResource(id, in: location, at: moment)
        guard resource.location == location else { throw .elsewhere(id, is: resource.location, wanted: location) }
        resource.zones = try zones(of: body, for: id, in: location, most: 3)
        resource.tags = body["tags"]?.object
        resource.sent = body
        show(&resource, known)
        resource.version += known == nil ? 0 : 1
        keep(resource)
        let operation = begin(id.namespace, in: id.subscription, location: location, until: moment.now, at: moment)
        return Written(resource: resource, operation: operation, isNew: known == nil)
    }

    mutating func patchTags(_ id: ResourceID, _ body: JSONValue, at now: Timestamp) throws(ARMError) -> AzureResource {
        var resource = try require(id, at: now)
        resource.tags = body["tags"]?.object
        resource.version += 1
        keep(resource)
        return resource
    }

    // MARK: - Taking away

    /// Nil: there is nothing to delete.
    mutating func deletePart(_ id: ResourceID, at moment: Moment) throws(ARMError) -> AzureOperation? {
        let now = moment.now
        guard hasGroup(id.group, in: id.subscription, at: now) else { throw .noGroup(id.group) }
        guard var part = find(id, at: now) else { return nil }
        try checkFree(part, at: now)
        let end = now + .seconds(conditions.shutdownSeconds / 10)
        if !part.isBeingDeleted(at: now) {
            part.deletedAt = now
            part.goneAt = end
            keep(part)
            if part.kind == .virtualNetwork {
                for var subnet in subnets(of: part, at: now) {
                    (subnet.deletedAt, subnet.goneAt) = (now, end)
                    keep(subnet)
                }
            }
        }
        return begin(
            id.namespace, in: id.subscription, location: part.location, until: part.goneAt ?? end, finalStatus: 204,
            at: moment)
    }

    private func checkFree(_ part: AzureResource, at now: Timestamp) throws(ARMError) {
        let id = part.id
        switch part.kind {
        case .networkInterface:
            if let holder = holder(of: part, at: now) { throw .nicInUse(id, by: holder.id.text) }
            if let until = part.reservedUntil, now < until, let owner = part.owner { throw .nicReserved(for: owner) }
        case .publicAddress:
            guard let holder = holder(of: part, at: now) else { return }
            throw ARMError(
                "PublicIPAddressCannotBeDeleted",
                "Public IP address \(id.text) can not be deleted since it is still allocated to resource "
                    + "\(holder.id.text). In order to delete the public IP, disassociate/detach the Public IP address "
                    + "from the resource.")
        case .disk:
            guard let holder = holder(of: part, at: now) else { return }
            throw ARMError(
                "OperationNotAllowed", "Disk \(id.name) is attached to VM \(holder.id.text).", status: 409)
        case .subnet:
            if let card = cards(in: [part], at: now).first {
                throw .inUse("InUseSubnetCannotBeDeleted", "Subnet", id, by: card.id.text)
            }
        case .virtualNetwork:
            if let card = cards(in: subnets(of: part, at: now), at: now).first {
                throw .inUse("InUseSubnetCannotBeDeleted", "Virtual network", id, by: card.id.text)
            }
        default: return
        }
    }

    private func cards(in subnets: [AzureResource], at now: Timestamp) -> [AzureResource] {
        let keys = Set(subnets.map(\.id.key))
        guard let first = subnets.first else { return [] }
        return resources(.networkInterface, in: first.id.subscription, at: now).filter { card in
            (card.properties["ipConfigurations"]?.array ?? []).contains {
                ($0.at("properties", "subnet", "id")?.string?.lowercased()).map(keys.contains) ?? false
            }
        }
    }
}

/// A public address as it is asked for, with what it has where that says nothing.
func completedAddress(_ body: JSONValue) -> JSONValue {
    var shown = body["properties"] ?? [:]
    shown["publicIPAddressVersion"] = shown["publicIPAddressVersion"] ?? "IPv4"
    shown["publicIPAllocationMethod"] = shown["publicIPAllocationMethod"] ?? "Static"
    shown["idleTimeoutInMinutes"] = shown["idleTimeoutInMinutes"] ?? 4
    shown["ipTags"] = shown["ipTags"] ?? []
    return shown
}
