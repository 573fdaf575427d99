/// Something a launch needs that is not a machine: a launch template, a fleet, a group.
///
/// It is in the ledger from before the call that makes it until after the call that takes it away.
package struct Scaffold: Hashable, Sendable, Identifiable {
    /// The name we give it, which says what is in it; a group is named by the token of its intent.
    package typealias ID = Identifier<Scaffold>

    /// What a cloud calls such a thing: `launch-template`, `fleet`.
    package enum Naming {}
    package typealias Kind = Identifier<Naming>

    package enum State: String, Hashable, Sendable, Codable, CaseIterable {
        /// A call that may make it was made, or is about to be.
        case making
        case ready
        /// A call that takes it away was made, or is about to be.
        case removing
    }

    package let id: ID
    package let kind: Kind
    package let account: AccountName
    /// Whose strategy makes it and takes it away.
    package let api: APIName
    package var state: State
    package var since: Timestamp
    /// Which agent is taking it away.
    package var remover: String?
    /// What the cloud calls it, once that is known.
    package var name: String?
    /// Of a group: how many units of capacity it is to have. Nil: it has no members.
    package var target: Int?
    /// Of a group: what it keeps up.
    package var upkeep: Upkeep?

    /// What a group does about members that are missing.
    package enum Upkeep: String, Hashable, Sendable, Codable {
        /// It fills up once, and replaces nothing.
        case fill
        /// It replaces what is lost, until its target is lowered.
        case maintain
    }

    package init(
        id: ID, kind: Kind, account: AccountName, api: APIName, state: State = .making, since: Timestamp,
        target: Int? = nil, upkeep: Upkeep? = nil
    ) {
        self.id = id
        self.kind = kind
        self.account = account
        self.api = api
        self.state = state
        self.since = since
        self.target = target
        self.upkeep = upkeep
    }

    package var isGroup: Bool { target != nil }
}

extension IntentToken {
    /// What a group is called whose launch carries this token.
    package var group: Scaffold.ID { Scaffold.ID(text) }
}

extension Scaffold {
    /// The token that its members carry, if it is a group.
    package var token: IntentToken { IntentToken(id.text) }
}
