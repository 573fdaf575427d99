import Provisioning

/// What to look for among templates: words that stand anywhere in them, and a condition on their fields.
///
///     cloud = aws and tags.team = web and (max_machines > 10 or not lifetime)
///
/// `=` and `!=` compare whole values, in which `*` stands for anything; `~` looks within them; `<`, `<=`, `>` and `>=`
/// compare numbers, lengths of time, or else text. A field alone asks whether it is given. Of a list one item is
/// enough. `not` binds closest, then `and`, then `or`.
package struct TemplateQuery: Sendable {
    package var words: [String]
    package var condition: Condition?

    package indirect enum Condition: Sendable, Hashable {
        case field(String, Comparison, String)
        case given(String)
        case not(Condition)
        case all([Condition])
        case any([Condition])
    }

    package enum Comparison: String, Sendable, CaseIterable {
        case notEqual = "!="
        case atMost = "<="
        case atLeast = ">="
        case equal = "="
        case holds = "~"
        case less = "<"
        case more = ">"
    }

    /// - Throws: `Rejected` if the condition cannot be understood, or names a field that templates do not have.
    package init(words: [String] = [], where conditions: String...) throws(Rejected) {
        try self.init(words: words, where: conditions)
    }

    /// All the conditions are to be met.
    package init(words: [String], where conditions: [String]) throws(Rejected) {
        self.words = words
        var parts: [Condition] = []
        for condition in conditions {
            var reader = ConditionReader(condition)
            parts.append(try reader.read())
        }
        condition = parts.count > 1 ? .all(parts) : parts.first
    }
}

/// Reads a condition by recursive descent.
private struct ConditionReader {
    private enum Token: Equatable {
        /// A quoted one is never a keyword.
        case word(String, isQuoted: Bool)
        case comparison(TemplateQuery.Comparison)
        case open, close

        func isKeyword(_ keyword: String) -> Bool {
            if case .word(let text, false) = self { text.lowercased() == keyword } else { false }
        }

        var shown: String {
            switch self {
            case .word(let text, _): text
            case .comparison(let comparison): comparison.rawValue
            case .open: "("
            case .close: ")"
            }
        }
    }

    private let text: String
    private var tokens: ArraySlice<Token> = []
    private var depth = 0

    private static let depthMax = 50

    init(_ text: String) { self.text = text }

    mutating func read() throws(Rejected) -> TemplateQuery.Condition {
        tokens = try split()[...]
        let condition = try any()
        if let rest = tokens.first { throw unreadable("`\(rest.shown)` is not expected there") }
        return condition
    }

    // MARK: - Grammar

    private mutating func any() throws(Rejected) -> TemplateQuery.Condition {
        var parts = [try all()]
        while take("or") { parts.append(try all()) }
        return parts.count == 1 ? parts[0] : .any(parts)
    }

    private mutating func all() throws(Rejected) -> TemplateQuery.Condition {
        var parts = [try one()]
        while take("and") { parts.append(try one()) }
        return parts.count == 1 ? parts[0] : .all(parts)
    }

    private mutating func one() throws(Rejected) -> TemplateQuery.Condition {
        depth += 1
        defer { depth -= 1 }
        if depth > ConditionReader.depthMax { throw unreadable("it is nested too deep") }
        if take("not") { return .not(try one()) }
        if tokens.first == .open {
            tokens.removeFirst()
            let inner = try any()
            guard tokens.popFirst() == .close else { throw unreadable("a `(` is not closed") }
            return inner
        }
        return try comparison()
    }

    private mutating func comparison() throws(Rejected) -> TemplateQuery.Condition {
        guard case .word(let field, _)? = tokens.first, tokens.first?.isKeyword("and") == false,
            tokens.first?.isKeyword("or") == false
        else {
            throw unreadable(tokens.first.map { "a field is missing before `\($0.shown)`" } ?? "a field is missing")
        }
        tokens.removeFirst()
        let path = try known(field)
        guard case .comparison(let comparison)? = tokens.first else { return .given(path) }
        tokens.removeFirst()
        guard case .word(let value, _)? = tokens.popFirst() else {
            throw unreadable("`\(field) \(comparison.rawValue)` needs a value")
        }
        return .field(path, comparison, value)
    }

    /// The field's path under its own name.
    private func known(_ field: String) throws(Rejected) -> String {
        let parts = field.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let name = TemplateKeys.all.name(of: parts[0]) else {
            throw Rejected(
                Diagnostic(
                    .error, "search.field", "`\(parts[0])` is not a template key",
                    hint: didYouMean(parts[0], among: TemplateKeys.all.all.flatMap(\.all))))
        }
        return ([name.canonical] + parts.dropFirst()).joined(separator: ".")
    }

    private mutating func take(_ keyword: String) -> Bool {
        guard tokens.first?.isKeyword(keyword) == true else { return false }
        tokens.removeFirst()
        return true
    }

    // MARK: - Words

    private func split() throws(Rejected) -> [Token] {
        var tokens: [Token] = []
        var rest = text[...]
        while let letter = rest.first {
            if letter.isWhitespace {
                rest.removeFirst()
            } else if letter == "(" || letter == ")" {
                rest.removeFirst()
                tokens.append(letter == "(" ? .open : .close)
            } else if let comparison = TemplateQuery.Comparison.allCases.first(where: { rest.hasPrefix($0.rawValue) }) {
                rest = rest.dropFirst(comparison.rawValue.count)
                // Who is used to `==` means the same.
                if comparison == .equal, rest.first == "=" { rest.removeFirst() }
                tokens.append(.comparison(comparison))
            } else if letter == "'" || letter == "\"" {
                rest.removeFirst()
                guard let end = rest.firstIndex(of: letter) else { throw unreadable("a quote is not closed") }
                tokens.append(.word(String(rest[..<end]), isQuoted: true))
                rest = rest[rest.index(after: end)...]
            } else {
                let end = rest.firstIndex { $0.isWhitespace || "()=!<>~'\"".contains($0) } ?? rest.endIndex
                if end == rest.startIndex { throw unreadable("`\(letter)` is not expected there") }
                tokens.append(.word(String(rest[..<end]), isQuoted: false))
                rest = rest[end...]
            }
        }
        return tokens
    }

    private func unreadable(_ why: String) -> Rejected {
        Rejected(
            Diagnostic(
                .error, "search.syntax", "the condition `\(text)` cannot be understood: \(why)",
                hint: "write it as in `cloud = aws and tags.team = web`"))
    }
}
