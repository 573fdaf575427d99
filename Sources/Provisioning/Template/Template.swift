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
    /// Those asked after it, in order, for what it has no room or no allowance for; it comes to something of its own at
    /// each. Nil: nobody else is asked.
    package var fallbackAccounts: [AccountName]?
    package var api: APIName?
    package var isActive = true

    /// In the cloud's own form: an id, or an alias that stands for one; empty where `imageSearch` or a launch
    /// template says it.
    package var image: String
    package var imageSearch: ImageSearch?
    /// In order of preference; never empty.
    package var offerings: [Offering]
    /// What the offerings' types were chosen by, if not by their names.
    package var requirements: Requirements?
    package var securityGroups: [String] = []
    package var keyName: String?
    /// The identity the machine runs as: on AWS an instance profile, by name or ARN.
    package var role: String?
    /// As written; strategies encode it as their cloud wants it.
    package var userData: String?
    package var publicAddress: Bool?
    package var rootDisk: Disk?
    package var dataDisks: [Disk]?
    package var monitoring: Bool?
    package var placement: Placement?
    package var metadataOptions: MetadataOptions?
    package var network: NetworkOptions?
    package var cpu: CPUOptions?
    package var mayHibernate: Bool?
    package var tags: [String: String] = [:]

    /// The most to pay for a spot machine, in US dollars an hour, as written; nil: the on-demand price.
    package var maxPrice: String?
    package var fleet: FleetOptions?
    package var launchTemplate: LaunchTemplate?
    /// Parameters in the cloud's own words, laid over those of the launch template.
    package var launchTemplateSpec: RawValue?
    /// The same for the launching call itself.
    package var providerAPISpec: RawValue?

    /// No more machines than this alive at once, over all requests; nil: no limit.
    package var limit: Int?
    /// How long a machine may live, in seconds, from running to its return; nil: until it is given back.
    package var lifetimeSeconds: Int?
    /// For orders that do not say it themselves.
    package var atLeast: LeastCount?

    /// What schedulers and other tools wrote to find again.
    package var attributes: RawValue?
    package var metadata: RawValue?
    package var createdAt: String?
    package var updatedAt: String?
    package var version: String?

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
    /// What it is encrypted with: an id, ARN or alias; nil: the account's usual key.
    package var encryptionKey: String?
    /// What a data disk is made from; nil: it is empty.
    package var snapshot: String?
    /// Nil: it ends with its machine.
    package var outlivesMachine: Bool?

    package init() {}
}
