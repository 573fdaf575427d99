import Provisioning

// What offerings are made of. They are every combination of it, market by market, in each type by type: what the
// first of something has are all there are.
extension [Offering] {
    /// In order of preference.
    var markets: [Market] {
        guard let first = first?.market, let last = last?.market else { return [] }
        return first == last ? [first] : [first, last]
    }

    /// In order of preference, each once.
    var types: [String] {
        var types: [String] = []
        for offering in self {
            if offering.market != self[0].market { break }
            if types.last != offering.type { types.append(offering.type) }
        }
        return types
    }

    /// An offering for each zone or subnet, in order of preference.
    var places: ArraySlice<Offering> {
        prefix { $0.market == self[0].market && $0.type == self[0].type }
    }
}
