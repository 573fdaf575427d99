import Provisioning

/// Many instances at once: how many, what they are called, and where they may go.
package struct GCPBulkOrder: Sendable {
    package var count: Int
    package var atLeast: Int
    /// The names that were chosen, and the pattern for the others: `worker-###`.
    package var names: [String]
    package var pattern: String?
    /// What each is made of; its type may be another, by rank.
    package var properties: JSONValue
    package var types: [String]
    package var zones: [String]
    package var shape: Shape
    package var place: GCPPlace

    package enum Shape: String, Sendable { case any = "ANY", balanced = "BALANCED", single = "ANY_SINGLE_ZONE" }
}

/// What has come of many so far.
private struct GCPBulkOutcome {
    /// By `zones/us-central1-a`.
    var counts: [String: GCPBulkCount] = [:]
    /// Each code once.
    var problems: [GCPProblem] = []
    /// The keys of those that there are.
    var made: [String] = []

    mutating func note(_ key: String?, in zone: String, _ problem: GCPProblem?) {
        var count =
            counts[GCPPlace.zone(zone).path] ?? GCPBulkCount(target: 0, created: 0, failed: 0, deleted: 0)
        count.target += 1
        if let key {
            count.created += 1
            made.append(key)
        } else {
            count.failed += 1
        }
        counts[GCPPlace.zone(zone).path] = count
        if let problem, !problems.contains(where: { $0.code == problem.code }) { problems.append(problem) }
    }

    mutating func takeBack() {
        counts = counts.mapValues { count in
            var count = count
            count.deleted = count.created
            return count
        }
        made = []
    }
}

extension World {
    /// Makes many, or none where there cannot be as many as are needed.
    mutating func insertMany(
        _ order: GCPBulkOrder, by caller: GCPCaller, chance: () -> UInt64
    ) throws(GCPError) -> GCPOperation {
        let names = try names(for: order, by: caller)
        let sample = try sample(of: order, names, by: caller)
        let group = uuid(chance)
        var room = GCPRoom(self, project: caller.project, at: caller.now)
        let allowed = room.allowed(sample.demand)
        guard allowed.count >= order.atLeast else {
            // Nothing was begun, so that there is nothing to take back.
            var outcome = GCPBulkOutcome()
            for _ in names { outcome.note(nil, in: sample.zone, allowed.problem) }
            return conclude(order, outcome, after: googleReaction, group: group, by: caller, chance: chance)
        }
        let choices = places(for: order, sample, allowed: min(allowed.count, order.count), in: &room)
        var outcome = GCPBulkOutcome()
        for (index, name) in names.enumerated() {
            let choice = index < choices.count ? choices[index] : (zone: sample.zone, type: sample.type)
            var problem: GCPProblem?
            if index >= choices.count {
                let isFull = index < allowed.count
                problem =
                    isFull
                    ? .exhausted(caller.project, zone: sample.zone, type: sample.type, market: sample.market)
                    : allowed.problem
            }
            let isMade = try makeOne(
                order, name, choice, problem: &problem, isKept: choices.count >= order.atLeast, group: group,
                by: caller, chance: chance)
            outcome.note(isMade ? GCPProject.key(choice.zone, name) : nil, in: choice.zone, problem)
        }
        guard outcome.made.count < order.atLeast else {
            let boot = Duration.seconds(conditions.bootSeconds * 1.25)
            return conclude(order, outcome, after: boot, group: group, by: caller, chance: chance)
        }
        // Too few: those that there are go again.
        for key in outcome.made {
            if let instance = project(caller.project).instances[key] { remove(instance, by: caller) }
        }
        outcome.takeBack()
        return conclude(
            order, outcome, after: .seconds(conditions.bootSeconds / 4), group: group, by: caller, chance: chance)
    }

    /// What could be wrong with a single one is looked for before the first is made, and told at once.
    private func sample(
        of order: GCPBulkOrder, _ names: [String], by caller: GCPCaller
    ) throws(GCPError) -> GCPOrder {
        for name in names { try GCPNames.check(name, "resource.perInstanceProperties") }
        guard Set(names).count == names.count else {
            throw .invalid(at: "resource.perInstanceProperties", "", "The names must differ.")
        }
        for type in order.types where GCPMachineType.named(gcpName(type)) == nil {
            throw .invalid(at: "resource.instanceFlexibilityPolicy", type, "There is no such machine type.")
        }
        guard (order.properties["disks"]?.array ?? []).allSatisfy({ $0["source"] == nil }) else {
            throw .invalid(
                at: "resource.instanceProperties.disks", "", "Existing disks cannot be attached to many instances.")
        }
        let zone = order.zones.first { zone in order.types.contains { offers(gcpName($0), in: zone) } }
        let type = order.types.first { type in zone.map { offers(gcpName(type), in: $0) } ?? true }
        return try self.order(
            withType(type ?? order.types[0], order.properties), name: names[0], zone: zone ?? order.zones[0],
            field: "resource.instanceProperties", by: caller)
    }

    private mutating func conclude(
        _ order: GCPBulkOrder, _ outcome: GCPBulkOutcome, after time: Duration, group: String, by caller: GCPCaller,
        chance: () -> UInt64
    ) -> GCPOperation {
        var operation = begin(
            "bulkInsert", in: order.place, target: caller.path("\(order.place.path)/instances"), id: nil, by: caller,
            taking: time, group: group, chance: chance)
        let isEnough = outcome.made.count >= order.atLeast
        operation.errors = isEnough ? [] : outcome.problems + [.minCountNotReached(order.atLeast)]
        operation.bulk = outcome.counts
        keep(operation, for: caller)
        return operation
    }

    /// One of many, with an operation of its own; false: there is none.
    private mutating func makeOne(
        _ bulk: GCPBulkOrder, _ name: String, _ choice: (zone: String, type: String), problem: inout GCPProblem?,
        isKept: Bool, group: String, by caller: GCPCaller, chance: () -> UInt64
    ) throws(GCPError) -> Bool {
        let order = try self.order(
            withType(choice.type, bulk.properties), name: name, zone: choice.zone,
            field: "resource.instanceProperties", by: caller)
        if problem == nil {
            do throws(GCPError) { try checkIsFree(order, by: caller) } catch {
                problem = GCPProblem("RESOURCE_ALREADY_EXISTS", error.message, status: 409, "CONFLICT")
            }
        }
        if problem == nil { problem = takeLateFailure().map(GCPProblem.late) }
        var id: UInt64?
        var time = Duration.seconds(conditions.bootSeconds / 4)
        if problem == nil, isKept {
            let instance = make(order, by: caller, chance: chance)
            id = instance.id
            time = (instance.lastTime(.running, at: .distantFuture) ?? caller.now) - caller.now
        }
        begin(
            "insert", in: .zone(choice.zone), target: caller.path("zones/\(choice.zone)/instances/\(name)"), id: id,
            by: caller, taking: time, group: group, error: problem, isAnswer: false, chance: chance)
        return problem == nil
    }

    private func withType(_ type: String, _ properties: JSONValue) -> JSONValue {
        var properties = properties
        properties["machineType"] = .string(type)
        return properties
    }
}
