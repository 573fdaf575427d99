import Cloud
import Provisioning

/// Resource groups and what is in them.
enum GroupCalls {
    static func answer(_ call: ARMCall, _ world: inout World) throws(ARMError) -> ARMAnswer {
        let found = world.group(call.group, in: call.subscription, at: call.now)
        switch call.operation {
        case "ResourceGroups_CreateOrUpdate":
            return try put(call, found, &world)
        case "ResourceGroups_Update":
            guard var group = found else { throw .noGroup(call.group) }
            if let tags = try call.json()["tags"] { group.tags = tags.object }
            world.keep(group, in: call.subscription)
            return .value(shown(group, call))
        case "ResourceGroups_Get":
            guard let group = found else { throw .noGroup(call.group) }
            return .value(shown(group, call))
        case "ResourceGroups_CheckExistence":
            guard found != nil else { throw .noGroup(call.group) }
            return ARMAnswer(status: 204)
        case "ResourceGroups_Delete":
            guard found != nil else { throw .noGroup(call.group) }
            let operation = world.deleteGroup(call.group, in: call.subscription, at: call.moment)
            let address = "\(call.address)/subscriptions/\(call.subscription)/operationresults/\(operation.id)"
            var headers = [HTTPHeader("Location", "\(address)?api-version=\(call.version)")]
            if let seconds = call.retryAfter(operation) { headers.append(HTTPHeader("Retry-After", "\(seconds)")) }
            return ARMAnswer(status: 202, headers: headers)
        case "ResourceGroups_List":
            let groups =
                world.azure?.subscriptions[call.subscription.lowercased()]?.groups.values
                .filter { $0.goneAt.map { $0 <= call.now } != true }.sorted { $0.name < $1.name } ?? []
            return .list(groups.map { shown($0, call) })
        default:
            return try resources(call, world)
        }
    }

    private static func put(_ call: ARMCall, _ found: ResourceGroup?, _ world: inout World) throws(ARMError)
        -> ARMAnswer
    {
        let body = try call.json()
        guard let text = body["location"]?.string else {
            throw ARMError("LocationRequired", "The location property is required for this definition.")
        }
        let location = AzureInventory.location(text)
        guard AzureInventory.locations[location] != nil else {
            throw .noSuchLocation(text, for: "Microsoft.Resources/resourceGroups")
        }
        if let found, found.location != location {
            throw ARMError(
                "InvalidResourceGroupLocation",
                "Invalid resource group location '\(location)'. The Resource group already exists in location "
                    + "'\(found.location)'.", status: 409)
        }
        var group = found ?? ResourceGroup(name: call.group, location: location)
        group.tags = body["tags"]?.object
        world.keep(group, in: call.subscription)
        return ARMAnswer(status: found == nil ? 201 : 200, body: shown(group, call))
    }

    private static func shown(_ group: ResourceGroup, _ call: ARMCall) -> JSONValue {
        [
            "id": .string("/subscriptions/\(call.subscription)/resourceGroups/\(group.name)"),
            "name": .string(group.name), "type": "Microsoft.Resources/resourceGroups",
            "location": .string(group.location), "tags": group.tags.map(JSONValue.object),
            "properties": ["provisioningState": group.goneAt == nil ? "Succeeded" : "Deleting"],
        ]
    }

    /// What there is of any kind, in little detail. Filters: `resourceType eq '…'`, `substringof('…',name)`,
    /// `tagName eq '…' and tagValue eq '…'`.
    private static func resources(_ call: ARMCall, _ world: World) throws(ARMError) -> ARMAnswer {
        var terms: [String: String] = [:]
        if let filter = call.query["$filter"] {
            for term in filter.split(separator: " and ") {
                if term.hasPrefix("substringof('"), term.hasSuffix("',name)") {
                    terms["name"] = String(term.dropFirst(13).dropLast(7)).lowercased()
                    continue
                }
                let words = term.split(separator: " ", maxSplits: 2).map { $0.filter { $0 != "'" } }
                guard words.count == 3, words[1] == "eq",
                    ["resourcetype", "tagname", "tagvalue", "location"].contains(words[0].lowercased())
                else {
                    throw ARMError(
                        "InvalidFilterInQueryString", "Invalid $filter '\(filter)' specified in the query string.")
                }
                terms[words[0].lowercased()] = words[2]
            }
        }
        if let group = call.names["resourceGroupName"], !world.hasGroup(group, in: call.subscription, at: call.now) {
            throw .noGroup(group)
        }
        var found: [AzureResource] = []
        for kind in AzureResource.Kind.allCases where kind != .subnet {
            found += world.resources(kind, in: call.subscription, at: call.now)
        }
        found = found.filter { resource in
            resource.visibleAt <= call.now
                && (call.group.isEmpty || resource.id.group.lowercased() == call.group.lowercased())
                && (terms["resourcetype"].map { $0.lowercased() == resource.id.type.lowercased() } ?? true)
                && (terms["name"].map { resource.id.name.lowercased().contains($0) } ?? true)
                && (terms["location"].map { AzureInventory.location($0) == resource.location } ?? true)
                && (terms["tagname"].map {
                    resource.tags?[$0] != nil
                        && (terms["tagvalue"].map(JSONValue.string) ?? resource.tags?[$0]) == resource.tags?[$0]
                } ?? true)
        }.sorted { $0.sequence < $1.sequence }
        return .list(
            found.map { resource in
                [
                    "id": .string(resource.id.text), "name": .string(resource.id.name),
                    "type": .string(resource.id.type), "location": .string(resource.location),
                    "tags": resource.tags.map(JSONValue.object),
                ]
            })
    }
}

extension World {
    mutating func keep(_ group: ResourceGroup, in subscription: String) {
        arm.subscriptions[subscription.lowercased()]?.groups[group.name.lowercased()] = group
        touch()
    }

    /// Takes a group away and everything in it.
    mutating func deleteGroup(_ name: String, in subscription: String, at moment: Moment) -> AzureOperation {
        let end = moment.now + .seconds(conditions.shutdownSeconds)
        for kind in AzureResource.Kind.allCases {
            for var resource in resources(kind, in: subscription, at: moment.now)
            where resource.id.group.lowercased() == name.lowercased() {
                resource.deletedAt = resource.deletedAt ?? moment.now
                resource.goneAt = end
                keep(resource)
            }
        }
        if var group = group(name, in: subscription, at: moment.now) {
            group.goneAt = end
            keep(group, in: subscription)
        }
        return begin("", in: subscription, location: "", until: end, at: moment)
    }
}
