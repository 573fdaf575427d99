import Provisioning

// What Auto Scaling tells of groups, of their members and of what they did.

extension AutoScalingFace {
    func describeGroups(
        _ parameters: QueryParameters, in region: String, world: World, at now: Timestamp
    ) throws(EC2Error) -> Content {
        let names = parameters.list("AutoScalingGroupNames.member")
        var found = (world.regions[region]?.groups ?? []).filter { group in
            (names.isEmpty || names.contains(group.name)) && !world.isGone(group, in: region, at: now)
        }
        for (name, values) in try filters(parameters) {
            found.removeAll { group in
                !group.tags.contains { tag in
                    switch name {
                    case "tag-key": values.contains(tag.key)
                    case "tag-value": values.contains(tag.value)
                    default: name == "tag:\(tag.key)" && values.contains(tag.value)
                    }
                }
            }
            guard name.hasPrefix("tag:") || ["tag-key", "tag-value"].contains(name) else {
                throw .validation("Invalid filter name: '\(name)'")
            }
        }
        let hasInstances = try parameters.boolean("IncludeInstances") ?? true
        let page = try page(of: found, parameters, atMost: 100, usual: 50, number: \.number)
        let zones = zoneIDs(in: region, world: world)
        let instances = world.instances(in: region)
        return { answer in
            answer.element("AutoScalingGroups") { answer in
                for group in page.items {
                    let members = hasInstances ? world.present(group, in: region, at: now) : []
                    answer.element("member") { answer in
                        answer.write(group, in: region, zones)
                        answer.element("Instances") { answer in
                            for member in members {
                                answer.element("member") {
                                    $0.write(member, instances[member.instance], zones, at: now)
                                }
                            }
                        }
                    }
                }
            }
            answer.element("NextToken", page.next)
        }
    }

    func describeInstances(
        _ parameters: QueryParameters, in region: String, world: World, at now: Timestamp
    ) throws(EC2Error) -> Content {
        let ids = try instanceIDs(parameters, atMost: 50)
        var found: [(group: String, member: ScalingGroup.Member)] = []
        for group in world.regions[region]?.groups ?? [] {
            found += world.present(group, in: region, at: now).map { (group.name, $0) }
        }
        if !ids.isEmpty { found.removeAll { !ids.contains($0.member.instance) } }
        let page = try page(of: found, parameters, atMost: 50, usual: 50)
        let zones = zoneIDs(in: region, world: world)
        let instances = world.instances(in: region)
        return { answer in
            answer.element("AutoScalingInstances") { answer in
                for (group, member) in page.items {
                    answer.element("member") { answer in
                        answer.element("AutoScalingGroupName", group)
                        // Here, unlike in a group, health is written in capitals.
                        answer.write(member, instances[member.instance], zones, at: now, inCapitals: true)
                    }
                }
            }
            answer.element("NextToken", page.next)
        }
    }

    func describeActivities(
        _ parameters: QueryParameters, in region: String, world: World, at now: Timestamp
    ) throws(EC2Error) -> Content {
        let ids = parameters.list("ActivityIds.member")
        let withDeleted = try parameters.boolean("IncludeDeletedGroups") ?? false
        let marks = Set(
            (world.regions[region]?.groups ?? []).filter { !world.isGone($0, in: region, at: now) }.map(\.mark))
        var found = (world.regions[region]?.activities ?? []).filter { activity in
            (ids.isEmpty || ids.contains(activity.id)) && (withDeleted || marks.contains(activity.groupMark))
        }
        if let name = parameters["AutoScalingGroupName"] {
            if !withDeleted { _ = try world.groupIndex(name, in: region, at: now) }
            found.removeAll { $0.group != name }
        }
        let page = try page(of: found.reversed(), parameters, atMost: 100, usual: 100, number: \.number)
        return { answer in
            answer.element("Activities") { answer in
                for activity in page.items {
                    let isOfDeleted = !marks.contains(activity.groupMark)
                    answer.element("member") { $0.write(activity, isOfDeleted: isOfDeleted, in: region, at: now) }
                }
            }
            answer.element("NextToken", page.next)
        }
    }

    func describeLimits(in region: String, world: World, at now: Timestamp) -> Content {
        let groups = (world.regions[region]?.groups ?? []).count { !world.isGone($0, in: region, at: now) }
        return { answer in
            answer.element("MaxNumberOfAutoScalingGroups", ScalingGroup.countMax)
            answer.element("MaxNumberOfLaunchConfigurations", 200)
            answer.element("NumberOfAutoScalingGroups", groups)
            answer.element("NumberOfLaunchConfigurations", 0)
        }
    }

    private func zoneIDs(in region: String, world: World) -> [String: String] {
        (world.conditions.zones[region] ?? []).reduce(into: [:]) { $0[$1] = ec2.zoneID($1, in: region) }
    }
}
