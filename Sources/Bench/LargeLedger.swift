import Glibc
import Provisioning
import Store

/// A ledger with many machines in requests of a hundred, all of them running.
enum LargeLedger {
    /// Returns the name of one of its requests.
    static func make(in folder: String, machines: Int) throws -> String {
        mkdir(folder, 0o700)
        let database = try SQLiteDatabase(path: "\(folder)/ledger.sqlite")
        let now = Timestamp(seconds: 1_790_000_000)
        var name = ""
        for number in 0..<(machines / 100) {
            let request = request(Request.ID("req-\(1_000_000 + number)"), count: 100, at: now)
            name = request.id.text
            try database.transaction { sql in
                try RequestRepository(sql).insert(request)
                let machines = (1...100).map {
                    Machine(id: request.machineID(number: $0), request: request.id, account: "demo", at: now)
                }
                try MachineRepository(sql).insert(machines, cause: "promised")
                var settled = request
                settled.state = .fulfilled
                settled.settledAt = now
                try RequestRepository(sql).update(settled, was: .open, at: now, cause: "settled")
            }
        }
        return name
    }

    /// Promises machines in one request and returns them.
    static func promise(_ count: Int, in database: SQLiteDatabase, at now: Timestamp) throws -> [Machine] {
        let request = request("req-1", count: count, at: now)
        let machines = (1...count).map {
            Machine(id: request.machineID(number: $0), request: request.id, account: "demo", at: now)
        }
        try database.transaction { sql in
            try RequestRepository(sql).insert(request)
            try MachineRepository(sql).insert(machines, cause: "promised")
        }
        return machines
    }

    static func withLedger(in folder: String, _ body: (SQLiteDatabase) throws -> Void) throws {
        mkdir(folder, 0o700)
        let path = "\(folder)/ledger.sqlite"
        func remove() { for end in ["", "-wal", "-shm"] { unlink(path + end) } }
        remove()
        defer {
            remove()
            rmdir(folder)
        }
        try body(try SQLiteDatabase(path: path))
    }

    private static func request(_ id: Request.ID, count: Int, at now: Timestamp) -> Request {
        let template = Template(
            id: "grid-node", image: "ami-0abcdef1234567890",
            offerings: [Offering(type: "c6i.xlarge", zone: "us-east-1a")])
        return Request(
            id: id, kind: .launch(Order(template: "grid-node", count: count), template), account: "demo",
            createdAt: now,
            deadline: now + .seconds(900))
    }
}
