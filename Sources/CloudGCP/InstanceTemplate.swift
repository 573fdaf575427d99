import Cloud
import Provisioning

/// An instance template for groups, which cannot say themselves what a machine is.
///
/// It is named by what is in it, so that the same content is made once, whoever asks for it.
///
/// https://cloud.google.com/compute/docs/reference/rest/v1/instanceTemplates
struct InstanceTemplate: Sendable {
    static let kind: Scaffold.Kind = "instance-template"

    /// One that is there already and says all that there is to say.
    private let pinned: String?
    let properties: JSONBody
    private let id: Scaffold.ID
    private let site: GCPSite

    init(_ order: LaunchOrder, at site: GCPSite) {
        self.site = site
        pinned = order.template.launchTemplate.map { site.instanceTemplate($0.id) }
        var shared = order
        // What is of one launch alone, its group says.
        shared.tags = order.tags.filter { !$0.key.hasPrefix(OurTag.prefix) }
        properties = InstanceBody(shared, at: site, in: nil).json()
            .merged(with: order.template.launchTemplateSpec.map { JSONBody($0) })
        // Two ledgers never share one, for neither knows when the other needs it no longer.
        let ledger = order.tags[OurTag.owner]?.prefix { $0 != "." } ?? ""
        let digest = sha256(properties.bytes + Array("\0\(ledger)".utf8))
        id = Scaffold.ID("muster-\(Array(digest.prefix(12)).hex)")
    }

    /// How a group names it.
    var reference: String { pinned ?? site.instanceTemplate(id.text) }

    /// How it is made; nil: it is there already.
    var plan: ScaffoldPlan? {
        if pinned != nil { return nil }
        let name = id.text, site = site
        var call: Call<Procedure<String>.Step> = ComputeCall(
            "instanceTemplates", "insert", "POST", "global/instanceTemplates"
        )
        .sending(["name": .text(name), "properties": properties])
        .call(.changes, at: site) { reply in
            // A group that names it before it is there is refused.
            .then(ComputeOperation.wait(for: try ComputeOperation(reply), at: site, then: .done(name)))
        }
        call.consent = { $0.code == "alreadyExists" ? .done(name) : nil }
        return ScaffoldPlan(id, kind: InstanceTemplate.kind, make: Procedure(call))
    }

    /// Takes one away; one that is not there is away.
    static func remove(_ scaffold: Scaffold, at site: GCPSite) -> Procedure<Void> {
        var call: Call<Void> = ComputeCall(
            "instanceTemplates", "delete", "DELETE", "global/instanceTemplates/\(scaffold.id)"
        ).call(.changes, at: site) { _ = try ComputeOperation($0) }
        call.consent = { $0.status == 404 ? () : nil }
        return Procedure(only: call)
    }
}
