import Provisioning

extension World {
    /// Lets every managed group do what it would have done by now, each thing at the moment it was due: it makes no
    /// difference who asked how often.
    mutating func tendGoogleGroups(at now: Timestamp, chance: () -> UInt64) {
        guard let gcp else { return }
        for (name, project) in gcp.projects.sorted(by: { $0.key < $1.key }) where !project.groups.isEmpty {
            // A group that fails again and again is not followed through every hour in which nobody looked.
            for _ in 0..<100 {
                guard let next = nextGroup(in: name), next.due <= now else { break }
                look(at: next.key, in: name, at: next.due, chance: chance)
            }
            for key in project.groups.keys.sorted() {
                guard let group = self.project(name).groups[key], (due(group, in: name) ?? .distantFuture) <= now
                else { continue }
                look(at: key, in: name, at: now, chance: chance)
            }
        }
    }

    private func nextGroup(in project: String) -> (key: String, due: Timestamp)? {
        self.project(project).groups.compactMap { key, group in due(group, in: project).map { (key, $0) } }
            .min { ($0.1, $0.0) < ($1.1, $1.0) }
    }

    /// When a group has something to do next.
    private func due(_ group: GCPGroup, in name: String) -> Timestamp? {
        let project = project(name)
        var due = group.endsAt
        for member in group.members {
            let next = member.triesAt ?? project.instances[member.key]?.endedBy(reaction: googleReaction)
            if let next, next < due ?? .distantFuture { due = next }
        }
        return due
    }

    private mutating func look(at key: String, in name: String, at now: Timestamp, chance: () -> UInt64) {
        guard var group = project(name).groups[key] else { return }
        touch()
        if let end = group.endsAt, end <= now {
            google.projects[name]?.groups[key] = nil
            return
        }
        let caller = GCPCaller(project: name, user: gcpGroupsAccount(of: name), now: now)
        drop(from: &group, by: caller)
        fill(&group, by: caller, chance: chance)
        google.projects[name]?.groups[key] = group
    }

    /// Forgets those that have gone as they should; what went unasked is made again.
    private mutating func drop(from group: inout GCPGroup, by caller: GCPCaller) {
        let project = project(caller.project)
        var staying: [GCPGroup.Member] = []
        for var member in group.members {
            let instance = project.instances[member.key].flatMap { $0.manager == group.path ? $0 : nil }
            let state = instance?.state(at: caller.now)
            if member.isLeaving {
                if let instance, state == .terminated { remove(instance, by: caller) }
                if let state, state != .gone { staying.append(member) }
                continue
            }
            if member.triesAt == nil, state == nil || state == .gone || state == .terminated {
                if let instance, state == .terminated { remove(instance, by: caller) }
                member.isAgain = true
                member.triesAt = caller.now + (state == .terminated ? .seconds(conditions.shutdownSeconds / 4) : .zero)
            }
            staying.append(member)
        }
        group.members = staying
    }

    /// Makes what is missing, as far as there is room.
    private mutating func fill(_ group: inout GCPGroup, by caller: GCPCaller, chance: () -> UInt64) {
        guard group.endsAt == nil, group.members.contains(where: { $0.triesAt.map { $0 <= caller.now } ?? false })
        else { return }
        var room = GCPRoom(self, project: caller.project, at: caller.now)
        for index in group.members.indices {
            guard let due = group.members[index].triesAt, due <= caller.now else { continue }
            do throws(GCPProblem) {
                let order = try place(&group.members[index], of: group, in: room, by: caller)
                let instance = make(order, manager: group.path, by: caller, chance: chance)
                room.take(order.type, order.zone, order.market)
                room.take(order.demand)
                group.members[index].triesAt = nil
                group.members[index].problem = nil
                begin(
                    "compute.instances.insert", in: .zone(order.zone),
                    target: caller.path("zones/\(order.zone)/instances/\(order.name)"), id: instance.id, by: caller,
                    taking: .seconds(conditions.bootSeconds), isAnswer: false, chance: chance)
            } catch {
                let member = group.members[index]
                group.members[index].problem = error
                group.members[index].triesAt = caller.now + .seconds(max(1, conditions.bootSeconds * 3))
                group.failures.append(
                    GCPGroup.Failure(
                        at: caller.now, member: member.name, zone: member.zone, template: member.template,
                        problem: error))
            }
        }
        group.failures.removeFirst(max(0, group.failures.count - GCPGroup.failuresMax))
    }

