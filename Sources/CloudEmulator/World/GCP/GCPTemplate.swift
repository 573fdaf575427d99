import Provisioning

/// A named recipe for instances. Nobody can change one.
package struct GCPTemplate: Sendable, Codable {
    package let id: UInt64
    package let name: String
    /// Global, or of one region.
    package let place: GCPPlace
    package let createdAt: Timestamp
    package let description: String?
    /// What the API calls InstanceProperties.
    package let properties: JSONValue

    package var key: String { GCPProject.key(place.path, name) }
    /// `global/instanceTemplates/worker`
    package var path: String { "\(place.path)/instanceTemplates/\(name)" }
}
