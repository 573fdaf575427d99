/// What a launch says of its instances beyond where they are and what they are made of.
///
/// Kept apart from the launch and optional there, so that a world saved before there were any still opens.
package struct LaunchOptions: Sendable, Codable, Hashable {
    package var placementGroup: String?
    package var partition: Int?
    package var tenancy: String?
    package var host: String?
    /// `open`, `none`, `capacity-reservations-only`, or an id or ARN.
    package var capacityReservation: String?
    package var metadataEndpoint: String?
    package var metadataHopLimit: Int?
    package var metadataTags: String?
    package var cores: Int?
    package var threadsPerCore: Int?
    package var mayHibernate: Bool?
    package var maxPrice: String?
    package var ipv6Addresses: Int?
    package var interfaceType: String?

    package init() {}
}
