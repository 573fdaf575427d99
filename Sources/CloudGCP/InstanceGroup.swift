import Cloud
import Provisioning

/// Machines by a managed instance group, which keeps up as many as it is told to.
///
/// The group carries the token in its name and gives its members our labels; what they are it takes from an instance
/// template that is made before. It is made empty, and is told then whom to bring, each under a name that follows from
/// the token. Its name in the ledger is its path: `zones/us-central1-a/instanceGroupManagers/x`.
///
/// https://cloud.google.com/compute/docs/reference/rest/v1/instanceGroupManagers
package struct InstanceGroup: ComputeInstances {
    package static let api: APIName = "gcp/instance-group"
    static let kind: Scaffold.Kind = "instance-group"
    let site: GCPSite

    package init(at site: GCPSite) { self.site = site }

    /// The group is made empty, so that however often it is made, and however late, nobody comes of that.
    package func scaffolds(for order: LaunchOrder) throws -> [ScaffoldPlan] {
        let template = [InstanceTemplate(order, at: site).plan].compactMap(\.self)
        guard let token = order.tags[OurTag.token].map({ IntentToken($0) }) else { return template }
        let wish = InstanceGroupWish(order, at: site)
        let path = wish.path(token), site = site
        var call: Call<Procedure<String>.Step> = ComputeCall(
            wish.resource, "insert", "POST", "\(wish.place)/instanceGroupManagers"
        )
        .asking("requestId", requestID(token, "instance-group"))
        .sending(wish.body(named: token.resourceName))
        .call(.changes, at: site) { reply in
            // Before it is there, nobody can be added to it.
            .then(ComputeOperation.wait(for: try ComputeOperation(reply), at: site, saysNo: true, then: .done(path)))
        }
        // Its name is its token.
        call.consent = { $0.code == "alreadyExists" ? .done(path) : nil }
        return template + [ScaffoldPlan(token.group, kind: InstanceGroup.kind, make: Procedure(call))]
    }

    package func group(for order: LaunchOrder) -> GroupPlan? {
        GroupPlan(kind: InstanceGroup.kind, upkeep: .maintain)
    }

    /// All of them or none: whoever is in the group already keeps the same call from making anybody.
    package func launches(
        _ order: LaunchOrder, token: IntentToken, besides there: Set<Instance.ID>
    ) throws -> [Call<LaunchReceipt>] {
        guard order.count > 0 else { return [] }
        let wish = InstanceGroupWish(order, at: site)
        let path = wish.path(token)
        let receipt = LaunchReceipt(instances: [], group: path)
        let names = (1...order.count).map { number -> JSONBody in ["name": .text(token.instanceName(number))] }
        var call = ComputeCall(wish.resource, "createInstances", "POST", "\(path)/createInstances")
            .asking("requestId", requestID(token, "create-instances"))
            .sending(["instances": .list(names)])
            .call(.changes, at: site) { reply in
                let operation = try ComputeOperation(reply)
                guard operation.isDone, let fault = operation.faults.first, !fault.tellsOfMembers else {
                    return receipt
                }
                throw FaultInside(fault)
            }
        call.consent = { $0.tellsOfMembers ? receipt : nil }
        call.machines = order.count
        return [call]
    }

    /// Its members are its own to tell about.
    package func reasons(for instances: [Granted]) throws -> [Call<[InstanceFault]>] { [] }
}

extension Fault {
    /// Names are taken, as they are once a group has its members.
    fileprivate var tellsOfMembers: Bool { code == "alreadyExists" || code == "MEMBER_ALREADY_EXISTS" }
}

extension ComputeOperation {
    /// Waits until it is done, as long as the cloud lets one wait.
    ///
    /// - Parameter saysNo: whether one that came to nothing is a no to what was asked, rather than to be asked again.
    /// - Throws: `Unreadable` where it is not done then, so that nobody knows what became of it.
    static func wait<Reply>(
        for operation: ComputeOperation, at site: GCPSite, saysNo: Bool = false, then next: Procedure<Reply>.Step
    ) -> Procedure<Reply> {
        let place = operation.path.split(separator: "/").first.map(String.init) ?? ""
        let resource = ["zones": "zoneOperations", "regions": "regionOperations"][place] ?? "globalOperations"
        let call = ComputeCall(resource, "wait", "POST", "\(operation.path)/wait")
        return Procedure(
            call.call(.reads, at: site) { reply in
                let operation = try ComputeOperation(reply)
                guard operation.isDone else { throw Unreadable("\(operation.name) is not done yet") }
                if let fault = operation.faults.first {
                    if saysNo { throw FaultInside(fault) }
                    throw Unreadable("\(operation.name) came to nothing: \(fault.code ?? ""): \(fault.message)")
                }
                return next
            })
    }
}
