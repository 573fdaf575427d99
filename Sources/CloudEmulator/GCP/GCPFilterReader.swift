/// Takes a filter's text apart: `(labels.env = prod) AND NOT status = TERMINATED`, `name eq 'worker-.*'`.
struct GCPFilterReader {
    private let text: String
    private var rest: Substring
    /// How deep the parentheses are.
    private var depth = 0

    init(_ text: String) {
        self.text = text
        rest = text[...]
    }

    private var flaw: GCPError { GCPFilter.flaw(text) }

    mutating func read() throws(GCPError) -> GCPFilter {
        let filter = try alternatives()
        skipSpace()
        guard rest.isEmpty else { throw flaw }
        return filter
    }

    /// Parts joined by AND, or by nothing, hold closer together than those joined by OR.
    private mutating func alternatives() throws(GCPError) -> GCPFilter {
        var parts = [try sequence()]
        while takeWord("OR") { parts.append(try sequence()) }
        return parts.count == 1 ? parts[0] : .any(parts)
    }

    private mutating func sequence() throws(GCPError) -> GCPFilter {
        var parts = [try part()]
        while true {
            skipSpace()
            if rest.isEmpty || rest.first == ")" || isWord("OR") { break }
            _ = takeWord("AND")
            parts.append(try part())
        }
        return parts.count == 1 ? parts[0] : .all(parts)
    }

    private mutating func part() throws(GCPError) -> GCPFilter {
        skipSpace()
        if takeWord("NOT") { return .not(try part()) }
        if rest.first == "-" {
            rest.removeFirst()
            return .not(try part())
        }
        guard rest.first == "(" else { return try comparison() }
        // Whatever is nested deeper was not written by anybody.
        guard depth < 32 else { throw flaw }
        rest.removeFirst()
        depth += 1
        let inner = try alternatives()
        skipSpace()
        guard rest.first == ")" else { throw flaw }
        rest.removeFirst()
        depth -= 1
        return inner
    }

    private mutating func comparison() throws(GCPError) -> GCPFilter {
        let path = try path()
        skipSpace()
        if let word = ["eq", "ne"].first(where: { isWord($0) }) {
            rest.removeFirst(2)
            skipSpace()
            return .compare(path: path, GCPComparison(rawValue: word) ?? .matches, value: try value())
        }
        guard let sign = ["!=", "<=", ">=", "=", "<", ">", ":"].first(where: { rest.hasPrefix($0) }),
            let comparison = GCPComparison(rawValue: sign)
        else { throw flaw }
        rest.removeFirst(sign.count)
        skipSpace()
        return .compare(path: path, comparison, value: try value())
    }

    /// `labels.env`, `labels."two.words"`
    private mutating func path() throws(GCPError) -> [String] {
        var path: [String] = []
        while true {
            if rest.first == "\"" {
                path.append(try quoted())
            } else {
                let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }
                guard !name.isEmpty else { throw flaw }
                rest.removeFirst(name.count)
                path.append(String(name))
            }
            guard rest.first == "." else { return path }
            rest.removeFirst()
        }
    }

    private mutating func value() throws(GCPError) -> String {
        if let first = rest.first, first == "\"" || first == "'" { return try quoted() }
        let word = rest.prefix { !$0.isWhitespace && $0 != "(" && $0 != ")" }
        guard !word.isEmpty else { throw flaw }
        rest.removeFirst(word.count)
        return String(word)
    }

    private mutating func quoted() throws(GCPError) -> String {
        let mark = rest.removeFirst()
        var text = ""
        while let next = rest.popFirst() {
            if next == mark { return text }
            // Only a mark can be escaped: patterns are full of backslashes of their own.
            if next == "\\", rest.first == mark {
                text.append(rest.removeFirst())
            } else {
                text.append(next)
            }
        }
        throw flaw
    }

    private mutating func skipSpace() { rest = rest.drop(while: \.isWhitespace) }

    private func isWord(_ word: String) -> Bool {
        guard rest.hasPrefix(word) else { return false }
        guard let next = rest.dropFirst(word.count).first else { return true }
        return next.isWhitespace || next == "(" || next == "'" || next == "\""
    }

    private mutating func takeWord(_ word: String) -> Bool {
        skipSpace()
        guard isWord(word) else { return false }
        rest.removeFirst(word.count)
        return true
    }
}
