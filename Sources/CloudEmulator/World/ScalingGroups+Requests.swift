import Provisioning

// What a caller may ask of a group.

extension World {
    func groupIndex(_ name: String, in region: String, at now: Timestamp) throws(EC2Error) -> Int {
        let groups = regions[region]?.groups ?? []
        guard let index = groups.firstIndex(where: { $0.name == name && !isGone($0, in: region, at: now) }) else {
            throw .validation("AutoScalingGroup name not found - AutoScalingGroup '\(name)' not found")
        }
        return index
    }

    /// The group of a name, if nobody has asked for its end.
    func changeableGroup(_ name: String, in region: String, at now: Timestamp) throws(EC2Error) -> Int {
        let index = try groupIndex(name, in: region, at: now)
        guard regions[region]?.groups[index].isBeingDeleted == false else {
            throw .validation("AutoScalingGroup '\(name)' is pending delete")
        }
        return index
    }

    /// A group that is deleted with instances lives as long as the last of them.
    func isGone(_ group: ScalingGroup, in region: String, at now: Timestamp) -> Bool {
        group.isBeingDeleted && present(group, in: region, at: now).isEmpty
    }

    /// The members that it still tells of.
    func present(_ group: ScalingGroup, in region: String, at now: Timestamp) -> [ScalingGroup.Member] {
        guard group.members.contains(where: \.isLeaving) || group.isBeingDeleted else { return group.members }
        let instances = instances(in: region)
        return group.members.filter { member in
            guard member.isLeaving || group.isBeingDeleted else { return true }
            return instances[member.instance].map { $0.state(at: now) != .terminated } ?? false
        }
    }

    mutating func createGroup(
        _ name: String, sizes: ScalingGroup.Sizes, plan: ScalingPlan, said: [String: String], tags: [ScalingTag],
        in region: String, at now: Timestamp, chance: () -> UInt64
    ) throws(EC2Error) {
        let groups = regions[region]?.groups ?? []
        if let old = groups.first(where: { $0.name == name && !isGone($0, in: region, at: now) }) {
            throw EC2Error(
                "AlreadyExists",
                "AutoScalingGroup by this name already exists - A group with the name \(name) "
                    + (old.isBeingDeleted ? "is already pending delete" : "already exists"))
        }
        let living = groups.filter { !isGone($0, in: region, at: now) }
        guard living.count < ScalingGroup.countMax else {
            throw EC2Error(
                "LimitExceeded", "You have reached the maximum number of \(ScalingGroup.countMax) groups.")
        }
        let group = ScalingGroup(
            name: name, mark: uuid(chance), number: (groups.map(\.number).max() ?? 0) + 1, createdAt: now,
            sizes: sizes, plan: plan, said: said, tags: tags, looksAt: now + reaction,
            reason: "At \(now.toTheSecond) a user request created an AutoScalingGroup changing the desired capacity "
                + "from 0 to \(sizes.desired).")
        // The last stays, gone or not, for the next number follows its.
        regions[region, default: Region()].groups.removeAll { old in
            old.number < group.number - 1 && !living.contains { $0.number == old.number }
        }
        regions[region]?.groups.append(group)
        touch()
    }

    mutating func deleteGroup(
        _ name: String, withInstances: Bool, in region: String, at now: Timestamp, chance: () -> UInt64
    ) throws(EC2Error) {
        let index = try groupIndex(name, in: region, at: now)
        guard let group = regions[region]?.groups[index], !group.isBeingDeleted else { return }
        if !withInstances {
            guard group.staying.isEmpty else {
                throw EC2Error(
                    "ResourceInUse",
                    "You cannot delete an AutoScalingGroup while there are instances or pending Spot instance "
                        + "request(s) still in the group.")
            }
            guard present(group, in: region, at: now).isEmpty else {
                throw EC2Error(
                    "ScalingActivityInProgress",
                    "You cannot delete an AutoScalingGroup while there are scaling activities in progress for that "
                        + "group.")
            }
        }
        for member in group.staying {
            let cause = "At \(now.toTheSecond) a user request force deleted AutoScalingGroup."
            takeOut(member, from: index, in: region, at: now, cause: cause, chance: chance)
        }
        regions[region]?.groups[index].isBeingDeleted = true
        touch()
    }

