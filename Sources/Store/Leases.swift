import Provisioning

/// One agent's right to run passes on a request, until a moment.
package struct Lease: Sendable, Hashable {
    package let request: Request.ID
    package let owner: String
    package var until: Timestamp

    /// A request that somebody may take, and who has it now.
    package struct Candidate: Sendable, Hashable {
        package let request: Request.ID
        package let owner: String?
        package let until: Timestamp?

        package init(request: Request.ID, owner: String?, until: Timestamp?) {
            self.request = request
            self.owner = owner
            self.until = until
        }
    }
}

package struct Leases {
    let sql: any SQL

    package init(_ sql: any SQL) { self.sql = sql }

    /// Takes a request that nobody has, whose lease has run out, or whose owner is known to be gone.
    ///
    /// - Returns: nil if somebody else has it, or got it first.
    package func take(
        _ candidate: Lease.Candidate, for owner: String, at now: Timestamp, lasting duration: Duration,
        isGone: (String) -> Bool
    ) throws -> Lease? {
        if let holder = candidate.owner, let until = candidate.until, until > now, !isGone(holder) {
            return nil
        }
        let until = now + duration
        let changed = try sql.run(
            """
            UPDATE request SET lease_owner = $2, lease_until = $3
            WHERE id = $1 AND state = 'open' AND lease_owner IS NOT DISTINCT FROM $4
              AND lease_until IS NOT DISTINCT FROM $5
            """,
            .init(candidate.request), .text(owner), .init(until), .init(candidate.owner), .init(candidate.until))
        return changed == 1 ? Lease(request: candidate.request, owner: owner, until: until) : nil
    }

    /// Makes a lease last longer; false if it is no longer ours.
    package func renew(_ lease: inout Lease, at now: Timestamp, lasting duration: Duration) throws -> Bool {
        let until = now + duration
        let changed = try sql.run(
            "UPDATE request SET lease_until = $4 WHERE id = $1 AND lease_owner = $2 AND lease_until = $3",
            .init(lease.request), .text(lease.owner), .init(lease.until), .init(until))
        if changed == 1 { lease.until = until }
        return changed == 1
    }

    package func release(_ lease: Lease) throws {
        try sql.run(
            """
            UPDATE request SET lease_owner = NULL, lease_until = NULL
            WHERE id = $1 AND lease_owner = $2 AND lease_until = $3
            """, .init(lease.request), .text(lease.owner), .init(lease.until))
    }

    /// Whether the lease is still ours.
    package func holds(_ lease: Lease) throws -> Bool {
        try sql.first(
            "SELECT 1 FROM request WHERE id = $1 AND lease_owner = $2 AND lease_until = $3", .init(lease.request),
            .text(lease.owner), .init(lease.until)
        ) { _ in true } ?? false
    }
}
