import Provisioning

extension World {
    /// Begins to make an instance. What it is refused for late, its operation tells.
    mutating func insert(
        _ order: GCPOrder, by caller: GCPCaller, chance: () -> UInt64
    ) throws(GCPError) -> GCPOperation {
        try checkIsFree(order, by: caller)
        let room = GCPRoom(self, project: caller.project, at: caller.now)
        let problem = takeLateFailure().map(GCPProblem.late) ?? self.problem(with: order, in: room, caller.project)
        let path = caller.path("zones/\(order.zone)/instances/\(order.name)")
        guard let problem else {
            let instance = make(order, by: caller, chance: chance)
            return begin(
                "insert", in: .zone(order.zone), target: path, id: instance.id, by: caller,
                taking: (instance.lastTime(.running, at: .distantFuture) ?? caller.now) - caller.now, chance: chance)
        }
        let time = Duration.seconds(conditions.bootSeconds / 4)
        let id = doom(order, until: caller.now + time, by: caller, chance: chance)
        return begin(
            "insert", in: .zone(order.zone), target: path, id: id, by: caller, taking: time, error: problem,
            chance: chance)
    }

    /// Neither an instance of this name nor a disk that it would bring is there.
    func checkIsFree(_ order: GCPOrder, by caller: GCPCaller) throws(GCPError) {
        let project = project(caller.project)
        let key = GCPProject.key(order.zone, order.name)
        if project.instances[key]?.isThere(at: caller.now) == true {
            throw .exists(caller.path("zones/\(order.zone)/instances/\(order.name)"))
        }
        for disk in order.disks
        where project.disks[GCPProject.key(order.zone, disk.name)]?.isThere(at: caller.now) == true {
            throw .exists(caller.path("zones/\(order.zone)/disks/\(disk.name)"))
        }
    }

    /// Why there can be no such instance now.
    func problem(with order: GCPOrder, in room: GCPRoom, _ project: String) -> GCPProblem? {
        let allowed = room.allowed(order.demand)
        if allowed.count < 1 { return allowed.problem }
        let isOffered = !limits.unoffered.contains(Pool(type: order.type, zone: order.zone, market: order.market))
        guard isOffered, room.free(order.type, order.zone, order.market) > 0 else {
            return .exhausted(project, zone: order.zone, type: order.type, market: order.market)
        }
        return nil
    }

    /// Makes what has been found a place for.
    @discardableResult
    mutating func make(
        _ order: GCPOrder, manager: String? = nil, by caller: GCPCaller, chance: () -> UInt64
    ) -> GCPInstance {
        let id = google.freshID(chance)
        // From three quarters to five quarters, by the number: repeatable without a second source of chance.
        let share = Double(id % 501) / 1000 + 0.75
        var instance = GCPInstance(
            id: id, name: order.name, zone: order.zone, createdAt: caller.now,
            visibleAt: caller.now + conditions.visibilityLag, type: order.type, market: order.market,
            resource: order.resource,
            phases: GCPInstance.life(
                from: caller.now, runsAt: caller.now + .seconds(conditions.bootSeconds * share),
                maxRun: GCPInstance.maxRun(of: order.resource), isDeleted: GCPInstance.isDeleted(order.resource),
                shutdown: .seconds(conditions.shutdownSeconds)))
        instance.manager = manager
        instance.resource["networkInterfaces"] = addressed(order.resource["networkInterfaces"], in: caller.project)
        keep(instance, disks: order.disks, in: caller.project, chance: chance)
        return instance
    }

    /// An instance that there is no room for may be seen until that is known; nothing of it is left then.
    private mutating func doom(
        _ order: GCPOrder, until end: Timestamp, by caller: GCPCaller, chance: () -> UInt64
    ) -> UInt64 {
        let id = google.freshID(chance)
        guard google.showsDoomed else { return id }
        let instance = GCPInstance(
            id: id, name: order.name, zone: order.zone, createdAt: caller.now,
            visibleAt: caller.now + conditions.visibilityLag, type: order.type, market: order.market,
            resource: order.resource,
            phases: [GCPInstance.Phase(caller.now, .provisioning), GCPInstance.Phase(end, .gone)])
        google.projects[caller.project, default: GCPProject()].instances[instance.key] = instance
        touch()
        return id
    }

    private mutating func keep(
        _ instance: GCPInstance, disks: [GCPOrder.Disk], in project: String, chance: () -> UInt64
    ) {
        var holder = google.projects[project, default: GCPProject()]
        // Nothing else refers to it while it is changed, so that nothing is copied.
        google.projects[project] = nil
        holder.instances[instance.key] = instance
        for disk in instance.resource["disks"]?.array ?? [] where disk["type"]?.string == "PERSISTENT" {
            let name = gcpName(disk["source"]?.string ?? "")
            let key = GCPProject.key(instance.zone, name)
            if let new = disks.first(where: { $0.name == name }) {
                holder.disks[key] = GCPDisk(
                    id: google.freshID(chance), name: name, zone: instance.zone, createdAt: instance.createdAt,
                    sizeGB: new.sizeGB, type: new.type, image: new.image, labels: new.labels,
                    instance: instance.key, isDeletedWithInstance: new.isDeletedWithInstance)
            } else {
                holder.disks[key]?.instance = instance.key
                holder.disks[key]?.isDeletedWithInstance = disk["autoDelete"]?.bool ?? false
            }
        }
        holder.settleDisks(of: instance)
        google.projects[project] = holder
        touch()
    }

    /// Gives each interface an address of its own, and another outside where it has an access config.
    private mutating func addressed(_ interfaces: JSONValue?, in project: String) -> JSONValue? {
        (interfaces?.array).map { all in
            .array(
                all.map { interface in
                    var nic = interface
                    google.projects[project, default: GCPProject()].addresses += 1
                    let number = google.projects[project]?.addresses ?? 0
                    if nic["networkIP"] == nil {
                        nic["networkIP"] = .string(
                            "10.\(128 + number >> 16 & 127).\(number >> 8 & 255).\(number & 255)")
                    }
                    if let configs = nic["accessConfigs"]?.array {
                        nic["accessConfigs"] = .array(
                            configs.map { config in
                                var config = config
                                if config["natIP"] == nil {
                                    // Of the range set aside for benchmarks (RFC 2544), which no network routes.
                                    config["natIP"] = .string(
                                        "198.\(18 + number >> 16 & 1).\(number >> 8 & 255).\(number & 255)")
                                }
                                return config
                            })
                    }
                    return nic
                })
        }
    }
}

extension Timestamp {
    /// Later than anything that is planned.
    static let distantFuture = Timestamp(microseconds: .max)
}
