/// Something not worth asking for until a moment, and why: what a refusal leaves behind.
package struct Block: Hashable, Sendable {
    package var scope: Scope
    package var since: Timestamp
    package var until: Timestamp
    package var refusal: Refusal

    package init(scope: Scope, since: Timestamp, until: Timestamp, refusal: Refusal) {
        self.scope = scope
        self.since = since
        self.until = until
        self.refusal = refusal
    }

    /// What a refusal speaks about.
    package struct Scope: Hashable, Sendable {
        package enum Reach: Hashable, Sendable, Codable {
            /// One type in one place in one market.
            case offering(Offering)
            /// A family of types in one market, in the whole region.
            case family(String, Market)
            case subnet(String)
        }

        package var account: AccountName
        package var reach: Reach

        package init(account: AccountName, reach: Reach) {
            self.account = account
            self.reach = reach
        }

        package func covers(_ offering: Offering) -> Bool {
            switch reach {
            case .offering(let refused): refused == offering
            case .family(let family, let market): market == offering.market && offering.family == family
            case .subnet(let subnet): subnet == offering.subnet
            }
        }
    }
}

extension Refusal {
    /// What not to ask for after this refusal of an offering; nil: it says nothing about offerings.
    package func blocks(_ offering: Offering, at account: AccountName) -> Block.Scope? {
        switch meaning {
        case .capacity, .unoffered: .init(account: account, reach: .offering(offering))
        case .quota: .init(account: account, reach: .family(offering.family, offering.market))
        case .addresses:
            .init(account: account, reach: offering.subnet.map { .subnet($0) } ?? .offering(offering))
        case .throttled, .credentials, .invalid, .conflict, .stale, .absent, .unreachable, .unclassified: nil
        }
    }

    /// How long that holds where the provider's table says nothing.
    package var holds: Duration {
        if let holdsSeconds { return .seconds(holdsSeconds) }
        return switch meaning {
        case .capacity, .addresses: .seconds(3 * 60)
        case .quota: .seconds(10 * 60)
        case .unoffered: .seconds(24 * 3600)
        default: .zero
        }
    }
}

extension Offering {
    /// The letters before the first dot or digit: quotas are counted by family (`m6i.large` and `m5.xlarge`
    /// are both `m`).
    package var family: String { String(type.prefix { $0.isLetter }) }
}