    // MARK: - Size

    mutating func resize(_ index: Int, to desired: Int, in region: String, at now: Timestamp, words: String) {
        guard let before = regions[region]?.groups[index].sizes.desired else { return }
        regions[region]?.groups[index].sizes.desired = desired
        if desired != before {
            regions[region]?.groups[index].reason =
                "At \(now.toTheSecond) a user request \(words) changing the desired capacity from \(before) to "
                + "\(desired)."
        }
        wake(index, in: region, at: now)
    }

    /// It looks soon whether it has what it wants.
    mutating func wake(_ index: Int, in region: String, at now: Timestamp) {
        let soon = now + reaction
        regions[region]?.groups[index].looksAt = soon
        touch()
    }

    /// How large a group wants to be once some of its members are gone for good.
    private func smaller(
        _ group: ScalingGroup, without leaving: [ScalingGroup.Member]
    ) throws(EC2Error) -> Int {
        let desired = group.sizes.desired - leaving.reduce(0) { $0 + $1.units }
        guard desired >= group.sizes.min else {
            throw .validation(
                "Currently, desiredSize equals minSize (\(group.sizes.min)). Terminating instance without replacement "
                    + "will violate group's min size constraint. Either set shouldDecrementDesiredCapacity flag to "
                    + "false or lower group's min size.")
        }
        return desired
    }

    // MARK: - Members

    mutating func terminateMember(
        _ id: String, decrementing: Bool, in region: String, at now: Timestamp, chance: () -> UInt64
    ) throws(EC2Error) -> (ScalingActivity, ScalingGroup) {
        guard
            let index = regions[region]?.groups.firstIndex(where: { group in
                !group.isBeingDeleted && group.staying.contains { $0.instance == id }
            }), let group = regions[region]?.groups[index],
            let member = group.staying.first(where: { $0.instance == id })
        else {
            throw .validation("Instance Id not found - No managed instance found for instance ID: \(id)")
        }
        let desired = decrementing ? try smaller(group, without: [member]) : group.sizes.desired
        var cause =
            "At \(now.toTheSecond) instance \(id) was taken out of service in response to a user request"
        cause += decrementing ? ", shrinking the capacity from \(group.sizes.desired) to \(desired)." : "."
        regions[region]?.groups[index].sizes.desired = desired
        regions[region]?.groups[index].scaledAt = now
        let activity = takeOut(member, from: index, in: region, at: now, cause: cause, chance: chance)
        wake(index, in: region, at: now)
        guard let activity else { throw .internalError("a group is missing that was there") }
        return (activity, group)
    }

    mutating func detach(
        _ ids: [String], from name: String, decrementing: Bool, in region: String, at now: Timestamp,
        chance: () -> UInt64
    ) throws(EC2Error) -> ([ScalingActivity], ScalingGroup) {
        let index = try changeableGroup(name, in: region, at: now)
        let members = try members(ids, of: index, in: region)
        let group = regions[region]!.groups[index]
        let desired = decrementing ? try smaller(group, without: members) : group.sizes.desired
        regions[region]?.groups[index].sizes.desired = desired
        regions[region]?.groups[index].scaledAt = now
        var activities: [ScalingActivity] = []
        for member in members {
            regions[region]?.groups[index].members.removeAll { $0.instance == member.instance }
            var cause = "At \(now.toTheSecond) instance \(member.instance) was detached in response to a user request"
            cause += decrementing ? ", shrinking the capacity from \(group.sizes.desired) to \(desired)." : "."
            setGroupTag(nil, on: member.instance, in: region)
            activities.append(
                note(
                    .detachment, of: group, instance: member.instance, place: ScalingPlan.Place(zone: member.zone),
                    cause: cause, at: now, until: now + reaction, in: region, chance: chance))
        }
        wake(index, in: region, at: now)
        return (activities, group)
    }

