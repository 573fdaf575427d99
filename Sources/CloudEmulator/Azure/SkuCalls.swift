import Provisioning

/// The sizes of machines, and where they may be had.
enum SkuCalls {
    static func list(_ call: ARMCall, _ world: World) throws(ARMError) -> ARMAnswer {
        var locations = AzureInventory.locations.keys.sorted()
        if let filter = call.query["$filter"] {
            let words = filter.split(separator: " ", maxSplits: 2).map { $0.filter { $0 != "'" } }
            guard words.count == 3, words[0].lowercased() == "location", words[1] == "eq" else {
                throw ARMError("InvalidFilterExpression", "The filter '\(filter)' is not supported; 'location eq' is.")
            }
            locations = locations.filter { $0 == AzureInventory.location(words[2]) }
        }
        // All of them at once are too many for one answer.
        let sizes = AzureInventory.sizes, pageSize = 500
        let count = locations.count * sizes.count
        let start = min(count, max(0, call.query["$skiptoken"].flatMap { Int($0) } ?? 0))
        let page = (min(start, count)..<min(start + pageSize, count)).map { number in
            sku(sizes[number % sizes.count], in: locations[number / sizes.count], world)
        }
        return .list(page, next: start + pageSize < count ? call.nextLink(after: start + pageSize) : nil)
    }

    private static func sku(_ size: AzureSize, in location: String, _ world: World) -> JSONValue {
        let zones = AzureInventory.locations[location] ?? []
        let closed = zones.filter { !world.isOffered(size.name, isSpot: false, in: location, zone: $0) }
        let isClosed = !world.isOffered(size.name, isSpot: false, in: location, zone: nil)
        var restrictions: [JSONValue] = []
        if isClosed {
            restrictions.append([
                "type": "Location", "values": [.string(location)],
                "restrictionInfo": ["locations": [.string(location)]], "reasonCode": "NotAvailableForSubscription",
            ])
        }
        if !closed.isEmpty {
            restrictions.append([
                "type": "Zone", "values": [.string(location)],
                "restrictionInfo": ["locations": [.string(location)], "zones": JSONValue(closed)],
                "reasonCode": "NotAvailableForSubscription",
            ])
        }
        return [
            "resourceType": "virtualMachines", "name": .string(size.name),
            "tier": .string(size.name.hasPrefix("Basic") ? "Basic" : "Standard"),
            "size": .string(String(size.name.split(separator: "_", maxSplits: 1).last ?? "")),
            "family": .string(size.family), "locations": [.string(location)],
            "locationInfo": [
                ["location": .string(location), "zones": JSONValue(zones), "zoneDetails": []]
            ], "capabilities": capabilities(of: size), "restrictions": .array(restrictions),
        ]
    }

    private static func capabilities(of size: AzureSize) -> JSONValue {
        func word(_ value: Bool) -> String { value ? "True" : "False" }
        var values: [(String, String)] = [
            ("MaxResourceVolumeMB", size.hasLocalDisk ? "\(size.vcpus * 38_400)" : "0"), ("OSVhdSizeMB", "1047552"),
            ("vCPUs", "\(size.vcpus)"), ("MemoryPreservingMaintenanceSupported", word(size.gpus == 0)),
            ("HyperVGenerations", size.isArm ? "V2" : "V1,V2"),
            ("SupportedEphemeralOSDiskPlacements", size.hasLocalDisk ? "ResourceDisk" : ""),
            ("MemoryGB", number(size.memoryGB)), ("MaxDataDiskCount", "\(size.dataDisksMax)"),
            ("CpuArchitectureType", size.isArm ? "Arm64" : "x64"), ("LowPriorityCapable", word(!size.isBurstable)),
            ("HibernationSupported", "False"), ("PremiumIO", word(size.takesPremiumDisks)),
            ("VMDeploymentTypes", "IaaS"),
            ("vCPUsAvailable", "\(size.vcpus)"), ("vCPUsPerCore", size.isArm ? "1" : "2"),
            ("EphemeralOSDiskSupported", word(size.hasLocalDisk)), ("EncryptionAtHostSupported", "True"),
            ("CapacityReservationSupported", word(!size.isBurstable)), ("AcceleratedNetworkingEnabled", "True"),
            ("RdmaEnabled", word(size.features.contains("r"))),
            ("MaxNetworkInterfaces", "\(min(8, max(2, size.vcpus / 2)))"),
        ]
        if size.gpus > 0 { values.append(("GPUs", "\(size.gpus)")) }
        values.removeAll { $0.1.isEmpty }
        return .array(values.map { ["name": .string($0), "value": .string($1)] })
    }

    private static func number(_ value: Double) -> String { value == value.rounded() ? "\(Int(value))" : "\(value)" }

    static func sizes(_ call: ARMCall) throws(ARMError) -> ARMAnswer {
        _ = try CatalogCalls.knownLocation(call)
        return .list(
            AzureInventory.sizes.map { size in
                [
                    "name": .string(size.name), "numberOfCores": .integer(size.vcpus), "osDiskSizeInMB": 1_047_552,
                    "resourceDiskSizeInMB": .integer(size.hasLocalDisk ? size.vcpus * 38_400 : 0),
                    "memoryInMB": .integer(Int(size.memoryGB * 1024)), "maxDataDiskCount": .integer(size.dataDisksMax),
                ]
            })
    }
}
