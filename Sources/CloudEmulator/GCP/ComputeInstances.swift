import Provisioning

extension ComputeFace {
    func instances(
        _ call: GCPCall, _ caller: GCPCaller, world: inout World, chance: () -> UInt64
    ) throws(GCPError) -> JSONValue {
        let zone = call["zone"], name = call["instance"]
        switch call.method.action {
        case "get":
            return try world.find(name, zone: zone, by: caller).json(in: call.project, at: call.now)
        case "list":
            return try call.list("instance", of: "Instance", items(in: zone, call, world))
        case "aggregatedList":
            let all = world.googleZones().map(GCPPlace.zone)
            let items = world.project(call.project).instances.values.filter { $0.isKnown(at: call.now) }
                .map { (GCPPlace.zone($0.zone).path, item($0, call)) }
            return try call.aggregate("instance", "instances", of: "Instance", items, places: all.map(\.path))
        case "testIamPermissions":
            _ = try world.find(call["resource"], zone: zone, by: caller)
            return GCPPermissionFace.granted(call.body, in: world)
        case "getSerialPortOutput":
            _ = try world.find(name, zone: zone, by: caller)
            return [
                "kind": "compute#serialPortOutput", "contents": "", "start": "0", "next": "0",
                "selfLink": .link(call.path("zones/\(zone)/instances/\(name)/serialPort")),
            ]
        case "insert":
            let (source, name) = try source(call, caller, world: world)
            let order = try world.order(source, name: name, zone: zone, by: caller)
            return try world.insert(order, by: caller, chance: chance).json(in: call.project, at: call.now)
        case "bulkInsert":
            let order = try bulkOrder(call, caller, world: world)
            return try world.insertMany(order, by: caller, chance: chance).json(in: call.project, at: call.now)
        default:
            return try act(call, caller, world: &world, chance: chance).json(in: call.project, at: call.now)
        }
    }

    private func act(
        _ call: GCPCall, _ caller: GCPCaller, world: inout World, chance: () -> UInt64
    ) throws(GCPError) -> GCPOperation {
        let zone = call["zone"], name = call["instance"], body = call.body
        switch call.method.action {
        case "delete": return try world.delete(name, zone: zone, by: caller, chance: chance)
        case "stop": return try world.stop(name, zone: zone, by: caller, chance: chance)
        case "start": return try world.start(name, zone: zone, by: caller, chance: chance)
        case "reset": return try world.reset(name, zone: zone, by: caller, chance: chance)
        case "simulateMaintenanceEvent":
            let instance = try world.find(name, zone: zone, by: caller)
            // A spot machine goes, and any other is moved without noticing.
            world.preempt([instance.key], in: call.project, at: call.now, chance: chance)
            return world.begin(
                "simulateMaintenanceEvent", in: .zone(zone), target: call.path("zones/\(zone)/instances/\(name)"),
                id: instance.id, by: caller, taking: world.googleReaction, chance: chance)
        case "setLabels":
            try GCPNames.check(labels: body["labels"], field: "resource")
            return try world.change(name, zone: zone, "setLabels", by: caller, chance: chance) {
                instance throws(GCPError) in
                let current = GCPNames.fingerprint(ofLabels: instance.resource["labels"])
                guard body["labelFingerprint"] == current else { throw .labelsChanged }
                instance.resource["labels"] = body["labels"]
            }
        case "setMetadata":
            let metadata = try world.metadata(body, field: "resource")
            return try world.change(name, zone: zone, "setMetadata", by: caller, chance: chance) {
                instance throws(GCPError) in
                try checkFingerprint(body, instance.resource["metadata"], "metadata")
                instance.resource["metadata"] = metadata
            }
        case "setTags":
            let items = body["items"]?.array ?? []
            return try world.change(name, zone: zone, "setTags", by: caller, chance: chance) {
                instance throws(GCPError) in
                try checkFingerprint(body, instance.resource["tags"], "tags")
                instance.resource["tags"] = [
                    "items": items.isEmpty ? nil : .array(items), "fingerprint": GCPNames.fingerprint(items),
                ]
            }
        default:
            let instance = try world.find(name, zone: zone, by: caller)
            let (scheduling, _) = try world.scheduling(
                (instance.resource["scheduling"] ?? .object(JSONObject())).with(body), hasGPUs: false,
                field: "resource")
            return try world.change(name, zone: zone, "setScheduling", by: caller, chance: chance) {
                instance throws(GCPError) in
                instance.resource["scheduling"] = scheduling
            }
        }
    }

