import Cloud
import Provisioning

// How a group is taken away, and members are taken out of it.

extension InstanceGroup {
    /// With all its members.
    package func removal(of scaffold: Scaffold) throws -> Procedure<Void>? {
        if scaffold.kind == InstanceTemplate.kind { return InstanceTemplate.remove(scaffold, at: site) }
        if let path = scaffold.name { return delete(path, scaffold) }
        // Whether it was ever made is not known.
        return search(scaffold) { path in path.map { .then(delete($0, scaffold)) } ?? .done(()) }
    }

    private func delete(_ path: String, _ group: Scaffold) -> Procedure<Void> {
        var call: Call<Void> = ComputeCall(Self.resource(of: path), "delete", "DELETE", path)
            .asking("requestId", requestID(group.token, "delete"))
            .call(.changes, at: site) { _ = try ComputeOperation($0) }
        call.consent = { $0.status == 404 ? () : nil }
        return Procedure(only: call)
    }

    /// Members are taken out and the target lowered in one step, so that none of them is replaced; what is still too
    /// much after that are members whom there is no machine of yet.
    package func shrink(_ group: Scaffold, by members: [Instance.ID]) throws -> Procedure<Void> {
        guard let path = group.name else {
            return search(group) { path in
                guard let path else { return .done(()) }
                var found = group
                found.name = path
                return .then(try shrink(found, by: members))
            }
        }
        let target = group.target ?? 0
        let lower = describe(path) { size, _ in
            guard let size, size > target else { return .done(()) }
            return .then(
                managed(path) { members in
                    // Who is there already is for the ledger to know, and to name.
                    let absent = members.filter { !$0.exists && !$0.isLeaving }.compactMap(\.instance?.text).sorted()
                    let surplus = absent.suffix(size - target)
                    return surplus.isEmpty ? .done(()) : .then(takeOut(surplus, of: group, at: path, then: .done(())))
                })
        }
        if members.isEmpty { return lower }
        return takeOut(members.map(\.text).sorted()[...], of: group, at: path, then: .then(lower))
    }

    private static var membersOfOneCall: Int { 1000 }

    private func takeOut(
        _ members: ArraySlice<String>, of group: Scaffold, at path: String, then next: Procedure<Void>.Step
    ) -> Procedure<Void> {
        let batch = members.prefix(Self.membersOfOneCall), rest = members.dropFirst(Self.membersOfOneCall)
        let next: Procedure<Void>.Step = rest.isEmpty ? next : .then(takeOut(rest, of: group, at: path, then: next))
        // A repeated call takes out nobody twice: whoever is on the way out already is skipped.
        let paths = batch.map { member -> JSONBody in
            let parts = member.split(separator: "/")
            return .text("zones/\(parts.first ?? "")/instances/\(parts.last ?? "")")
        }
        let subject = "\(group.target ?? 0)/\(batch.joined(separator: ","))"
        var call: Call<Procedure<Void>.Step> =
            ComputeCall(Self.resource(of: path), "deleteInstances", "POST", "\(path)/deleteInstances")
            .asking("requestId", requestID(group.token, subject))
            .sending(["instances": .list(paths), "skipInstancesOnValidationError": true])
            .call(.changes, at: site) { reply in
                // The target is lowered when this is done, and not before.
                .then(ComputeOperation.wait(for: try ComputeOperation(reply), at: site, then: next))
            }
        // What was in a group that is gone went with it.
        call.consent = { $0.status == 404 ? .done(()) : nil }
        return Procedure(call)
    }
}
