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
            /// Types that are counted together, in one market, in the whole region.
            case family(String, Market)
            case subnet(String)
            /// A placement group in one place; all else there is as before.
            case placementGroup(String, zone: String?, subnet: String?)
            case market(Market)
        }

        package var account: AccountName
        package var reach: Reach

        package init(account: AccountName, reach: Reach) {
            self.account = account
            self.reach = reach
        }

        /// - Parameters:
        ///   - template: what the offering belongs to; nil: no matter.
        ///   - families: what its cloud counts together.
        package func covers(
            _ offering: Offering, of template: Template? = nil, counting families: QuotaFamilies = QuotaFamilies()
        ) -> Bool {
            switch reach {
            case .offering(let refused): refused == offering
            case .family(let family, let market):
                market == offering.market && families.name(ofType: offering.type) == family
            case .subnet(let subnet): subnet == offering.subnet
            case .placementGroup(let group, let zone, let subnet):
                group == template?.placement?.group && zone == offering.zone && subnet == offering.subnet
            case .market(let market): market == offering.market
            }
        }
    }
}

extension Refusal {
    /// What not to ask for after this refusal of an offering; nil: it says nothing about offerings.
    package func blocks(
        _ offering: Offering, of template: Template? = nil, at account: AccountName,
        counting families: QuotaFamilies = QuotaFamilies()
    ) -> Block.Scope? {
        let reach: Block.Scope.Reach? =
            switch (self.reach, meaning) {
            case (.market, _): .market(offering.market)
            case (.placementGroup, _):
                template?.placement?.group.map {
                    .placementGroup($0, zone: offering.zone, subnet: offering.subnet)
                } ?? .offering(offering)
            case (nil, .capacity), (nil, .unoffered): .offering(offering)
            case (nil, .quota): .family(families.name(ofType: offering.type), offering.market)
            case (nil, .addresses): offering.subnet.map { .subnet($0) } ?? .offering(offering)
            case (nil, .throttled), (nil, .credentials), (nil, .invalid), (nil, .oversized), (nil, .stale),
                (nil, .conflict), (nil, .absent), (nil, .unreachable), (nil, .unclassified):
                nil
            }
        return reach.map { .init(account: account, reach: $0) }
    }

    /// How long that holds where the provider's table says nothing.
    package var holds: Duration {
        if let holdsSeconds { return .seconds(holdsSeconds) }
        return switch meaning {
        case .capacity, .addresses: .seconds(3 * 60)
        case .quota: .seconds(10 * 60)
        case .unoffered: .seconds(24 * 3600)
        // What it blocks must stay blocked for a while, or it is asked for again at once.
        default: reach == nil ? .zero : .seconds(60)
        }
    }
}

extension Refusal.Meaning {
    /// Whether it speaks about what was asked for, so that something else may do.
    package var isAboutOffering: Bool {
        switch self {
        case .capacity, .unoffered, .quota, .addresses: true
        case .throttled, .credentials, .invalid, .oversized, .conflict, .stale, .absent, .unreachable, .unclassified:
            false
        }
    }
}
