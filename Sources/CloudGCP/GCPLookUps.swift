import Cloud
import Provisioning

/// How Compute Engine is asked whether what a template names exists: a question for each thing, for there are no lists
/// by name across kinds; of what zones have or have not, one for each kind.
package struct GCPLookUps: TemplateLookUps {
    let site: GCPSite

    package init(at site: GCPSite) { self.site = site }

    package func lookUps(for template: Template) -> [LookUp] { lookUps(for: template) { _ in [] } }

    /// - Parameter next: what is asked when it is known what the types are, by their names.
    func lookUps(for template: Template, then next: @escaping OfferedQuestion) -> [LookUp] {
        [image(of: template), launchTemplate(of: template), placement(of: template), role(of: template)]
            .compactMap(\.self) + types(of: template, then: next) + parts(of: template) + zones(of: template)
            + subnets(of: template) + key(of: template)
    }

    /// A family stands for its newest image, which one request asks for once.
    package func imageLookUp(for template: Template) -> LookUp? {
        guard let path = imagePath(of: template), path.contains("/images/family/") else { return nil }
        return image(of: template)
    }

    /// Compute Engine looks a family up by itself.
    package func imageForLaunch(by template: Template) -> String? { template.image }

    // MARK: - Images

    /// Nil: it names none, or one by a link that is not for us to take apart.
    private func imagePath(of template: Template) -> String? {
        let image = site.image(template.image)
        return image.hasPrefix("projects/") ? image : nil
    }

    private func image(of template: Template) -> LookUp? {
        guard let path = imagePath(of: template) else { return nil }
        let topic = LookUp.Topic(.image, template.image)
        let verb = path.contains("/images/family/") ? "getFromFamily" : "get"
        let wanted = template.requirements?.architecture
        let call = ComputeCall.get("images", verb, ofAnyProject: path).call(.reads, at: site) { reply in
            let name = try reply.required("name")
            let id = GCPLookUps.projectPath(reply["selfLink"].text) ?? path
            func step(_ answer: Finding.Answer) -> LookUp.Step {
                LookUp.Step([Finding(topic.subject, topic.name, answer, id: id)])
            }
            switch reply["status"].text {
            case "READY", nil: break
            case "PENDING": return step(.unknown("\(name) is still pending"))
            case let status?: return step(.absent("\(name) is \(status)"))
            }
            if let state = reply["deprecated"]["state"].text, state == "OBSOLETE" || state == "DELETED" {
                return step(.absent("\(name) is \(state.lowercased())"))
            }
            let architecture = reply["architecture"].text.flatMap { Architecture(compute: $0) }
            if let architecture, let wanted, architecture != wanted {
                return step(.absent("\(name) is for \(architecture.rawValue), its types are for \(wanted.rawValue)"))
            }
            return step(.verified([name, architecture?.rawValue].compactMap(\.self).joined(separator: ", ")))
        }
        return lookUp(topic, call, absent: "there is no such image")
    }

    /// `projects/debian-cloud/global/images/debian-12-x` of a link to it.
    static func projectPath(_ link: String?) -> String? {
        guard let link, let start = link.firstRange(of: "/projects/") else { return nil }
        return String(link[link.index(after: start.lowerBound)...])
    }

    // MARK: - What is found by its path

    private func zones(of template: Template) -> [LookUp] {
        template.offerings.compactMap(\.zone).eachOnce.map { zone in
            let call = ComputeCall.get("zones", "get", "zones/\(zone)").call(.reads, at: site) { reply in
                let status = reply["status"].text ?? "UP"
                return LookUp.Step([
                    Finding(.zone, zone, status == "UP" ? .verified("up") : .unknown("it is \(status) now"))
                ])
            }
            return lookUp(.init(.zone, zone), call, absent: "there is no such zone")
        }
    }

    private func subnets(of template: Template) -> [LookUp] {
        template.offerings.compactMap(\.subnet).eachOnce.compactMap { name in
            let path = site.subnetwork(name)
            guard path.hasPrefix("projects/") else { return nil }
            let call = ComputeCall.get("subnetworks", "get", ofAnyProject: path).call(.reads, at: site) { reply in
                let network = reply["network"].text?.lastPart ?? ""
                let facts = [network, reply["ipCidrRange"].text ?? ""].filter { !$0.isEmpty }
                return LookUp.Step([Finding(.subnet, name, .verified(facts.joined(separator: ", ")))])
            }
            return lookUp(.init(.subnet, name), call, absent: "there is no such subnetwork")
        }
    }

    private func launchTemplate(of template: Template) -> LookUp? {
        guard let wanted = template.launchTemplate else { return nil }
        let path = site.instanceTemplate(wanted.id)
        guard path.hasPrefix("projects/") else { return nil }
        let resource = path.contains("/regions/") ? "regionInstanceTemplates" : "instanceTemplates"
        let call = ComputeCall.get(resource, "get", ofAnyProject: path).call(.reads, at: site) { reply in
            LookUp.Step([Finding(.launchTemplate, wanted.id, .verified(try reply.required("name")))])
        }
        return lookUp(.init(.launchTemplate, wanted.id), call, absent: "there is no such instance template")
    }

    private func placement(of template: Template) -> LookUp? {
        guard let name = template.placement?.group else { return nil }
        let path = site.resourcePolicy(name)
        guard path.hasPrefix("projects/") else { return nil }
        let call = ComputeCall.get("resourcePolicies", "get", ofAnyProject: path).call(.reads, at: site) { reply in
            let isPlacement = reply["groupPlacementPolicy"].isThere
            let state = reply["status"].text ?? "READY"
            let answer: Finding.Answer =
                switch (isPlacement, state) {
                case (false, _): .absent("it is no placement policy")
                case (true, "READY"): .verified(try reply.required("name"))
                case (true, "CREATING"): .unknown("it is still being made")
                case (true, let state): .absent("it is \(state.lowercased())")
                }
            return LookUp.Step([Finding(.placementGroup, name, answer)])
        }
        return lookUp(.init(.placementGroup, name), call, absent: "there is no such placement policy")
    }

    /// The text itself, which nobody need be asked about; the question is one that is asked anyway.
    private func key(of template: Template) -> [LookUp] {
        guard let key = template.keyName else { return [] }
        let why = "there are no keys by name at Google Cloud: write the key itself, as in `ops:ssh-ed25519 AAAA…`"
        let isKey = InstanceBody.sshKey(key) != nil
        let step = LookUp.Step([Finding(.key, key, isKey ? .verified("a key") : .absent(why))])
        let call = ComputeCall.get("regions", "get", "regions/\(site.region)").call(.reads, at: site) { _ in step }
        return [LookUp([.init(.key, key)], call, otherwise: step)]
    }

    func lookUp(_ topic: LookUp.Topic, _ call: Call<LookUp.Step>, absent words: String) -> LookUp {
        var call = call
        call.consent = { fault in
            guard fault.status == 404 else { return nil }
            let said = fault.message.isEmpty ? "" : ": \(fault.message)"
            return LookUp.Step([Finding(topic.subject, topic.name, .absent(words + said))])
        }
        return LookUp([topic], call)
    }
}

extension ComputeCall {
    /// A question about something that says itself whose it is.
    static func get(_ resource: String, _ verb: String, ofAnyProject path: String) -> ComputeCall {
        var call = get(resource, verb, path)
        call.isOfAnyProject = true
        return call
    }
}

extension Architecture {
    init?(compute name: String) {
        switch name {
        case "X86_64": self = .x86
        case "ARM64": self = .arm
        default: return nil
        }
    }
}
