/// Which families of types a cloud counts together against one allowance.
package struct QuotaFamilies: Sendable, Hashable {
    private let names: [String: String]
    private let prefixes: [String]

    /// - Parameters:
    ///   - groups: the families of each group, as the types' names begin: `["g": ["g", "gr", "vt"]]`, by their
    ///     letters, or in full where one letter is counted in several ways: `["n2": ["n2"], "cpus": ["e2", "n1"]]`.
    ///     One that is in none is counted by itself.
    ///   - prefixes: what may stand before a type's name. Where there are any, a type is counted by all the rest of its
    ///     name but its size: `Standard_D2as_v5` as `Das_v5`.
    package init(_ groups: [String: [String]] = [:], prefixes: [String] = []) {
        self.prefixes = prefixes
        var names: [String: String] = [:]
        for (name, families) in groups {
            for family in families { names[family] = name }
        }
        self.names = names
    }

    /// What a type is counted as: `m6i.large` and `c5.xlarge` are both `standard` where they share an allowance.
    package func name(ofType type: String) -> String {
        if let name = names[String(type.prefix { $0.isLetter || $0.isNumber })] { return name }
        let letters = prefixes.isEmpty ? String(type.prefix { $0.isLetter }) : series(of: type)
        return names[letters] ?? letters
    }

    /// `Eds_v5` for `Standard_E8-4ds_v5`, of whose processors only four show.
    private func series(of type: String) -> String {
        let prefix = prefixes.first { type.hasPrefix($0) } ?? ""
        let name = type.dropFirst(prefix.count)
        let letters = name.prefix { $0.isLetter }
        let rest = name.dropFirst(letters.count).drop { $0.isNumber || $0 == "-" }
        return String(letters + rest)
    }
}
