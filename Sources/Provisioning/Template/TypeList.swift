/// The machine types that a cloud says it has in an account's region, and in which of its zones; as of one moment.
package struct TypeList: Hashable, Sendable {
    package struct Entry: Hashable, Sendable {
        package var type: MachineType
        /// Whether its cloud recommends it still, instead of what came after it.
        package var isCurrent: Bool
        package var markets: Set<Market>
        /// Where it is offered.
        package var zones: Set<String>

        package init(_ type: MachineType, isCurrent: Bool = true, markets: Set<Market>, zones: Set<String>) {
            self.type = type
            self.isCurrent = isCurrent
            self.markets = markets
            self.zones = zones
        }

        /// Whether there is such an offering; of one that names no zone, whether there is one anywhere. Which zone a
        /// subnet is in is not known here.
        func has(_ zone: String?, _ market: Market) -> Bool {
            markets.contains(market) && (zone.map(zones.contains) ?? true)
        }
    }

    package var askedAt: Timestamp
    package var entries: [Entry]

    package init(askedAt: Timestamp, entries: [Entry]) {
        self.askedAt = askedAt
        self.entries = entries
    }

    /// What these offerings come to in the region: types that meet the requirements, in the same places and markets.
    ///
    /// They are chosen as they are from a cloud's table, which says what is cheaper than what; here it only does not
    /// say what there is.
    ///
    /// - Throws: `NoType` where nothing that is offered there meets the requirements.
    package func offerings(
        meeting wanted: Requirements, like offerings: [Offering], rankedBy table: [MachineType]
    ) throws(NoType) -> [Offering] {
        let places = offerings.map { Place(zone: $0.zone, subnet: $0.subnet) }.firsts
        let markets = offerings.map(\.market).firsts
        let zones = places.map(\.zone).firsts
        let offered = Dictionary(entries.map { ($0.type.name, $0) }, uniquingKeysWith: { first, _ in first })
        let types = types(rankedBy: table)
        let chosen = types.meeting(wanted) { type in
            markets.contains { market in zones.contains { offered[type.name]!.has($0, market) } }
        }
        if chosen.isEmpty {
            throw NoType(why: types.shortfall(of: wanted.criteria + criteria(zones, markets, offered)))
        }
        var all: [Offering] = []
        for market in markets {
            for type in chosen.prefix(Requirements.typesMax) {
                for place in places where offered[type.name]!.has(place.zone, market) {
                    all.append(Offering(type: type.name, zone: place.zone, subnet: place.subnet, market: market))
                }
            }
        }
        return all
    }

    private struct Place: Hashable {
        var zone: String?
        var subnet: String?
    }

    private func criteria(
        _ zones: [String?], _ markets: [Market], _ offered: [String: Entry]
    ) -> [Requirements.Criterion] {
        let named = zones.compactMap(\.self)
        var all = [
            Requirements.Criterion(.is, "sold as \(markets.map(\.rawValue).joined(separator: " or "))") { type in
                !offered[type.name]!.markets.isDisjoint(with: markets)
            }
        ]
        if named.count == zones.count {
            all.append(
                .init(.is, "offered in \(named.joined(separator: " or "))") { type in
                    !offered[type.name]!.zones.isDisjoint(with: named)
                })
        }
        return all
    }

    // MARK: - Beside the table

    /// All of them, cheapest first within alike ones, as far as the table knows.
    ///
    /// A type that it does not have stands behind the known sizes of its family, and a new family behind all others:
    /// what is chosen among is of one size, so that such a type comes after those that are like it. Generations of
    /// the past are left out, but for those that the table has.
    func types(rankedBy table: [MachineType]) -> [MachineType] {
        var known: [String: Int] = [:]
        known.reserveCapacity(table.count)
        var last: [String: Int] = [:]
        for (rank, type) in table.enumerated() {
            known[type.name] = rank
            last[type.family] = rank
        }
        return entries.filter { $0.isCurrent || last[$0.type.family] != nil }.map { entry in
            let type = entry.type.inTheWords(of: known[entry.type.name].map { table[$0] })
            let rank = known[type.name] ?? last[type.family] ?? .max
            return (rank: rank, isNew: known[type.name] == nil, type: type)
        }.sorted { a, b in
            if a.rank != b.rank { return a.rank < b.rank }
            if a.isNew != b.isNew { return b.isNew }
            return a.type.size == b.type.size ? a.type.name < b.type.name : a.type.size < b.type.size
        }.map(\.type)
    }
}

extension Array where Element: Hashable {
    /// In their order, without those that came before.
    fileprivate var firsts: [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}

/// Nothing in the region meets the requirements.
package struct NoType: Error, Hashable, Sendable {
    /// `of 812 types, 14 have 8 GPUs; none of these is for arm64`
    package let why: String
}

extension MachineType {
    /// Its GPU as the table has it: a GPU of 24 GiB tells a program of 22888 MiB, and what a table calls `A10G` may
    /// have a longer name there. A template is to mean the same whoever answers.
    fileprivate func inTheWords(of known: MachineType?) -> MachineType {
        guard let own = gpu, let gpu = known?.gpu else { return self }
        var type = self
        type.gpu = GPU(name: gpu.name, count: own.count, memoryGiB: gpu.memoryGiB)
        return type
    }
}
