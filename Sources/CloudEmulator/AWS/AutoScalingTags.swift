import Provisioning

// The tags of groups, which their instances are given when they are launched.

extension AutoScalingFace {
    typealias NamedTag = (group: String, tag: ScalingTag)

    /// - Parameter name: the group that they can only be of; nil: each says which it is of.
    func tags(_ parameters: QueryParameters, of name: String?) throws(EC2Error) -> [NamedTag] {
        var tags: [NamedTag] = []
        var seen: Set<[String]> = []
        for prefix in parameters.prefixes("Tags.member") {
            let kind = parameters["\(prefix).ResourceType"] ?? "auto-scaling-group"
            guard kind == "auto-scaling-group" else { throw .validation("Invalid resource type '\(kind)'") }
            guard let group = parameters["\(prefix).ResourceId"] ?? name else {
                throw .missingParameter("\(prefix).ResourceId")
            }
            guard name == nil || group == name else {
                throw .validation("A tag of AutoScalingGroup '\(name ?? "")' names '\(group)'")
            }
            _ = try parameters.required("\(prefix).Key")
            let key = try parameters.text("\(prefix).Key", of: 1...128) ?? ""
            guard !key.lowercased().hasPrefix("aws:") else {
                throw .validation("Tag keys starting with 'aws:' are reserved for internal use")
            }
            let value = try parameters.text("\(prefix).Value", of: 0...256) ?? ""
            guard seen.insert([group, key]).inserted else { throw .validation("Duplicate keys '\(key)'") }
            let isPropagated = try parameters.boolean("\(prefix).PropagateAtLaunch") ?? false
            tags.append((group, ScalingTag(key: key, value: value, isPropagated: isPropagated)))
        }
        guard name == nil || tags.count <= AutoScalingFace.tagsMax else { throw .tooManyTags }
        return tags
    }

    func changeTags(
        _ parameters: QueryParameters, deleting: Bool, in region: String, world: inout World, at now: Timestamp
    ) throws(EC2Error) {
        let named = try tags(parameters, of: nil)
        guard !named.isEmpty else { throw .missingParameter("Tags") }
        // All or none of them.
        var changed = world
        for (name, tag) in named {
            let index = try changed.changeableGroup(name, in: region, at: now)
            var tags = changed.regions[region]!.groups[index].tags
            let at = tags.firstIndex { $0.key == tag.key }
            switch (deleting, at) {
            case (true, let at?): if parameters.hasValue(of: tag, other: tags[at]) { tags.remove(at: at) }
            case (true, nil): break
            case (false, let at?): tags[at] = tag
            case (false, nil): tags.append(tag)
            }
            guard tags.count <= AutoScalingFace.tagsMax else { throw .tooManyTags }
            changed.regions[region]!.groups[index].tags = tags
        }
        world = changed
        world.touch()
    }

    func describeTags(
        _ parameters: QueryParameters, in region: String, world: World, at now: Timestamp
    ) throws(EC2Error) -> Content {
        var found: [NamedTag] = (world.regions[region]?.groups ?? [])
            .filter { !world.isGone($0, in: region, at: now) }
            .flatMap { group in group.tags.map { (group.name, $0) } }
        for (name, values) in try filters(parameters) {
            switch name {
            case "auto-scaling-group": found.removeAll { !values.contains($0.group) }
            case "key": found.removeAll { !values.contains($0.tag.key) }
            case "value": found.removeAll { !values.contains($0.tag.value) }
            case "propagate-at-launch": found.removeAll { !values.contains("\($0.tag.isPropagated)") }
            default: throw .validation("Invalid filter type '\(name)'")
            }
        }
        let page = try page(of: found, parameters, atMost: 100, usual: 50)
        return { answer in
            answer.element("Tags") { answer in
                for (group, tag) in page.items { answer.element("member") { $0.write(tag, of: group) } }
            }
            answer.element("NextToken", page.next)
        }
    }

    static let tagsMax = 50
}

extension QueryParameters {
    /// Whoever names a value with a tag to delete means the tag with that value alone.
    fileprivate func hasValue(of tag: ScalingTag, other: ScalingTag) -> Bool {
        let said = prefixes("Tags.member").first { self["\($0).Key"] == tag.key }.flatMap { self["\($0).Value"] }
        return said == nil || said == other.value
    }
}

extension EC2Error {
    fileprivate static let tooManyTags = EC2Error(
        "LimitExceeded", "Too many tags: an AutoScalingGroup may have \(AutoScalingFace.tagsMax)")
}

extension XMLText {
    mutating func write(_ tag: ScalingTag, of group: String) {
        element("ResourceId", group)
        element("ResourceType", "auto-scaling-group")
        element("Key", tag.key)
        element("Value", tag.value)
        element("PropagateAtLaunch", tag.isPropagated)
    }
}
