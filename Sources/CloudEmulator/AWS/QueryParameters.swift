/// The parameters of one call, each known to the action that reads them.
struct QueryParameters {
    private let values: [String: String]

    /// Refuses names that the action does not have, and names that come twice.
    init(_ text: QueryText, accepting accepted: Set<String>) throws(EC2Error) {
        var values: [String: String] = [:]
        for (name, value) in text.pairs where name != "Action" && name != "Version" {
            guard accepted.contains(pattern(of: name)) else { throw .unknownParameter(name) }
            guard values.updateValue(value, forKey: name) == nil else {
                throw EC2Error("InvalidParameterCombination", "The parameter \(name) may only be specified once")
            }
        }
        self.values = values
    }

    /// Parameters that were taken before.
    init(_ values: [String: String]) { self.values = values }

    /// What stands under a name, by the rest of its names.
    func under(_ name: String) -> [String: String] {
        let start = name + "."
        return values.reduce(into: [:]) { part, pair in
            if pair.key.hasPrefix(start) { part[String(pair.key.dropFirst(start.count))] = pair.value }
        }
    }

    /// Every name and value, sorted by name.
    var all: [(name: String, value: String)] { values.map { ($0.key, $0.value) }.sorted { $0.0 < $1.0 } }

    subscript(name: String) -> String? { values[name] }

    func required(_ name: String) throws(EC2Error) -> String {
        guard let value = values[name], !value.isEmpty else { throw .missingParameter(name) }
        return value
    }

    func integer(_ name: String) throws(EC2Error) -> Int? {
        guard let text = values[name] else { return nil }
        guard let number = Int(text) else { throw .invalidValue(text, of: name) }
        return number
    }

    func decimal(_ name: String) throws(EC2Error) -> Double? {
        guard let text = values[name] else { return nil }
        guard let number = Double(text), number.isFinite else { throw .invalidValue(text, of: name) }
        return number
    }

    /// A number that is no less than the least there may be.
    func integer(_ name: String, atLeast least: Int) throws(EC2Error) -> Int? {
        guard let number = try integer(name) else { return nil }
        guard number >= least else { throw .invalidValue("\(number)", of: name) }
        return number
    }

    func boolean(_ name: String) throws(EC2Error) -> Bool? {
        switch values[name] {
        case nil: return nil
        case "true": return true
        case "false": return false
        case let text?:
            throw EC2Error("InvalidParameterValue", "Invalid value '\(text)' for boolean parameter \(name)")
        }
    }

    /// The values of `Name.1`, `Name.2`, …, by their numbers, which need not be without gaps.
    func list(_ name: String) -> [String] {
        numbers(under: name).compactMap { values["\(name).\($0)"] }
    }

    /// The prefixes `Name.1`, `Name.2`, … of a list of structures.
    func prefixes(_ name: String) -> [String] {
        numbers(under: name).map { "\(name).\($0)" }
    }

    private func numbers(under name: String) -> [Int] {
        let start = name + "."
        var found: Set<Int> = []
        for key in values.keys where key.hasPrefix(start) {
            if let number = Int(key.dropFirst(start.count).prefix { $0 != "." }) { found.insert(number) }
        }
        return found.sorted()
    }
}

/// A parameter's name with `N` for each number: `TagSpecification.N.Tag.N.Key`.
func pattern(of name: String) -> String {
    name.split(separator: ".", omittingEmptySubsequences: false).map { part in
        // At most five digits and no leading zero: what EC2's own clients write.
        let isNumber =
            !part.isEmpty && part.utf8.count <= 5 && part.utf8.first != UInt8(ascii: "0")
            && part.utf8.allSatisfy { (48...57).contains($0) }
        return isNumber ? "N" : String(part)
    }.joined(separator: ".")
}
