import Cloud
import Provisioning

/// Machines by `bulkInsert`: many in one call, in one zone, or wherever in the region there is room, of the preferred
/// type that there is room for.
///
/// The call is answered with an operation, and its machines come while that goes on: a group that fills up once, that
/// has nothing of its own to be taken away. Its name is the path of the operation.
///
/// https://cloud.google.com/compute/docs/instances/multiple/about-bulk-creation
package struct BulkInsert: ComputeInstances {
    package static let api: APIName = "gcp/bulk-insert"
    static let kind: Scaffold.Kind = "bulk-insert"
    let site: GCPSite

    package init(at site: GCPSite) { self.site = site }

    package func group(for order: LaunchOrder) -> GroupPlan? { GroupPlan(kind: BulkInsert.kind, upkeep: .fill) }

    package func launches(
        _ order: LaunchOrder, token: IntentToken, besides there: Set<Instance.ID>
    ) throws -> [Call<LaunchReceipt>] {
        let zones = order.choices.compactMap(\.zone).eachOnce
        let (resource, place) =
            zones.count == 1 ? ("instances", "zones/\(zones[0])") : ("regionInstances", "regions/\(site.region)")
        var call = ComputeCall(resource, "bulkInsert", "POST", "\(place)/instances/bulkInsert")
            .asking("requestId", BulkInsert.requestID(of: token))
            .sending(body(order, token: token))
            .call(.changes, at: site) { LaunchReceipt(instances: [], group: try ComputeOperation($0).path) }
        call.machines = order.count
        return [call]
    }

    /// The operation is known by it, too.
    private static func requestID(of token: IntentToken) -> String { CloudGCP.requestID(token, "bulk-insert") }

    private func body(_ order: LaunchOrder, token: IntentToken) -> JSONBody {
        let machine = InstanceBody(order, at: site, in: nil)
        let zones = order.choices.compactMap(\.zone).eachOnce
        let names = (1...max(1, order.count)).map { JSONBody.Field(token.instanceName($0), .object([])) }
        let wish = JSONBody.object(of: [
            "count": .text("\(order.count)"),
            // With fewer all are taken back; unsaid, it would be all or nothing.
            "minCount": .text("\(min(order.count, order.atLeast ?? 1))"),
            "sourceInstanceTemplate": order.template.launchTemplate.map { .text(site.instanceTemplate($0.id)) },
            "instanceProperties": machine.json(),
            "perInstanceProperties": .object(names),
            "instanceFlexibilityPolicy": order.selections(of: order.choices.map(\.type).eachOnce) { .text("\($0)") },
            "locationPolicy": zones.count == 1
                ? nil
                : .object(of: [
                    "targetShape": "ANY",
                    "zones": JSONBody.list(unlessEmpty: zones.map { ["zone": .text(site.zone($0))] }),
                ]),
        ])
        return wish.merged(with: order.template.providerAPISpec.map { JSONBody($0) })
            .merged(with: .object(of: ["instanceProperties": machine.ours]))
    }

    // MARK: - As a group

    /// Nothing is left of it but its machines.
    package var endsMembersWithGroup: Bool { false }
    package func removal(of scaffold: Scaffold) throws -> Procedure<Void>? { nil }

    /// One after the other.
    package func shrink(_ group: Scaffold, by members: [Instance.ID]) throws -> Procedure<Void> {
        let calls = try terminations(members, token: group.token)
        guard let last = calls.last else { return Procedure(only: try probe()) }
        return calls.dropLast().reversed().reduce(Procedure(only: last)) { rest, call in
            Procedure(call.map { .then(rest) })
        }
    }

    package func find(_ group: Scaffold) throws -> Procedure<String?> { find(group) { .done($0?.path) } }

    package func report(on group: Scaffold) throws -> Procedure<GroupReport> {
        guard let name = group.name else {
            return find(group) { $0.map { report($0, on: group) } ?? .done(GroupReport(target: nil)) }
        }
        var call: Call<Procedure<GroupReport>.Step> = ComputeCall.get("operations", "get", name)
            .call(.reads, at: site) { report(try ComputeOperation($0), on: group) }
        call.consent = { $0.status == 404 ? .done(GroupReport(target: nil)) : nil }
        return Procedure(call)
    }

    /// What is done brings nothing more; what its parts say, they say of one place each.
    private func report(_ operation: ComputeOperation, on group: Scaffold) -> Procedure<GroupReport>.Step {
        guard operation.isDone else { return .done(GroupReport(target: group.target ?? 0)) }
        let own = operation.faults.map { OfferingFault(nil, $0) }
        guard let parts = operation.group else {
            return .done(GroupReport(target: group.target ?? 0, faults: own, isFinal: true))
        }
        return .then(
            operations("operationGroupId = \"\(parts)\"") { operations in
                let faults = operations.filter { $0.path != operation.path }.flatMap(\.faults)
                return .done(
                    GroupReport(
                        target: group.target ?? 0, faults: faults.map { OfferingFault(nil, $0) } + own, isFinal: true))
            })
    }

    /// The operation that the launch of a group began; nil: there is none.
    private func find<Reply>(
        _ group: Scaffold, then next: @escaping @Sendable (ComputeOperation?) -> Procedure<Reply>.Step
    ) -> Procedure<Reply> {
        operations("clientOperationId = \"\(BulkInsert.requestID(of: group.token))\"") { next($0.first) }
    }

    /// All operations of whatever place that a filter finds.
    private func operations<Reply>(
        _ filter: String, after cursor: String? = nil, found: [ComputeOperation] = [],
        then next: @escaping @Sendable ([ComputeOperation]) -> Procedure<Reply>.Step
    ) -> Procedure<Reply> {
        let call = ComputeCall.get("globalOperations", "aggregatedList", "aggregated/operations")
            .asking("filter", filter)
            .asking("maxResults", "500")
            .asking("pageToken", cursor)
        return Procedure(
            call.call(.reads, at: site) { reply in
                let (items, more) = try ComputeReply.aggregated("operations", reply)
                let found = try found + items.map { try ComputeOperation($0) }
                guard let more else { return next(found) }
                if more == cursor { throw Unreadable("the same page came twice") }
                return .then(operations(filter, after: more, found: found, then: next))
            })
    }

    // MARK: - What was taken back

    /// A launch that came to fewer than it had to takes back what it has made.
    package func reasons(for instances: [Granted]) throws -> [Call<[InstanceFault]>] {
        let asked = instances.compactMap { granted in granted.operation.map { (granted.instance, $0) } }
        return Dictionary(grouping: asked) { $0.1 }.sorted { $0.key < $1.key }.map { path, asked in
            var call = ComputeCall.get("operations", "get", path).call(.reads, at: site) { reply in
                let operation = try ComputeOperation(reply)
                guard operation.isDone, let fault = operation.faults.first else { return [InstanceFault]() }
                return asked.map { InstanceFault($0.0, fault) }
            }
            call.consent = { $0.status == 404 ? [] : nil }
            return call
        }
    }
}
