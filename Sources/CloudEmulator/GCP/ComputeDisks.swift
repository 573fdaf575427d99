import Provisioning

extension ComputeFace {
    func disks(
        _ call: GCPCall, _ caller: GCPCaller, world: inout World, chance: () -> UInt64
    ) throws(GCPError) -> JSONValue {
        if call.method.name.hasPrefix("diskTypes") { return try diskTypes(call, world: world) }
        let zone = call["zone"], name = call["disk"]
        let project = world.project(call.project)
        func item(_ disk: GCPDisk) -> GCPListing.Item {
            GCPListing.Item(
                key: disk.name, createdAt: disk.createdAt,
                json: disk.json(in: call.project, user: project.user(of: disk, at: call.now)))
        }
        let there = project.disks.values.filter { $0.isThere(at: call.now) }
        let path = call.path("zones/\(zone)/disks/\(name)")
        switch call.method.action {
        case "list": return try call.list("disk", of: "Disk", there.filter { $0.zone == zone }.map(item))
        case "aggregatedList":
            return try call.aggregate(
                "disk", "disks", of: "Disk", there.map { (GCPPlace.zone($0.zone).path, item($0)) },
                places: world.googleZones().map { GCPPlace.zone($0).path })
        case "insert":
            return try insertDisk(call, caller, world: &world, chance: chance).json(in: call.project, at: call.now)
        default:
            guard let disk = there.first(where: { $0.zone == zone && $0.name == name }) else { throw .notFound(path) }
            if call.method.action == "get" { return item(disk).json }
            if let user = project.user(of: disk, at: call.now) {
                throw .inUse(path, by: call.path("zones/\(zone)/instances/\(user.name)"))
            }
            let end = call.now + world.googleReaction
            world.google.projects[call.project]?.disks[disk.key]?.goesAt = end
            return world.begin(
                "delete", in: .zone(zone), target: path, id: disk.id, by: caller, taking: world.googleReaction,
                chance: chance
            ).json(in: call.project, at: call.now)
        }
    }

    private func insertDisk(
        _ call: GCPCall, _ caller: GCPCaller, world: inout World, chance: () -> UInt64
    ) throws(GCPError) -> GCPOperation {
        let zone = call["zone"], body = call.body, name = body["name"]?.string ?? ""
        try GCPNames.check(name, "resource.name")
        try GCPNames.check(labels: body["labels"], field: "resource")
        var image: GCPImage?
        if let text = call.query["sourceImage"] ?? body["sourceImage"]?.string {
            guard let found = GCPInventory.image(text, project: call.project) else {
                throw .invalid(at: "resource.sourceImage", text, "The referenced image resource cannot be found.")
            }
            image = found
        }
        let path = call.path("zones/\(zone)/disks/\(name)")
        let key = GCPProject.key(zone, name)
        if world.project(call.project).disks[key]?.isThere(at: call.now) == true { throw .exists(path) }
        let size = body["sizeGb"]?.wholeNumber ?? image?.sizeGB ?? 500
        guard size >= image?.sizeGB ?? 1, size <= 65_536 else {
            throw .invalid(
                at: "resource.sizeGb", "\(size)",
                "Requested disk size cannot be smaller than the image size (\(image?.sizeGB ?? 1) GB)")
        }
        let disk = GCPDisk(
            id: world.google.freshID(chance), name: name, zone: zone, createdAt: call.now, sizeGB: size,
            type: (body["type"]?.string).map(gcpName) ?? "pd-standard", image: image?.path,
            labels: body["labels"]?.texts ?? [:], instance: nil, isDeletedWithInstance: false)
        world.google.projects[call.project, default: GCPProject()].disks[key] = disk
        return world.begin(
            "insert", in: .zone(zone), target: path, id: disk.id, by: caller, taking: world.googleReaction,
            chance: chance)
    }

    private func diskTypes(_ call: GCPCall, world: World) throws(GCPError) -> JSONValue {
        if call.method.action == "aggregatedList" {
            let zones = world.googleZones()
            return try call.aggregate(
                "diskType", "diskTypes", of: "DiskType",
                zones.flatMap { zone in diskTypes(in: zone, call).map { (GCPPlace.zone(zone).path, $0) } },
                places: zones.map { GCPPlace.zone($0).path })
        }
        return try call.oneOrList("diskType", "diskType", of: "DiskType", diskTypes(in: call["zone"], call))
    }

    private func diskTypes(in zone: String, _ call: GCPCall) -> [GCPListing.Item] {
        GCPInventory.diskTypes.map { type in
            let path = call.path("zones/\(zone)/diskTypes/\(type.name)")
            return GCPListing.Item(
                key: type.name, createdAt: nil,
                json: [
                    "kind": "compute#diskType", "id": .id(GCPInventory.id(path)),
                    "creationTimestamp": .string(GCPInventory.madeAt), "name": .string(type.name),
                    "description": .string(type.description), "validDiskSize": .string(type.sizes),
                    "defaultDiskSizeGb": type.name == "local-ssd" ? "375" : "500",
                    "zone": .link(call.path("zones/\(zone)")), "selfLink": .link(path),
                ])
        }
    }
}

extension GCPCall {
    /// The one that the path names, or a page of them all.
    func oneOrList(
        _ kind: String, _ name: String, of shape: String, _ items: [GCPListing.Item]
    ) throws(GCPError) -> JSONValue {
        guard method.action == "get" else { return try list(kind, of: shape, items) }
        guard let found = items.first(where: { $0.key == self[name] }) else {
            throw .notFound(path("\(place.path)/\(kind)s/\(self[name])"))
        }
        return found.json
    }
}
