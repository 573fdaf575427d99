import Provisioning

/// The machines of a ledger. States change by sets, and only along the table of allowed moves.
package struct MachineRepository {
    let sql: any SQL

    package init(_ sql: any SQL) { self.sql = sql }

    // MARK: Reading

    package func machine(_ id: Machine.ID) throws -> Machine? {
        try sql.first("SELECT \(columns) FROM machine WHERE id = $1", .init(id), as: read)
    }

    /// Those there are, sorted by id.
    package func machines(_ ids: [Machine.ID]) throws -> [Machine] {
        var machines: [Machine] = []
        for some in ids.sorted().chunked(by: MachineRepository.idsOfOneQuery) {
            // Always as many places, so that it is prepared once.
            let none = Array(repeating: SQLValue.null, count: MachineRepository.idsOfOneQuery - some.count)
            try sql.rows(
                "SELECT \(columns) FROM machine WHERE id IN (\(MachineRepository.places)) ORDER BY id",
                some.map { SQLValue($0) } + none
            ) { machines.append(try read($0)) }
        }
        return machines
    }

    /// Sorted by id.
    package func machines(of request: Request.ID) throws -> [Machine] {
        try sql.all("SELECT \(columns) FROM machine WHERE request = $1 ORDER BY id", .init(request), as: read)
    }

    /// Those that a return is to give back, sorted by id.
    package func machines(returnedBy request: Request.ID) throws -> [Machine] {
        try sql.all(
            """
            SELECT \(columns) FROM machine WHERE id IN (SELECT machine FROM return_machine WHERE request = $1)
            ORDER BY id
            """, .init(request), as: read)
    }

    /// Every machine that a group of an account was ever to bring, sorted by id.
    package func machines(ofGroup group: Scaffold.ID, at account: AccountName) throws -> [Machine] {
        try sql.all(
            "SELECT \(columns) FROM machine WHERE scaffold = $1 AND account = $2 ORDER BY id", .init(group),
            .init(account), as: read)
    }

    /// Nil: every state, every account. Oldest first.
    package func machines(in state: Machine.State?, at account: AccountName? = nil) throws -> [Machine] {
        try sql.all(
            """
            SELECT \(columns) FROM machine WHERE ($1 IS NULL OR state = $1) AND ($2 IS NULL OR account = $2)
            ORDER BY id
            """, .init(state?.rawValue), .init(account), as: read)
    }

    /// Those in no final state at an account.
    package func living(at account: AccountName) throws -> [Machine] {
        try sql.all(
            """
            SELECT \(columns) FROM machine WHERE account = $1
              AND state IN (\(Machine.State.living)) ORDER BY id
            """, .init(account), as: read)
    }

    /// Whatever a machine in no final state claims, at any account.
    package func claimedInstances() throws -> Set<Instance.ID> {
        Set(
            try sql.all(
                """
                SELECT instance FROM machine WHERE instance IS NOT NULL
                  AND state IN (\(Machine.State.living))
                """
            ) { Instance.ID(try $0.required(0)) })
    }

    /// Whether anything was ever promised at an account.
    package func hasMachines(at account: AccountName) throws -> Bool {
        try sql.first("SELECT 1 FROM machine WHERE account = $1 LIMIT 1", .init(account)) { _ in true } ?? false
    }

    /// Running ones whose lifetime is over and that no open return has taken up, in the order of their ends.
    ///
    /// Asked many times a second, so it must be answered from its index however many machines there are.
    package func expired(at now: Timestamp) throws -> [Machine.ID] {
        try sql.all(
            """
            SELECT id FROM machine WHERE state = 'running' AND expires_at <= $1 AND NOT EXISTS (
                SELECT 1 FROM return_machine JOIN request ON request.id = return_machine.request
                WHERE return_machine.machine = machine.id AND request.state = 'open')
            ORDER BY expires_at
            """, .init(now)
        ) { Machine.ID(try $0.required(0)) }
    }

    /// The highest number that a machine of a request ever had; 0: it had none.
    ///
    /// By the history, which remembers those that are not promised any more: no number is given twice.
    package func lastNumber(of request: Request) throws -> Int {
        let first = request.machineID(number: 1).text
        let start = first.utf8.count - 3
        return try sql.first(
            "SELECT MAX(CAST(SUBSTR(subject, $2) AS BIGINT)) FROM history WHERE request = $1 AND subject LIKE 'mch-%'",
            .init(request.id), .init(start)
        ) { Int($0.integer(0) ?? 0) } ?? 0
    }

    // MARK: Writing

    package func insert(_ machines: [Machine], cause: String) throws {
        for machine in machines {
            try sql.run(
                """
                INSERT INTO machine (id, request, account, state, since, type, zone, subnet, market, attempt, version,
                    scaffold, weight)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
                """,
                .init(machine.id), .init(machine.request), .init(machine.account), .text(machine.state.rawValue),
                .init(machine.since), .init(machine.offering?.type), .init(machine.offering?.zone),
                .init(machine.offering?.subnet), .init(machine.offering?.market.rawValue), .init(machine.attempt),
                .init(machine.version), .init(machine.group), .init(machine.weight))
            try record(machine, was: nil, at: machine.since, cause: cause)
        }
    }

    /// Makes every move or none.
    ///
    /// - Throws: `LedgerError.stale` if a machine is no longer what it was when its move was decided.
    package func apply(_ moves: [Move], at now: Timestamp) throws {
        for move in moves {
            let (before, after) = (move.before, move.after)
            precondition(
                before.state == after.state || before.state.mayBecome(after.state),
                "a machine cannot go from \(before.state) to \(after.state)")
            let changed = try sql.run(
                """
                UPDATE machine SET state = $4, since = $5, instance = $6, type = $7, zone = $8, subnet = $9,
                    market = $10, private_ip = $11, public_ip = $12, launched_at = $13, attempt = $14, failure = $15,
                    ran_at = $16, expires_at = $17, missing_since = $18, scaffold = $19, weight = $20,
                    operation = $21, version = version + 1
                WHERE id = $1 AND state = $2 AND version = $3
                """,
                .init(before.id), .text(before.state.rawValue), .init(before.version), .text(after.state.rawValue),
                .init(after.since), .init(after.instance), .init(after.offering?.type), .init(after.offering?.zone),
                .init(after.offering?.subnet), .init(after.offering?.market.rawValue), .init(after.privateIP),
                .init(after.publicIP), .init(after.launchedAt), .init(after.attempt),
                .init(try after.failure.map(JSON.text)), .init(after.ranAt), .init(after.expiresAt),
                .init(after.missingSince), .init(after.group), .init(after.weight), .init(after.operation))
            guard changed == 1 else { throw LedgerError.stale("machine \(before.id)") }
            if before.state != after.state {
                try record(after, was: before.state, at: now, cause: move.cause)
            }
        }
    }

    /// Has others asked for machines that nothing is asked for now.
    ///
    /// - Throws: `LedgerError.stale` if a machine is no longer what it was when its move was decided.
    package func move(_ moves: [Move], at now: Timestamp) throws {
        for move in moves {
            precondition(
                move.before.state == .planned && move.before.instance == nil,
                "a machine that was asked for stays where it is")
            let changed = try sql.run(
                """
                UPDATE machine SET account = $4, type = NULL, zone = NULL, subnet = NULL, market = NULL, failure = NULL,
                    attempt = $5, version = version + 1
                WHERE id = $1 AND state = $2 AND version = $3
                """,
                .init(move.before.id), .text(move.before.state.rawValue), .init(move.before.version),
                .init(move.after.account), .init(move.after.attempt))
            guard changed == 1 else { throw LedgerError.stale("machine \(move.before.id)") }
            try History(sql).append(
                .init(
                    at: now, request: move.after.request, subject: move.after.id.text, was: move.before.state.rawValue,
                    became: "moved", cause: move.cause))
        }
    }

    /// Takes back promises that have been kept by others: those were never launched for, or only by their group.
    ///
    /// - Throws: `LedgerError.stale` if one is no longer what it was when that was decided.
    package func drop(_ machines: [Machine], cause: String, at now: Timestamp) throws {
        for machine in machines {
            precondition(machine.instance == nil, "a machine that has an instance is nobody's to drop")
            let changed = try sql.run(
                "DELETE FROM machine WHERE id = $1 AND state = $2 AND version = $3 AND instance IS NULL",
                .init(machine.id), .text(machine.state.rawValue), .init(machine.version))
            guard changed == 1 else { throw LedgerError.stale("machine \(machine.id)") }
            try History(sql).append(
                .init(
                    at: now, request: machine.request, subject: machine.id.text, was: machine.state.rawValue,
                    became: "spare", cause: cause))
        }
    }

    private func record(_ machine: Machine, was: Machine.State?, at now: Timestamp, cause: String) throws {
        try History(sql).append(
            .init(
                at: now, request: machine.request, subject: machine.id.text, was: was?.rawValue,
                became: machine.state.rawValue, cause: cause))
    }

    // MARK: Rows

    private static let idsOfOneQuery = 100
    private static let places = (1...idsOfOneQuery).map { "$\($0)" }.joined(separator: ", ")

    private let columns = """
        id, request, account, state, since, instance, type, zone, subnet, market, private_ip, public_ip, launched_at, \
        attempt, failure, ran_at, expires_at, missing_since, version, scaffold, weight, \
        operation
        """

    private func read(_ row: any Row) throws -> Machine {
        var machine = Machine(
            id: Machine.ID(try row.required(0)), request: Request.ID(try row.required(1)),
            account: AccountName(try row.required(2)), at: row.moment(4)!)
        machine.state = try row.variant(3)
        machine.instance = row.id(5)
        if let type = row.text(6) {
            machine.offering = Offering(
                type: type, zone: row.text(7), subnet: row.text(8), market: try row.variant(9))
        }
        machine.privateIP = row.text(10)
        machine.publicIP = row.text(11)
        machine.launchedAt = row.moment(12)
        machine.attempt = Int(row.integer(13)!)
        machine.failure = try row.text(14).map { try JSON.value($0) }
        machine.ranAt = row.moment(15)
        machine.expiresAt = row.moment(16)
        machine.missingSince = row.moment(17)
        machine.version = Int(row.integer(18)!)
        machine.group = row.id(19)
        machine.weight = Int(row.integer(20)!)
        machine.operation = row.text(21)
        return machine
    }
}

extension Machine.State {
    /// Those that a move leads out of, as a list in SQL.
    static let living = allCases.filter { !$0.isFinal }.map { "'\($0.rawValue)'" }.joined(separator: ", ")
}
