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
            throw .invalid("resource.instanceProperties.disks", "", "Existing disks cannot be attached to many instances.")
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
                [GCPPlace.zone(anywhere).path: GCPBulkCount(target: order.count, created: 0, failed: order.count, deleted: 0)],
                &self)
        }
        let choices = places(for: order, sample, allowed: min(allowed.count, order.count), in: &room)
        let isEnough = choices.count >= order.atLeast
        var counts: [String: GCPBulkCount] = [:]
        var problems: [GCPProblem] = []
        for (index, name) in names.enumerated() {
            let choice = index < choices.count ? choices[index] : (zone: anywhere, type: type)
            var problem: GCPProblem?
            if index >= choices.count {
                problem = index >= allowed.count
                    ? allowed.problem
                    : .exhausted(caller.project, zone: anywhere, type: type, market: sample.market)
            }
            let made = try makeOne(
                order, name, choice, problem: &problem, isKept: isEnough, group: group, by: caller, chance: chance)
            var count = counts[GCPPlace.zone(choice.zone).path] ?? GCPBulkCount(target: 0, created: 0, failed: 0, deleted: 0)
            count.target += 1
            if made { count.created += 1 } else { count.failed += 1 }
            if made, !isEnough { count.deleted += 1 }
            counts[GCPPlace.zone(choice.zone).path] = count
            if let problem, !problems.contains(where: { $0.code == problem.code }) { problems.append(problem) }
        }
        if isEnough { return parent(boot, [], counts, &self) }
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

    // MARK: - Names

    /// As many as are wanted: those that were chosen, and then those of the pattern.
    private func names(for order: GCPBulkOrder, by caller: GCPCaller) throws(GCPError) -> [String] {
        var names = order.names
        if let pattern = order.pattern, names.count < order.count {
            let start = pattern.prefix { $0 != "#" }
            let digits = pattern.dropFirst(start.count).prefix { $0 == "#" }
            let end = pattern.dropFirst(start.count + digits.count)
            guard !digits.isEmpty, digits.count <= 18, !end.contains("#") else {
                throw .invalid(
                    "resource.namePattern", pattern,
                    "The pattern must contain exactly one continuous sequence of placeholder hash characters (#).")
            }
            // They begin after the highest that is there.
            let known = project(caller.project).instances.values.lazy.filter { instance in
                order.zones.contains(instance.zone) && instance.isThere(at: caller.now)
                    && instance.name.utf8.count == pattern.utf8.count && instance.name.hasPrefix(start)
                    && instance.name.hasSuffix(end)
            }
            let highest = known.compactMap { Int($0.name.dropFirst(start.count).prefix(digits.count)) }.max() ?? 0
            for number in 0..<(order.count - names.count) {
                let text = String(highest + 1 + number)
                names.append(start + String(repeating: "0", count: max(0, digits.count - text.count)) + text + end)
            }
        }
        guard names.count == order.count else {
            throw .invalid(
                "resource.count", "\(order.count)", "Either namePattern or as many perInstanceProperties must be set.")
        }
        return names
    }

    // MARK: - Places

    /// Where each goes, as far as there is room, and which type it is of: lower ranks come first.
    private func places(
        for order: GCPBulkOrder, _ sample: GCPOrder, allowed: Int, in room: inout GCPRoom
    ) -> [(zone: String, type: String)] {
        func free(_ zone: String, _ type: String) -> Int {
            guard !limits.unoffered.contains(Pool(type: type, zone: zone, market: sample.market)) else { return 0 }
            return room.free(type, zone, sample.market)
        }
        func total(_ zone: String) -> Int {
            order.types.reduce(0) { sum, type in
                let (more, overflows) = sum.addingReportingOverflow(free(zone, type))
                return overflows ? .max : more
            }
        }
        var zones = order.zones
        if order.shape == .single {
            // The first that has room for all, else the one that has most.
            let best = zones.first { total($0) >= allowed } ?? zones.max { total($0) < total($1) }
            zones = best.map { [$0] } ?? []
        }
        var chosen: [(zone: String, type: String)] = []
        var left = zones.map(total)
        var at = 0
        while chosen.count < allowed, left.contains(where: { $0 > 0 }) {
            if left[at] > 0 {
                let zone = zones[at]
                guard let type = order.types.first(where: { free(zone, $0) > 0 }) else { break }
                room.take(type, zone, sample.market)
                chosen.append((zone, type))
                left[at] -= 1
                // One each in turn where they are to be even, all that fit where not.
                if order.shape == .balanced { at = (at + 1) % zones.count }
            } else {
                at = (at + 1) % zones.count
            }
        }
        return chosen
    }
}
