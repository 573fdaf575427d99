import Provisioning

/// What templates are read by, besides their files.
package struct TemplateRules: Sendable {
    /// What a cloud's manuals say; nil: nothing is known of it, and nothing is checked by it.
    package var ofCloud: @Sendable (CloudName) -> Result<CloudRules, Rejected>?
    package var references: References
    /// The directories that what is known of clouds is read from: what was worked out before they changed is void.
    package var directories: [String]

    package init(
        references: References = References(), directories: [String] = [],
        ofCloud: @escaping @Sendable (CloudName) -> Result<CloudRules, Rejected>? = { _ in nil }
    ) {
        self.ofCloud = ofCloud
        self.references = references
        self.directories = directories
    }

    /// For templates at an account.
    ///
    /// - Throws: `Rejected` if what is known of its cloud cannot be read.
    func circumstances(at account: CatalogAccount) throws(Rejected) -> Circumstances {
        Circumstances(
            cloud: try ofCloud(account.cloud).map { rules throws(Rejected) in KnownCloud(try rules.get()) },
            region: account.region, references: references,
            rulesOf: { [ofCloud] cloud in try? ofCloud(cloud)?.get() })
    }
}
