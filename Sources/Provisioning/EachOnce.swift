extension Array where Element: Hashable {
    /// In their order, without those that came before: in a list of preferences a second mention says nothing.
    package var eachOnce: [Element] {
        if count < 2 { return self }
        if count > 64 {
            var seen: Set<Element> = []
            return filter { seen.insert($0).inserted }
        }
        // A few are faster compared than hashed.
        return reduce(into: []) { found, element in if !found.contains(element) { found.append(element) } }
    }
}
