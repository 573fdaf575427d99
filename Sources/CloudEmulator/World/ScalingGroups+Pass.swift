import Provisioning

/// Makes a launch of what a template and a choice say; whoever took the template in knows what its words mean.
typealias LaunchReader = (ScalingPlan.Choice, World, _ region: String) throws(EC2Error) -> ReadLaunch

/// A launch, and which version of which template it was read from.
struct ReadLaunch {
    var launch: Launch
    var template: ScalingGroup.TemplateVersion
}

extension World {
    /// Lets every group do what it would have done by now, each thing at the moment it was due: it makes no difference
    /// who asked how often.
    mutating func tendGroups(at now: Timestamp, reading read: LaunchReader, chance: () -> UInt64) {
        for region in regions.keys.sorted() where regions[region]?.groups.isEmpty == false {
            // A group that fails again and again is not followed through every hour in which nobody looked.
            for _ in 0..<100 {
                guard let next = nextLook(in: region), next.due <= now else { break }
                look(next.group, in: region, at: next.due, reading: read, chance: chance)
            }
            for _ in 0..<(regions[region]?.groups.count ?? 0) {
                guard let next = nextLook(in: region), next.due <= now else { break }
                look(next.group, in: region, at: now, reading: read, chance: chance)
            }
        }
    }

    /// Which group looks next, and when.
    private func nextLook(in region: String) -> (group: Int, due: Timestamp)? {
        let instances = instances(in: region)
        var next: (group: Int, due: Timestamp)?
        for (index, group) in (regions[region]?.groups ?? []).enumerated() where !group.isBeingDeleted {
            var dues = group.looksAt.map { [$0] } ?? []
            if group.replacesDead {
                dues += group.staying.compactMap { member in
                    instances[member.instance]?.endsAt.map { $0 + reaction }
                }
            }
            guard let due = dues.min(), due < next?.due ?? Timestamp(microseconds: .max) else { continue }
            next = (index, due)
        }
        return next
    }

    private mutating func look(
        _ index: Int, in region: String, at now: Timestamp, reading read: LaunchReader, chance: () -> UInt64
    ) {
        regions[region]?.groups[index].looksAt = nil
        touch()
        takeOutDead(index, in: region, at: now, chance: chance)
        guard let group = regions[region]?.groups[index] else { return }
        if group.units < group.sizes.desired, !group.suspended.contains(.launch) {
            let isFilled = fill(index, in: region, at: now, reading: read, chance: chance)
            // What was refused is tried again, after a while.
            let later = now + .seconds(max(1, conditions.bootSeconds * 3))
            if !isFilled { regions[region]?.groups[index].looksAt = later }
        } else if group.units > group.sizes.desired, !group.suspended.contains(.terminate) {
            shrink(index, in: region, at: now, chance: chance)
        }
    }

    private mutating func takeOutDead(_ index: Int, in region: String, at now: Timestamp, chance: () -> UInt64) {
        guard let group = regions[region]?.groups[index], group.replacesDead else { return }
        let instances = instances(in: region)
        for member in group.staying where instances[member.instance]?.isAlive(at: now) != true {
            let cause =
                "At \(now.toTheSecond) an instance was taken out of service in response to an EC2 health check "
                + "indicating it has been terminated or stopped."
            remove(member.instance, from: index, in: region)
            note(
                .termination, of: group, instance: member.instance, place: ScalingPlan.Place(zone: member.zone),
                cause: cause, at: now, in: region, chance: chance)
        }
    }

    // MARK: - What every change of a group needs

    /// A group does nothing at once: it takes a tenth of what a machine takes.
    var reaction: Duration { .seconds(conditions.bootSeconds / 10) }

    func instances(in region: String) -> [String: EmulatedInstance] {
        var found: [String: EmulatedInstance] = [:]
        for reservation in regions[region]?.reservations ?? [] {
            for instance in reservation.instances { found[instance.id] = instance }
        }
        return found
    }

    /// A member counts no more; it is told of until its instance is gone.
    mutating func remove(_ id: String, from index: Int, in region: String) {
        guard let at = regions[region]?.groups[index].members.firstIndex(where: { $0.instance == id }) else { return }
        regions[region]?.groups[index].members[at].isLeaving = true
    }
}

extension ScalingGroup {
    /// Whether it notices that a member has died, and does something about it.
    fileprivate var replacesDead: Bool { suspended.isDisjoint(with: [.healthCheck, .replaceUnhealthy, .terminate]) }
}

extension EmulatedInstance {
    func isAlive(at now: Timestamp) -> Bool {
        let state = state(at: now)
        return state == .pending || state == .running
    }
}
