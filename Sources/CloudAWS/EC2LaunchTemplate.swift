import Cloud
import Provisioning

/// A launch template for launches that cannot say themselves what a machine is: fleets and groups.
///
/// It is named by what is in it, so that the same content is made once, whoever asks for it, and has no version but
/// the first.
///
/// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateLaunchTemplate.html
struct EC2LaunchTemplate: Sendable {
    static let kind: Scaffold.Kind = "launch-template"

    /// What of the machines carries its tags by the launch template, because nothing else can tag it.
    enum Tagging: Sendable {
        /// The launch tags everything itself, so that launches for many requests may share the launch template.
        case nothing
        case volumesAndInterfaces
        case everything

        fileprivate var resources: [String] {
            switch self {
            case .nothing: []
            case .volumesAndInterfaces: ["volume", "network-interface"]
            case .everything: ["instance", "volume", "network-interface"]
            }
        }
    }

    /// One that is there already, and that this one is made from.
    private let pinned: LaunchTemplate?
    /// What is said of the machines beyond it.
    private let own: EC2Query
    private let raw: RawParameters?
    /// Whether its machines' subnets are said by the launch.
    private let hasSubnets: Bool
    /// Its own, not those of machines.
    private let tags: [String: String]
    private let id: Scaffold.ID
    /// Whether the pinned one says all that there is to say.
    private let isPinned: Bool

    init(_ order: LaunchOrder, tagging: Tagging) {
        let template = order.template
        var own = EC2Query("CreateLaunchTemplate")
        own.within("LaunchTemplateData") { data in
            data.set("ImageId", template.image.isEmpty ? nil : template.image)
            data.setMachine(template)
            data.setNetwork(template)
            data.setDisks(root: template.rootDisk, data: template.dataDisks ?? [])
        }
        raw = order.rawLaunchTemplate
        pinned = template.launchTemplate
        let saysNothing = own.parameters.allSatisfy { !$0.name.hasPrefix(EC2LaunchTemplate.data) } && raw == nil
        isPinned = pinned != nil && saysNothing && tagging.resources.isEmpty
        own.within("LaunchTemplateData") { $0.tag(tagging.resources, with: order.tags) }
        self.own = own
        hasSubnets = order.offerings.contains { $0.subnet != nil }
        tags = tagging.resources.isEmpty ? order.tags.filter { !OurTag.ofOneLaunch.contains($0.key) } : order.tags
        id = EC2LaunchTemplate.id(of: own, raw, from: pinned, hasSubnets, for: order)
    }

    /// How a launch names it.
    var reference: LaunchTemplate {
        // Fleets do without no version, though every launch template has a default one.
        if isPinned, let pinned { return LaunchTemplate(id: pinned.id, version: pinned.version ?? "$Default") }
        return LaunchTemplate(id: id.text, version: "1")
    }

    /// How it is made; nil: it is there already.
    var plan: ScaffoldPlan? {
        if isPinned { return nil }
        let make = pinned.map(derive) ?? create(laid(over: nil), isTagged: true)
        return ScaffoldPlan(id, kind: EC2LaunchTemplate.kind, make: make)
    }

    /// Takes one away; one that is not there is away.
    static func remove(_ scaffold: Scaffold) -> Procedure<Void> {
        var query = EC2Query("DeleteLaunchTemplate")
        query.set("LaunchTemplateName", scaffold.id.text)
        var call: Call<Void> = query.call(.changes) { _ = try XMLTree.parse($0.body) }
        call.consent = { $0.code == "InvalidLaunchTemplateName.NotFoundException" ? () : nil }
        return Procedure(only: call)
    }

    /// Whether the cloud lets one be made, without making it.
    var rehearsal: Call<Void> {
        query(laid(over: nil), isTagged: true).rehearsal()
    }

    // MARK: - Its name

    private static let data = "LaunchTemplateData."

