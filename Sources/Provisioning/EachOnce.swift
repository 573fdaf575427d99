// Of texts only: for any element it would not be specialized in other rooms, and take a twelfth of reading a catalog.
extension [String] {
    /// In their order, without those that came before: in a list of preferences a second mention says nothing.
    package var eachOnce: [String] {
        if count < 2 { return self }
        if count > 64 {
            var seen: Set<String> = []
            return filter { seen.insert($0).inserted }
        }
        // A few are faster compared than hashed.
        return reduce(into: []) { found, text in if !found.contains(text) { found.append(text) } }
    }
}
