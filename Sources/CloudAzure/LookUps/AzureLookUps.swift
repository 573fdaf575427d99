import Cloud
import Provisioning

/// How Azure is asked whether what a template names exists: a call for each thing, by its id, and one listing of sizes.
package struct AzureLookUps: TemplateLookUps {
    let site: AzureSite

    package init(site: AzureSite) { self.site = site }

    package func lookUps(for template: Template) -> [LookUp] {
        var lookUps = [MarketplaceImage(template, site)?.lookUp ?? ownImage(of: template), sizes(of: template)]
        lookUps += template.offerings.compactMap(\.subnet).eachOnce.map { subnet($0) }
        if template.offerings.contains(where: { $0.subnet == nil }) { lookUps.append(subnet(nil)) }
        lookUps += template.securityGroups.map { group($0) }
        lookUps += [key(of: template), identity(of: template), proximity(of: template)]
        return lookUps.compactMap(\.self)
    }

    /// `latest` is found out once, so that the machines of one order come from one image.
    package func imageLookUp(for template: Template) -> LookUp? {
        guard let image = MarketplaceImage(template, site), image.isLatest else { return nil }
        return image.lookUp
    }

    /// Azure itself knows what `latest` means.
    package func imageForLaunch(by template: Template) -> String? { template.image }

    package func keyLookUp(for template: Template) -> LookUp? {
        guard let name = template.keyName, !name.isPublicKey else { return nil }
        return key(of: template)
    }

    // MARK: - One thing each

    /// An image of one's own, or of a gallery in reach of one's rights.
    private func ownImage(of template: Template) -> LookUp? {
        let id = template.image
        guard id.hasPrefix("/subscriptions/") else { return nil }
        let isGallery = id.lowercased().contains("/galleries/")
        return thing(.image, id, at: id, isGallery ? .galleries : .compute, "Images_Get") { reply in
            reply["location"].text ?? "an image"
        }
    }

    /// Nil: the network that is meant where none is named.
    private func subnet(_ id: String?) -> LookUp {
        let path = id ?? site.usualSubnet
        return thing(.subnet, id ?? "default", at: path, .network, "Subnets_Get") { reply in
            reply["properties", "addressPrefix"].text ?? reply["properties", "addressPrefixes"].items.first?.text ?? ""
        }
    }

    private func group(_ name: String) -> LookUp {
        let kind = name.isApplicationGroup ? "applicationSecurityGroups" : "networkSecurityGroups"
        return thing(
            .securityGroup, name, at: site.id(of: name, "Microsoft.Network/\(kind)"), .network,
            "NetworkSecurityGroups_Get"
        ) { $0["location"].text ?? "" }
    }

    private func identity(of template: Template) -> LookUp? {
        template.role.map {
            thing(
                .role, $0, at: site.id(of: $0, "Microsoft.ManagedIdentity/userAssignedIdentities"), .identity,
                "UserAssignedIdentities_Get"
            ) { _ in "a user-assigned identity" }
        }
    }

    private func proximity(of template: Template) -> LookUp? {
        template.placement?.group.map {
            let kind = $0.isAvailabilitySet ? "availabilitySets" : "proximityPlacementGroups"
            return thing(
                .placementGroup, $0, at: site.id(of: $0, "Microsoft.Compute/\(kind)"), .compute,
                "ProximityPlacementGroups_Get"
            ) { $0["location"].text ?? "" }
        }
    }

    /// A key by its name in Azure; its text is what a machine is told.
    private func key(of template: Template) -> LookUp? {
        guard let name = template.keyName, !name.isPublicKey else { return nil }
        let id = site.id(of: name, "Microsoft.Compute/sshPublicKeys")
        return thing(
            .key, name, at: id, .keys, "SshPublicKeys_Get",
            id: { $0["properties", "publicKey"].text.map { $0.split(whereSeparator: \.isNewline).joined() } }
        ) { _ in "a public key" }
    }

    /// - Parameters:
    ///   - id: what a template has to say of it, where that is more than its name.
    ///   - detail: what there is to say of it.
    private func thing(
        _ subject: Finding.Subject, _ name: String, at path: String, _ version: ARMRequest.APIVersion, _ action: String,
        id: @escaping @Sendable (JSONReply) -> String? = { _ in nil },
        detail: @escaping @Sendable (JSONReply) -> String
    ) -> LookUp {
        let topic = LookUp.Topic(subject, name)
        let escaped = path.split(separator: "/").map { String($0).percentEncoded() }.joined(separator: "/")
        let request = ARMRequest(action: action, method: "GET", path: "/\(escaped)", version: version)
        var call = request.call(.reads) { response in
            let reply = try JSONReply(response.body)
            return LookUp.Step([Finding(subject, name, .verified(detail(reply)), id: id(reply))])
        }
        call.takeAbsence(of: topic)
        return LookUp([topic], call)
    }
}

extension Call<LookUp.Step> {
    /// Reads the fault that says that there is no such thing as its answer.
    mutating func takeAbsence(of topic: LookUp.Topic) {
        consent = { fault in
            guard fault.status == 404 else { return nil }
            let words = [fault.code, fault.message].compactMap(\.self).filter { !$0.isEmpty }.joined(separator: ": ")
            return LookUp.Step([Finding(topic.subject, topic.name, .absent(words))])
        }
    }
}

/// An image that a publisher offers to all: `publisher:offer:plan:version`.
struct MarketplaceImage {
    private let text: String
    private let parts: [String]
    private let site: AzureSite

    /// Nil: the template means another kind of image.
    init?(_ template: Template, _ site: AzureSite) {
        text = template.image
        parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        self.site = site
        guard parts.count == 4, !text.hasPrefix("/") else { return nil }
    }

    var isLatest: Bool { parts[3].lowercased() == "latest" }

    /// The version it names, or the newest; that is its id.
    var lookUp: LookUp {
        let topic = LookUp.Topic(.image, text)
        let names = parts.map { $0.percentEncoded() }
        var request = ARMRequest(
            action: isLatest ? "VirtualMachineImages_List" : "VirtualMachineImages_Get", method: "GET",
            path:
                "/subscriptions/\(site.subscription)/providers/Microsoft.Compute/locations/\(site.location)/publishers/"
                + "\(names[0])/artifacttypes/vmimage/offers/\(names[1])/skus/\(names[2])/versions"
                + (isLatest ? "" : "/\(names[3])"), version: .compute)
        if isLatest { request.query = [("$top", "1"), ("$orderby", "name desc")] }
        let (parts, isLatest) = (parts, isLatest)
        var call = request.call(.reads) { response in
            let reply = try JSONReply(response.body)
            guard let version = isLatest ? reply.items.first?["name"].text : reply["name"].text else {
                return LookUp.Step([Finding(topic.subject, topic.name, .absent("it has no version"))])
            }
            let id = (parts.prefix(3) + [version]).joined(separator: ":")
            return LookUp.Step([Finding(topic.subject, topic.name, .verified(isLatest ? id : "there"), id: id)])
        }
        call.takeAbsence(of: topic)
        return LookUp([topic], call)
    }
}
