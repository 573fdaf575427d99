import Provisioning

extension World {
    /// An instance as outsiders know it.
    func find(_ name: String, zone: String, by caller: GCPCaller) throws(GCPError) -> GCPInstance {
        guard let found = project(caller.project).instances[GCPProject.key(zone, name)], found.isKnown(at: caller.now)
        else { throw .notFound(caller.path("zones/\(zone)/instances/\(name)")) }
        return found
    }

    /// What is on its way out takes no other orders.
    private func findReady(_ name: String, zone: String, by caller: GCPCaller) throws(GCPError) -> GCPInstance {
        let instance = try find(name, zone: zone, by: caller)
        guard instance.state(at: caller.now) != .stopping else {
            throw .notReady(caller.path("zones/\(zone)/instances/\(name)"))
        }
        return instance
    }

    mutating func delete(
        _ name: String, zone: String, by caller: GCPCaller, chance: () -> UInt64
    ) throws(GCPError) -> GCPOperation {
        let instance = try findReady(name, zone: zone, by: caller)
        guard instance.resource["deletionProtection"]?.bool != true else {
            throw GCPError(
                400, "Invalid resource usage: 'Resource cannot be deleted if it's protected against deletion.'.",
                "invalidResourceUsage")
        }
        let time = remove(instance, by: caller)
        return begin(
            "delete", in: .zone(zone), target: path(instance, caller), id: instance.id, by: caller, taking: time,
            chance: chance)
    }

    /// Plans its end; what has stopped already needs less time.
    @discardableResult
    mutating func remove(_ instance: GCPInstance, by caller: GCPCaller) -> Duration {
        let isUp = instance.state(at: caller.now) != .terminated
        let time = Duration.seconds(isUp ? conditions.shutdownSeconds : conditions.shutdownSeconds / 4)
        replan(
            instance, [GCPInstance.Phase(caller.now, .stopping), GCPInstance.Phase(caller.now + time, .gone)],
            by: caller)
        return time
    }

    mutating func stop(
        _ name: String, zone: String, by caller: GCPCaller, chance: () -> UInt64
    ) throws(GCPError) -> GCPOperation {
        let instance = try findReady(name, zone: zone, by: caller)
        var time = Duration.zero
        if instance.state(at: caller.now) != .terminated {
            time = .seconds(conditions.shutdownSeconds)
            replan(
                instance,
                [GCPInstance.Phase(caller.now, .stopping), GCPInstance.Phase(caller.now + time, .terminated)],
                by: caller)
        }
        return begin(
            "stop", in: .zone(zone), target: path(instance, caller), id: instance.id, by: caller, taking: time,
            chance: chance)
    }

    mutating func start(
        _ name: String, zone: String, by caller: GCPCaller, chance: () -> UInt64
    ) throws(GCPError) -> GCPOperation {
        let instance = try findReady(name, zone: zone, by: caller)
        var time = Duration.zero
        var problem: GCPProblem?
        if instance.state(at: caller.now) == .terminated {
            time = .seconds(conditions.bootSeconds)
            let order = GCPOrder(
                name: name, zone: zone, type: instance.type, market: instance.market, resource: instance.resource,
                disks: [])
            problem = self.problem(
                with: order, in: GCPRoom(self, project: caller.project, at: caller.now), caller.project)
            if problem == nil {
                replan(
                    instance,
                    GCPInstance.life(
                        from: caller.now, runsAt: caller.now + time, maxRun: GCPInstance.maxRun(of: instance.resource),
                        isDeleted: GCPInstance.isDeleted(instance.resource),
                        shutdown: .seconds(conditions.shutdownSeconds)), by: caller)
            }
        }
        return begin(
            "start", in: .zone(zone), target: path(instance, caller), id: instance.id, by: caller, taking: time,
            error: problem, chance: chance)
    }

    mutating func reset(
        _ name: String, zone: String, by caller: GCPCaller, chance: () -> UInt64
    ) throws(GCPError) -> GCPOperation {
        let instance = try findReady(name, zone: zone, by: caller)
        guard instance.state(at: caller.now) == .running else { throw .notReady(path(instance, caller)) }
        return begin(
            "reset", in: .zone(zone), target: path(instance, caller), id: instance.id, by: caller,
            taking: googleReaction, chance: chance)
    }

    /// Changes a part of what is written of an instance.
    mutating func change(
        _ name: String, zone: String, _ type: String, by caller: GCPCaller, chance: () -> UInt64,
        _ body: (inout GCPInstance) throws(GCPError) -> Void
    ) throws(GCPError) -> GCPOperation {
        var instance = try findReady(name, zone: zone, by: caller)
        try body(&instance)
        google.projects[caller.project]?.instances[instance.key] = instance
        return begin(
            type, in: .zone(zone), target: path(instance, caller), id: instance.id, by: caller,
            taking: googleReaction, chance: chance)
    }

    /// Takes spot instances away, as the cloud may at any time: each ends by its own termination action.
    ///
    /// - Parameter keys: `us-central1-a/worker-1`
    package mutating func preempt(
        _ keys: [String], in project: String, at now: Timestamp, chance: () -> UInt64 = { 0 }
    ) {
        let caller = GCPCaller(project: project, user: "system", now: now)
        for key in keys {
            guard let instance = self.project(project).instances[key], instance.takesRoom(at: now),
                instance.state(at: now) != .stopping, instance.market == .spot
            else { continue }
            failCreation(of: instance, by: caller)
            let time = Duration.seconds(conditions.shutdownSeconds)
            let end: GCPInstance.State = GCPInstance.isDeleted(instance.resource) ? .gone : .terminated
            replan(
                instance, [GCPInstance.Phase(now, .stopping), GCPInstance.Phase(now + time, end)], by: caller)
            begin(
                "compute.instances.preempted", in: .zone(instance.zone), target: path(instance, caller),
                id: instance.id, by: caller, taking: time, isAnswer: false, chance: chance)
        }
    }

    /// Whoever waits for an instance that is taken away while it comes up is told by its operation.
    private mutating func failCreation(of instance: GCPInstance, by caller: GCPCaller) {
        guard instance.state(at: caller.now) != .running else { return }
        for (key, operation) in project(caller.project).operations
        where operation.targetID == instance.id && operation.type == "insert" && operation.endsAt > caller.now {
            google.projects[caller.project]?.operations[key]?.errors = [.preempted]
            google.projects[caller.project]?.operations[key]?.endsAt = caller.now
        }
    }

    private mutating func replan(_ instance: GCPInstance, _ phases: [GCPInstance.Phase], by caller: GCPCaller) {
        var instance = instance
        instance.plan(phases, from: caller.now)
        google.projects[caller.project]?.instances[instance.key] = instance
        google.projects[caller.project]?.settleDisks(of: instance)
        touch()
    }

    private func path(_ instance: GCPInstance, _ caller: GCPCaller) -> String {
        caller.path("zones/\(instance.zone)/instances/\(instance.name)")
    }
}
