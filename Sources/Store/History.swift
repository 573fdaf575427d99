import Provisioning

/// What happened, written in the same transaction as the change it tells.
package struct History {
    package struct Event: Sendable, Hashable {
        package let at: Timestamp
        package let request: Request.ID
        /// A request's id, a machine's, or an intent's token.
        package let subject: String
        /// Nil: it came into being.
        package let was: String?
        package let became: String
        package let cause: String

        package init(
            at: Timestamp, request: Request.ID, subject: String, was: String?, became: String, cause: String
        ) {
            self.at = at
            self.request = request
            self.subject = subject
            self.was = was
            self.became = became
            self.cause = cause
        }
    }

    let sql: any SQL

    package init(_ sql: any SQL) { self.sql = sql }

    package func append(_ event: Event) throws {
        try sql.run(
            "INSERT INTO history (at, request, subject, was, became, cause) VALUES ($1, $2, $3, $4, $5, $6)",
            .init(event.at), .init(event.request), .text(event.subject), .init(event.was), .text(event.became),
            .text(event.cause))
    }

    /// Rises with everything that happens: whoever has seen it need not look again while it stays.
    package func lastNumber() throws -> Int64 {
        try sql.first("SELECT MAX(number) FROM history") { $0.integer(0) ?? 0 } ?? 0
    }

    /// Oldest first, in the order of writing.
    package func events(of request: Request.ID) throws -> [Event] {
        try sql.all(
            "SELECT at, request, subject, was, became, cause FROM history WHERE request = $1 ORDER BY at, number",
            .init(request)
        ) { row in
            Event(
                at: row.moment(0)!, request: Request.ID(try row.required(1)), subject: try row.required(2),
                was: row.text(3), became: try row.required(4), cause: try row.required(5))
        }
    }
}
