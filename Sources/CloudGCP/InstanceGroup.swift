import Cloud
import Provisioning

/// Machines by a managed instance group, which keeps up as many as it is told to.
///
/// The group carries the token in its name and gives its members our labels; what they are it takes from an instance
/// template that is made before. Its name in the ledger is its path: `zones/us-central1-a/instanceGroupManagers/x`.
///
/// https://cloud.google.com/compute/docs/reference/rest/v1/instanceGroupManagers
package struct InstanceGroup: ComputeInstances {
    package static let api: APIName = "gcp/instance-group"
    static let kind: Scaffold.Kind = "instance-group"
    let site: GCPSite

    package init(at site: GCPSite) { self.site = site }

    package func scaffolds(for order: LaunchOrder) throws -> [ScaffoldPlan] {
        [InstanceTemplate(order, at: site).plan].compactMap(\.self)
    }

    package func group(for order: LaunchOrder) -> GroupPlan? {
        GroupPlan(kind: InstanceGroup.kind, upkeep: .maintain)
    }

    package func launches(
        _ order: LaunchOrder, token: IntentToken, besides there: Set<Instance.ID>
    ) throws -> [Call<LaunchReceipt>] {
        let wish = InstanceGroupWish(order, at: site)
        let receipt = LaunchReceipt(instances: [], group: "\(wish.place)/instanceGroupManagers/\(token.resourceName)")
        var call = ComputeCall(wish.resource, "insert", "POST", "\(wish.place)/instanceGroupManagers")
            .asking("requestId", requestID(token, "instance-group"))
            .sending(wish.body(named: token.resourceName))
            .call(.changes, at: site) { reply in
                _ = try ComputeOperation(reply)
                return receipt
            }
        // Its name is its token.
        call.consent = { $0.code == "alreadyExists" ? receipt : nil }
        call.machines = order.count
        return [call]
    }

    /// Its members are its own to tell about.
    package func reasons(for instances: [Granted]) throws -> [Call<[InstanceFault]>] { [] }

    // MARK: - Looking

    package func find(_ group: Scaffold) throws -> Procedure<String?> { search(group) { .done($0) } }

    package func report(on group: Scaffold) throws -> Procedure<GroupReport> {
        guard let path = group.name else {
            return search(group) { $0.map { .then(report(at: $0)) } ?? .done(GroupReport(target: nil)) }
        }
        return report(at: path)
    }

    private func report(at path: String) -> Procedure<GroupReport> {
        describe(path) { size in
            guard let size else { return .done(GroupReport(target: nil)) }
            let call = ComputeCall.get(Self.resource(of: path), "listErrors", "\(path)/listErrors")
                .asking("maxResults", "100")
            return .then(
                Procedure(
                    only: call.call(.reads, at: site) { reply in
                        // The newest first: they are written alike, so that they sort as text.
                        let errors = reply["items"].items.sorted {
                            ($0["timestamp"].text ?? "") > ($1["timestamp"].text ?? "")
                        }
                        let faults = errors.map { OfferingFault(nil, ComputeOperation.fault($0["error"])) }
                        return GroupReport(target: size, faults: faults)
                    }))
        }
    }

    /// How many it is to have; nil: there is none.
    private func describe<Reply>(
        _ path: String, then next: @escaping @Sendable (Int?) throws -> Procedure<Reply>.Step
    ) -> Procedure<Reply> {
        var call: Call<Procedure<Reply>.Step> = ComputeCall.get(Self.resource(of: path), "get", path)
            .call(.reads, at: site) { reply in
                guard let size = reply["targetSize"].integer else { throw Unreadable("a group has no target size") }
                return try next(size)
            }
        call.consent = { $0.status == 404 ? try? next(nil) : nil }
        return Procedure(call)
    }

    /// The group of a token, in whatever zone it is or the region, by its path.
    private func search<Reply>(
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

    private static func resource(of path: String) -> String {
        path.hasPrefix("regions/") ? "regionInstanceGroupManagers" : "instanceGroupManagers"
    }

    // MARK: - Changing

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
    /// much after that is no machine yet.
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
        let lower = describe(path) { size in
            guard let size, size > target else { return .done(()) }
            return .then(Procedure(only: resize(path, to: target, of: group)))
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

    private func resize(_ path: String, to size: Int, of group: Scaffold) -> Call<Void> {
        var call: Call<Void> = ComputeCall(Self.resource(of: path), "resize", "POST", "\(path)/resize")
            .asking("size", "\(size)")
            .call(.changes, at: site) { _ = try ComputeOperation($0) }
        call.consent = { $0.status == 404 ? () : nil }
        return call
    }
}

extension ComputeOperation {
    /// Waits until it is done, as long as the cloud lets one wait.
    ///
    /// - Throws: `Unreadable` where it is not done then, so that nobody knows what became of it.
    static func wait<Reply>(
        for operation: ComputeOperation, at site: GCPSite, then next: Procedure<Reply>.Step
    ) -> Procedure<Reply> {
        let place = operation.path.split(separator: "/").first.map(String.init) ?? ""
        let resource = ["zones": "zoneOperations", "regions": "regionOperations"][place] ?? "globalOperations"
        let call = ComputeCall(resource, "wait", "POST", "\(operation.path)/wait")
        return Procedure(
            call.call(.reads, at: site) { reply in
                let operation = try ComputeOperation(reply)
                guard operation.isDone else { throw Unreadable("\(operation.name) is not done yet") }
                if let fault = operation.faults.first {
                    throw Unreadable("\(operation.name) came to nothing: \(fault.code ?? ""): \(fault.message)")
                }
                return next
            })
    }
}
