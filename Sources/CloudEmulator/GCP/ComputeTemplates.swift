import Provisioning

extension ComputeFace {
    func templates(
        _ call: GCPCall, _ caller: GCPCaller, world: inout World, chance: () -> UInt64
    ) throws(GCPError) -> JSONValue {
        let name = call["instanceTemplate"]
        switch call.method.action {
        case "get":
            return try world.template("\(call.place.path)/instanceTemplates/\(name)", by: caller).json(in: call.project)
        case "list":
            let items = world.project(call.project).templates.values.filter { $0.place == call.place }.map {
                GCPListing.Item(key: $0.name, createdAt: $0.createdAt, json: $0.json(in: call.project))
            }
            return try call.list("instanceTemplate", of: "InstanceTemplate", items)
        case "insert":
            return try world.insertTemplate(call.body, in: call.place, by: caller, chance: chance)
                .json(in: call.project, at: call.now)
        default:
            return try world.deleteTemplate(name, in: call.place, by: caller, chance: chance)
                .json(in: call.project, at: call.now)
        }
    }
}

extension World {
    /// A template by its address, however much of it is written.
    func template(_ text: String, by caller: GCPCaller) throws(GCPError) -> GCPTemplate {
        let region = gcpPart("regions", of: text)
        let place = region.map(GCPPlace.region) ?? .global
        let name = gcpName(text)
        guard let found = project(caller.project).templates[GCPProject.key(place.path, name)] else {
            throw .notFound(caller.path("\(place.path)/instanceTemplates/\(name)"))
        }
        return found
    }

    mutating func insertTemplate(
        _ body: JSONValue, in place: GCPPlace, by caller: GCPCaller, chance: () -> UInt64
    ) throws(GCPError) -> GCPOperation {
        let name = body["name"]?.string ?? ""
        try GCPNames.check(name, "resource.name")
        guard var properties = body["properties"] else { throw .required("resource.properties") }
        try check(properties, in: place, by: caller)
        for part in ["metadata", "tags"] {
            guard var one = properties[part] else { continue }
            if part == "metadata" { one["kind"] = "compute#metadata" }
            one["fingerprint"] = GCPNames.fingerprint(one["items"]?.array ?? [])
            properties[part] = one
        }
        let template = GCPTemplate(
            id: google.freshID(chance), name: name, place: place, createdAt: caller.now,
            description: body["description"]?.string, properties: properties)
        guard project(caller.project).templates[template.key] == nil else {
            throw .exists(caller.path(template.path))
        }
        google.projects[caller.project, default: GCPProject()].templates[template.key] = template
        return begin(
            "insert", in: place, target: caller.path(template.path), id: template.id, by: caller,
            taking: googleReaction, chance: chance)
    }

    /// What can be told to be wrong before anybody knows the zone.
    private func check(_ properties: JSONValue, in place: GCPPlace, by caller: GCPCaller) throws(GCPError) {
        let field = "resource.properties"
        guard let type = properties["machineType"]?.string, !type.isEmpty else {
            throw .required("\(field).machineType")
        }
        guard !type.contains("/") else {
            throw .invalid(
                at: "\(field).machineType", type, "In a template a machine type is written as its name alone.")
        }
        let region = if case .region(let name) = place { name } else { subnetRegion(of: properties) ?? anyRegion }
        guard let zone = googleZones(region).first(where: { offers(type, in: $0) }) else {
            throw .invalid(at: "\(field).machineType", type, "Machine type with name '\(type)' does not exist.")
        }
        _ = try order(properties, name: "template", zone: zone, field: field, by: caller)
    }

    private func subnetRegion(of properties: JSONValue) -> String? {
        (properties["networkInterfaces"]?.array ?? []).lazy
            .compactMap { $0["subnetwork"]?.string.flatMap { gcpPart("regions", of: $0) } }.first
    }

    private var anyRegion: String {
        conditions.googleZones["us-central1"] != nil ? "us-central1" : conditions.googleZones.keys.min() ?? ""
    }

    mutating func deleteTemplate(
        _ name: String, in place: GCPPlace, by caller: GCPCaller, chance: () -> UInt64
    ) throws(GCPError) -> GCPOperation {
        let template = try template("\(place.path)/instanceTemplates/\(name)", by: caller)
        let user = project(caller.project).groups.values.first {
            $0.isThere(at: caller.now)
                && ($0.template == template.path || $0.members.contains { $0.template == template.path })
        }
        if let user { throw .inUse(caller.path(template.path), by: caller.path(user.path)) }
        google.projects[caller.project]?.templates[template.key] = nil
        return begin(
            "delete", in: place, target: caller.path(template.path), id: template.id, by: caller,
            taking: googleReaction, chance: chance)
    }
}
