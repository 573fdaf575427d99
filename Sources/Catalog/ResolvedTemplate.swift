import Documents
import Provisioning

/// What a template comes to at one account, and who said what of it.
package struct ResolvedTemplate: Sendable {
    package var template: Template
    /// Nil: no account of the settings is on a cloud that it is for.
    package var account: AccountName?
    /// What launches its machines: the API it names, else the one that was found for it; nil: nothing is known of its
    /// cloud.
    package var api: APIName?
    /// Every field under its own name, with its origin.
    package var fields: Layered
    /// Where the template is named, in its highest layer.
    package var place: Place
    /// What an order may choose.
    package var parameters: [Parameter] = []
    /// The position of that file among all of the catalog, lowest first.
    package var filePriority = 0
    package var warnings: [Diagnostic]
}

/// A template in a listing.
package struct TemplateSummary: Sendable, Hashable, Identifiable {
    package var id: Template.ID
    package var name: String?
    package var description: String?
    package var cloud: CloudName
    /// The account asked if an order names none; nil: there is none on its cloud.
    package var account: AccountName?
    package var api: APIName?
    /// In order of preference.
    package var types: [String]
    package var limit: Int?
    package var isActive: Bool
    package var place: Place
}

extension TemplateSummary {
    init(_ resolved: ResolvedTemplate) {
        let template = resolved.template
        id = template.id
        name = template.name
        description = template.description
        cloud = template.cloud ?? ""
        account = resolved.account
        api = template.api
        types = template.offerings.types
        limit = template.limit
        isActive = template.isActive
        place = resolved.place
    }
}

extension TemplateCatalog {
    /// What the API that launches a template's machines can do of what a template may ask for, in order; none where
    /// nothing is known of its cloud.
    package func features(for resolved: ResolvedTemplate) -> [Feature] {
        guard let cloud = resolved.template.cloud, let rules = try? rules.ofCloud(cloud)?.get() else { return [] }
        return resolved.api.flatMap { rules.features[$0] }?.sorted() ?? []
    }
}
