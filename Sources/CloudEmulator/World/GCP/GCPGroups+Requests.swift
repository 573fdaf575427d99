import Provisioning

extension World {
    func group(_ name: String, in place: GCPPlace, by caller: GCPCaller) throws(GCPError) -> GCPGroup {
        guard let group = project(caller.project).groups[GCPProject.key(place.path, name)],
            group.isThere(at: caller.now)
        else { throw .notFound(caller.path("\(place.path)/instanceGroupManagers/\(name)")) }
        return group
    }

    mutating func insertGroup(
        _ group: GCPGroup, by caller: GCPCaller, chance: () -> UInt64
    ) throws(GCPError) -> GCPOperation {
        if let other = project(caller.project).groups[group.key], other.isThere(at: caller.now) {
            throw .exists(caller.path(group.path))
        }
        var group = group
        try grow(&group, to: group.targetSize, at: caller.now, chance: chance)
        return keep(group, "insert", by: caller, chance: chance)
    }

    mutating func changeGroup(
        _ name: String, in place: GCPPlace, _ type: String, by caller: GCPCaller, chance: () -> UInt64,
        _ body: (inout GCPGroup, inout World) throws(GCPError) -> Void
    ) throws(GCPError) -> GCPOperation {
        var group = try group(name, in: place, by: caller)
        guard group.endsAt == nil else { throw .notReady(caller.path(group.path)) }
        var changed = self
        try body(&group, &changed)
        self = changed
        return keep(group, "compute.\(place.groupsMethod).\(type)", by: caller, chance: chance)
    }

    private mutating func keep(
        _ group: GCPGroup, _ type: String, by caller: GCPCaller, failing problem: GCPProblem? = nil,
        chance: () -> UInt64
    ) -> GCPOperation {
        google.projects[caller.project, default: GCPProject()].groups[group.key] = group
        // What can be begun is begun at once.
        tendGoogleGroups(at: caller.now, chance: chance)
        return begin(
            type, in: group.place, target: caller.path(group.path), id: group.id, by: caller, taking: googleReaction,
            error: problem, chance: chance)
    }

    /// Sets the size: what is missing is on its way at once, and what is too much goes.
    mutating func resize(
        _ group: inout GCPGroup, to size: Int, by caller: GCPCaller, chance: () -> UInt64
    ) throws(GCPError) {
        if size >= group.staying.count {
            try grow(&group, to: size, at: caller.now, chance: chance)
        } else {
            // Those that there is no instance of, and then the youngest.
            let order = group.staying.enumerated().sorted {
                ($0.element.triesAt == nil ? 1 : 0, -$0.offset) < ($1.element.triesAt == nil ? 1 : 0, -$1.offset)
            }
            leave(Set(order.prefix(group.staying.count - size).map(\.element.name)), &group, by: caller)
        }
        group.targetSize = size
    }

    private func grow(
        _ group: inout GCPGroup, to size: Int, at now: Timestamp, chance: () -> UInt64
    ) throws(GCPError) {
        guard (0...GCPGroup.membersMax).contains(size) else {
            throw .invalid(at: "resource.targetSize", "\(size)", "Must be between 0 and \(GCPGroup.membersMax).")
        }
        let letters = Array("0123456789bcdfghjklmnpqrstvwxz")
        let base = group.resource["baseInstanceName"]?.string ?? group.name
        var names = Set(group.members.map(\.name))
        while group.staying.count < size {
            let name = base + "-" + String((0..<4).map { _ in letters[Int(chance() % UInt64(letters.count))] })
            if names.insert(name).inserted { join(&group, name, at: now) }
        }
        group.targetSize = size
    }

    /// Members that somebody chose the names of: all of them, or none where one is there already, which the operation
    /// tells.
    mutating func createMembers(
        _ names: [String], of name: String, in place: GCPPlace, by caller: GCPCaller, chance: () -> UInt64
    ) throws(GCPError) -> GCPOperation {
        var group = try group(name, in: place, by: caller)
        guard group.endsAt == nil else { throw .notReady(caller.path(group.path)) }
        guard !names.isEmpty else { throw .required("instances") }
        guard names.count <= GCPGroup.membersMax else {
            throw .invalid(
                at: "instances", "\(names.count)", "At most \(GCPGroup.membersMax) instances may be specified.")
        }
        for name in names { try GCPNames.check(name, "instances[].name") }
        guard Set(names).count == names.count else {
            throw .invalid(at: "instances", "\(names.count)", "The names must differ.")
        }
        var problem: GCPProblem?
        if let taken = names.first(where: { name in group.members.contains { $0.name == name } }) {
            problem = .memberExists(taken, in: group.name)
        } else {
            guard group.staying.count + names.count <= GCPGroup.membersMax else {
                throw .invalid(
                    at: "instances", "\(names.count)", "A group has at most \(GCPGroup.membersMax) instances.")
            }
            for name in names { join(&group, name, at: caller.now) }
            group.targetSize += names.count
        }
        return keep(
            group, "compute.\(place.groupsMethod).createInstances", by: caller, failing: problem, chance: chance)
    }

