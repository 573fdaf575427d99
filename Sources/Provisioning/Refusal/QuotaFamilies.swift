/// Which families of types a cloud counts together against one allowance.
package struct QuotaFamilies: Sendable, Hashable {
    private let names: [String: String]

    /// - Parameter groups: the families of each group, as the types' names begin: `["g": ["g", "gr", "vt"]]`.
    ///   One that is in none is counted by itself.
    package init(_ groups: [String: [String]] = [:]) {
        var names: [String: String] = [:]
        for (name, families) in groups {
            for family in families { names[family] = name }
        }
        self.names = names
    }

    /// What a type is counted as: `m6i.large` and `c5.xlarge` are both `standard` where they share an allowance.
    package func name(ofType type: String) -> String {
        let letters = String(type.prefix { $0.isLetter })
        return names[letters] ?? letters
    }
}
