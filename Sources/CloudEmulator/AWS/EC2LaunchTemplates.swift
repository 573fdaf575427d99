import Provisioning

extension EC2Face {
    /// Nil: the action is about something else.
    func launchTemplateAction(
        _ action: String, _ parameters: QueryParameters, in region: String, world: inout World, at now: Timestamp,
        chance: () -> UInt64
    ) throws(EC2Error) -> ((inout XMLText) -> Void)? {
        switch action {
        case "CreateLaunchTemplate":
            return try createLaunchTemplate(parameters, in: region, world: &world, at: now, chance: chance)
        case "CreateLaunchTemplateVersion":
            return try createLaunchTemplateVersion(parameters, in: region, world: &world, at: now)
        case "DeleteLaunchTemplate":
            return try deleteLaunchTemplate(parameters, in: region, world: &world)
        case "DeleteLaunchTemplateVersions":
            return try deleteLaunchTemplateVersions(parameters, in: region, world: &world)
        case "DescribeLaunchTemplates":
            return try describeLaunchTemplates(parameters, in: region, world: world)
        case "DescribeLaunchTemplateVersions":
            return try describeLaunchTemplateVersions(parameters, in: region, world: world)
        default:
            return nil
        }
    }

    private func createLaunchTemplate(
        _ parameters: QueryParameters, in region: String, world: inout World, at now: Timestamp, chance: () -> UInt64
    ) throws(EC2Error) -> (inout XMLText) -> Void {
        let name = try parameters.required("LaunchTemplateName")
        guard isTemplateName(name) else { throw .malformedTemplateName }
        let template = try world.createTemplate(
            name, launchData(parameters), description: description(parameters),
            tags: tagSets(parameters, under: "TagSpecification", of: ["launch-template"])["launch-template"] ?? [],
            token: token(parameters), in: region, at: now, changing: parameters.boolean("DryRun") != true,
            chance: chance)
        return { answer in answer.element("launchTemplate") { $0.write(template) } }
    }

    private func createLaunchTemplateVersion(
        _ parameters: QueryParameters, in region: String, world: inout World, at now: Timestamp
    ) throws(EC2Error) -> (inout XMLText) -> Void {
        let (template, version) = try world.addVersion(
            to: templateName(parameters), launchData(parameters), over: parameters["SourceVersion"],
            description: description(parameters), token: token(parameters), in: region, at: now,
            changing: parameters.boolean("DryRun") != true)
        return { answer in answer.element("launchTemplateVersion") { $0.write(version, of: template) } }
    }

    private func deleteLaunchTemplate(
        _ parameters: QueryParameters, in region: String, world: inout World
    ) throws(EC2Error) -> (inout XMLText) -> Void {
        let template = try world.deleteTemplate(
            templateName(parameters), in: region, changing: parameters.boolean("DryRun") != true)
        return { answer in answer.element("launchTemplate") { $0.write(template) } }
    }

    private func deleteLaunchTemplateVersions(
        _ parameters: QueryParameters, in region: String, world: inout World
    ) throws(EC2Error) -> (inout XMLText) -> Void {
        var template = try world.template(templateName(parameters), in: region)
        let wanted = parameters.list("LaunchTemplateVersion")
        guard !wanted.isEmpty else { throw .missingParameter("LaunchTemplateVersion") }
        guard wanted.count <= 200 else { throw .invalidValue("\(wanted.count)", of: "LaunchTemplateVersion") }
        var deleted: [Int] = []
        var refused: [(version: String, code: String, message: String)] = []
        for text in wanted {
            guard let at = template.versions.firstIndex(where: { "\($0.number)" == text }) else {
                let error = EC2Error.unknownTemplateVersion(text, of: template.id)
                refused.append((text, "launchTemplateVersionDoesNotExist", error.message))
                continue
            }
            guard template.versions[at].number != template.defaultVersion else {
                refused.append((text, "unexpectedError", "The default version of a launch template cannot be deleted"))
                continue
            }
            deleted.append(template.versions.remove(at: at).number)
        }
        if try parameters.boolean("DryRun") == true { throw .dryRun }
        if !deleted.isEmpty { world.keep(template, in: region) }
        return { [template] answer in
            answer.element("successfullyDeletedLaunchTemplateVersionSet") { answer in
                for number in deleted {
                    answer.element("item") { answer in
                        answer.element("launchTemplateId", template.id)
                        answer.element("launchTemplateName", template.name)
                        answer.element("versionNumber", number)
                    }
                }
            }
            answer.element("unsuccessfullyDeletedLaunchTemplateVersionSet") { answer in
                for (version, code, message) in refused {
                    answer.element("item") { answer in
                        answer.element("launchTemplateId", template.id)
                        answer.element("launchTemplateName", template.name)
                        answer.element("versionNumber", Int(version).map(String.init))
                        answer.element("responseError") { answer in
                            answer.element("code", code)
                            answer.element("message", message)
                        }
                    }
                }
            }
        }
    }