    /// Finds a member its type, and where the group may choose its zone.
    private mutating func place(
        _ member: inout GCPGroup.Member, of group: GCPGroup, in room: GCPRoom, by caller: GCPCaller
    ) throws(GCPProblem) -> GCPOrder {
        if let late = takeLateFailure() { throw .late(late) }
        guard let template = project(caller.project).templates[gcpTemplateKey(member.template)] else {
            throw GCPProblem("RESOURCE_NOT_FOUND", "The instance template is gone.", status: 404, "NOT FOUND")
        }
        var properties = template.properties
        overlay(group.resource["allInstancesConfig"]?["properties"], on: &properties)
        mark(&properties, as: member, of: group, by: caller)
        let types = group.types.isEmpty ? [properties["machineType"]?.string ?? ""] : group.types
        var problem: GCPProblem?
        for zone in group.zones(for: member) {
            for type in types {
                properties["machineType"] = .string(type)
                do throws(GCPError) {
                    let order = try order(properties, name: member.name, zone: zone, by: caller)
                    try checkIsFree(order, by: caller)
                    guard let no = self.problem(with: order, in: room, caller.project) else {
                        member.zone = zone
                        return order
                    }
                    problem = problem ?? no
                } catch {
                    let code = error.status == 409 ? "RESOURCE_ALREADY_EXISTS" : "INVALID_FIELD_VALUE"
                    problem = problem ?? GCPProblem(code, error.message, status: error.status, "BAD REQUEST")
                }
            }
        }
        throw problem ?? .exhausted(caller.project, zone: member.zone, type: types.first ?? "", market: .onDemand)
    }

    /// Labels and metadata that a group gives to all of its instances, over those of the template.
    private func overlay(_ patch: JSONValue?, on properties: inout JSONValue) {
        for label in patch?["labels"]?.object?.fields ?? [] {
            var labels = properties["labels"] ?? .object(JSONObject())
            labels[label.name] = label.value
            properties["labels"] = labels
        }
        for item in patch?["metadata"]?.object?.fields ?? [] { setMetadata(item.name, item.value, &properties) }
    }

    /// By which the cloud says whose an instance is.
    private func mark(
        _ properties: inout JSONValue, as member: GCPGroup.Member, of group: GCPGroup, by caller: GCPCaller
    ) {
        let owner = "projects/\(projectNumber(caller.project))/"
        setMetadata("instance-template", .string(owner + member.template), &properties)
        setMetadata("created-by", .string(owner + group.path), &properties)
    }

    private func setMetadata(_ key: String, _ value: JSONValue, _ properties: inout JSONValue) {
        var items = (properties["metadata"]?["items"]?.array ?? []).filter { $0["key"]?.string != key }
        items.append(["key": .string(key), "value": value])
        var metadata = properties["metadata"] ?? .object(JSONObject())
        metadata["items"] = .array(items)
        properties["metadata"] = metadata
    }
}

/// Whoever acts for the groups of a project.
func gcpGroupsAccount(of project: String) -> String { "\(projectNumber(project))@cloudservices.gserviceaccount.com" }

/// `global/worker` for `global/instanceTemplates/worker`
func gcpTemplateKey(_ path: String) -> String { path.replacing("instanceTemplates/", with: "") }

extension GCPInstance {
    /// When its group notices that it has ended or was stopped; nil: nothing of that kind is planned.
    fileprivate func endedBy(reaction: Duration) -> Timestamp? {
        phases.last.flatMap { $0.state == .terminated || $0.state == .gone ? $0.at + reaction : nil }
    }
}
