import Provisioning

// What a caller does with the members of a group.

extension AutoScalingFace {
    func attachInstances(
        _ parameters: QueryParameters, in region: String, world: inout World, at now: Timestamp,
        chance: () -> UInt64
    ) throws(EC2Error) {
        let ids = try instanceIDs(parameters, atMost: 20)
        guard !ids.isEmpty else { throw .missingParameter("InstanceIds") }
        try world.attach(ids, to: groupName(parameters), in: region, at: now, chance: chance)
    }

    func detachInstances(
        _ parameters: QueryParameters, in region: String, world: inout World, at now: Timestamp,
        chance: () -> UInt64
    ) throws(EC2Error) -> Content {
        let ids = try instanceIDs(parameters, atMost: 20)
        guard !ids.isEmpty else { throw .missingParameter("InstanceIds") }
        _ = try parameters.required("ShouldDecrementDesiredCapacity")
        let (activities, _) = try world.detach(
            ids, from: groupName(parameters),
            decrementing: parameters.boolean("ShouldDecrementDesiredCapacity") ?? false, in: region, at: now,
            chance: chance)
        return { answer in
            answer.element("Activities") { answer in
                for activity in activities {
                    answer.element("member") { $0.write(activity, isOfDeleted: false, in: region, at: now) }
                }
            }
        }
    }

    func terminateInstance(
        _ parameters: QueryParameters, in region: String, world: inout World, at now: Timestamp,
        chance: () -> UInt64
    ) throws(EC2Error) -> Content {
        _ = try parameters.required("ShouldDecrementDesiredCapacity")
        let (activity, _) = try world.terminateMember(
            parameters.required("InstanceId"),
            decrementing: parameters.boolean("ShouldDecrementDesiredCapacity") ?? false, in: region, at: now,
            chance: chance)
        return { answer in
            answer.element("Activity") { $0.write(activity, isOfDeleted: false, in: region, at: now) }
        }
    }

    func setProtection(
        _ parameters: QueryParameters, in region: String, world: inout World, at now: Timestamp
    ) throws(EC2Error) -> Content {
        let ids = try instanceIDs(parameters, atMost: 50)
        guard !ids.isEmpty else { throw .missingParameter("InstanceIds") }
        _ = try parameters.required("ProtectedFromScaleIn")
        let isProtected = try parameters.boolean("ProtectedFromScaleIn") ?? false
        let index = try world.changeableGroup(groupName(parameters), in: region, at: now)
        let members = try world.members(ids, of: index, in: region)
        let instances = world.instances(in: region)
        if let early = members.first(where: { instances[$0.instance]?.state(at: now) != .running }) {
            throw .validation("The instance \(early.instance) is not in InService or EnteringStandby or Standby.")
        }
        let names = Set(members.map(\.instance))
        for at in (world.regions[region]?.groups[index].members ?? []).indices {
            guard names.contains(world.regions[region]!.groups[index].members[at].instance) else { continue }
            world.regions[region]!.groups[index].members[at].isProtected = isProtected
        }
        // It may now take out what it could not before.
        world.wake(index, in: region, at: now)
        return { _ in }
    }

    func setProcesses(
        _ parameters: QueryParameters, running: Bool, in region: String, world: inout World, at now: Timestamp
    ) throws(EC2Error) {
        let index = try world.changeableGroup(groupName(parameters), in: region, at: now)
        let names = parameters.list("ScalingProcesses.member")
        var processes = Set(ScalingGroup.Process.allCases)
        if !names.isEmpty {
            processes = []
            for name in names {
                guard let process = ScalingGroup.Process(rawValue: name) else {
                    throw .validation("'\(name)' is not a valid scaling process type")
                }
                processes.insert(process)
            }
        }
        if running {
            world.regions[region]?.groups[index].suspended.subtract(processes)
        } else {
            world.regions[region]?.groups[index].suspended.formUnion(processes)
        }
        world.wake(index, in: region, at: now)
    }
}
