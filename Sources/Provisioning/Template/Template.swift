/// A named recipe for machines, resolved: every layer merged, every alias read under its own name.
///
/// A request keeps its own copy, so that editing a template never changes a request under way.
package struct Template: Hashable, Sendable, Codable, Identifiable {
    package typealias ID = Identifier<Template>

    package var id: ID
    package var name: String?
    package var description: String?
    /// Which kind of cloud the template speaks for; nil: that of whichever account is asked.
    package var cloud: CloudName?
    /// The account asked when an order names none; nil: the default account of `config/`.
    package var account: AccountName?
    package var api: APIName?
    package var isActive = true

    package var image: String
    /// In order of preference; never empty.
    package var offerings: [Offering]
    package var securityGroups: [String] = []
    package var keyName: String?
    /// The identity the machine runs as: on AWS an instance profile, by name or ARN.
    package var role: String?
    /// As written; strategies encode it as their cloud wants it.
    package var userData: String?
    package var publicAddress: Bool?
    package var rootDisk: Disk?
    package var monitoring: Bool?
    package var tags: [String: String] = [:]

    /// No more machines than this alive at once, over all requests; nil: no limit.
    package var limit: Int?
    /// How long a machine may live, in seconds, from running to its return; nil: until it is given back.
    package var lifetimeSeconds: Int?

    package init(id: ID, image: String, offerings: [Offering]) {
        self.id = id
        self.image = image
        self.offerings = offerings
    }
}

/// The disk a machine starts from; nil means whatever the image says.
package struct Disk: Hashable, Sendable, Codable {
    /// What the image calls its root device; nil: `/dev/xvda`, as Amazon Linux does.
    package var device: String?
    package var sizeGiB: Int?
    package var type: String?
    package var iops: Int?
    package var throughputMiBps: Int?
    package var isEncrypted: Bool?

    package init() {}
}
