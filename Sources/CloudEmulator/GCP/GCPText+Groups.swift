import Provisioning

extension GCPGroup {
    func json(of world: GCPProject, in project: String, at now: Timestamp) -> JSONValue {
        let path = "projects/\(project)/\(place.path)"
        let isZonal = if case .zone = place { true } else { false }
        var actions: [Action: Int] = [:]
        for member in members {
            actions[action(of: member, instance(of: member, in: world, at: now), at: now), default: 0] += 1
        }
        var summary = JSONValue.object(JSONObject())
        for name in GCPGroup.actionNames {
            let action = Action(rawValue: name.uppercased())
            summary[name] = .integer(action.flatMap { actions[$0] } ?? 0)
        }
        let isStable = actions.allSatisfy { $0.key == .none } && staying.count == targetSize
        let link = JSONValue.link("projects/\(project)/\(template)")
        var version: JSONValue = ["instanceTemplate": link]
        version["name"] = resource["versions"]?.array?.first?["name"]
        version["targetSize"] = ["calculated": .integer(targetSize)]
        let all: JSONValue = [
            "kind": "compute#instanceGroupManager", "id": .id(id), "creationTimestamp": .time(createdAt),
            "name": .string(name), "zone": isZonal ? .link(path) : nil, "region": isZonal ? nil : .link(path),
            "instanceTemplate": link, "versions": [version],
            "instanceGroup": .link("\(path)/instanceGroups/\(name)"),
            "baseInstanceName": resource["baseInstanceName"] ?? .string(name), "targetSize": .integer(targetSize),
            "currentActions": summary, "selfLink": .link("\(path)/instanceGroupManagers/\(name)"),
            "status": [
                "isStable": .bool(isStable), "versionTarget": ["isReached": .bool(isStable)],
                "stateful": ["hasStatefulConfig": false, "perInstanceConfigs": ["allEffective": true]],
                "allInstancesConfig": ["effective": true],
            ],
            "updatePolicy": policy,
            "listManagedInstancesResults": resource["listManagedInstancesResults"] ?? "PAGELESS",
            "instanceLifecyclePolicy": resource["instanceLifecyclePolicy"]
                ?? ["forceUpdateOnRepair": "NO", "defaultActionOnFailure": "REPAIR"],
            "distributionPolicy": isZonal ? nil : distribution(in: project),
        ]
        return resource.with(all).with(["fingerprint": fingerprint])
    }

    /// Rises with every change of what was asked for.
    var fingerprint: JSONValue { GCPNames.fingerprint([resource, .string(template), .integer(targetSize)]) }

    private var policy: JSONValue {
        let standard: JSONValue = [
            "type": "OPPORTUNISTIC", "minimalAction": "REPLACE", "maxSurge": ["fixed": 1, "calculated": 1],
            "maxUnavailable": ["fixed": 1, "calculated": 1], "replacementMethod": "SUBSTITUTE",
        ]
        return standard.with(resource["updatePolicy"] ?? .object(JSONObject()))
    }

    private func distribution(in project: String) -> JSONValue {
        [
            "zones": .array(zones.map { ["zone": .link("projects/\(project)/zones/\($0)")] }),
            "targetShape": resource["distributionPolicy"]?["targetShape"] ?? "EVEN",
        ]
    }

    func instance(of member: Member, in world: GCPProject, at now: Timestamp) -> GCPInstance? {
        world.instances[member.key].flatMap { $0.manager == path && $0.isThere(at: now) ? $0 : nil }
    }

    func json(of member: Member, _ instance: GCPInstance?, in project: String, at now: Timestamp) -> JSONValue {
        let errors = member.problem.map { ["errors": ["errors": .array([$0.json(in: project)])]] as JSONValue }
        return [
            "name": .string(member.name),
            "instance": .link("projects/\(project)/zones/\(member.zone)/instances/\(member.name)"),
            "id": instance.map { .id($0.id) },
            "instanceStatus": instance.map { .string($0.state(at: now).rawValue) },
            "currentAction": .string(action(of: member, instance, at: now).rawValue), "lastAttempt": errors,
            "version": ["instanceTemplate": .link("projects/\(project)/\(member.template)")],
        ]
    }

    func json(of failure: Failure, in project: String) -> JSONValue {
        [
            "error": ["code": .string(failure.problem.code), "message": .string(failure.problem.message)],
            "instanceActionDetails": [
                "action": "CREATING",
                "instance": .link("projects/\(project)/zones/\(failure.zone)/instances/\(failure.member)"),
                "version": ["instanceTemplate": .link("projects/\(project)/\(failure.template)")],
            ],
            "timestamp": .time(failure.at),
        ]
    }

    /// The group as those see it who know nothing of managers.
    func plainGroup(of world: GCPProject, in project: String, at now: Timestamp) -> JSONValue {
        let path = "projects/\(project)/\(place.path)"
        let isZonal = if case .zone = place { true } else { false }
        return [
            "kind": "compute#instanceGroup", "id": .id(id + 1), "creationTimestamp": .time(createdAt),
            "name": .string(name), "description": "", "network": .link("projects/\(project)/global/networks/default"),
            "fingerprint": fingerprint, "zone": isZonal ? .link(path) : nil, "region": isZonal ? nil : .link(path),
            "selfLink": .link("\(path)/instanceGroups/\(name)"),
            "size": .integer(members.count { instance(of: $0, in: world, at: now) != nil }),
        ]
    }

    private static let actionNames = [
        "none", "creating", "creatingWithoutRetries", "recreating", "deleting", "abandoning", "restarting",
        "refreshing", "verifying", "suspending", "resuming", "stopping", "starting",
    ]
}