    private func join(_ group: inout GCPGroup, _ name: String, at now: Timestamp) {
        group.members.append(
            GCPGroup.Member(name: name, zone: group.nextZone, template: group.template, triesAt: now + googleReaction))
    }

    /// Ends members and lowers the size by them, or lets them go as they are.
    mutating func takeOut(
        _ links: [String], of group: inout GCPGroup, isAbandoned: Bool, skipsUnknown: Bool, by caller: GCPCaller
    ) throws(GCPError) {
        let names = try members(links, of: group, skipsUnknown: skipsUnknown)
        if isAbandoned {
            for member in group.members where names.contains(member.name) {
                google.projects[caller.project]?.instances[member.key]?.manager = nil
            }
            group.members.removeAll { names.contains($0.name) }
        } else {
            leave(names, &group, by: caller)
        }
        group.targetSize = max(0, group.targetSize - names.count)
    }

    /// Ends the instances of members, which are then made again.
    mutating func recreate(_ links: [String], of group: GCPGroup, by caller: GCPCaller) throws(GCPError) {
        let names = try members(links, of: group, skipsUnknown: false)
        for member in group.members where names.contains(member.name) { end(member, of: group, by: caller) }
    }

    private func members(_ links: [String], of group: GCPGroup, skipsUnknown: Bool) throws(GCPError) -> Set<String> {
        guard links.count <= GCPGroup.membersMax else {
            throw .invalid(
                at: "instances", "\(links.count)", "At most \(GCPGroup.membersMax) instances may be specified.")
        }
        var names: Set<String> = []
        for link in links {
            let name = gcpName(link), zone = gcpPart("zones", of: link)
            let member = group.staying.first { $0.name == name && (zone == nil || $0.zone == zone) }
            if member == nil, !skipsUnknown {
                throw .invalid(at: "instances", link, "The instance is not a member of the group '\(group.name)'.")
            }
            if member != nil { names.insert(name) }
        }
        return names
    }

    private mutating func leave(_ names: Set<String>, _ group: inout GCPGroup, by caller: GCPCaller) {
        for index in group.members.indices where names.contains(group.members[index].name) {
            group.members[index].isLeaving = true
            end(group.members[index], of: group, by: caller)
            group.members[index].triesAt = nil
        }
        // Those that there is no instance of need nobody's end.
        let instances = project(caller.project).instances, path = group.path
        group.members.removeAll { $0.isLeaving && instances[$0.key]?.manager != path }
    }

    private mutating func end(_ member: GCPGroup.Member, of group: GCPGroup, by caller: GCPCaller) {
        guard let instance = project(caller.project).instances[member.key], instance.manager == group.path,
            instance.isThere(at: caller.now), instance.state(at: caller.now) != .stopping
        else { return }
        remove(instance, by: caller)
    }

    /// Ends a group and all of its instances.
    mutating func deleteGroup(
        _ name: String, in place: GCPPlace, by caller: GCPCaller, chance: () -> UInt64
    ) throws(GCPError) -> GCPOperation {
        var group = try group(name, in: place, by: caller)
        guard group.endsAt == nil else { throw .notReady(caller.path(group.path)) }
        let time = Duration.seconds(conditions.shutdownSeconds)
        leave(Set(group.staying.map(\.name)), &group, by: caller)
        group.targetSize = 0
        group.endsAt = caller.now + time
        google.projects[caller.project]?.groups[group.key] = group
        return begin(
            "compute.\(place.groupsMethod).delete", in: place, target: caller.path(group.path), id: group.id,
            by: caller, taking: time, chance: chance)
    }
}

extension GCPPlace {
    /// What the methods for groups of this place are called.
    var groupsMethod: String {
        if case .region = self { "regionInstanceGroupManagers" } else { "instanceGroupManagers" }
    }
}
