import Cloud
import Provisioning

/// How Compute Engine is asked whether what a template names exists: a question for each thing, for there are no lists
/// by name across kinds.
package struct GCPLookUps: TemplateLookUps {
    let site: GCPSite

    package init(at site: GCPSite) { self.site = site }

    package func lookUps(for template: Template) -> [LookUp] {
        [image(of: template), types(of: template), launchTemplate(of: template)].compactMap(\.self)
            + zones(of: template) + subnets(of: template) + unknowns(of: template)
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

    // MARK: - Types

    /// All types of the region in one question, where there are several.
    private func types(of template: Template) -> LookUp? {
        let names = template.offerings.map(\.type).eachOnce
        let zones = template.offerings.compactMap(\.zone).eachOnce
        guard !names.isEmpty else { return nil }
        return typePage(of: names, in: zones, after: nil, found: [:])
    }

    private func typePage(
        of names: [String], in zones: [String], after cursor: String?, found: [String: Set<String>]
    ) -> LookUp {
        let region = site.region
        let call = ComputeCall.get("machineTypes", "aggregatedList", "aggregated/machineTypes")
            .asking("filter", names.map { "(name = \"\($0)\")" }.joined(separator: " OR "))
            .asking("maxResults", "500")
            .asking("pageToken", cursor)
            .call(.reads, at: site) { reply in
                let (items, next) = try ComputeReply.aggregated("machineTypes", reply)
                var found = found
                for item in items {
                    guard let name = item["name"].text, let zone = item["zone"].text?.lastPart,
                        zone.hasPrefix("\(region)-")
                    else { continue }
                    found[name, default: []].insert(zone)
                }
                if let next {
                    if next == cursor { throw Unreadable("the same page came twice") }
                    return LookUp.Step(next: [typePage(of: names, in: zones, after: next, found: found)])
                }
                return LookUp.Step(
                    names.map { Finding(.type, $0, GCPLookUps.judge(found[$0] ?? [], in: zones, of: region)) })
            }
        return LookUp(names.map { .init(.type, $0) }, call)
    }

    private static func judge(_ offered: Set<String>, in zones: [String], of region: String) -> Finding.Answer {
        if offered.isEmpty { return .absent("there is no such type in \(region)") }
        let here = zones.isEmpty ? offered.sorted() : zones.filter(offered.contains)
        let missing = zones.filter { !offered.contains($0) }.joined(separator: ", ")
        if here.isEmpty { return .absent("not offered in \(missing)") }
        return .verified("in \(here.joined(separator: ", "))" + (missing.isEmpty ? "" : "; not in \(missing)"))
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

    /// What only the launch itself tells. The question is one that has to be answered anyway.
    private func unknowns(of template: Template) -> [LookUp] {
        var findings: [Finding] = []
        if let role = template.role {
            findings.append(Finding(.role, role, .unknown("whether machines may act as it shows at the launch")))
        }
        if let group = template.placement?.group {
            findings.append(Finding(.placementGroup, group, .unknown("whether it is there shows at the launch")))
        }
        if let key = template.keyName {
            let isKey = InstanceBody.sshKey(key) != nil
            let why = "there are no keys by name at Google Cloud: write the key itself, as in `ops:ssh-ed25519 AAAA…`"
            findings.append(Finding(.key, key, isKey ? .verified("a key") : .absent(why)))
        }
        guard !findings.isEmpty else { return [] }
        let step = LookUp.Step(findings)
        let call = ComputeCall.get("regions", "get", "regions/\(site.region)").call(.reads, at: site) { _ in step }
        return [LookUp(findings.map { .init($0.subject, $0.name) }, call, otherwise: step)]
    }

    private func lookUp(_ topic: LookUp.Topic, _ call: Call<LookUp.Step>, absent words: String) -> LookUp {
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
