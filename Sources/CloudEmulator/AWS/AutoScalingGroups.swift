import Provisioning

// A group as a caller makes, changes and deletes it.

extension AutoScalingFace {
    func createGroup(
        _ parameters: QueryParameters, in region: String, world: inout World, at now: Timestamp,
        chance: () -> UInt64
    ) throws(EC2Error) {
        let name = try groupName(parameters)
        try refuseUnknownSources(parameters)
        _ = try parameters.required("MinSize")
        _ = try parameters.required("MaxSize")
        let least = try parameters.number("MinSize", in: 0...Int(Int32.max)) ?? 0
        let most = try parameters.number("MaxSize", in: 0...Int(Int32.max)) ?? 0
        let desired = try parameters.number("DesiredCapacity", in: 0...Int(Int32.max)) ?? least
        let sizes = ScalingGroup.Sizes(min: least, max: most, desired: desired)
        try check(sizes)
        var said = settings(parameters)
        let plan = try plan(&said, in: region, world: world)
        let tags = try tags(parameters, of: name).map(\.tag)
        try world.createGroup(
            name, sizes: sizes, plan: plan, said: said, tags: tags, in: region, at: now, chance: chance)
    }

    func updateGroup(
        _ parameters: QueryParameters, in region: String, world: inout World, at now: Timestamp
    ) throws(EC2Error) {
        let index = try world.changeableGroup(groupName(parameters), in: region, at: now)
        try refuseUnknownSources(parameters)
        guard let group = world.regions[region]?.groups[index] else { return }
        var sizes = group.sizes
        if let least = try parameters.number("MinSize", in: 0...Int(Int32.max)) { sizes.min = least }
        if let most = try parameters.number("MaxSize", in: 0...Int(Int32.max)) { sizes.max = most }
        if let desired = try parameters.number("DesiredCapacity", in: 0...Int(Int32.max)) {
            sizes.desired = desired
        } else if sizes.min <= sizes.max {
            // Bounds that move take what is wanted along.
            sizes.desired = min(max(sizes.desired, sizes.min), sizes.max)
        }
        try check(sizes)
        var said = merged(group.said, with: settings(parameters))
        let plan = try plan(&said, in: region, world: world)
        world.regions[region]?.groups[index].sizes.min = sizes.min
        world.regions[region]?.groups[index].sizes.max = sizes.max
        world.regions[region]?.groups[index].said = said
        world.regions[region]?.groups[index].plan = plan
        world.resize(
            index, to: sizes.desired, in: region, at: now,
            words: "update of AutoScalingGroup constraints to min: \(sizes.min), max: \(sizes.max), desired: "
                + "\(sizes.desired)")
    }

    func deleteGroup(
        _ parameters: QueryParameters, in region: String, world: inout World, at now: Timestamp,
        chance: () -> UInt64
    ) throws(EC2Error) {
        let name = try groupName(parameters)
        let isForced = try parameters.boolean("ForceDelete") ?? false
        let index = try world.groupIndex(name, in: region, at: now)
        switch world.regions[region]?.groups[index].said["DeletionProtection"] {
        case "prevent-all-deletion":
            throw EC2Error("ResourceInUse", "AutoScalingGroup \(name) is protected from deletion.")
        case "prevent-force-deletion" where isForced:
            throw EC2Error("ResourceInUse", "AutoScalingGroup \(name) is protected from force deletion.")
        default: break
        }
        try world.deleteGroup(name, withInstances: isForced, in: region, at: now, chance: chance)
    }

    func setDesiredCapacity(
        _ parameters: QueryParameters, in region: String, world: inout World, at now: Timestamp
    ) throws(EC2Error) {
        let name = try groupName(parameters)
        let index = try world.changeableGroup(name, in: region, at: now)
        _ = try parameters.required("DesiredCapacity")
        let desired = try parameters.number("DesiredCapacity", in: 0...Int(Int32.max)) ?? 0
        guard let group = world.regions[region]?.groups[index] else { return }
        guard desired <= group.sizes.max else {
            throw .validation(
                "New SetDesiredCapacity value \(desired) is above max value \(group.sizes.max) for the "
                    + "AutoScalingGroup.")
        }
        guard desired >= group.sizes.min else {
            throw .validation(
                "New SetDesiredCapacity value \(desired) is below min value \(group.sizes.min) for the "
                    + "AutoScalingGroup.")
        }
        if try parameters.boolean("HonorCooldown") == true, let scaledAt = group.scaledAt {
            let cooldown = group.said["DefaultCooldown"].flatMap { Int($0) } ?? AutoScalingFace.cooldownSeconds
            guard scaledAt + .seconds(cooldown) <= now else {
                throw EC2Error(
                    "ScalingActivityInProgress", "Scaling activity is in progress and blocks this action")
            }
        }
        world.resize(
            index, to: desired, in: region, at: now, words: "explicitly set group desired capacity")
    }

    static let cooldownSeconds = 300

    // MARK: - What is said of a group

    private func check(_ sizes: ScalingGroup.Sizes) throws(EC2Error) {
        guard sizes.min <= sizes.max else {
            throw .validation("Max bound, \(sizes.max), must be greater than or equal to min bound, \(sizes.min)")
        }
        guard (sizes.min...sizes.max).contains(sizes.desired) else {
            throw .validation(
                "Desired capacity:\(sizes.desired) must be between the specified min size:\(sizes.min) and max "
                    + "size:\(sizes.max)")
        }
    }

    private func refuseUnknownSources(_ parameters: QueryParameters) throws(EC2Error) {
        if parameters["LaunchConfigurationName"] != nil {
            throw .validation("Launch configuration name not found - there are no launch configurations")
        }
        if parameters["InstanceId"] != nil {
            throw .validation("A group is made by a launch template here, not by an instance")
        }
    }

    /// All that is kept as it was said; sizes and tags have a life of their own.
    private func settings(_ parameters: QueryParameters) -> [String: String] {
        let apart: Set = ["AutoScalingGroupName", "MinSize", "MaxSize", "DesiredCapacity", "SkipZonalShiftValidation"]
        return parameters.all.reduce(into: [:]) { said, pair in
            if !apart.contains(pair.name), !pair.name.hasPrefix("Tags.") { said[pair.name] = pair.value }
        }
    }

    /// What is said anew replaces what was: each thing as a whole, a policy by its halves.
    private func merged(_ old: [String: String], with new: [String: String]) -> [String: String] {
        func unit(_ name: String) -> String {
            let parts = name.split(separator: ".")
            if name.hasPrefix("MixedInstancesPolicy.InstancesDistribution.") { return name }
            return parts.prefix(parts[0] == "MixedInstancesPolicy" ? 2 : 1).joined(separator: ".")
        }
        let said = Set(new.keys.map(unit))
        var alternatives: Set<String> = []
        // A group launches by one of these, and is in one of those.
        if said.contains("LaunchTemplate") { alternatives.insert("MixedInstancesPolicy") }
        if said.contains(where: { $0.hasPrefix("MixedInstancesPolicy") }) { alternatives.insert("LaunchTemplate") }
        let places: Set = ["AvailabilityZones", "AvailabilityZoneIds", "VPCZoneIdentifier"]
        if !said.isDisjoint(with: places) { alternatives.formUnion(places) }
        let kept = old.filter { name, _ in
            !said.contains(unit(name)) && !alternatives.contains(String(name.prefix { $0 != "." }))
        }
        return kept.merging(new) { $1 }
    }
}
