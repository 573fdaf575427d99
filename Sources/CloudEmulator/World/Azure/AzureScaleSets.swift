import Provisioning

// Sets of machines that are made alike (Flexible): their members are machines like any other.

extension World {
    mutating func putScaleSet(_ id: ResourceID, _ body: JSONValue, at moment: Moment) throws(ARMError) -> Written {
        let location = try place(body, of: id, at: moment.now)
        let zones = try zones(of: body, for: id, in: location, most: 3)
        let known = find(id, at: moment.now)
        var set = known ?? newResource(id, in: location, at: moment)
        guard set.location == location else { throw .elsewhere(id, is: set.location, wanted: location) }
        if set.isBeingDeleted(at: moment.now) { throw .setMarkedForDeletion(id.name) }
        guard body.at("properties", "orchestrationMode")?.string?.lowercased() == "flexible" else {
            throw .invalidParameter(
                "This cloud has scale sets with orchestration mode Flexible only.", target: "orchestrationMode")
        }
        set.zones = zones
        set.tags = body["tags"]?.object
        set.sent = body
        for name in ["identity", "plan"] { set.extras[name] = body[name] }
        set.isUpdating = known != nil
        return try settle(set, isNew: known == nil, at: moment)
    }

    mutating func patchScaleSet(_ id: ResourceID, _ body: JSONValue, at moment: Moment) throws(ARMError) -> Written {
        var set = try require(id, at: moment.now)
        if set.isBeingDeleted(at: moment.now) { throw .setMarkedForDeletion(id.name) }
        if let tags = body["tags"] { set.tags = tags.object }
        set.sent = merged(set.sent, body)
        set.isUpdating = true
        return try settle(set, isNew: false, at: moment)
    }

    /// Nil: there is nothing to delete.
    mutating func deleteScaleSet(_ id: ResourceID, at moment: Moment) throws(ARMError) -> AzureOperation? {
        guard hasGroup(id.group, in: id.subscription, at: moment.now) else { throw .noGroup(id.group) }
        guard var set = find(id, at: moment.now) else { return nil }
        if !set.isBeingDeleted(at: moment.now) {
            for var member in members(of: set, at: moment.now) { endMachine(&member, from: moment.now) }
            set.deletedAt = moment.now
            set.goneAt = moment.now + .seconds(conditions.shutdownSeconds)
            keep(set)
        }
        return begin(
            id.namespace, in: id.subscription, location: set.location, until: set.goneAt ?? moment.now,
            finalStatus: 204, at: moment)
    }

    /// Deletes members, and with them their places: the set does not fill them again.
    mutating func deleteMembers(
        _ names: [String], of id: ResourceID, at moment: Moment
    ) throws(ARMError) -> AzureOperation {
        let set = try require(id, at: moment.now)
        if set.isBeingDeleted(at: moment.now) { throw .setMarkedForDeletion(id.name) }
        let living = members(of: set, at: moment.now)
        var ending: [AzureResource] = []
        for name in names where name != "*" {
            guard let member = living.first(where: { $0.id.name.lowercased() == name.lowercased() }) else {
                throw .invalidParameter(
                    "The provided instanceId \(name) is not an active Virtual Machine Scale Set VM instanceId.",
                    target: "instanceIds")
            }
            ending.append(member)
        }
        if names.contains("*") { ending = living }
        for var member in ending where !member.isBeingDeleted(at: moment.now) {
            endMachine(&member, from: moment.now)
            leaveSet(member, at: moment.now)
        }
        return begin(
            id.namespace, in: id.subscription, location: set.location,
            until: moment.now + .seconds(conditions.shutdownSeconds), at: moment)
    }

    /// The machines in a set, also those on their way out.
    func members(of set: AzureResource, at now: Timestamp) -> [AzureResource] {
        resources(.virtualMachine, in: set.id.subscription, at: now).filter { $0.machine?.scaleSet == set.id.key }
    }

    /// A machine that ends leaves no place behind in its set.
    mutating func leaveSet(_ machine: AzureResource, at now: Timestamp) {
        guard let key = machine.machine?.scaleSet, let id = ResourceID(key), var set = find(id, at: now),
            let capacity = set.sent.at("sku", "capacity")?.integer
        else { return }
        set.sent["sku"]?["capacity"] = .integer(max(0, capacity - 1))
        set.version += 1
        keep(set)
    }

    // MARK: - As many as there should be

