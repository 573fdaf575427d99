import Cloud
import Provisioning

// What becomes of a set after it was made.

extension ScaleSet {
    package func find(_ group: Scaffold) throws -> Procedure<String?> {
        Procedure(only: look(at: group).map { $0.flatMap { $0.isGoing ? nil : group.token.resourceName } })
    }

    /// A set that has come to rest brings nothing more; why it has not brought all, its instance view tells.
    package func report(on group: Scaffold) throws -> Procedure<GroupReport> {
        Procedure(
            look(at: group).map { found in
                guard let found, !found.isGoing else { return .done(GroupReport(target: nil)) }
                switch found.state {
                case "succeeded": return .done(GroupReport(target: found.capacity, isFinal: true))
                case "failed", "canceled": return .then(Procedure(only: why(group, found.capacity)))
                default: return .done(GroupReport(target: found.capacity))
                }
            })
    }

    private func why(_ group: Scaffold, _ capacity: Int) -> Call<GroupReport> {
        set("VirtualMachineScaleSets_GetInstanceView", "GET", group.token, "/instanceView").call(.reads) { response in
            let faults = AzureListing.faults(in: try JSONReply(response.body)["statuses"], status: response.status)
            return GroupReport(target: capacity, faults: faults.map { OfferingFault(nil, $0) }, isFinal: true)
        }
    }

    package func removal(of scaffold: Scaffold) throws -> Procedure<Void>? {
        guard scaffold.kind == ScaleSet.kind else { return Leftovers.removal(of: scaffold, at: site) }
        var request = set("VirtualMachineScaleSets_Delete", "DELETE", scaffold.token)
        request.query = [("forceDeletion", "true")]
        var call = request.change()
        call.consent = { $0.status == 404 ? () : nil }
        return Procedure(only: call)
    }

    /// Deleted by way of their set, members take their places along, so that none is filled again.
    ///
    /// Those that are on their way out already, or gone, are left out: deleted twice they might count twice.
    package func shrink(_ group: Scaffold, by members: [Instance.ID]) throws -> Procedure<Void> {
        let request = set("VirtualMachineScaleSetVMs_List", "GET", group.token, "/virtualMachines")
        var first: Call<(items: [JSONReply], next: String?)?> = request.call(.reads) { try ARMReply.page($0) }
        first.consent = { $0.status == 404 ? .some(nil) : nil }
        let leaving = Set(members.map(\.text))
        return Procedure(
            first.map { page in
                guard let page else { return .done(()) }
                return try step(after: page, found: [], leaving, of: group, pagesLeft: ScaleSet.pagesMax)
            })
    }

    private static let pagesMax = 100

    private func step(
        after page: (items: [JSONReply], next: String?), found: [String], _ leaving: Set<String>, of group: Scaffold,
        pagesLeft: Int
    ) throws -> Procedure<Void>.Step {
        let found = found + page.items.compactMap { $0.member(of: leaving) }
        guard let next = page.next else {
            return found.isEmpty ? .done(()) : .then(Procedure(only: deletion(of: found.sorted(), from: group)))
        }
        guard pagesLeft > 0 else { throw Unreadable("the listing does not come to an end") }
        let call: Call<(items: [JSONReply], next: String?)> = ARMRequest.following(
            next, action: "VirtualMachineScaleSetVMs_List"
        ) { try ARMReply.page($0) }
        return .then(
            Procedure(
                call.map { try step(after: $0, found: found, leaving, of: group, pagesLeft: pagesLeft - 1) }))
    }

    private func deletion(of members: [String], from group: Scaffold) -> Call<Void> {
        let body: JSONBody = ["instanceIds": .list(members.map { .text($0) })]
        var call = set("VirtualMachineScaleSets_DeleteInstances", "POST", group.token, "/delete", body: body).change()
        call.consent = { $0.status == 404 ? () : nil }
        return call
    }

    // MARK: - The set itself

    private struct Found {
        let capacity: Int
        let state: String

        var isGoing: Bool { state == "deleting" }
    }

    /// Nil: there is none.
    private func look(at group: Scaffold) -> Call<Found?> {
        var call: Call<Found?> = set("VirtualMachineScaleSets_Get", "GET", group.token).call(.reads) { response in
            let reply = try JSONReply(response.body)
            return Found(
                capacity: reply["sku", "capacity"].integer ?? 0,
                state: try reply["properties"].required("provisioningState").lowercased())
        }
        call.consent = { $0.status == 404 ? .some(nil) : nil }
        return call
    }
}

extension JSONReply {
    /// Its id in the set, if it is one of those and not on its way out.
    fileprivate func member(of leaving: Set<String>) -> String? {
        guard let id = self["instanceId"].text ?? self["name"].text, leaving.contains(id.lowercased()),
            self["properties", "provisioningState"].text?.lowercased() != "deleting"
        else { return nil }
        return id
    }
}
