import Provisioning
import Store

/// How fast machines change state durably, and are found again.
enum LedgerSpeed {
    static func measure() throws -> [Figure] {
        try [1000, 10_000].map { set in
            let perSecond = try changes(inSetsOf: set)
            return Figure(
                what: "durable state changes in sets of \(set)", measured: "\(Int(perSecond)) machines/s",
                wanted: ">= 50000 machines/s")
        }
    }

    /// Every machine of 50,000 goes from planned to launching, with its line of history.
    private static func changes(inSetsOf size: Int) throws -> Double {
        var perSecond = 0.0
        let folder = "/tmp/muster-bench-ledger"
        try LargeLedger.withLedger(in: folder) { database in
            let now = Timestamp(seconds: 1_790_000_000)
            let machines = try LargeLedger.promise(50_000, in: database, at: now)
            let start = wallSeconds()
            for part in machines.chunked(by: size) {
                try database.transaction { sql in
                    try MachineRepository(sql).apply(
                        part.map { machine in
                            Move(machine, cause: "to be launched", at: now) {
                                $0.state = .launching
                                $0.offering = Offering(type: "c6i.xlarge", zone: "us-east-1a")
                                $0.attempt += 1
                            }
                        }, at: now)
                }
            }
            perSecond = 50_000 / (wallSeconds() - start)
        }
        return perSecond
    }
}
