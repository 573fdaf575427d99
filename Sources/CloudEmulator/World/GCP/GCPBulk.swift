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

extension World {
    /// Makes many, or none where there cannot be as many as are needed.
    mutating func insertMany(
        _ order: GCPBulkOrder, by caller: GCPCaller, chance: () -> UInt64
    ) throws(GCPError) -> GCPOperation {
        let names = try names(for: order, by: caller)
        // What could be wrong with a single one is looked for before the first is made.
        for name in names { try GCPNames.check(name, "resource.perInstanceProperties") }
        guard Set(names).count == names.count else {
            throw .invalid("resource.perInstanceProperties", "", "The names must differ.")
        }
        for type in order.types where GCPMachineType.named(gcpName(type)) == nil {
            throw .invalid("resource.instanceFlexibilityPolicy", type, "There is no such machine type.")
        }
        guard (order.properties["disks"]?.array ?? []).allSatisfy({ $0["source"] == nil }) else {
            throw .invalid(
                "resource.instanceProperties.disks", "", "Existing disks cannot be attached to many instances.")
        }
        // What is wrong with one is wrong with all, and told at once.
        guard let anywhere = order.zones.first, let type = order.types.first else {
            throw .invalid("resource.locationPolicy", "", "No zone is left.")
        }
        let sample = try self.order(
            withType(type, order.properties), name: names[0], zone: anywhere, field: "resource.instanceProperties",
            by: caller)
        let group = uuid(chance)
        var room = GCPRoom(self, project: caller.project, at: caller.now)
        let allowed = room.allowed(sample.demand)
        let boot = Duration.seconds(conditions.bootSeconds * 1.25)
        func parent(_ time: Duration, _ problems: [GCPProblem], _ bulk: [String: GCPBulkCount], _ world: inout World)
            -> GCPOperation
        {
            var operation = world.begin(
                "bulkInsert", in: order.place, target: caller.path("\(order.place.path)/instances"), id: nil,
                by: caller, taking: time, group: group, chance: chance)
            operation.errors = problems
            operation.bulk = bulk
            world.keep(operation, for: caller)
            return operation
        }
        guard allowed.count >= order.atLeast else {
            return parent(
                googleReaction, [allowed.problem].compactMap(\.self) + [.minCountNotReached(order.atLeast)],
                [
                    GCPPlace.zone(anywhere).path: GCPBulkCount(
                        target: order.count, created: 0, failed: order.count, deleted: 0)
                ],
                &self)
        }
        let choices = places(for: order, sample, allowed: min(allowed.count, order.count), in: &room)
        let isEnough = choices.count >= order.atLeast
        var counts: [String: GCPBulkCount] = [:]
        var problems: [GCPProblem] = []
        var made: [String] = []
        for (index, name) in names.enumerated() {
            let choice = index < choices.count ? choices[index] : (zone: anywhere, type: type)
            var problem: GCPProblem?
            if index >= choices.count {
                problem =
                    index >= allowed.count
                    ? allowed.problem
                    : .exhausted(caller.project, zone: anywhere, type: type, market: sample.market)
            }
            let isMade = try makeOne(
                order, name, choice, problem: &problem, isKept: isEnough, group: group, by: caller, chance: chance)
            if isMade { made.append(GCPProject.key(choice.zone, name)) }
            var count =
                counts[GCPPlace.zone(choice.zone).path] ?? GCPBulkCount(target: 0, created: 0, failed: 0, deleted: 0)
            count.target += 1
            if isMade { count.created += 1 } else { count.failed += 1 }
            counts[GCPPlace.zone(choice.zone).path] = count
            if let problem, !problems.contains(where: { $0.code == problem.code }) { problems.append(problem) }
        }
        if made.count >= order.atLeast { return parent(boot, [], counts, &self) }
        // Too few: those that there are go again.
        for key in made {
            if let instance = project(caller.project).instances[key] { remove(instance, by: caller) }
        }
        counts = counts.mapValues { count in
            var count = count
            count.deleted = count.created
            return count
        }
        return parent(
            .seconds(conditions.bootSeconds / 4), problems + [.minCountNotReached(order.atLeast)], counts, &self)
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
