import Provisioning

/// What is there from the start: images, types, networks.
extension ComputeFace {
    func images(_ call: GCPCall) throws(GCPError) -> JSONValue {
        if call.method.action == "getFromFamily" {
            let family = call["family"]
            guard let found = GCPInventory.images.first(where: { $0.project == call.project && $0.family == family })
            else { throw .notFound(call.path("global/images/family/\(family)")) }
            return found.json
        }
        let items = GCPInventory.images.filter { $0.project == call.project }.map {
            GCPListing.Item(key: $0.name, createdAt: nil, json: $0.json)
        }
        return try call.oneOrList("image", "image", of: "Image", items)
    }

    // MARK: - Types

    func types(_ call: GCPCall, world: World) throws(GCPError) -> JSONValue {
        let isMachine = call.method.name.hasPrefix("machineTypes")
        func items(in zone: String) -> [GCPListing.Item] {
            isMachine
                ? GCPMachineType.predefined.filter { world.offers($0.name, in: zone) }.map {
                    GCPListing.Item(key: $0.name, createdAt: nil, json: $0.json(in: zone, call.project))
                } : GCPInventory.accelerators.map { accelerator(call, $0, zone) }
        }
        let kind = isMachine ? "machineType" : "acceleratorType"
        let shape = isMachine ? "MachineType" : "AcceleratorType"
        if call.method.action == "aggregatedList" {
            let zones = world.googleZones()
            return try call.aggregate(
                kind, kind + "s", of: shape,
                zones.flatMap { zone in items(in: zone).map { (GCPPlace.zone(zone).path, $0) } },
                places: zones.map { GCPPlace.zone($0).path })
        }
        // Custom types are in no list.
        if call.method.name == "machineTypes.get", let type = GCPMachineType.named(call["machineType"]),
            world.offers(type.name, in: call["zone"])
        {
            return type.json(in: call["zone"], call.project)
        }
        return try call.oneOrList(kind, kind, of: shape, items(in: call["zone"]))
    }

    private func accelerator(
        _ call: GCPCall, _ type: (name: String, description: String, most: Int), _ zone: String
    ) -> GCPListing.Item {
        let path = call.path("zones/\(zone)/acceleratorTypes/\(type.name)")
        return GCPListing.Item(
            key: type.name, createdAt: nil,
            json: [
                "kind": "compute#acceleratorType", "id": .id(GCPInventory.id(path)),
                "creationTimestamp": .string(GCPInventory.madeAt), "name": .string(type.name),
                "description": .string(type.description), "zone": .link(call.path("zones/\(zone)")),
                "maximumCardsPerInstance": .integer(type.most), "selfLink": .link(path),
            ])
    }

    // MARK: - Networks

    func networks(_ call: GCPCall, world: World) throws(GCPError) -> JSONValue {
        switch call.method.name {
        case "networks.get", "networks.list":
            let names =
                ["default"]
                + world.limits.subnets.filter { world.conditions.googleZones[$0.value] != nil }.keys.sorted()
            return try call.oneOrList("network", "network", of: "Network", names.map { network($0, call, world) })
        case "subnetworks.aggregatedList":
            let regions = world.conditions.googleZones.keys.sorted()
            return try call.aggregate(
                "subnetwork", "subnetworks", of: "Subnetwork",
                regions.flatMap { region in subnetworks(in: region, call, world).map { ("regions/\(region)", $0) } },
                places: regions.map { "regions/\($0)" })
        case "subnetworks.testIamPermissions":
            guard subnetworks(in: call.place.name, call, world).contains(where: { $0.key == call["resource"] }) else {
                throw .notFound(call.path("regions/\(call.place.name)/subnetworks/\(call["resource"])"))
            }
            return GCPPermissionFace.granted(call.body, in: world)
        case "subnetworks.get", "subnetworks.list":
            return try call.oneOrList(
                "subnetwork", "subnetwork", of: "Subnetwork", subnetworks(in: call.place.name, call, world))
        default:
            return try call.oneOrList("firewall", "firewall", of: "Firewall", [firewall(call)])
        }
    }

