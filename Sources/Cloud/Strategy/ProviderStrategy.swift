import Provisioning

/// How one cloud API says our verbs. It writes calls and reads replies; it never sends.
package protocol ProviderStrategy: Sendable {
    /// `aws/run-instances`
    static var api: APIName { get }

    /// The same token, the same machines.
    func launch(_ order: LaunchOrder, token: IntentToken) throws -> Call<LaunchReceipt>

    /// What the cloud says exists, a page at a time.
    func observe(_ query: FleetQuery, after cursor: String?) throws -> Call<Page>

    /// Absent ones count as done; where the cloud refuses all for one, the refusal names it.
    func terminate(_ instances: [Instance.ID], token: IntentToken) throws -> Call<Void>

    /// The cloud's own dry run, if it has one.
    func rehearse(_ order: LaunchOrder, token: IntentToken) throws -> Call<Void>?

    /// A call that changes nothing and fails where credentials, endpoint or region are wrong.
    func probe() throws -> Call<Void>
}

/// What a launch brought.
package struct LaunchReceipt: Sendable, Hashable {
    package var instances: [Instance]

    package init(instances: [Instance]) { self.instances = instances }
}

/// Which instances to list.
package enum FleetQuery: Sendable, Hashable {
    /// Those of some requests, by their tag.
    case requests([Request.ID])
    /// Those of one intent, by its token.
    case token(IntentToken)
    /// All that carry our tag, whoever's ledger they are in.
    case ours
}

/// One page of a listing.
package struct Page: Sendable, Hashable {
    package var instances: [Instance]
    /// Where the next page begins; nil: this was the last.
    package var next: String?

    package init(instances: [Instance], next: String? = nil) {
        self.instances = instances
        self.next = next
    }
}
