import Provisioning

/// The intents of a ledger: what was about to be done, before it was done.
package struct IntentLog {
    let sql: any SQL

    package init(_ sql: any SQL) { self.sql = sql }

    /// The open ones of a request.
    package func open(of request: Request.ID) throws -> [Intent] {
        try sql.all(
            "SELECT \(columns) FROM intent WHERE request = $1 AND closed_at IS NULL ORDER BY token", .init(request),
            as: read)
    }

    /// Open or closed; nil: this ledger never had one of that token.
    package func intent(_ token: IntentToken) throws -> Intent? {
        try sql.first("SELECT \(columns) FROM intent WHERE token = $1", .init(token), as: read)
    }

    /// The tokens of every open intent: instances that carry one are not orphans.
    package func openTokens() throws -> Set<IntentToken> {
        Set(try sql.all("SELECT token FROM intent WHERE closed_at IS NULL") { IntentToken(try $0.required(0)) })
    }

    /// Whether the outcome of a call on a group is still awaited, other than that of one intent.
    package func awaits(_ group: Scaffold.ID, at account: AccountName, besides token: IntentToken) throws -> Bool {
        try sql.first(
            """
            SELECT 1 FROM intent WHERE scaffold = $1 AND account = $2 AND token <> $3 AND closed_at IS NULL
              AND attempts > answers LIMIT 1
            """, .init(group), .init(account), .init(token)
        ) { _ in true } ?? false
    }

    /// Whether any call on a group is still to be made or answered.
    package func isOpen(on group: Scaffold.ID, at account: AccountName) throws -> Bool {
        try sql.first(
            "SELECT 1 FROM intent WHERE scaffold = $1 AND account = $2 AND closed_at IS NULL LIMIT 1", .init(group),
            .init(account)
        ) { _ in true } ?? false
    }

    /// The machines of an account that an open termination speaks for, whoever asked for it.
    package func machinesBeingTerminated(at account: AccountName) throws -> Set<Machine.ID> {
        let lists = try sql.all(
            "SELECT machines FROM intent WHERE account = $1 AND verb = 'terminate' AND closed_at IS NULL",
            .init(account)
        ) { try JSON.value($0.required(0), as: [Machine.ID].self) }
        return Set(lists.joined())
    }

    package func insert(_ intent: Intent) throws {
        try sql.run(
            """
            INSERT INTO intent (token, request, verb, account, api, ordered, machines, opened_at, attempts, answers,
                attempted_at, scaffold)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
            """,
            .init(intent.token), .init(intent.request), .text(intent.verb.rawValue), .init(intent.account),
            .init(intent.api), .init(try intent.order.map(JSON.text)), .text(try JSON.text(intent.machines)),
            .init(intent.openedAt), .init(intent.attempts), .init(intent.answers), .init(intent.attemptedAt),
            .init(intent.group))
    }

    /// Stores how far an open intent has come.
    ///
    /// - Throws: `LedgerError.stale` if it has been closed, or another attempt was begun.
    package func update(_ intent: Intent, attemptsBefore: Int) throws {
        let changed = try sql.run(
            """
            UPDATE intent SET attempts = $3, answers = $4, attempted_at = $5, retry_at = $6, refusal = $7
            WHERE token = $1 AND attempts = $2 AND closed_at IS NULL
            """,
            .init(intent.token), .init(attemptsBefore), .init(intent.attempts), .init(intent.answers),
            .init(intent.attemptedAt), .init(intent.retryAt), .init(try intent.refusal.map(JSON.text)))
        guard changed == 1 else { throw LedgerError.stale("intent \(intent.token)") }
    }

    /// - Throws: `LedgerError.stale` if it is closed already.
    package func close(_ token: IntentToken, as outcome: Intent.Outcome, at now: Timestamp) throws {
        let changed = try sql.run(
            "UPDATE intent SET closed_at = $2, outcome = $3 WHERE token = $1 AND closed_at IS NULL",
            .init(token), .init(now), .text(outcome.rawValue))
        guard changed == 1 else { throw LedgerError.stale("intent \(token)") }
    }

    private let columns = """
        token, request, verb, account, api, ordered, machines, opened_at, attempts, answers, attempted_at, retry_at, \
        refusal, scaffold
        """

    private func read(_ row: any Row) throws -> Intent {
        var intent = Intent(
            token: IntentToken(try row.required(0)), request: Request.ID(try row.required(1)),
            verb: try row.variant(2), account: AccountName(try row.required(3)), api: APIName(try row.required(4)),
            order: try row.text(5).map { try JSON.value($0) }, machines: try JSON.value(row.required(6)),
            openedAt: row.moment(7)!)
        intent.attempts = Int(row.integer(8)!)
        intent.answers = Int(row.integer(9)!)
        intent.attemptedAt = row.moment(10)
        intent.retryAt = row.moment(11)
        intent.refusal = try row.text(12).map { try JSON.value($0) }
        intent.group = row.id(13)
        return intent
    }
}
