/// All that a strategy needs to write a launch; stored with the intent, so a retry sends the same bytes.
package struct LaunchOrder: Hashable, Sendable, Codable {
    package var request: Request.ID
    /// When the request was accepted: what is to end by itself is counted from here.
    package var acceptedAt: Timestamp?
    package var template: Template
    package var offering: Offering
    /// What the same call may bring instead, in order of preference; for APIs that are asked for many at once.
    package var others: [Offering]?
    /// In machines, or in units of capacity where types have weights.
    package var count: Int
    /// With fewer than this it is to bring none at all, where the API can do that.
    package var atLeast: Int?
    /// How long each machine may run before it is given back, if limited; for clouds that can be told so, too.
    package var lifetimeSeconds: Int?
    /// At creation, on everything the launch brings about: ours, the site's, the template's and the order's.
    package var tags: [String: String]
    /// What the template says of the launching call itself.
    package var rawCall: RawParameters?
    /// What the template says of the launch template that the call goes by.
    package var rawLaunchTemplate: RawParameters?

    package init(request: Request.ID, template: Template, offering: Offering, count: Int, tags: [String: String]) {
        self.request = request
        self.template = template
        self.offering = offering
        self.count = count
        self.tags = tags
    }

    /// All that may come of it, in order of preference.
    package var offerings: [Offering] { [offering] + (others ?? []) }

    /// Those of one market and one network, for calls that choose among types and zones alone.
    package var choices: [Offering] {
        offerings.filter { $0.market == offering.market && $0.subnet == offering.subnet }
    }
}

/// Parameters in the cloud's own words, as they go over the wire.
package struct RawParameters: Hashable, Sendable, Codable {
    package struct Value: Hashable, Sendable, Codable {
        package var name: String
        package var value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// Beginnings of names: whatever begins so is taken away first, for a list replaces a list.
    package var replaces: [String]
    package var values: [Value]

    package init(replaces: [String] = [], values: [Value]) {
        self.replaces = replaces
        self.values = values
    }
}
