import Catalog
import Cloud
import Provisioning

/// Where the types of a template that says requirements come from.
package enum TypeSource: Sendable, Hashable {
    /// From what the account's cloud said that it has.
    case cloud(Timestamp)
    /// From the table in `providers/`; with the reason if the cloud was asked and did not say.
    case table(whyNotCloud: String?)
    /// The cloud itself, with every launch, by the attributes that it is told.
    case attributes

    /// `from the cloud's list of 2026-11-21`
    package var text: String {
        switch self {
        case .cloud(let asked): "from the cloud's list of \(asked.description.prefix(10))"
        case .table(nil): "from the shipped table"
        case .attributes: "chosen by the cloud, by what the template requires"
        case .table(let why?): "from the shipped table, for the cloud did not list its own: \(why)"
        }
    }
}

/// Chooses the types of templates that say requirements.
struct TypeChoice: Sendable {
    let catalog: TemplateCatalog
    let lists: TypeLists

    /// A template with the types that its requirements come to.
    struct Resolved {
        var template: Template
        /// Nil: it names its types.
        var source: TypeSource?
        /// For the history; nil: nobody was asked, or there was nothing to ask.
        var cause: String?
    }

    /// The template with those offerings that there are in the account's region.
    ///
    /// The catalog chose them from a table for all regions. Where the cloud does not say what it has, they stay what
    /// they are: a launch will tell.
    ///
    /// - Parameter asking: whether the cloud may be asked; else only what it said today counts.
    /// - Throws: `Rejected` where the region has nothing that meets the requirements.
    func resolve(_ template: Template, at account: Account, asking: Bool) async throws(Rejected) -> Resolved {
        guard let wanted = template.requirements else { return Resolved(template: template) }
        // Whoever is told the attributes picks the types, and knows best.
        if account.choosesTypes(of: template) { return Resolved(template: template, source: .attributes) }
        guard let listing = account.typeListing(for: template) else {
            return Resolved(template: template, source: .table(whyNotCloud: nil))
        }
        let list: TypeList
        if !asking {
            guard let kept = lists.kept(of: account) else {
                return Resolved(template: template, source: .table(whyNotCloud: nil))
            }
            list = kept
        } else {
            switch await lists.list(of: account, by: listing) {
            case .list(let found): list = found
            case .none(let why):
                let source = TypeSource.table(whyNotCloud: why)
                return Resolved(template: template, source: source, cause: "types \(source.text)")
            }
        }
        var resolved = template
        do {
            resolved.offerings = try list.offerings(
                meeting: wanted, like: template.offerings, rankedBy: catalog.machineTypes(of: account.cloud))
        } catch {
            throw Rejected(
                Diagnostic(
                    .error, "template.no-type",
                    "no machine type in `\(account.region)` meets the requirements of template `\(template.id)`: "
                        + error.why, hint: "ask for less, or in another zone or region"))
        }
        let source = TypeSource.cloud(list.askedAt)
        return Resolved(template: resolved, source: source, cause: "types \(source.text)")
    }
}

extension Agent {
    func resolveTypes(of template: Template, at account: Account, asking: Bool) async throws -> TypeChoice.Resolved {
        try await TypeChoice(catalog: catalog, lists: typeLists).resolve(template, at: account, asking: asking)
    }
}

extension Account {
    /// Nil: there is nobody to ask, or no need to.
    fileprivate func typeListing(for template: Template) -> TypeListing? {
        // An emulated cloud launches every type there is, and lists a few: its list says nothing of what it has.
        if isEmulated { return nil }
        return lookUps?.typeListing
    }

    fileprivate func choosesTypes(of template: Template) -> Bool {
        api(template.api)?.traits.features.contains(.attributeSelection) ?? false
    }
}