    /// Two ledgers never share one, for neither knows when the other needs it no longer.
    private static func id(
        of own: EC2Query, _ raw: RawParameters?, from pinned: LaunchTemplate?, _ hasSubnets: Bool,
        for order: LaunchOrder
    ) -> Scaffold.ID {
        var laid = own
        laid.lay(raw)
        var content = laid.parameters.map { "\($0.name)\0\($0.value)" }.sorted()
        content.append("ledger\0\(order.tags[OurTag.owner]?.prefix { $0 != "." } ?? "")")
        if let pinned {
            let version = pinned.version ?? "$Default"
            content += ["from\0\(pinned.id)\0\(version)\0\(hasSubnets)"] + (raw?.replaces ?? []).sorted()
            // What a name of a version stands for may change, and a later request goes by what it then is.
            if version.hasPrefix("$") { content.append(order.request.text) }
        }
        let digest = sha256(Array(content.joined(separator: "\u{1}").utf8))
        return Scaffold.ID("muster-\(Array(digest.prefix(12)).hex)")
    }

    // MARK: - Making it

    private func laid(over pinned: EC2LaunchData?) -> [(name: String, value: String)] {
        var query = own
        if var data = pinned {
            data.lay(EC2LaunchData(own.parameters), placedByLaunch: hasSubnets)
            query = EC2Query(own.action)
            for parameter in data.parameters { query.set(parameter.name, parameter.value) }
        }
        query.lay(raw)
        return Array(query.parameters.dropFirst(2))
    }

    /// No token: the name alone keeps it from being made twice, and a token would be answered for one made and taken
    /// away again.
    private func query(_ data: [(name: String, value: String)], isTagged: Bool) -> EC2Query {
        var query = EC2Query("CreateLaunchTemplate")
        query.set("LaunchTemplateName", id.text)
        for parameter in data { query.set(parameter.name, parameter.value) }
        if isTagged { query.tag(["launch-template"], with: tags) }
        return query
    }

    /// Who may not tag launch templates gets one without tags: nothing is ever found by them.
    private func create(_ data: [(name: String, value: String)], isTagged: Bool) -> Procedure<String> {
        let name = id.text
        var call: Call<Procedure<String>.Step> = query(data, isTagged: isTagged).call(.changes) { response in
            let root = try XMLTree.parse(response.body)
            guard root["launchTemplate"]?.text("launchTemplateName") == name else {
                throw Unreadable("<\(root.name)> has no launch template \(name)")
            }
            return .done(name)
        }
        call.consent = { fault in
            switch fault.code {
            case "InvalidLaunchTemplateName.AlreadyExistsException": .done(name)
            case "UnauthorizedOperation" where isTagged: .then(create(data, isTagged: false))
            default: nil
            }
        }
        return Procedure(call)
    }

    /// Reads the pinned one first, and lays what is said beyond it over what is in it.
    private func derive(from pinned: LaunchTemplate) -> Procedure<String> {
        var query = EC2Query("DescribeLaunchTemplateVersions")
        query.set(pinned.id.hasPrefix("lt-") ? "LaunchTemplateId" : "LaunchTemplateName", pinned.id)
        query.list("LaunchTemplateVersion", [pinned.version ?? "$Default"])
        var call: Call<Procedure<String>.Step> = query.call(.reads) { response in
            let versions = try EC2Reply.items("launchTemplateVersionSet", of: response)
            guard let data = versions.first?["launchTemplateData"] else {
                throw Unreadable("launch template \(pinned.id) has no such version")
            }
            return .then(create(laid(over: EC2LaunchData(data)), isTagged: true))
        }
        let fault = call.fault
        call.fault = { response in
            var fault = fault(response)
            if fault.code == "UnauthorizedOperation" {
                fault.message += EC2LaunchTemplate.howToDoWithout(pinned)
            }
            return fault
        }
        return Procedure(call)
    }

    private static func howToDoWithout(_ pinned: LaunchTemplate) -> String {
        " Launch template `\(pinned.id)` is read because the template says more than it: allow"
            + " `ec2:DescribeLaunchTemplateVersions`, or say nothing of the machine beside it and use"
            + " `fleet_type: instant`."
    }
}

extension OurTag {
    /// Those that are another with every launch.
    fileprivate static let ofOneLaunch = [OurTag.request, OurTag.token]
}
