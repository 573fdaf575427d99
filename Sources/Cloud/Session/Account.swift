import Provisioning

/// An account of `config/`, ready for work: its session and the strategies of its cloud.
package struct Account: Sendable {
    package let name: AccountName
    package let cloud: CloudName
    package let isEmulated: Bool
    package let session: Session
    package let strategies: [APIName: AccountAPI]
    /// The API used where a template names none.
    package let usualAPI: APIName
    /// Put on everything created at this account.
    package let tags: [String: String]
    /// How its cloud is asked whether what a template names exists; nil: it cannot be asked yet.
    package let lookUps: (any TemplateLookUps)?
    /// What its calls take, in its cloud's own words.
    package let parameters: ParameterTables

    package init(
        name: AccountName, cloud: CloudName, isEmulated: Bool, session: Session,
        strategies: [APIName: AccountAPI], usualAPI: APIName, tags: [String: String],
        lookUps: (any TemplateLookUps)? = nil, parameters: ParameterTables = .none
    ) {
        self.name = name
        self.cloud = cloud
        self.isEmulated = isEmulated
        self.session = session
        self.strategies = strategies
        self.usualAPI = usualAPI
        self.tags = tags
        self.lookUps = lookUps
        self.parameters = parameters
        precondition(strategies[usualAPI] != nil, "the usual API of an account is one of its own")
    }

    package var region: String { session.region }

    /// What an API is and what it allows; the usual one where none is named.
    package func api(_ name: APIName?) -> AccountAPI? { strategies[name ?? usualAPI] }
}

/// One API of an account: how it is spoken to, and what its manual says.
package struct AccountAPI: Sendable {
    package let strategy: any ProviderStrategy
    package let traits: APITraits

    package init(strategy: any ProviderStrategy, traits: APITraits) {
        self.strategy = strategy
        self.traits = traits
    }

    package var name: APIName { type(of: strategy).api }
}
