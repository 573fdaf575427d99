import Cloud
import Provisioning
import Store

/// What `muster doctor` wants to know that only this room can reach: whether things open, and what they say then.
extension House {
    /// Opens the ledger, which brings its tables up to date, and reads all of it for damage.
    ///
    /// - Throws: `Rejected` where it cannot be used; `LedgerError.damaged`.
    package func inspectLedger() throws -> String {
        // Opening an agent makes what is missing in the state folder, with the modes it is meant to have.
        _ = try agent()
        let database = try SQLiteDatabase(path: settings.ledgerPath)
        let (version, problems) = try database.read { sql in
            (
                try sql.first("PRAGMA user_version") { $0.integer(0) ?? 0 } ?? 0,
                try sql.all("PRAGMA integrity_check") { $0.text(0) ?? "" }.filter { $0 != "ok" }
            )
        }
        guard problems.isEmpty else { throw LedgerError.damaged(problems.prefix(3).joined(separator: "; ")) }
        return "\(settings.ledgerPath), version \(version)"
    }

    /// Opens what requests are sent with. Nothing is sent.
    package func inspectTransport() throws -> String { try CurlSettings().inspect() }
}
