import Provisioning

extension TemplateCatalog {
    /// Every template there is, sound or not, in order.
    package var ids: [Template.ID] { cache.value().snapshot.ids.map { Template.ID($0) } }
}
