import Provisioning

/// How a cloud is asked which machine types there are in a region, and in which of its zones; plain values.
package struct TypeListing: Sendable {
    package var types: Call<ListingPage<ListedType>>
    package var offers: Call<ListingPage<TypeOffer>>

    package init(types: Call<ListingPage<ListedType>>, offers: Call<ListingPage<TypeOffer>>) {
        precondition(types.effect == .reads && offers.effect == .reads, "a listing changes nothing")
        self.types = types
        self.offers = offers
    }
}

/// Part of a listing, and the question for the next one.
package struct ListingPage<Item: Sendable>: Sendable {
    package var items: [Item]
    /// Nil: there is no more.
    package var next: Call<ListingPage<Item>>?

    package init(_ items: [Item], next: Call<ListingPage<Item>>? = nil) {
        self.items = items
        self.next = next
    }
}

/// What a cloud says of one of its types, wherever it has it.
package struct ListedType: Sendable, Hashable {
    package var type: MachineType
    package var isCurrent: Bool
    package var markets: Set<Market>

    package init(_ type: MachineType, isCurrent: Bool, markets: Set<Market>) {
        self.type = type
        self.isCurrent = isCurrent
        self.markets = markets
    }
}

/// That a zone has a type.
package struct TypeOffer: Sendable, Hashable {
    package var type: String
    package var zone: String

    package init(type: String, zone: String) {
        self.type = type
        self.zone = zone
    }
}
