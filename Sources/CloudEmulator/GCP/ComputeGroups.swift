import Provisioning

extension ComputeFace {
    func groups(
        _ call: GCPCall, _ caller: GCPCaller, world: inout World, chance: () -> UInt64
    ) throws(GCPError) -> JSONValue {
        let name = call["instanceGroupManager"]
        let project = world.project(call.project)
        func item(_ group: GCPGroup) -> GCPListing.Item {
            GCPListing.Item(
                key: group.name, createdAt: group.createdAt,
                json: group.json(of: project, in: call.project, at: call.now))
        }
        let there = project.groups.values.filter { $0.isThere(at: call.now) }
        switch call.method.action {
        case "get":
            return item(try world.group(name, in: call.place, by: caller)).json
        case "list":
            let kind = if case .region = call.place { "regionInstanceGroupManager" } else { "instanceGroupManager" }
            return try call.list(kind, of: "InstanceGroupManager", there.filter { $0.place == call.place }.map(item))
        case "aggregatedList":
            let regions = world.conditions.googleZones.keys.sorted().map { "regions/\($0)" }
            return try call.aggregate(
                "instanceGroupManager", "instanceGroupManagers", of: "InstanceGroupManager",
                there.map { ($0.place.path, item($0)) },
                places: regions + world.googleZones().map { GCPPlace.zone($0).path })
        case "listManagedInstances":
            return try managed(call, try world.group(name, in: call.place, by: caller), project)
        case "listErrors":
            let group = try world.group(name, in: call.place, by: caller)
            let items = group.failures.reversed().enumerated().map { index, failure in
                GCPListing.Item(
                    key: String(1_000 + index), createdAt: failure.at, json: group.json(of: failure, in: call.project))
            }
            let page = try GCPListing(call, of: "InstanceManagedByIgmError").page(items)
            return [
                "items": page.items.isEmpty ? nil : .array(page.items.map(\.json)),
                "nextPageToken": page.next.map(JSONValue.string),
            ]
        case "insert":
            let group = try newGroup(call, caller, world: &world, chance: chance)
            return try world.insertGroup(group, by: caller, chance: chance).json(in: call.project, at: call.now)
        case "delete":
            return try world.deleteGroup(name, in: call.place, by: caller, chance: chance)
                .json(in: call.project, at: call.now)
        case "createInstances":
            var names: [String] = []
            for wish in call.body["instances"]?.array ?? [] {
                guard let name = wish["name"]?.string else { throw .required("instances[].name") }
                names.append(name)
            }
            return try world.createMembers(names, of: name, in: call.place, by: caller, chance: chance)
                .json(in: call.project, at: call.now)
        default:
            let action = String(call.method.action)
            let operation = try world.changeGroup(name, in: call.place, action, by: caller, chance: chance) {
                group, world throws(GCPError) in
                try change(&group, action, call, caller, world: &world, chance: chance)
            }
            return operation.json(in: call.project, at: call.now)
        }
    }

    private func managed(_ call: GCPCall, _ group: GCPGroup, _ project: GCPProject) throws(GCPError) -> JSONValue {
        let items = group.members.map { member in
            GCPListing.Item(
                key: member.name, createdAt: nil,
                json: group.json(
                    of: member, group.instance(of: member, in: project, at: call.now), in: call.project, at: call.now))
        }
        let listing = try GCPListing(call, of: "ManagedInstance")
        // Unless a group is told otherwise, all of it is one page, whatever the call says.
        guard group.resource["listManagedInstancesResults"]?.string == "PAGINATED" else {
            let wanted = items.filter { listing.filter.accepts($0.json) }.sorted { $0.key < $1.key }
            return ["managedInstances": wanted.isEmpty ? nil : .array(wanted.map(\.json))]
        }
        let page = listing.page(items)
        return [
            "managedInstances": page.items.isEmpty ? nil : .array(page.items.map(\.json)),
            "nextPageToken": page.next.map(JSONValue.string),
        ]
    }

    private func change(
        _ group: inout GCPGroup, _ action: String, _ call: GCPCall, _ caller: GCPCaller, world: inout World,
        chance: () -> UInt64
    ) throws(GCPError) {
        let links = (call.body["instances"]?.array ?? []).compactMap(\.string)
        switch action {
        case "resize":
            guard let size = try call.number("size") else { throw .required("size") }
            try world.resize(&group, to: size, by: caller, chance: chance)
        case "deleteInstances", "abandonInstances":
            guard !links.isEmpty else { throw .required("instances") }
            try world.takeOut(
                links, of: &group, isAbandoned: action == "abandonInstances",
                skipsUnknown: call.body["skipInstancesOnValidationError"]?.bool ?? false, by: caller)
        case "recreateInstances":
            try world.recreate(links, of: group, by: caller)
        case "setInstanceTemplate":
            guard let text = call.body["instanceTemplate"]?.string else { throw .required("instanceTemplate") }
            group.template = try world.template(text, by: caller).path
        default:
            try patch(&group, call, caller, world: &world, chance: chance)
        }
    }

