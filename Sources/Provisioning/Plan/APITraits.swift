/// What a cloud's manual says of one of its APIs, read from `providers/<cloud>/apis/<api>.yaml`.
package struct APITraits: Sendable, Hashable {
    /// The most machines one launch may name.
    package var launchBatch: Int
    /// The most machines one termination may name.
    package var terminateBatch: Int
    /// How long a repeated token is sure to be recognised.
    package var tokenMemory: Duration
    /// How long something new may be missing from a listing.
    package var visibility: Duration
    /// How long one call may take before its outcome counts as unknown.
    package var callDeadline: Duration
    /// Whether one call is asked for every offering at once, rather than for one of them.
    package var takesManyOfferings: Bool
    /// Whether it launches nothing unless zones or subnets are named.
    package var needsPlace: Bool
    /// Whether each machine is made under a name that we give it, by a call of its own or as a member of a group.
    package var namesMachines: Bool
    /// Whether listings no longer show what is terminated, rather than showing it as such for a while.
    package var vanishes: Bool
    /// What it can do of what a template may ask for.
    package var features: Set<Feature>
    /// Which types share an allowance; of its cloud, whatever the API.
    package var quotaFamilies = QuotaFamilies()

    package init(
        launchBatch: Int, terminateBatch: Int, tokenMemory: Duration, visibility: Duration, callDeadline: Duration,
        takesManyOfferings: Bool = false, needsPlace: Bool = false, namesMachines: Bool = false,
        vanishes: Bool = false, features: Set<Feature> = []
    ) {
        self.launchBatch = launchBatch
        self.terminateBatch = terminateBatch
        self.tokenMemory = tokenMemory
        self.visibility = visibility
        self.callDeadline = callDeadline
        self.takesManyOfferings = takesManyOfferings
        self.needsPlace = needsPlace
        self.namesMachines = namesMachines
        self.vanishes = vanishes
        self.features = features
    }
}
