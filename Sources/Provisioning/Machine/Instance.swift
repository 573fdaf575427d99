/// What a cloud gave.
package struct Instance: Hashable, Sendable, Identifiable {
    package typealias ID = Identifier<Instance>

    package enum State: String, Hashable, Sendable, Codable, CaseIterable {
        case pending, running, stopping, stopped, terminating, terminated
        /// It did not come up, and something of it is still there.
        case broken
    }

    package var id: ID
    package var state: State
    package var type: String
    package var zone: String?
    package var market: Market
    package var privateIP: String?
    package var publicIP: String?
    package var launchedAt: Timestamp?
    /// The cloud's own words on why it is in its state: `Server.SpotInstanceTermination: …`.
    package var stateReason: String?
    /// The code of that: `Server.SpotInstanceTermination`.
    package var stateCode: String?
    /// Where the cloud tells what becomes of it, if it said so when it granted it.
    package var operation: String?
    /// Where it has one that whoever makes it may choose.
    package var name: String?
    package var tags: [String: String]

    package init(id: ID, state: State, type: String, market: Market = .onDemand) {
        self.id = id
        self.state = state
        self.type = type
        self.market = market
        self.tags = [:]
    }
}

/// The tags every instance carries from its creation, so that a listing can always be joined back.
package enum OurTag {
    package static let request = "muster:request"
    package static let token = "muster:token"
    /// Who owns it: the ledger's name and its signature over the token.
    package static let owner = "muster:owner"
    package static let prefix = "muster:"
}