    private func patch(
        _ group: inout GCPGroup, _ call: GCPCall, _ caller: GCPCaller, world: inout World, chance: () -> UInt64
    ) throws(GCPError) {
        if let fingerprint = call.body["fingerprint"], fingerprint != group.fingerprint {
            throw .changed("instance group manager")
        }
        let version = call.body["versions"]?.array?.first?["instanceTemplate"]?.string
        if let text = call.body["instanceTemplate"]?.string ?? version {
            group.template = try world.template(text, by: caller).path
        }
        group.resource = group.resource.with(ComputeFace.kept(call.body))
        if let size = call.body["targetSize"]?.wholeNumber {
            try world.resize(&group, to: size, by: caller, chance: chance)
        }
    }

    private func newGroup(
        _ call: GCPCall, _ caller: GCPCaller, world: inout World, chance: () -> UInt64
    ) throws(GCPError) -> GCPGroup {
        let body = call.body, name = body["name"]?.string ?? ""
        try GCPNames.check(name, "resource.name")
        let version = body["versions"]?.array?.first?["instanceTemplate"]?.string
        guard let text = body["instanceTemplate"]?.string ?? version else {
            throw .required("resource.instanceTemplate")
        }
        guard let size = body["targetSize"]?.wholeNumber else { throw .required("resource.targetSize") }
        if let base = body["baseInstanceName"]?.string {
            guard base.utf8.count <= 58 else {
                throw .invalid(at: "resource.baseInstanceName", base, "At most 58 characters are allowed.")
            }
            try GCPNames.check(base, "resource.baseInstanceName")
        }
        try GCPNames.check(labels: body["allInstancesConfig"]?["properties"]?["labels"], field: "resource")
        return GCPGroup(
            id: world.google.freshID(chance), name: name, place: call.place, zones: try groupZones(call, world: world),
            createdAt: call.now, resource: ComputeFace.kept(body),
            template: try world.template(text, by: caller).path, targetSize: size)
    }

    private func groupZones(_ call: GCPCall, world: World) throws(GCPError) -> [String] {
        guard case .region(let region) = call.place else { return [call["zone"]] }
        let all = world.googleZones(region)
        let wanted = (call.body["distributionPolicy"]?["zones"]?.array ?? []).compactMap { $0["zone"]?.string }
        for zone in wanted where !all.contains(gcpName(zone)) {
            throw .invalid(at: "resource.distributionPolicy.zones", zone, "Not a zone of region '\(region)'.")
        }
        // As with the real one, three of a region that has more.
        return wanted.isEmpty ? Array(all.prefix(3)) : wanted.map(gcpName)
    }

    /// What is kept of a group as it was asked for; the rest is kept in other places, or is the cloud's to say.
    private static func kept(_ body: JSONValue) -> JSONValue {
        var kept = body
        for name in [
            "id", "kind", "name", "zone", "region", "selfLink", "creationTimestamp", "status", "currentActions",
            "instanceGroup", "fingerprint", "targetSize", "instanceTemplate",
        ] { kept[name] = nil }
        return kept
    }

    // MARK: - As those see them who know nothing of managers

    func plainGroups(_ call: GCPCall, _ caller: GCPCaller, world: World) throws(GCPError) -> JSONValue {
        let project = world.project(call.project)
        if call.method.action == "list" {
            let items = project.groups.values.filter { $0.isThere(at: call.now) && $0.place == call.place }.map {
                GCPListing.Item(
                    key: $0.name, createdAt: $0.createdAt,
                    json: $0.plainGroup(of: project, in: call.project, at: call.now))
            }
            return try call.list("instanceGroup", of: "InstanceGroup", items)
        }
        let name = call["instanceGroup"]
        guard let group = project.groups[GCPProject.key(call.place.path, name)], group.isThere(at: call.now) else {
            throw .notFound(call.path("\(call.place.path)/instanceGroups/\(name)"))
        }
        if call.method.action == "get" { return group.plainGroup(of: project, in: call.project, at: call.now) }
        let wantsRunning = call.body["instanceState"]?.string == "RUNNING"
        let items: [GCPListing.Item] = group.members.compactMap { member in
            guard let instance = group.instance(of: member, in: project, at: call.now) else { return nil }
            let state = instance.state(at: call.now)
            guard !wantsRunning || state == .running else { return nil }
            return GCPListing.Item(
                key: member.name, createdAt: nil,
                json: [
                    "instance": .link(call.path("zones/\(member.zone)/instances/\(member.name)")),
                    "status": .string(state.rawValue),
                ])
        }
        let page = try GCPListing(call, of: "InstanceWithNamedPorts").page(items)
        let path = call.path("\(call.place.path)/instanceGroups/\(name)/listInstances")
        return [
            "kind": "compute#instanceGroupsListInstances", "id": .string(path),
            "items": page.items.isEmpty ? nil : .array(page.items.map(\.json)),
            "nextPageToken": page.next.map(JSONValue.string), "selfLink": .link(path),
        ]
    }
}
