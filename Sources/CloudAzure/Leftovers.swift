import Cloud
import Provisioning

/// What may be left of a launch once its machines are over: network cards, addresses and disks of such as did not come
/// up. All that is well made goes with its machine.
///
/// A note in the ledger from before the launch until one listing has found nothing. Azure keeps a card for three minutes
/// for a machine that failed, and refuses to take it away for as long; the note stays, and the next sweep tries again.
enum Leftovers {
    static let kind: Scaffold.Kind = "leftovers"

    /// Nil: it is not known yet whose launch it is.
    static func plan(for order: LaunchOrder, namingDisks: Bool) -> ScaffoldPlan? {
        guard let token = order.tags[OurTag.token].map({ IntentToken($0) }) else { return nil }
        let start = token.resourceName
        var kept = order.template.rootDisk?.outlivesMachine ?? false ? ["-os"] : []
        for (number, disk) in (order.template.dataDisks ?? []).enumerated() where disk.outlivesMachine ?? false {
            kept.append("-data-\(number)")
        }
        // A set names its disks itself: where any is to be kept, all are.
        if !namingDisks, !kept.isEmpty { kept = ["*"] }
        let note = ([start] + kept).joined(separator: " ")
        return ScaffoldPlan(Scaffold.ID("\(start)-leftovers"), kind: kind, noting: note)
    }

    /// One listing of all that is called after the launch, and a deletion for whatever it finds.
    static func removal(of scaffold: Scaffold, at site: AzureSite) -> Procedure<Void> {
        var words = (scaffold.name ?? "").split(separator: " ").map(String.init)
        let start = words.isEmpty ? "" : words.removeFirst()
        let kept = words
        var request = ARMRequest(
            action: "Resources_ListByResourceGroup", method: "GET",
            path: "/subscriptions/\(site.subscription)/resourceGroups/\(site.resourceGroup.percentEncoded())/resources",
            version: .resources)
        request.query = [("$filter", "substringof('\(start)',name)")]
        let first: Call<(items: [JSONReply], next: String?)> = request.call(.reads) { try ARMReply.page($0) }
        return Procedure(
            first.map { page in
                try step(after: page, found: [], named: start, keeping: kept, site, pagesLeft: pagesMax)
            })
    }

    private static let pagesMax = 100

    /// The next page, or what is to be done about all that was found.
    private static func step(
        after page: (items: [JSONReply], next: String?), found: [Part], named start: String, keeping kept: [String],
        _ site: AzureSite, pagesLeft: Int
    ) throws -> Procedure<Void>.Step {
        let found = found + page.items.compactMap { Part($0, named: start) }
        guard let next = page.next else {
            return steps(to: found.filter { !$0.isKept(by: kept) }.sorted { $0.kind < $1.kind }[...], site)
        }
        guard pagesLeft > 0 else { throw Unreadable("the listing does not come to an end") }
        let call: Call<(items: [JSONReply], next: String?)> = ARMRequest.following(
            next, action: "Resources_ListByResourceGroup"
        ) { try ARMReply.page($0) }
        return .then(
            Procedure(
                call.map { page in
                    try step(
                        after: page, found: found, named: start, keeping: kept, site, pagesLeft: pagesLeft - 1)
                }))
    }

    /// Cards before the addresses that they hold.
    private static func steps(to parts: ArraySlice<Part>, _ site: AzureSite) -> Procedure<Void>.Step {
        guard let part = parts.first else { return .done(()) }
        let request = ARMRequest(
            action: part.kind.action, method: "DELETE",
            path: site.requestPath("\(part.kind.type)/\(part.name.percentEncoded())"), version: part.kind.version)
        var call: Call<Procedure<Void>.Step> = request.call(.changes) { _ in steps(to: parts.dropFirst(), site) }
        call.consent = { $0.status == 404 ? steps(to: parts.dropFirst(), site) : nil }
        return .then(Procedure(call))
    }

    /// Something that was made with a machine.
    private struct Part {
        enum Kind: Int, Comparable, CaseIterable {
            case card, address, disk

            static func < (a: Kind, b: Kind) -> Bool { a.rawValue < b.rawValue }

            var type: String {
                switch self {
                case .card: "Microsoft.Network/networkInterfaces"
                case .address: "Microsoft.Network/publicIPAddresses"
                case .disk: "Microsoft.Compute/disks"
                }
            }

            var action: String {
                switch self {
                case .card: "NetworkInterfaces_Delete"
                case .address: "PublicIPAddresses_Delete"
                case .disk: "Disks_Delete"
                }
            }

            var version: ARMRequest.APIVersion { self == .disk ? .disks : .network }
        }

        let kind: Kind
        let name: String

        /// Nil: it is of another kind, or called after something else.
        init?(_ item: JSONReply, named start: String) {
            guard let type = item["type"].text?.lowercased(), let name = item["name"].text,
                let kind = Kind.allCases.first(where: { $0.type.lowercased() == type }),
                !start.isEmpty, name.lowercased().hasPrefix("\(start)-") || name.lowercased().hasPrefix("\(start)_"),
                // What a machine still holds goes with it, or is somebody's by now.
                item["managedBy"].text == nil
            else { return nil }
            self.kind = kind
            self.name = name
        }

        func isKept(by endings: [String]) -> Bool {
            kind == .disk && endings.contains { $0 == "*" || name.lowercased().hasSuffix($0) }
        }
    }
}