    private func network(_ name: String, _ call: GCPCall, _ world: World) -> GCPListing.Item {
        let path = call.path("global/networks/\(name)")
        let regions = world.conditions.googleZones.keys.sorted()
            .filter { world.hasGoogleSubnetwork(name, in: $0) }
        return GCPListing.Item(
            key: name, createdAt: nil,
            json: [
                "kind": "compute#network", "id": .id(GCPInventory.id(path)),
                "creationTimestamp": .string(GCPInventory.madeAt), "name": .string(name),
                "description": "A network of the emulated cloud", "selfLink": .link(path),
                "autoCreateSubnetworks": .bool(name == "default"), "mtu": 1460,
                "subnetworks": .array(regions.map { .link(call.path("regions/\($0)/subnetworks/\(name)")) }),
                "routingConfig": ["routingMode": "REGIONAL"],
                "networkFirewallPolicyEnforcementOrder": "AFTER_CLASSIC_FIREWALL",
            ])
    }

    private func subnetworks(in region: String, _ call: GCPCall, _ world: World) -> [GCPListing.Item] {
        let names = ["default"] + world.limits.subnets.filter { $0.value == region }.keys.sorted()
        let number = world.conditions.googleZones.keys.sorted().firstIndex(of: region) ?? 0
        return names.map { name in
            let path = call.path("regions/\(region)/subnetworks/\(name)")
            return GCPListing.Item(
                key: name, createdAt: nil,
                json: [
                    "kind": "compute#subnetwork", "id": .id(GCPInventory.id(path)),
                    "creationTimestamp": .string(GCPInventory.madeAt), "name": .string(name),
                    "network": .link(call.path("global/networks/\(name)")),
                    "ipCidrRange": .string("10.\(128 + number).0.0/16"),
                    "gatewayAddress": .string("10.\(128 + number).0.1"),
                    "region": .link(call.path("regions/\(region)")),
                    "selfLink": .link(path), "privateIpGoogleAccess": false,
                    "fingerprint": GCPNames.fingerprint([.string(path)]),
                    "privateIpv6GoogleAccess": "DISABLE_GOOGLE_ACCESS", "purpose": "PRIVATE", "stackType": "IPV4_ONLY",
                ])
        }
    }

    private func firewall(_ call: GCPCall) -> GCPListing.Item {
        let name = "default-allow-internal"
        let path = call.path("global/firewalls/\(name)")
        return GCPListing.Item(
            key: name, createdAt: nil,
            json: [
                "kind": "compute#firewall", "id": .id(GCPInventory.id(path)),
                "creationTimestamp": .string(GCPInventory.madeAt), "name": .string(name), "description": "",
                "network": .link(call.path("global/networks/default")), "priority": 65534,
                "sourceRanges": ["10.128.0.0/9"], "allowed": [["IPProtocol": "all"]], "direction": "INGRESS",
                "logConfig": ["enable": false], "disabled": false, "selfLink": .link(path),
            ])
    }
}

extension GCPImage {
    var json: JSONValue {
        [
            "kind": "compute#image", "id": .id(id), "creationTimestamp": .string(GCPInventory.madeAt),
            "name": .string(name), "description": .string(description), "sourceType": "RAW", "status": "READY",
            "archiveSizeBytes": "1073741824", "diskSizeGb": .string("\(sizeGB)"), "family": .string(family),
            "licenses": [.link(license)], "selfLink": .link(path), "architecture": .string(architecture),
            "labelFingerprint": GCPNames.fingerprint(ofLabels: nil),
            "guestOsFeatures": .array(GCPImage.features.map { ["type": .string($0)] }), "storageLocations": ["us"],
        ]
    }
}

extension GCPMachineType {
    func json(in zone: String, _ project: String) -> JSONValue {
        let path = "projects/\(project)/zones/\(zone)/machineTypes/\(name)"
        let accelerators: JSONValue? = gpu.map {
            [["guestAcceleratorType": .string($0), "guestAcceleratorCount": .integer(gpus)]]
        }
        return [
            "kind": "compute#machineType", "id": .id(GCPInventory.id("machineTypes/\(name)") % 1_000_000),
            "creationTimestamp": .string(GCPInventory.madeAt), "name": .string(name),
            "description": .string("\(vcpus) vCPUs, \(memoryMB / 1024) GB RAM"), "guestCpus": .integer(vcpus),
            "memoryMb": .integer(memoryMB), "imageSpaceGb": 0, "maximumPersistentDisks": isShared ? 16 : 128,
            "maximumPersistentDisksSizeGb": isShared ? "3072" : "263168", "zone": .string(zone),
            "selfLink": .link(path), "isSharedCpu": .bool(isShared), "accelerators": accelerators,
            "architecture": isARM ? "ARM64" : "X86_64",
        ]
    }
}
