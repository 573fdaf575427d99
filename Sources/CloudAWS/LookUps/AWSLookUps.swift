import Cloud
import Provisioning

/// How AWS is asked whether what a template names exists: one call for all subnets, one for all groups, and so on.
///
/// Filters rather than ids wherever there may be several: EC2 refuses a whole list for one id it does not know, and
/// merely leaves it out of what a filter finds.
package struct AWSLookUps: TemplateLookUps {
    package init() {}

    package func lookUps(for template: Template) -> [LookUp] {
        [
            ImageLookUp(template)?.first, zones(of: template), NetworkLookUp(template).first, key(of: template),
            InstanceProfileLookUp(template)?.first, placementGroup(of: template), launchTemplate(of: template),
        ].compactMap(\.self)
    }

    package func imageLookUp(for template: Template) -> LookUp? {
        guard var image = ImageLookUp(template), image.isToResolve else { return nil }
        // Whoever orders waits for it: one call, however many types there are.
        image.types = Array(image.types.prefix(ImageLookUp.typesOfOnePage))
        return image.first
    }

    package func fleetRoleLookUp(for template: Template, by api: APIName) -> LookUp? {
        FleetRoleLookUp(template, by: api)?.first
    }

    package func imageForLaunch(by template: Template) -> String? { ImageLookUp(template)?.forLaunch }

    // MARK: - The simple ones

    private func zones(of template: Template) -> LookUp? {
        let zones = template.offerings.compactMap(\.zone).eachOnce
        guard !zones.isEmpty else { return nil }
        let topics = zones.map { LookUp.Topic(.zone, $0) }
        let call = EC2Query("DescribeAvailabilityZones").call(.reads) { response in
            let items = try EC2Reply.items("availabilityZoneInfo", of: response)
            let states = Dictionary(
                items.map { ($0.text("zoneName") ?? "", $0.text("zoneState") ?? "") }, uniquingKeysWith: { a, _ in a })
            return LookUp.Step(
                zones.map { zone in
                    switch states[zone] {
                    case nil: Finding(.zone, zone, .absent("no zone of this region, or not opted into"))
                    case "available"?: Finding(.zone, zone, .verified("available"))
                    case let state?: Finding(.zone, zone, .unknown("it is `\(state)` now"))
                    }
                })
        }
        return LookUp(topics, call)
    }

    private func key(of template: Template) -> LookUp? {
        guard let name = template.keyName else { return nil }
        var query = EC2Query("DescribeKeyPairs")
        query.filter("key-name", [name])
        let call = query.call(.reads) { response in
            let items = try EC2Reply.items("keySet", of: response)
            let pair = items.first { $0.text("keyName") == name }
            let answer: Finding.Answer =
                pair.map { .verified($0.text("keyType") ?? "a key pair") } ?? .absent("there is no such key pair")
            return LookUp.Step([Finding(.key, name, answer)])
        }
        return LookUp([.init(.key, name)], call)
    }

    private func placementGroup(of template: Template) -> LookUp? {
        guard let name = template.placement?.group else { return nil }
        var query = EC2Query("DescribePlacementGroups")
        query.filter("group-name", [name])
        let call = query.call(.reads) { response in
            let items = try EC2Reply.items("placementGroupSet", of: response)
            let group = items.first { $0.text("groupName") == name }
            let answer: Finding.Answer =
                group.map { .verified($0.text("strategy") ?? "a placement group") }
                ?? .absent("there is no such placement group")
            return LookUp.Step([Finding(.placementGroup, name, answer)])
        }
        return LookUp([.init(.placementGroup, name)], call)
    }

    private func launchTemplate(of template: Template) -> LookUp? {
        guard let wanted = template.launchTemplate else { return nil }
        let isID = wanted.id.hasPrefix("lt-")
        var query = EC2Query("DescribeLaunchTemplateVersions")
        query.set(isID ? "LaunchTemplateId" : "LaunchTemplateName", wanted.id)
        query.list("LaunchTemplateVersion", [wanted.version ?? "$Default"])
        let topic = LookUp.Topic(.launchTemplate, wanted.version.map { "\(wanted.id) version \($0)" } ?? wanted.id)
        var call = query.call(.reads) { response in
            let version = try EC2Reply.items("launchTemplateVersionSet", of: response).first?.text("versionNumber")
            let answer: Finding.Answer =
                version.map { .verified("version \($0)") } ?? .absent("there is no such version of it")
            return LookUp.Step([Finding(topic.subject, topic.name, answer)])
        }
        call.takeAbsence(of: topic)
        return LookUp([topic], call)
    }
}

extension Call<LookUp.Step> {
    /// Reads the fault that says that there is no such thing as its answer.
    mutating func takeAbsence(of topic: LookUp.Topic) {
        consent = { fault in
            guard let code = fault.code, ["NotFound", "NoSuchEntity", "Malformed"].contains(where: code.contains)
            else { return nil }
            let words = fault.message.isEmpty ? code : "\(code): \(fault.message)"
            return LookUp.Step([Finding(topic.subject, topic.name, .absent(words))])
        }
    }
}

extension EC2Reply {
    /// The items of a listing; a listing that is not there at all is no empty one.
    static func items(_ set: String, of response: HTTPResponse) throws -> [XMLElement] {
        try items(set, in: XMLTree.parse(response.body))
    }

    private static func items(_ set: String, in root: XMLElement) throws -> [XMLElement] {
        guard let set = root[set] else { throw Unreadable("<\(root.name)> has no <\(set)>") }
        return set.children("item")
    }

    /// The items of one page of a listing, and where the next one begins.
    static func page(_ set: String, of response: HTTPResponse) throws -> (items: [XMLElement], next: String?) {
        let root = try XMLTree.parse(response.body)
        let next = root.text("nextToken")
        return (try items(set, in: root), next?.isEmpty == false ? next : nil)
    }
}
