import Provisioning

/// Numbered, forward, each in a transaction of its own; a ledger knows the number it has come to.
let migrations: [(number: Int64, script: String)] = [
    (1, firstTables), (2, scaffoldTables), (3, cloudColumns),
]

/// Brings a ledger up to date.
///
/// - Throws: `Rejected` if a newer version of the program made it.
func migrate(_ connection: SQLiteConnection, path: String) throws {
    // Read first without a lock: almost every start finds nothing to do.
    guard try version(connection) != migrations.last?.number else { return }
    for migration in migrations {
        try connection.bracketed("BEGIN IMMEDIATE") { _ in
            // Another process may have come first.
            let current = try version(connection)
            if let newest = migrations.last?.number, current > newest {
                throw Rejected(
                    Diagnostic(
                        .error, "ledger.newer",
                        "the ledger `\(path)` is of version \(current), this program knows \(newest)",
                        hint: "use the newer program, or another folder with `--state-dir`"))
            }
            guard current < migration.number else { return }
            try connection.execute(migration.script)
            try connection.execute("PRAGMA user_version = \(migration.number)")
        }
    }
}

private func version(_ connection: SQLiteConnection) throws -> Int64 {
    try connection.first("PRAGMA user_version") { $0.integer(0) ?? 0 } ?? 0
}
