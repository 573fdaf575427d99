import Provisioning

extension EC2Face {
    func describeLaunchTemplates(
        _ parameters: QueryParameters, in region: String, world: World
    ) throws(EC2Error) -> (inout XMLText) -> Void {
        let ids = parameters.list("LaunchTemplateId"), names = parameters.list("LaunchTemplateName")
        var templates = world.regions[region]?.templates ?? []
        for id in ids { _ = try world.template(.id(id), in: region) }
        guard names.allSatisfy({ name in templates.contains { $0.name == name } }) else {
            throw EC2Error(
                "InvalidLaunchTemplateName.NotFoundException",
                "At least one of the launch templates specified in the request does not exist.")
        }
        if !ids.isEmpty || !names.isEmpty {
            templates.removeAll { !ids.contains($0.id) && !names.contains($0.name) }
        }
        let listing = EC2Listing<LaunchTemplate>(
            fields: [
                "launch-template-name": { [$0.name] }, "launch-template-id": { [$0.id] },
                "create-time": { [$0.createdAt.description] },
            ], pageSizes: 1...200, tags: { $0.tags }, number: { $0.number })
        let page = try listing.page(of: templates, parameters, filterTexts(parameters))
        return { answer in
            answer.element("launchTemplates") { answer in
                for template in page.items { answer.element("item") { $0.write(template) } }
            }
            answer.element("nextToken", page.next)
        }
    }

    private typealias Versioned = (template: LaunchTemplate, version: LaunchTemplate.Version)

    func describeLaunchTemplateVersions(
        _ parameters: QueryParameters, in region: String, world: World
    ) throws(EC2Error) -> (inout XMLText) -> Void {
        let listing = EC2Listing<Versioned>(
            fields: [
                "create-time": { [$0.version.createdAt.description] },
                "ebs-optimized": { [$0.version.data.parameters["EbsOptimized"] ?? "false"] },
                "image-id": { [$0.version.data.parameters["ImageId"]].compactMap(\.self) },
                "instance-type": { [$0.version.data.parameters["InstanceType"]].compactMap(\.self) },
                "is-default-version": { ["\($0.version.number == $0.template.defaultVersion)"] },
            ], pageSizes: 1...200)
        let page = try listing.page(
            of: versions(parameters, in: region, world: world), parameters, filterTexts(parameters))
        return { answer in
            answer.element("launchTemplateVersionSet") { answer in
                for (template, version) in page.items {
                    answer.element("item") { $0.write(version, of: template) }
                }
            }
            answer.element("nextToken", page.next)
        }
    }

    /// Those of one template, the newest first; or without one the latest or default versions of all.
    private func versions(
        _ parameters: QueryParameters, in region: String, world: World
    ) throws(EC2Error) -> [Versioned] {
        let wanted = parameters.list("LaunchTemplateVersion")
        guard parameters["LaunchTemplateId"] != nil || parameters["LaunchTemplateName"] != nil else {
            guard !wanted.isEmpty, wanted.allSatisfy({ ["$Latest", "$Default"].contains($0) }) else {
                throw .missingParameter("LaunchTemplateId")
            }
            var found: [Versioned] = []
            for template in world.regions[region]?.templates ?? [] {
                found += try pick(wanted, of: template)
            }
            return found
        }
        let template = try world.template(templateName(parameters), in: region)
        if !wanted.isEmpty { return try pick(wanted, of: template) }
        let least = try parameters.integer("MinVersion") ?? 0, most = try parameters.integer("MaxVersion") ?? .max
        guard least <= most else { throw .invalidValue("\(least)", of: "MinVersion") }
        return template.versions.reversed().filter { (least...most).contains($0.number) }.map { (template, $0) }
    }

    private func pick(_ wanted: [String], of template: LaunchTemplate) throws(EC2Error) -> [Versioned] {
        var found: [Versioned] = []
        for text in wanted {
            let version = try template.version(text)
            if !found.contains(where: { $0.version.number == version.number }) { found.append((template, version)) }
        }
        return found
    }
}

extension XMLText {
    mutating func write(_ template: LaunchTemplate) {
        element("launchTemplateId", template.id)
        element("launchTemplateName", template.name)
        element("createTime", template.createdAt.description)
        element("createdBy", "arn:aws:iam::\(EmulatorSettings.accountNumber):root")
        element("defaultVersionNumber", template.defaultVersion)
        element("latestVersionNumber", template.versions.map(\.number).max() ?? template.latest)
        if !template.tags.isEmpty { element("tagSet") { $0.write(template.tags) } }
    }

    mutating func write(_ version: LaunchTemplate.Version, of template: LaunchTemplate) {
        element("launchTemplateId", template.id)
        element("launchTemplateName", template.name)
        element("versionNumber", version.number)
        element("versionDescription", version.description)
        element("createTime", version.createdAt.description)
        element("createdBy", "arn:aws:iam::\(EmulatorSettings.accountNumber):root")
        element("defaultVersion", version.number == template.defaultVersion)
        element("launchTemplateData") { EC2LaunchData.write(version.data.parameters, into: &$0) }
    }
}
