import Provisioning

/// What is not worth asking for, remembered over restarts and shared by all requests.
package struct BlockRepository {
    let sql: any SQL

    package init(_ sql: any SQL) { self.sql = sql }

    /// Those that still hold, at one account.
    package func blocks(at account: AccountName, now: Timestamp) throws -> [Block] {
        try sql.all(
            "SELECT scope, since, until, refusal FROM blocked WHERE account = $1 AND until > $2 ORDER BY scope",
            .init(account), .init(now)
        ) { row in
            Block(
                scope: .init(account: account, reach: try JSON.value(row.required(0))),
                since: row.moment(1)!, until: row.moment(2)!, refusal: try JSON.value(row.required(3)))
        }
    }

    /// The newest word on a scope replaces any earlier one.
    package func put(_ block: Block) throws {
        try sql.run(
            """
            INSERT INTO blocked (account, scope, since, until, refusal) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (account, scope) DO UPDATE
            SET since = excluded.since, until = excluded.until, refusal = excluded.refusal
            """,
            .init(block.scope.account), .text(try JSON.text(block.scope.reach)), .init(block.since), .init(block.until),
            .text(try JSON.text(block.refusal)))
    }
}