    mutating func attach(
        _ ids: [String], to name: String, in region: String, at now: Timestamp, chance: () -> UInt64
    ) throws(EC2Error) {
        let index = try changeableGroup(name, in: region, at: now)
        let group = regions[region]!.groups[index]
        let places: [(reservation: Int, index: Int)]
        do { places = try find(ids, in: region, at: now) } catch {
            throw .validation("Invalid Instance(s) - [\(ids.joined(separator: ", "))]: \(error.message)")
        }
        var joining: [ScalingGroup.Member] = []
        for place in places {
            let reservation = regions[region]!.reservations[place.reservation]
            let instance = reservation.instances[place.index]
            guard instance.state(at: now) == .running else {
                throw .validation(
                    "Invalid Instance(s) - Instance \(instance.id) is not in correct state. "
                        + "Instance(s) must be in 'running' state.")
            }
            if let other = regions[region]!.groups.first(where: { $0.staying.contains { $0.instance == instance.id } })
            {
                throw .validation("Instance \(instance.id) is already part of AutoScalingGroup:\(other.name)")
            }
            guard group.plan.places.contains(where: { $0.zone == reservation.zone }) else {
                throw .validation("Instance \(instance.id) is not in a zone of AutoScalingGroup:\(name)")
            }
            joining.append(
                ScalingGroup.Member(
                    instance: instance.id, type: reservation.launch.type, zone: reservation.zone,
                    image: reservation.launch.image, market: reservation.launch.market, weight: nil, template: nil,
                    joinedAt: now, isProtected: group.plan.protectsNew))
        }
        guard group.sizes.desired + joining.count <= group.sizes.max else {
            throw .validation(
                "AutoScalingGroup \(name) has min-size=\(group.sizes.min), max-size=\(group.sizes.max), and "
                    + "desired-size=\(group.sizes.desired). To attach \(joining.count) more instance(s), please "
                    + "update the AutoScalingGroup sizes appropriately.")
        }
        for member in joining {
            regions[region]?.groups[index].members.append(member)
            regions[region]?.groups[index].sizes.desired += 1
            setGroupTag(name, on: member.instance, in: region)
            note(
                .attachment, of: group, instance: member.instance, place: ScalingPlan.Place(zone: member.zone),
                cause: "At \(now.toTheSecond) an instance was attached in response to a user request.", at: now,
                until: now + reaction, in: region, chance: chance)
        }
        wake(index, in: region, at: now)
    }

    /// Those of a group's members that are named, or none of them if one is no member.
    func members(_ ids: [String], of index: Int, in region: String) throws(EC2Error) -> [ScalingGroup.Member] {
        let group = regions[region]!.groups[index]
        var seen: Set<String> = []
        return try ids.filter { seen.insert($0).inserted }.map { id throws(EC2Error) in
            guard let member = group.staying.first(where: { $0.instance == id }) else {
                throw .validation("The instance \(id) is not part of Auto Scaling group \(group.name).")
            }
            return member
        }
    }

    /// An instance tells by a tag which group it belongs to.
    private mutating func setGroupTag(_ name: String?, on id: String, in region: String) {
        for (number, reservation) in (regions[region]?.reservations ?? []).enumerated() {
            guard let index = reservation.instances.firstIndex(where: { $0.id == id }) else { continue }
            var tags = reservation.tags(of: reservation.instances[index])
            tags.removeAll { $0.key == ScalingGroup.tagKey }
            if let name { tags.append(Launch.Tag(key: ScalingGroup.tagKey, value: name)) }
            regions[region]?.reservations[number].instances[index].tags = tags
        }
    }
}

extension ScalingGroup {
    /// What an account may have in a region.
    static let countMax = 500
    static let tagKey = "aws:autoscaling:groupName"
}
