import Provisioning

/// What there is to choose from: subscriptions, locations, sizes, images, and what is left of quotas.
enum CatalogCalls {
    static func answer(_ call: ARMCall, _ world: World, _ access: AzureAccess) throws(ARMError) -> ARMAnswer {
        switch call.operation {
        case "Subscriptions_List":
            let known = Set(world.azure?.subscriptions.keys.map { $0 } ?? []).union([access.subscription])
            return .list(known.sorted().map { subscription($0, access) })
        case "Subscriptions_Get": return .value(subscription(call.subscription, access))
        case "Subscriptions_ListLocations": return locations(call)
        case "Providers_List": return .list(providers.map { provider($0, call) })
        case "Providers_Get", "Providers_Register": return try provider(call)
        case "ResourceSkus_List": return try SkuCalls.list(call, world)
        case "VirtualMachineSizes_List": return try SkuCalls.sizes(call)
        case "Usage_List": return try usages(call, world)
        default: return try ImageCalls.answer(call)
        }
    }

    private static func subscription(_ id: String, _ access: AzureAccess) -> JSONValue {
        [
            "id": .string("/subscriptions/\(id)"), "subscriptionId": .string(id),
            "displayName": "Emulated by Muster", "state": "Enabled", "tenantId": .string(access.tenant),
            "subscriptionPolicies": [
                "locationPlacementId": "Public_2014-09-01", "quotaId": "PayAsYouGo_2014-09-01", "spendingLimit": "Off",
            ], "authorizationSource": "RoleBased",
        ]
    }

    private static func locations(_ call: ARMCall) -> ARMAnswer {
        .list(
            AzureInventory.locations.sorted { $0.key < $1.key }.map { name, zones in
                let shown = AzureInventory.displayName(of: name)
                return [
                    "id": .string("/subscriptions/\(call.subscription)/locations/\(name)"), "name": .string(name),
                    "type": "Region", "displayName": .string(shown), "regionalDisplayName": .string(shown),
                    "metadata": ["regionType": "Physical", "regionCategory": "Recommended"],
                    "availabilityZoneMappings": zones.isEmpty
                        ? nil
                        : .array(
                            zones.map { zone in
                                ["logicalZone": .string(zone), "physicalZone": .string("\(name)-az\(zone)")]
                            }),
                ]
            })
    }

    // MARK: - Providers

    private static let providers = ["Microsoft.Compute", "Microsoft.Network", "Microsoft.Resources"]

    private static func provider(_ call: ARMCall) throws(ARMError) -> ARMAnswer {
        let wanted = call.names["namespace"]?.lowercased()
        guard let name = providers.first(where: { $0.lowercased() == wanted }) else {
            throw ARMError(
                "InvalidResourceNamespace", "The resource namespace '\(call.names["namespace"] ?? "")' is invalid.",
                status: 404)
        }
        return .value(provider(name, call))
    }

    private static func provider(_ name: String, _ call: ARMCall) -> JSONValue {
        let types = AzureResource.Kind.allCases.map(\.rawValue).filter { $0.hasPrefix("\(name)/") }
        return [
            "id": .string("/subscriptions/\(call.subscription)/providers/\(name)"), "namespace": .string(name),
            "resourceTypes": .array(
                types.map { type in
                    [
                        "resourceType": .string(String(type.dropFirst(name.count + 1))),
                        "locations": JSONValue(AzureInventory.locations.keys.sorted().map(AzureInventory.displayName)),
                    ]
                }), "registrationState": "Registered", "registrationPolicy": "RegistrationRequired",
        ]
    }

    // MARK: - Usages

    /// What no limit is written for is said to be this.
    private static let noLimit = 100_000

    private static func usages(_ call: ARMCall, _ world: World) throws(ARMError) -> ARMAnswer {
        let location = try knownLocation(call)
        let machines = world.resources(.virtualMachine, in: call.subscription, at: call.now).filter {
            $0.location == location
        }
        let sets = world.resources(.scaleSet, in: call.subscription, at: call.now).count { $0.location == location }
        func usage(_ name: String, _ words: String, _ used: Int, _ limit: Int?) -> JSONValue {
            [
                "unit": "Count", "currentValue": .integer(used), "limit": .integer(limit ?? noLimit),
                "name": ["value": .string(name), "localizedValue": .string(words)],
            ]
        }
        func cores(_ name: String, _ words: String) -> JSONValue {
            let used = world.coresUsed(name, in: location, of: call.subscription, at: call.now)
            return usage(name, words, used, world.quota(name, in: location))
        }
        var families = Set(AzureInventory.sizes.map(\.family))
        families.formUnion(machines.compactMap { ($0.machine?.size).flatMap(AzureSize.init)?.family })
        return .list(
            [
                usage("availabilitySets", "Availability Sets", 0, 2500),
                cores(AzureQuota.cores, "Total Regional vCPUs"),
                usage("virtualMachines", "Virtual Machines", machines.count, 25_000),
                usage("virtualMachineScaleSets", "Virtual Machine Scale Sets", sets, 2500),
                cores(AzureQuota.spot, "Total Regional Spot vCPUs"),
            ] + families.sorted().map { cores($0, "\($0) vCPUs") })
    }

    static func knownLocation(_ call: ARMCall) throws(ARMError) -> String {
        let text = call.names["location"] ?? "", location = AzureInventory.location(text)
        guard AzureInventory.locations[location] != nil else {
            throw ARMError("NoRegisteredProviderFound", "No registered resource provider found for location '\(text)'.")
        }
        return location
    }
}
