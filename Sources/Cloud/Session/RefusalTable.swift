import Provisioning

/// What a cloud's error codes mean, from `providers/<cloud>/errors.yaml`.
package struct RefusalTable: Sendable {
    package struct Row: Sendable, Hashable {
        /// Nil: it leaves doubt whether the cloud acted.
        package var meaning: Refusal.Meaning?
        package var holds: Duration?

        package init(meaning: Refusal.Meaning?, holds: Duration? = nil) {
            self.meaning = meaning
            self.holds = holds
        }
    }

    private let rows: [String: Row]
    /// Rows whose code ends in a dot stand for every code that begins so, such as `InvalidAMIID.`.
    private let prefixes: [(prefix: String, row: Row)]

    package init(rows: [String: Row]) {
        self.rows = rows.filter { !$0.key.hasSuffix(".") }
        prefixes = rows.filter { $0.key.hasSuffix(".") }.map { ($0.key, $0.value) }
            .sorted { $0.prefix.count > $1.prefix.count }
    }

    /// The refusal a fault is; nil where the cloud may have acted, so that the outcome is unknown.
    ///
    /// The table decides by code; a code it does not list falls to its HTTP status, then to `unclassified`.
    package func judge(_ fault: Fault) -> Refusal? {
        let row = fault.code.flatMap(row) ?? RefusalTable.row(forStatus: fault.status)
        guard let meaning = row.meaning else { return nil }
        let wait = fault.retryAfter ?? row.holds
        return Refusal(
            meaning, code: fault.code ?? "HTTP \(fault.status)", message: fault.message, subjects: fault.subjects,
            holdsSeconds: wait.map { Int($0.components.seconds) }, exchange: fault.exchange)
    }

    private func row(for code: String) -> Row? {
        rows[code] ?? prefixes.first { code.hasPrefix($0.prefix) }?.row
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