    // MARK: - Parts

    /// The template a call names by its id or its name.
    func templateName(
        _ parameters: QueryParameters, under prefix: String = ""
    ) throws(EC2Error) -> LaunchTemplate.Name {
        switch (parameters["\(prefix)LaunchTemplateId"], parameters["\(prefix)LaunchTemplateName"]) {
        case (_?, _?):
            throw EC2Error(
                "InvalidParameterCombination",
                "Only one of launchTemplateId and launchTemplateName may be specified")
        case (let id?, nil): return .id(id)
        case (nil, let name?): return .name(name)
        case (nil, nil): throw .missingParameter("\(prefix)LaunchTemplateId")
        }
    }

    /// The parameters of a launch laid over those of the template it names, if any; and the tags that say so.
    func overlaid(
        _ parameters: QueryParameters, in region: String, world: World
    ) throws(EC2Error) -> (whole: QueryParameters, template: (id: String, tags: [Launch.Tag])?) {
        guard !parameters.under("LaunchTemplate").isEmpty else { return (parameters, nil) }
        let template = try world.template(templateName(parameters, under: "LaunchTemplate."), in: region)
        let version = try template.version(parameters["LaunchTemplate.Version"] ?? "$Default")
        let own = Dictionary(parameters.all.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
        let whole = version.data.overlaid(by: own)
        guard !whole.keys.contains(where: { $0.hasPrefix("InstanceRequirements.") }) else {
            throw EC2Error(
                "InvalidParameterCombination",
                "A launch template with InstanceRequirements launches only what a fleet or a group asks for.")
        }
        return (QueryParameters(whole), (template.id, template.marks(of: version)))
    }

    private func launchData(_ parameters: QueryParameters) throws(EC2Error) -> LaunchData {
        let data = parameters.under("LaunchTemplateData")
        guard !data.isEmpty else { throw .missingParameter("LaunchTemplateData") }
        try EC2LaunchData.check(QueryParameters(data))
        return LaunchData(data)
    }

    private func description(_ parameters: QueryParameters) throws(EC2Error) -> String? {
        guard let text = parameters["VersionDescription"] else { return nil }
        guard text.unicodeScalars.count <= 255 else { throw .invalidValue(text, of: "VersionDescription") }
        return text
    }

    func token(_ parameters: QueryParameters) throws(EC2Error) -> RecordedToken? {
        try clientToken(parameters).map { RecordedToken(token: $0, fingerprint: fingerprint(parameters)) }
    }

    private func isTemplateName(_ name: String) -> Bool {
        (3...128).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case 48...57, 65...90, 97...122: true
                default: "-()./_".utf8.contains(byte)
                }
            }
    }
}

extension LaunchTemplate {
    /// The tags by which EC2 marks what was launched by a template.
    func marks(of version: Version) -> [Launch.Tag] {
        [
            Launch.Tag(key: "aws:ec2launchtemplate:id", value: id),
            Launch.Tag(key: "aws:ec2launchtemplate:version", value: "\(version.number)"),
        ]
    }
}
