import Provisioning

extension EC2Face {
    /// Nil: the action is about something else than tags, or how instances are.
    func tagAction(
        _ action: String, _ parameters: QueryParameters, in region: String, world: inout World, at now: Timestamp
    ) throws(EC2Error) -> ((inout XMLText) -> Void)? {
        switch action {
        case "CreateTags":
            return try createTags(parameters, in: region, world: &world, at: now)
        case "DeleteTags":
            return try deleteTags(parameters, in: region, world: &world, at: now)
        case "DescribeTags":
            return try describeTags(parameters, in: region, world: world, at: now)
        case "DescribeInstanceStatus":
            return try describeInstanceStatus(parameters, in: region, world: world, at: now)
        default:
            return nil
        }
    }

    private func createTags(
        _ parameters: QueryParameters, in region: String, world: inout World, at now: Timestamp
    ) throws(EC2Error) -> (inout XMLText) -> Void {
        let ids = try resources(parameters)
        let tags = try tagList(parameters, under: "Tag")
        guard !tags.isEmpty else { throw .missingParameter("Tag") }
        let isRehearsal = try parameters.boolean("DryRun") == true
        try world.changeTags(of: ids, in: region, at: now, changing: !isRehearsal) { old in
            old.filter { tag in !tags.contains { $0.key == tag.key } } + tags
        }
        if isRehearsal { throw .dryRun }
        return { $0.element("return", true) }
    }

    private func deleteTags(
        _ parameters: QueryParameters, in region: String, world: inout World, at now: Timestamp
    ) throws(EC2Error) -> (inout XMLText) -> Void {
        let ids = try resources(parameters)
        var doomed: [(key: String, value: String?)] = []
        for prefix in parameters.prefixes("Tag") {
            doomed.append((try parameters.required("\(prefix).Key"), parameters["\(prefix).Value"]))
        }
        let isRehearsal = try parameters.boolean("DryRun") == true
        // To name no tag is to mean all, and to name no value any. The cloud's own are not anybody's to take away.
        func isDoomed(_ tag: Launch.Tag) -> Bool {
            doomed.isEmpty || doomed.contains { $0.key == tag.key && ($0.value ?? tag.value) == tag.value }
        }
        try world.changeTags(of: ids, in: region, at: now, changing: !isRehearsal) { old in
            old.filter { $0.key.hasPrefix("aws:") || !isDoomed($0) }
        }
        if isRehearsal { throw .dryRun }
        return { $0.element("return", true) }
    }

    private func describeTags(
        _ parameters: QueryParameters, in region: String, world: World, at now: Timestamp
    ) throws(EC2Error) -> (inout XMLText) -> Void {
        typealias Tagged = (resource: World.TaggedResource, tag: Launch.Tag)
        let all = world.taggedResources(in: region, at: now).flatMap { resource in
            resource.tags.map { (resource: resource, tag: $0) }
        }
        let listing = EC2Listing<Tagged>(
            fields: [
                "key": { [$0.tag.key] }, "value": { [$0.tag.value] }, "resource-id": { [$0.resource.id] },
                "resource-type": { [$0.resource.type] },
            ], tags: { [$0.tag] })
        let page = try listing.page(of: all, parameters, filterTexts(parameters))
        return { answer in
            answer.element("tagSet") { answer in
                for (resource, tag) in page.items {
                    answer.element("item") { answer in
                        answer.element("resourceId", resource.id)
                        answer.element("resourceType", resource.type)
                        answer.element("key", tag.key)
                        answer.element("value", tag.value)
                    }
                }
            }
            answer.element("nextToken", page.next)
        }
    }

    private func resources(_ parameters: QueryParameters) throws(EC2Error) -> [String] {
        let ids = parameters.list("ResourceId")
        guard !ids.isEmpty else { throw .missingParameter("ResourceId") }
        guard ids.count <= 1000 else { throw .invalidValue("\(ids.count)", of: "ResourceId") }
        return ids
    }
}
