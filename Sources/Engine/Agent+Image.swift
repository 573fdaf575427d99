import Cloud
import Provisioning

extension Agent {
    /// A template with its image as the launch will say it.
    struct ResolvedImage {
        var template: Template
        /// How it came to that, as `AMI is ALIAS`; nil: it said its image by an id.
        var cause: String?
        /// Nil: there was nothing to find out.
        var confidence: Preview.Confidence?
    }

    /// All that is asked about an image has to be answered within this: whoever orders waits for it.
    private static let imageTime: Duration = .seconds(20)

    /// The template with its image by id, and what its fleet acts as in full.
    ///
    /// Once for each request, so that its machines are alike, however long their launches take. Only an alias that
    /// the cloud could not be asked about stays what it is: then the cloud looks it up with every launch, and
    /// machines of one request may come from two images if it is changed meanwhile.
    ///
    /// - Throws: `Rejected` where the cloud does not say which image is meant; `NotPromised` where it does not accept
    ///   the account's credentials.
    func resolveImage(of written: Template, at account: Account) async throws -> ResolvedImage {
        let acting = try await resolveFleetRole(of: written, at: account)
        let template = try await resolveKey(of: acting, at: account)
        guard let alias = account.imageAlias(of: template) else { return ResolvedImage(template: template) }
        let now = surroundings.now
        let verification = Verification(at: account, until: now() + Agent.imageTime, now)
        guard let (finding, refusal) = await verification.image(of: template) else {
            throw unresolved(alias, of: template, at: account, "its cloud has no such search")
        }
        var resolved = template
        switch (finding.answer, finding.id) {
        case (.verified, let id?):
            resolved.image = id
            return ResolvedImage(template: resolved, cause: "\(id) is \(alias)", confidence: .verified)
        case (.absent(let why), _):
            throw unresolved(alias, of: template, at: account, why)
        case (.verified(let why), nil), (.predicted(let why), _), (.unknown(let why), _):
            let isOpen = try await mayBeAnswered(after: refusal, verification, template, account)
            guard isOpen, let image = account.lookUps?.imageForLaunch(by: template) else {
                throw unresolved(alias, of: template, at: account, "the cloud did not say: \(why)")
            }
            resolved.image = image
            return ResolvedImage(
                template: resolved, cause: "\(image) could not be looked up: \(why)", confidence: .unknown(why))
        }
    }

    /// Whether the launch may well have an answer where a look-up had none.
    ///
    /// - Throws: `NotPromised`
    private func mayBeAnswered(
        after refusal: Refusal?, _ verification: Verification, _ template: Template, _ account: Account
    ) async throws -> Bool {
        switch refusal?.meaning {
        case nil, .throttled, .unreachable: return true
        case .credentials:
            // Who may launch need not be allowed to look. What every pass asks tells that from credentials that are
            // good for nothing.
            guard let strategy = account.api(template.api)?.strategy else { return false }
            if case .refused(let other) = await verification.probe(try strategy.probe()), other.meaning == .credentials
            {
                throw NotPromised(account: account.name, refusal: other)
            }
            return true
        case .invalid, .oversized, .stale, .absent, .conflict, .unclassified, .capacity, .unoffered, .quota, .addresses:
            return false
        }
    }

    private func unresolved(
        _ alias: String, of template: Template, at account: Account, _ why: String
    ) -> Rejected {
        Rejected(
            Diagnostic(
                .error, "image.unresolved",
                "the image `\(alias)` of template `\(template.id)` cannot be found at account `\(account.name)`: "
                    + why,
                hint: "`muster template validate \(template.id) --ask-cloud` asks for all that it names"))
    }
}

/// An order that nobody can promise anything about, for the cloud does not accept who asks. Nothing was stored.
package struct NotPromised: Error, Sendable {
    package let account: AccountName
    package let refusal: Refusal

    package init(account: AccountName, refusal: Refusal) {
        self.account = account
        self.refusal = refusal
    }
}

extension Account {
    /// What a template says in place of an image's id, as a person reads it.
    func imageAlias(of template: Template) -> String? {
        if template.image.isEmpty { return template.imageSearch?.description }
        return lookUps?.imageLookUp(for: template) == nil ? nil : template.image
    }
}
