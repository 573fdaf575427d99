import Provisioning

/// Where each account was when machines were first promised there.
///
/// An instance is looked for where its account is. Were an account to be somewhere else tomorrow, every machine
/// of it would look gone.
package struct AccountRegister {
    let sql: any SQL

    package init(_ sql: any SQL) { self.sql = sql }

    /// Writes down where an account is.
    ///
    /// - Returns: where it was before, if that is elsewhere and something of it still lives there; nothing is
    ///   written then.
    package func note(_ account: AccountName, at place: String) throws -> String? {
        let before = try sql.first("SELECT place FROM account WHERE name = $1", .init(account)) { try $0.required(0) }
        if before == place { return nil }
        if let before, try isInUse(account) { return before }
        try sql.run(
            "INSERT INTO account (name, place) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET place = excluded.place",
            .init(account), .text(place))
        return nil
    }

    /// Whether every account is where it is noted to be.
    package func agrees(with places: [AccountName: String]) throws -> Bool {
        let noted = try sql.all("SELECT name, place FROM account") {
            (AccountName(try $0.required(0)), try $0.required(1))
        }
        let known = Dictionary(uniqueKeysWithValues: noted)
        return places.allSatisfy { known[$0.key] == $0.value }
    }

    private func isInUse(_ account: AccountName) throws -> Bool {
        try sql.first(
            """
            SELECT 1 FROM machine WHERE account = $1
              AND state IN (\(Machine.State.living)) LIMIT 1
            """, .init(account)
        ) { _ in true } ?? false
    }
}