    private mutating func settle(
        _ set: AzureResource, isNew: Bool, at moment: Moment
    ) throws(ARMError) -> Written {
        let now = moment.now
        var set = set
        set.version += isNew ? 0 : 1
        set.failure = nil
        set.settledAt = now + .seconds(conditions.bootSeconds / 10)
        let living = members(of: set, at: now).filter { !$0.isBeingDeleted(at: now) }
        let plan = try ScaleSetPlan(set)
        let wanted = plan.capacity
        if wanted > living.count {
            try checkQuota(of: plan, set, more: wanted - living.count, at: now)
            // Its members are made in a copy first: a set that is refused leaves none behind.
            var copy = self
            copy.keep(set)
            try copy.fill(&set, plan, living: living, at: moment)
            self = copy
        }
        for var member in living.suffix(max(0, living.count - wanted)).reversed() { endMachine(&member, from: now) }
        keep(set)
        let operation = begin(
            set.id.namespace, in: set.id.subscription, location: set.location, until: set.settledAt,
            failure: set.failure, at: moment)
        return Written(resource: set, operation: operation, isNew: isNew)
    }

    private func checkQuota(
        of plan: ScaleSetPlan, _ set: AzureResource, more: Int, at now: Timestamp
    ) throws(ARMError) {
        var regular = 0
        for number in (plan.capacity - more)..<plan.capacity where !plan.isSpot(number) { regular += 1 }
        for (isSpot, count) in [(false, regular), (true, more - regular)] where count > 0 {
            guard let size = plan.sizes.first.flatMap(AzureSize.init) else { continue }
            if let hit = quotaHit(
                size, isSpot: isSpot, count: count, in: set.location, of: set.id.subscription, at: now)
            {
                throw .quotaExceeded(hit, in: set.location)
            }
        }
    }

    private mutating func fill(
        _ set: inout AzureResource, _ plan: ScaleSetPlan, living: [AzureResource], at moment: Moment
    ) throws(ARMError) {
        var inZone: [String: Int] = [:]
        for member in living { inZone[member.zones.first ?? "", default: 0] += 1 }
        var spot = living.count { $0.machine?.isSpot == true }
        for number in living.count..<plan.capacity {
            let isSpot = plan.isSpot(number, spotSoFar: spot, of: number)
            // The emptiest zone first, so that members spread.
            let zones: [String?] =
                set.zones.isEmpty ? [nil] : set.zones.sorted { (inZone[$0] ?? 0, $0) < (inZone[$1] ?? 0, $1) }
            guard let (size, zone) = firstRoom(plan.sizes, isSpot, zones, in: set.location, at: moment.now) else {
                // Those that found a place stay; the set says why the others did not.
                set.failure = .allocationFailed(zonal: !set.zones.isEmpty, spot: isSpot)
                set.settledAt = max(set.settledAt, moment.now + searchTime(of: set.id))
                continue
            }
            let suffix = arm.freshDigits(moment.seed).prefix(8)
            let id = ResourceID(set.id.subscription, set.id.group, .virtualMachine, "\(set.id.name)_\(suffix)")
            let body = plan.member(of: set, size: size, zone: zone, isSpot: isSpot, suffix: String(suffix))
            let asked = try MachineBody(body, in: set.location)
            let member = try makeMachine(id, asked, in: set.location, set: set, at: moment).resource
            inZone[zone ?? "", default: 0] += 1
            spot += isSpot ? 1 : 0
            set.settledAt = max(set.settledAt, member.settledAt)
            set.failure = set.failure ?? member.failure
        }
    }

    /// Where a member fits, the size that is preferred before the zone that is.
    private func firstRoom(
        _ sizes: [String], _ isSpot: Bool, _ zones: [String?], in location: String, at now: Timestamp
    ) -> (size: String, zone: String?)? {
        for size in sizes {
            for zone in zones
            where isOffered(size, isSpot: isSpot, in: location, zone: zone)
                && room(for: size, isSpot: isSpot, in: location, zone: zone, at: now) > 0
            {
                return (size, zone)
            }
        }
        return nil
    }
}

extension ARMError {
    static func setMarkedForDeletion(_ name: String) -> ARMError {
        ARMError(
            "OperationNotAllowed",
            "Operation is not allowed on VM Scale Set '\(name)' since it is marked for deletion. You can only retry the "
                + "Delete operation (or wait for an ongoing one to complete).", status: 409)
    }
}
