import Provisioning

/// What a cloud's error codes mean, from `providers/<cloud>/errors.yaml`.
package struct RefusalTable: Sendable {
    package struct Row: Sendable, Hashable {
        /// Nil: it leaves doubt whether the cloud acted.
        package var meaning: Refusal.Meaning?
        package var holds: Duration?
        package var reach: Refusal.Reach?
        /// How long it may be a matter of time.
        package var retries: Duration?

        package init(
            meaning: Refusal.Meaning?, holds: Duration? = nil, reach: Refusal.Reach? = nil, retries: Duration? = nil
        ) {
            self.meaning = meaning
            self.holds = holds
            self.reach = reach
            self.retries = retries
        }
    }

    /// A row for some of the faults with a code: those whose words hold a text.
    package struct Rule: Sendable, Hashable {
        package var code: String
        /// In any case; nil: whatever the words are.
        package var text: String?
        /// Nil: with whatever HTTP status it comes.
        package var status: Int?
        package var row: Row

        package init(code: String, text: String? = nil, status: Int? = nil, row: Row) {
            self.code = code
            self.text = text
            self.status = status
            self.row = row
        }
    }

    private let rows: [String: Row]
    /// Rows whose code ends in a dot stand for every code that begins so, such as `InvalidAMIID.`.
    private let prefixes: [(prefix: String, row: Row)]
    /// Rows whose code begins with a dot stand for every code that ends so, such as `.NotFound`.
    private let suffixes: [(suffix: String, row: Row)]
    private let rules: [String: [Rule]]
    /// What a cloud puts before a code where an instance says why it ended: `Server.`.
    private let lateMarks: [String]

    /// - Parameter rules: come before rows; of those for one code the first that fits counts.
    package init(rows: [String: Row], rules: [Rule] = [], lateMarks: [String] = []) {
        self.rows = rows.filter { !$0.key.hasSuffix(".") && !$0.key.hasPrefix(".") }
        prefixes = rows.filter { $0.key.hasSuffix(".") }.map { ($0.key, $0.value) }
            .sorted { $0.prefix.count > $1.prefix.count }
        suffixes = rows.filter { $0.key.hasPrefix(".") }.map { ($0.key, $0.value) }
            .sorted { $0.suffix.count > $1.suffix.count }
        self.rules = Dictionary(grouping: rules, by: \.code)
        self.lateMarks = lateMarks
    }

    /// The refusal a fault is; nil where the cloud may have acted, so that the outcome is unknown.
    ///
    /// The table decides by code, as it stands or without its late mark; a code it does not list falls to its HTTP
    /// status, then to `unclassified`.
    package func judge(_ fault: Fault) -> Refusal? {
        let row =
            fault.code.flatMap { self.row(for: $0, of: fault) }
            ?? RefusalTable.row(forStatus: fault.status)
        guard let meaning = row.meaning else { return nil }
        // No time at all is no time to wait: what a refusal blocks would be asked for again at once.
        let wait = fault.retryAfter.flatMap { $0 > .zero ? $0 : nil } ?? row.holds
        return Refusal(
            meaning, code: fault.code ?? "HTTP \(fault.status)", message: fault.message, subjects: fault.subjects,
            holdsSeconds: wait.map { Int($0.components.seconds) }, reach: row.reach,
            retriesSeconds: row.retries.map { Int($0.components.seconds) }, exchange: fault.exchange)
    }

    private func row(for code: String, of fault: Fault) -> Row? {
        let unmarked = lateMarks.first { code.hasPrefix($0) }.map { String(code.dropFirst($0.count)) }
        return listed(code, of: fault) ?? unmarked.flatMap { listed($0, of: fault) }
            ?? suffixes.first { code.hasSuffix($0.suffix) }?.row
    }

    private func listed(_ code: String, of fault: Fault) -> Row? {
        if let rules = rules[code] {
            let words = fault.message.lowercased()
            for rule in rules where rule.status.map({ $0 == fault.status }) ?? true {
                if rule.text.map({ words.contains($0.lowercased()) }) ?? true { return rule.row }
            }
        }
        return rows[code] ?? prefixes.first { code.hasPrefix($0.prefix) }?.row
    }

    private static func row(forStatus status: Int) -> Row {
        switch status {
        case 401, 403: Row(meaning: .credentials)
        case 429, 509: Row(meaning: .throttled)
        case 500...599, 408: Row(meaning: nil)
        default: Row(meaning: .unclassified)
        }
    }
}
