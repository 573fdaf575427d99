import Provisioning

/// The requests of a ledger.
package struct RequestRepository {
    let sql: any SQL

    package init(_ sql: any SQL) { self.sql = sql }

    // MARK: Reading

    package func request(_ id: Request.ID) throws -> Request? {
        try sql.first("SELECT \(columns) FROM request WHERE id = $1", .init(id), as: read)
    }

    package func request(key: String) throws -> Request? {
        try sql.first("SELECT \(columns) FROM request WHERE key = $1", .text(key), as: read)
    }

    /// Newest first; nil: every state.
    package func requests(in state: Request.State? = nil) throws -> [Request] {
        try sql.all(
            "SELECT \(columns) FROM request WHERE $1 IS NULL OR state = $1 ORDER BY created_at DESC, id DESC",
            .init(state?.rawValue), as: read)
    }

    /// Open, not waiting for a later moment, and leased by nobody whose lease still holds.
    package func due(at now: Timestamp) throws -> [Lease.Candidate] {
        try sql.all(
            """
            SELECT id, lease_owner, lease_until FROM request
            WHERE state = 'open' AND (wake_at IS NULL OR wake_at <= $1) ORDER BY wake_at, id
            """, .init(now)
        ) { row in
            Lease.Candidate(
                request: Request.ID(try row.required(0)), owner: row.text(1), until: row.moment(2))
        }
    }

    /// How many machines of a template are alive or promised.
    ///
    /// A slot that an open request may still fill in place of a lost machine counts as promised.
    package func machinesInUse(of template: Template.ID) throws -> Int {
        let requests = try sql.all(
            """
            SELECT request.count, CASE WHEN request.state = 'open' AND request.cancelled_at IS NULL THEN 1 ELSE 0 END,
                SUM(CASE WHEN machine.state IN (\(Machine.State.living))
                    THEN 1 ELSE 0 END),
                SUM(CASE WHEN machine.ran_at IS NULL AND (machine.state = 'lost'
                        OR machine.state IN ('terminating', 'terminated') AND machine.failure LIKE '%"cause":"broken"%')
                    THEN 1 ELSE 0 END), COUNT(*)
            FROM request JOIN machine ON machine.request = request.id
            WHERE request.template_id = $1 GROUP BY request.id
            """, .init(template)
        ) { row in
            let number = { (column: Int32) in Int(row.integer(column) ?? 0) }
            let open = number(1) == 1 ? max(0, number(0) - (number(4) - number(3))) : 0
            return number(2) + open
        }
        return requests.reduce(0, +)
    }

    // MARK: Writing

    package func insert(_ request: Request, cause: String = "accepted") throws {
        try sql.run(
            """
            INSERT INTO request (id, key, kind, ordered, template, template_id, account, count, state, created_at,
                deadline, cancelled_at, settled_at, wake_at, version, elsewhere)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
            """,
            .init(request.id), .init(request.key), .text(request.kind.name), .init(try request.order.map(JSON.text)),
            .init(try request.template.map(JSON.text)), .init(request.template?.id), .init(request.account),
            .init(request.count), .text(request.state.rawValue), .init(request.createdAt), .init(request.deadline),
            .init(request.cancelledAt), .init(request.settledAt), .init(request.wakeAt), .init(request.version),
            .init(try request.elsewhere.isEmpty ? nil : JSON.text(request.elsewhere)))
        if case .giveBack(let machines) = request.kind {
            for machine in machines {
                try sql.run(
                    "INSERT INTO return_machine (request, machine) VALUES ($1, $2)", .init(request.id), .init(machine))
            }
        }
        try record(request, was: nil, at: request.createdAt, cause: cause)
    }

    /// Stores the state of a request that was read at its version.
    ///
    /// - Throws: `LedgerError.stale` if it has been changed since.
    package func update(_ request: Request, was: Request.State, at now: Timestamp, cause: String) throws {
        let changed = try sql.run(
            """
            UPDATE request SET state = $3, cancelled_at = $4, settled_at = $5, wake_at = $6, version = version + 1
            WHERE id = $1 AND version = $2
            """,
            .init(request.id), .init(request.version), .text(request.state.rawValue), .init(request.cancelledAt),
            .init(request.settledAt), .init(request.wakeAt))
        guard changed == 1 else { throw LedgerError.stale("request \(request.id)") }
        try record(request, was: was, at: now, cause: cause)
    }

    /// Says when an open request wants to be looked at next; nil: at once.
    ///
    /// Whoever wakes a request by changing it raises its version, so a pass that saw the earlier one does not
    /// put it back to sleep.
    package func sleep(_ id: Request.ID, until moment: Timestamp?, ifVersion version: Int) throws {
        try sql.run(
            "UPDATE request SET wake_at = $2 WHERE id = $1 AND version = $3", .init(id), .init(moment), .init(version))
    }

    private func record(_ request: Request, was: Request.State?, at now: Timestamp, cause: String) throws {
        try History(sql).append(
            .init(
                at: now, request: request.id, subject: request.id.text, was: was?.rawValue,
                became: request.state.rawValue, cause: cause))
    }

    // MARK: Rows

    private let columns = """
        id, kind, ordered, template, account, created_at, deadline, cancelled_at, settled_at, state, wake_at, version, \
        elsewhere
        """

    /// A request is looked at many times while it is under way, and these stay as they are.
    private static let orders = Remembered<Order>()
    private static let templates = Remembered<Template>()

    private func read(_ row: any Row) throws -> Request {
        let id = Request.ID(try row.required(0))
        let kind: Request.Kind =
            switch try row.required(1) {
            case "launch":
                .launch(
                    try RequestRepository.orders.value(row.required(2)),
                    try RequestRepository.templates.value(row.required(3)))
            default: .giveBack(try machinesToReturn(id))
            }
        var request = Request(
            id: id, kind: kind, account: row.id(4), createdAt: row.moment(5)!, deadline: row.moment(6)!)
        request.cancelledAt = row.moment(7)
        request.settledAt = row.moment(8)
        request.state = try row.variant(9)
        request.wakeAt = row.moment(10)
        request.version = Int(row.integer(11)!)
        request.elsewhere = try row.text(12).map { try JSON.value($0) } ?? []
        return request
    }

    private func machinesToReturn(_ id: Request.ID) throws -> [Machine.ID] {
        try sql.all("SELECT machine FROM return_machine WHERE request = $1 ORDER BY machine", .init(id)) {
            Machine.ID(try $0.required(0))
        }
    }
}

extension Request.Kind {
    fileprivate var name: String {
        switch self {
        case .launch: "launch"
        case .giveBack: "return"
        }
    }
}