    private func checkFingerprint(_ body: JSONValue, _ now: JSONValue?, _ what: String) throws(GCPError) {
        guard body["fingerprint"] == now?["fingerprint"] else { throw .changed(what) }
    }

    // MARK: - Lists

    private func items(in zone: String, _ call: GCPCall, _ world: World) -> [GCPListing.Item] {
        world.project(call.project).instances.values.filter { $0.zone == zone && $0.isKnown(at: call.now) }
            .map { item($0, call) }
    }

    private func item(_ instance: GCPInstance, _ call: GCPCall) -> GCPListing.Item {
        GCPListing.Item(
            key: instance.name, createdAt: instance.createdAt, json: instance.json(in: call.project, at: call.now))
    }

    // MARK: - What is to be made

    /// What a body says, over what the template says that it names.
    private func source(
        _ call: GCPCall, _ caller: GCPCaller, world: World
    ) throws(GCPError) -> (JSONValue, String) {
        guard let name = call.body["name"]?.string, !name.isEmpty else {
            throw .invalid(at: "resource.name", "", "Must be a match of regex '\(GCPNames.pattern)'")
        }
        if let image = call.query["sourceMachineImage"] {
            // There are none, and what comes of one cannot be left out.
            throw .notFound(String(gcpPath(image)))
        }
        guard let text = call.query["sourceInstanceTemplate"] else { return (call.body, name) }
        let template = try world.template(text, by: caller)
        return (template.properties.with(call.body), name)
    }

    private func bulkOrder(
        _ call: GCPCall, _ caller: GCPCaller, world: World
    ) throws(GCPError) -> GCPBulkOrder {
        let body = call.body
        guard let count = body["count"]?.wholeNumber, (1...5_000).contains(count) else {
            throw .invalid(at: "resource.count", body["count"]?.string ?? "", "Must be between 1 and 5000.")
        }
        let atLeast = body["minCount"]?.wholeNumber ?? count
        guard (1...count).contains(atLeast) else {
            throw .invalid(at: "resource.minCount", "\(atLeast)", "Must be between 1 and the count.")
        }
        var properties = body["instanceProperties"] ?? .object(JSONObject())
        if let text = body["sourceInstanceTemplate"]?.string {
            properties = try world.template(text, by: caller).properties.with(properties)
        }
        let types = GCPGroup.types(of: body["instanceFlexibilityPolicy"])
        guard !types.isEmpty || properties["machineType"] != nil else {
            throw .required("resource.instanceProperties.machineType")
        }
        let names = (body["perInstanceProperties"]?.object?.fields ?? []).map { $0.value["name"]?.string ?? $0.name }
        return GCPBulkOrder(
            count: count, atLeast: atLeast, names: names, pattern: body["namePattern"]?.string,
            properties: properties, types: types.isEmpty ? [properties["machineType"]?.string ?? ""] : types,
            zones: try bulkZones(call, world: world), shape: try bulkShape(body), place: call.place)
    }

    private func bulkShape(_ body: JSONValue) throws(GCPError) -> GCPBulkOrder.Shape {
        guard let text = body["locationPolicy"]?["targetShape"]?.string else { return .single }
        guard let shape = GCPBulkOrder.Shape(rawValue: text) else {
            throw .invalid(at: "resource.locationPolicy.targetShape", text, "Unknown target shape.")
        }
        return shape
    }

    /// A region's zones but for those that are denied; where some are listed by name, those.
    private func bulkZones(_ call: GCPCall, world: World) throws(GCPError) -> [String] {
        guard case .region(let region) = call.place else { return [call["zone"]] }
        let all = world.googleZones(region)
        var zones = all
        for location in call.body["locationPolicy"]?["locations"]?.object?.fields ?? [] {
            let zone = gcpName(location.name)
            guard location.name.hasPrefix("zones/") || location.name.contains("/zones/"), all.contains(zone) else {
                throw .invalid(
                    at: "resource.locationPolicy.locations", location.name, "Not a zone of region '\(region)'.")
            }
            if location.value["preference"]?.string == "DENY" { zones.removeAll { $0 == zone } }
        }
        let listed = call.body["locationPolicy"]?["zones"]?.array?.compactMap { $0["zone"]?.string.map(gcpName) } ?? []
        if !listed.isEmpty { zones = zones.filter(listed.contains) }
        guard !zones.isEmpty else {
            throw .invalid(at: "resource.locationPolicy", "", "No zone of region '\(region)' is allowed.")
        }
        return zones
    }
}
