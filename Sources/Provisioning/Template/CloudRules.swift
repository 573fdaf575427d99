/// What a cloud's manuals say of what a template may ask of it, read from `providers/<cloud>/`.
package struct CloudRules: Sendable {
    package var cloud: CloudName
    /// What each of its APIs can do.
    package var features: [APIName: Set<Feature>] = [:]
    /// All its APIs, in the order they are tried in for a template that names none.
    package var apis: [APIName] = []
    /// Those that launch nothing unless zones or subnets are named.
    package var needingPlaces: Set<APIName> = []
    /// Those that this program launches by.
    package var builtAPIs: Set<APIName> = []
    /// The zones of each region.
    package var zones: [String: [String]] = [:]
    package var machineTypes = MachineTypes([])
    /// What its calls take, in its own words.
    package var parameters = ParameterTables.none
    /// How types are written, `*` standing for anything: `*.*`.
    package var typeForms: [String] = []
    package var imageForms: [String] = []
    package var subnetForms: [String] = []
    /// How many a machine takes, those of some forms not counted.
    package var securityGroupsMax = Int.max
    package var uncountedSecurityGroups: [String] = []
    /// In bytes, before any encoding.
    package var userDataMax = Int.max
    package var tags = TagRules()

    package struct TagRules: Sendable, Hashable {
        package var countMax = Int.max
        package var keyMax = Int.max
        package var valueMax = Int.max
        /// Whether keys and values are of lower-case letters, digits, `-` and `_` alone.
        package var isLowerCase = false
        /// What a key must not hold.
        package var keyForbids = ""

        package init() {}
    }

    package init(cloud: CloudName) { self.cloud = cloud }

    /// Cheapest first within alike ones.
    package var types: [MachineType] {
        get { machineTypes.all }
        set { machineTypes = MachineTypes(newValue) }
    }
    package var typeNames: Set<String> { machineTypes.names }
    package var families: Set<String> { machineTypes.families }

    /// The API for a template that names none: the first that can do all it asks for; else the first that lacks
    /// the least of it.
    package func api(doing wanted: Set<Feature>) -> APIName? {
        var best: (api: APIName, lacking: Int)?
        for api in apis {
            let lacking = wanted.count { features[api]?.contains($0) != true }
            if lacking == 0 { return api }
            if lacking < best?.lacking ?? .max { best = (api, lacking) }
        }
        return best?.api
    }

    /// The APIs that can do something, in order.
    package func apis(with feature: Feature) -> [APIName] { apis.filter { features[$0]?.contains(feature) ?? false } }
}
