import Cloud
import Provisioning

extension TypeListing {
    /// All pages of both listings, side by side.
    ///
    /// - Throws: `Unanswered` unless every one of them came in time.
    func ask(
        _ session: Session, at now: Timestamp, until end: Timestamp, _ clock: @escaping @Sendable () -> Timestamp
    ) async throws -> TypeList {
        async let offers = TypeListing.all(from: offers, session, until: end, clock)
        let types = try await TypeListing.all(from: types, session, until: end, clock)
        var zones: [String: Set<String>] = [:]
        for offer in try await offers { zones[offer.type, default: []].insert(offer.zone) }
        let entries = types.compactMap { listed in
            zones[listed.type.name].map {
                TypeList.Entry(listed.type, isCurrent: listed.isCurrent, markets: listed.markets, zones: $0)
            }
        }
        guard !entries.isEmpty else { throw Unanswered("it lists none") }
        return TypeList(askedAt: now, entries: entries.sorted { $0.type.name < $1.type.name })
    }

    struct Unanswered: Error, CustomStringConvertible {
        let description: String

        init(_ description: String) { self.description = description }
    }

    /// Listings end; one that seems not to is given up.
    private static let pagesMax = 100
    /// A throttle is no answer: the same call, later.
    private static let attemptsMax = 4

    private static func all<Item>(
        from first: Call<ListingPage<Item>>, _ session: Session, until end: Timestamp,
        _ clock: @Sendable () -> Timestamp
    ) async throws -> [Item] {
        var items: [Item] = []
        var next: Call<ListingPage<Item>>? = first
        var pages = 0
        while let call = next {
            pages += 1
            guard pages <= pagesMax else { throw Unanswered("given up after \(pagesMax) pages") }
            let page = try await answer(to: call, session, until: end, clock)
            items += page.items
            next = page.next
        }
        return items
    }

    private static func answer<Item>(
        to call: Call<ListingPage<Item>>, _ session: Session, until end: Timestamp, _ clock: @Sendable () -> Timestamp
    ) async throws -> ListingPage<Item> {
        var attempts = 0
        while true {
            attempts += 1
            let time = end - clock()
            guard time > .zero else { throw Unanswered("it took too long") }
            switch await session.perform(call, within: time) {
            case .done(let page): return page
            // The session has slowed down and waits before it sends the next one.
            case .refused(let refusal) where refusal.meaning == .throttled && attempts < attemptsMax: continue
            case .refused(let refusal): throw Unanswered(refusal.text)
            case .unknown(let error): throw Unanswered("\(error)")
            }
        }
    }
}
