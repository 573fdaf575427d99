import Cloud
import Provisioning

extension Agent {
    /// The template with its image by id, and what the id stands for, as `AMI is ALIAS`; nil: it was an id already.
    ///
    /// Once for each request, so that machines of one request are alike, however long their launches take.
    ///
    /// - Throws: `Rejected` where the cloud does not say which image is meant.
    func resolveImage(
        of template: Template, at account: Account
    ) async throws -> (template: Template, image: String?) {
        guard let alias = account.imageAlias(of: template) else { return (template, nil) }
        var resolved = template
        let finding = await Verification(at: account).image(of: template)
        if let id = finding?.id, case .verified = finding?.answer {
            resolved.image = id
            return (resolved, "\(id) is \(alias)")
        }
        // No answer is no reason to refuse: it may be there by the time of the launch.
        if let finding, case .unknown(let why) = finding.answer,
            let image = account.lookUps?.imageForLaunch(by: template)
        {
            resolved.image = image
            return (resolved, "\(image) could not be looked up: \(why)")
        }
        let why = finding.map { "\($0.word == "absent" ? "" : "the cloud did not say: ")\($0.detail)" }
        throw Rejected(
            Diagnostic(
                .error, "image.unresolved",
                "the image `\(alias)` of template `\(template.id)` cannot be found at account `\(account.name)`: "
                    + (why ?? "its cloud has no such search"),
                hint: "`muster template validate \(template.id) --ask-cloud` asks for all that it names"))
    }
}

extension Account {
    /// What a template says in place of an image's id, as a person reads it.
    func imageAlias(of template: Template) -> String? {
        if template.image.isEmpty { return template.imageSearch?.description }
        return lookUps?.imageLookUp(for: template) == nil ? nil : template.image
    }
}
