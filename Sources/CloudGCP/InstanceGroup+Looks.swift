import Cloud
import Provisioning

// How a group is found, and what it says of itself and its members.

extension InstanceGroup {
    /// One without members brings nothing: it is as if it were not there.
    package func find(_ group: Scaffold) throws -> Procedure<String?> {
        search(group) { path in
            guard let path else { return .done(nil) }
            return .then(managed(path) { .done($0.isEmpty ? nil : path) })
        }
    }

    package func report(on group: Scaffold) throws -> Procedure<GroupReport> {
        guard let path = group.name else {
            return search(group) { $0.map { .then(report(at: $0, of: group)) } ?? .done(GroupReport(target: nil)) }
        }
        return report(at: path, of: group)
    }

    private func report(at path: String, of group: Scaffold) -> Procedure<GroupReport> {
        describe(path) { size, isStable in
            guard let size else { return .done(GroupReport(target: nil)) }
            // All that it is to have is there.
            if isStable, size == group.target { return .done(GroupReport(target: size)) }
            return .then(
                managed(path) { members in
                    guard members.contains(where: { !$0.exists && $0.fault == nil }) else {
                        return .done(GroupReport(target: size, members: members))
                    }
                    // While another attempt is under way, the one before it is only told of here.
                    return .then(errors(of: path) { .done(GroupReport(target: size, members: members, errors: $0)) })
                })
        }
    }

    /// How many it is to have, nil: there is none; and whether it has come to rest.
    func describe<Reply>(
        _ path: String, then next: @escaping @Sendable (Int?, Bool) throws -> Procedure<Reply>.Step
    ) -> Procedure<Reply> {
        var call: Call<Procedure<Reply>.Step> = ComputeCall.get(Self.resource(of: path), "get", path)
            .call(.reads, at: site) { reply in
                guard let size = reply["targetSize"].integer else { throw Unreadable("a group has no target size") }
                return try next(size, reply["status"]["isStable"].boolean ?? false)
            }
        call.consent = { $0.status == 404 ? try? next(nil, true) : nil }
        return Procedure(call)
    }

    /// All who are in it or are to be, whether there is an instance already or not.
    func managed<Reply>(
        _ path: String, after cursor: String? = nil, found: [ManagedMember] = [],
        then next: @escaping @Sendable ([ManagedMember]) throws -> Procedure<Reply>.Step
    ) -> Procedure<Reply> {
        let call = ComputeCall(Self.resource(of: path), "listManagedInstances", "POST", "\(path)/listManagedInstances")
            .asking("maxResults", "500")
            .asking("pageToken", cursor)
        return Procedure(
            call.call(.reads, at: site) { reply in
                let found = try found + reply["managedInstances"].items.map { try ManagedMember($0) }
                guard let more = reply["nextPageToken"].text, !more.isEmpty else { return try next(found) }
                if more == cursor { throw Unreadable("the same page came twice") }
                return .then(managed(path, after: more, found: found, then: next))
            })
    }

    /// What went wrong of late, the newest first.
    private func errors<Reply>(
        of path: String, then next: @escaping @Sendable ([(name: String?, fault: Fault)]) -> Procedure<Reply>.Step
    ) -> Procedure<Reply> {
        let call = ComputeCall.get(Self.resource(of: path), "listErrors", "\(path)/listErrors")
            .asking("maxResults", "500")
        return Procedure(
            call.call(.reads, at: site) { reply in
                // They are written alike, so that they sort as text.
                let errors = reply["items"].items.sorted {
                    ($0["timestamp"].text ?? "") > ($1["timestamp"].text ?? "")
                }
                return next(
                    errors.map {
                        ($0["instanceActionDetails"]["instance"].text?.lastPart, ComputeOperation.fault($0["error"]))
                    })
            })
    }

    /// The group of a token, in whatever zone it is or the region, by its path.
    func search<Reply>(
        _ group: Scaffold, then next: @escaping @Sendable (String?) throws -> Procedure<Reply>.Step
    ) -> Procedure<Reply> {
        let name = group.token.resourceName, site = site
        let call = ComputeCall.get("instanceGroupManagers", "aggregatedList", "aggregated/instanceGroupManagers")
            .asking("filter", "name = \"\(name)\"")
            .asking("maxResults", "500")
        return Procedure(
            call.call(.reads, at: site) { reply in
                let found = try ComputeReply.aggregated("instanceGroupManagers", reply).items.first {
                    $0["name"].text == name
                }
                let zone = found?["zone"].text.map { "zones/\($0.lastPart)" }
                let place = zone ?? found?["region"].text.map { "regions/\($0.lastPart)" }
                return try next(found == nil ? nil : place.map { "\($0)/instanceGroupManagers/\(name)" })
            })
    }

    static func resource(of path: String) -> String {
        path.hasPrefix("regions/") ? "regionInstanceGroupManagers" : "instanceGroupManagers"
    }
}

/// A member as its group tells of it.
struct ManagedMember: Sendable {
    var name: String
    /// Nil: its place is not known yet.
    var instance: Instance.ID?
    var exists: Bool
    var isLeaving: Bool
    /// What the latest attempt to make it came to.
    var fault: Fault?

    init(_ item: JSONReply) throws {
        let link = item["instance"].text
        guard let name = item["name"].text ?? link?.lastPart else { throw Unreadable("a member has no name") }
        self.name = name
        instance = link?.part(after: "zones").map { Instance.ID("\($0)/\(name)") }
        exists = item["instanceStatus"].isThere
        isLeaving = ["DELETING", "ABANDONING"].contains(item["currentAction"].text)
        fault = item["lastAttempt"]["errors"]["errors"].items.first.map(ComputeOperation.fault)
    }
}

extension GroupReport {
    fileprivate init(target: Int, members: [ManagedMember], errors: [(name: String?, fault: Fault)] = []) {
        let told = Dictionary(
            errors.compactMap { error in error.name.map { ($0, error.fault) } },
            uniquingKeysWith: { newest, _ in newest })
        let members = members.map { member in
            GroupMember(
                name: member.name, instance: member.instance,
                fault: member.exists ? nil : member.fault ?? told[member.name])
        }
        self.init(
            target: target, faults: members.compactMap(\.fault).map { OfferingFault(nil, $0) }, members: members)
    }
}
