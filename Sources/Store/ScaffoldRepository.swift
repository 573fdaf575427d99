import Provisioning

/// What launches need that is not a machine: in the ledger from before it is made until after it is gone.
package struct ScaffoldRepository {
    let sql: any SQL

    package init(_ sql: any SQL) { self.sql = sql }

    // MARK: Reading

    package func scaffold(_ id: Scaffold.ID, at account: AccountName) throws -> Scaffold? {
        try sql.first(
            "SELECT \(columns) FROM scaffold WHERE id = $1 AND account = $2", .init(id), .init(account), as: read)
    }

    /// All of an account, in whatever state.
    package func scaffolds(at account: AccountName) throws -> [Scaffold] {
        try sql.all("SELECT \(columns) FROM scaffold WHERE account = $1 ORDER BY id", .init(account), as: read)
    }

    /// The groups of an account, in whatever state.
    package func groups(at account: AccountName) throws -> [Scaffold] {
        try sql.all(
            "SELECT \(columns) FROM scaffold WHERE account = $1 AND target IS NOT NULL ORDER BY id", .init(account),
            as: read)
    }

    /// Those that a request uses.
    package func scaffolds(of request: Request.ID) throws -> [Scaffold] {
        try sql.all(
            """
            SELECT \(columns) FROM scaffold WHERE EXISTS (
                SELECT 1 FROM scaffold_use AS used
                WHERE used.scaffold = scaffold.id AND used.account = scaffold.account AND used.request = $1)
            ORDER BY id
            """, .init(request), as: read)
    }

    /// Those that nothing needs any more, whoever made them: no request that used one is open or has a machine that is
    /// not over, and of a group no machine is left.
    ///
    /// Nil: of every request.
    package func idle(usedBy request: Request.ID? = nil) throws -> [Scaffold] {
        try sql.all(
            """
            SELECT \(columns) FROM scaffold
            WHERE ($1 IS NULL OR EXISTS (
                SELECT 1 FROM scaffold_use AS used
                WHERE used.scaffold = scaffold.id AND used.account = scaffold.account AND used.request = $1))
              AND NOT EXISTS (
                SELECT 1 FROM scaffold_use AS used
                WHERE used.scaffold = scaffold.id AND used.account = scaffold.account AND (
                    EXISTS (
                        SELECT 1 FROM request
                        WHERE request.id = used.request AND request.state = 'open' AND scaffold.target IS NULL)
                    OR EXISTS (
                        SELECT 1 FROM machine
                        WHERE machine.request = used.request AND machine.state IN (\(Machine.State.living))
                          AND (scaffold.target IS NULL OR machine.scaffold = scaffold.id))
                    OR EXISTS (
                        SELECT 1 FROM intent
                        WHERE intent.request = used.request AND intent.closed_at IS NULL
                          AND (scaffold.target IS NULL OR intent.token = scaffold.id OR intent.scaffold = scaffold.id))))
            ORDER BY target IS NULL, id
            """, .init(request), as: read)
    }

    // MARK: Writing

    package func insert(_ scaffold: Scaffold, for request: Request.ID) throws {
        try sql.run(
            """
            INSERT INTO scaffold (id, account, kind, api, state, since, name, target, upkeep)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            """,
            .init(scaffold.id), .init(scaffold.account), .init(scaffold.kind), .init(scaffold.api),
            .text(scaffold.state.rawValue), .init(scaffold.since), .init(scaffold.name),
            .init(scaffold.target), .init(scaffold.upkeep?.rawValue))
        try use(scaffold.id, at: scaffold.account, for: request)
        try tell(scaffold, became: "making", cause: "\(scaffold.kind) needed", for: request, at: scaffold.since)
    }

    package func use(_ id: Scaffold.ID, at account: AccountName, for request: Request.ID) throws {
        try sql.run(
            """
            INSERT INTO scaffold_use (scaffold, account, request) VALUES ($1, $2, $3)
            ON CONFLICT (scaffold, account, request) DO NOTHING
            """, .init(id), .init(account), .init(request))
    }

    /// Forgets which requests used what is shared, where those are over and others need it still.
    ///
    /// Something that many requests share is otherwise asked about all there ever were, whenever one settles.
    package func forgetPastUses() throws {
        try sql.run(
            """
            DELETE FROM scaffold_use
            WHERE EXISTS (
                SELECT 1 FROM scaffold
                WHERE scaffold.id = scaffold_use.scaffold AND scaffold.account = scaffold_use.account
                  AND scaffold.target IS NULL AND scaffold.state = 'ready')
              AND NOT EXISTS (
                SELECT 1 FROM request WHERE request.id = scaffold_use.request AND request.state = 'open')
              AND NOT EXISTS (
                SELECT 1 FROM machine
                WHERE machine.request = scaffold_use.request AND machine.state IN (\(Machine.State.living)))
              AND NOT EXISTS (
                SELECT 1 FROM intent WHERE intent.request = scaffold_use.request AND intent.closed_at IS NULL)
            """)
    }

    /// - Throws: `LedgerError.stale` if it is not in the state it was read in.
    package func update(_ scaffold: Scaffold, was state: Scaffold.State) throws {
        let changed = try sql.run(
            """
            UPDATE scaffold SET state = $4, since = $5, name = $6, target = $7, remover = $8
            WHERE id = $1 AND account = $2 AND state = $3
            """,
            .init(scaffold.id), .init(scaffold.account), .text(state.rawValue), .text(scaffold.state.rawValue),
            .init(scaffold.since), .init(scaffold.name), .init(scaffold.target), .init(scaffold.remover))
        guard changed == 1 else { throw LedgerError.stale("\(scaffold.kind) \(scaffold.id)") }
    }

    /// It is gone, and so is all memory of who used it.
    package func delete(_ scaffold: Scaffold, cause: String, at now: Timestamp) throws {
        let users = try sql.all(
            "SELECT request FROM scaffold_use WHERE scaffold = $1 AND account = $2", .init(scaffold.id),
            .init(scaffold.account)
        ) { Request.ID(try $0.required(0)) }
        try sql.run(
            "DELETE FROM scaffold_use WHERE scaffold = $1 AND account = $2", .init(scaffold.id),
            .init(scaffold.account))
        try sql.run("DELETE FROM scaffold WHERE id = $1 AND account = $2", .init(scaffold.id), .init(scaffold.account))
        for user in users { try tell(scaffold, became: "gone", cause: cause, for: user, at: now) }
    }

    private func tell(
        _ scaffold: Scaffold, became: String, cause: String, for request: Request.ID, at now: Timestamp
    ) throws {
        try History(sql).append(
            .init(at: now, request: request, subject: scaffold.id.text, was: nil, became: became, cause: cause))
    }

    // MARK: Rows

    private let columns = "id, account, kind, api, state, since, name, target, upkeep, remover"

    private func read(_ row: any Row) throws -> Scaffold {
        var scaffold = Scaffold(
            id: Scaffold.ID(try row.required(0)), kind: Scaffold.Kind(try row.required(2)),
            account: AccountName(try row.required(1)), api: APIName(try row.required(3)), state: try row.variant(4),
            since: row.moment(5)!, target: row.integer(7).map(Int.init))
        scaffold.name = row.text(6)
        if row.text(8) != nil { scaffold.upkeep = try row.variant(8) }
        scaffold.remover = row.text(9)
        return scaffold
    }
}
