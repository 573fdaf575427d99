import Provisioning
import Store
import Testing

@Suite struct RequestRepositoryTests {
    private let database = try! SQLiteDatabase.inMemory()

    private func stored(_ request: Request) throws -> Request? {
        try database.transaction { try RequestRepository($0).insert(request) }
        return try database.read { try RequestRepository($0).request(request.id) }
    }

    @Test func everyFieldOfALaunchIsReadBack() throws {
        var request = Sample.request(key: "nightly/7")
        request.cancelledAt = Sample.start + .seconds(1)
        request.settledAt = Sample.start + .seconds(2)
        request.state = .cancelled
        request.wakeAt = Sample.start + .microseconds(3)
        request.version = 4
        #expect(try stored(request) == request)
    }

    @Test func everyFieldOfAReturnIsReadBack() throws {
        let request = Sample.giveBack("ret-one", ["mch-1", "mch-2"])
        #expect(try stored(request) == request)
    }

    @Test func anUpdateStoresEveryFactThatMayChangeAndRaisesTheVersion() throws {
        var request = try #require(try stored(Sample.request()))
        request.state = .partial
        request.cancelledAt = Sample.start + .seconds(1)
        request.settledAt = Sample.start + .seconds(2)
        request.wakeAt = Sample.start + .seconds(3)
        try database.transaction { [request] in
            try RequestRepository($0).update(request, was: .open, at: Sample.start, cause: "over")
        }
        request.version = 1
        #expect(try database.read { try RequestRepository($0).request("req-one") } == request)
    }

    @Test func aRequestThatWasChangedSinceItWasReadIsNotOverwritten() throws {
        let request = try #require(try stored(Sample.request()))
        try database.transaction {
            try RequestRepository($0).update(request, was: .open, at: Sample.start, cause: "first")
        }
        #expect(throws: LedgerError.stale("request req-one")) {
            try database.transaction {
                try RequestRepository($0).update(request, was: .open, at: Sample.start, cause: "second")
            }
        }
        let causes = try database.read { try History($0).events(of: "req-one").map(\.cause) }
        #expect(causes == ["accepted", "first"])
    }

    @Test func aRequestIsFoundByItsKey() throws {
        let request = try stored(Sample.request(key: "k"))
        #expect(try database.read { try RequestRepository($0).request(key: "k") } == request)
        #expect(try database.read { try RequestRepository($0).request(key: "K") } == nil)
    }

    @Test func aKeyStandsForOneRequestOnlyButManyMayHaveNone() throws {
        _ = try stored(Sample.request("req-1", key: "k"))
        #expect(throws: LedgerError.self) { try stored(Sample.request("req-2", key: "k")) }
        _ = try stored(Sample.request("req-3"))
        _ = try stored(Sample.request("req-4"))
    }

    @Test func requestsAreListedNewestFirstAndByState() throws {
        for (number, state) in [Request.State.open, .failed, .open].enumerated() {
            let older = Request(
                id: Request.ID("req-\(number)"), kind: Sample.request().kind, account: "prod",
                createdAt: Sample.start + .seconds(number), deadline: Sample.start + .seconds(900))
            var request = older
            request.state = state
            _ = try stored(request)
        }
        try database.read { sql throws in
            let repository = RequestRepository(sql)
            #expect(try repository.requests().map(\.id) == ["req-2", "req-1", "req-0"])
            #expect(try repository.requests(in: .open).map(\.id) == ["req-2", "req-0"])
            #expect(try repository.requests(in: .fulfilled).isEmpty)
        }
    }

    @Test func aRequestIsDueWhenItIsOpenAndItsTimeHasCome() throws {
        for (id, wake, state) in [
            ("req-now", nil, Request.State.open), ("req-soon", 10, .open), ("req-later", 11, .open),
            ("req-over", nil, .failed),
        ] {
            var request = Sample.request(Request.ID(id))
            request.wakeAt = wake.map { Sample.start + .seconds($0) }
            request.state = state
            _ = try stored(request)
        }
        let due = try database.read { try RequestRepository($0).due(at: Sample.start + .seconds(10)) }
        #expect(due.map(\.request) == ["req-now", "req-soon"])
    }

    @Test func aPassThatSawAnOlderVersionDoesNotPutARequestToSleep() throws {
        let request = try #require(try stored(Sample.request()))
        let later = Sample.start + .seconds(60)
        try database.transaction { try RequestRepository($0).sleep("req-one", until: later, ifVersion: 0) }
        #expect(try database.read { try RequestRepository($0).request("req-one")?.wakeAt } == later)
        try database.transaction { sql in
            var woken = request
            woken.cancelledAt = Sample.start
            try RequestRepository(sql).update(woken, was: .open, at: Sample.start, cause: "cancelled")
            try RequestRepository(sql).sleep("req-one", until: later, ifVersion: 0)
        }
        let read = try #require(try database.read { try RequestRepository($0).request("req-one") })
        #expect(read.wakeAt == nil)
        #expect(read.cancelledAt == Sample.start)
    }

    @Test func machinesInUseAreThoseAliveOrPromisedOfOneTemplate() throws {
        try database.transaction { sql in
            try RequestRepository(sql).insert(Sample.request("req-one"))
            try RequestRepository(sql).insert(Sample.request("req-two"))
            try RequestRepository(sql).insert(Sample.request("req-other", template: "other"))
            let machines = MachineRepository(sql)
            for (number, state) in Machine.State.allCases.enumerated() {
                for request: Request.ID in ["req-one", "req-two", "req-other"] {
                    let id = Machine.ID("mch-\(request)-\(number)")
                    try machines.insert([Sample.machine(id, of: request)], cause: "promised")
                    try Sample.bring(id, to: state, sql)
                }
            }
        }
        try database.read { sql throws in
            // Of eight states, three are ends.
            #expect(try RequestRepository(sql).machinesInUse(of: "cpu-small") == 10)
            #expect(try RequestRepository(sql).machinesInUse(of: "other") == 5)
            #expect(try RequestRepository(sql).machinesInUse(of: "none") == 0)
        }
    }
}

@Suite struct MachineRepositoryTests {
    private let database = try! SQLiteDatabase.inMemory()

    private func insert(_ machines: [Machine]) throws {
        try database.transaction { try MachineRepository($0).insert(machines, cause: "promised") }
    }

    private func machine(_ id: Machine.ID) throws -> Machine? {
        try database.read { try MachineRepository($0).machine(id) }
    }

    @Test func everyFieldIsReadBack() throws {
        try insert([Sample.machine("mch-1")])
        let before = try #require(try machine("mch-1"))
        #expect(before == Sample.machine("mch-1"))
        let now = Sample.start + .seconds(5)
        let move = Move(before, cause: "everything", at: now) {
            $0.state = .launching
            $0.instance = "i-1"
            $0.offering = Offering(type: "m6i.large", zone: "us-east-1a", subnet: "subnet-1", market: .spot)
            $0.privateIP = "10.0.0.1"
            $0.publicIP = "192.0.2.1"
            $0.launchedAt = Sample.start + .microseconds(1)
            $0.attempt = 3
            $0.failure = Failure(.refused, "X: \"no\" ü", meaning: .capacity)
            $0.ranAt = Sample.start + .microseconds(2)
            $0.expiresAt = Sample.start + .microseconds(3)
            $0.missingSince = Sample.start + .microseconds(4)
        }
        try database.transaction { try MachineRepository($0).apply([move], at: now) }
        var expected = move.after
        expected.version = 1
        #expect(try machine("mch-1") == expected)

        let clear = Move(expected, cause: "nothing", at: now) {
            $0 = Sample.machine("mch-1")
            $0.state = .planned
            $0.version = 1
        }
        try database.transaction { try MachineRepository($0).apply([clear], at: now) }
        var cleared = clear.after
        cleared.version = 2
        #expect(try machine("mch-1") == cleared)
    }

    @Test(arguments: Failure.examples)
    func everyFailureIsReadBack(failure: Failure) throws {
        try insert([Sample.machine("mch-1")])
        let move = Move(Sample.machine("mch-1"), cause: "over", at: Sample.start) {
            $0.state = .failed
            $0.failure = failure
        }
        try database.transaction { try MachineRepository($0).apply([move], at: Sample.start) }
        #expect(try machine("mch-1")?.failure == failure)
    }

    @Test func aMoveDecidedOnAnOlderVersionIsRefused() throws {
        try insert([Sample.machine("mch-1")])
        let read = Sample.machine("mch-1")
        let touch = Move(read, cause: "touched", at: Sample.start) { $0.attempt = 1 }
        try database.transaction { try MachineRepository($0).apply([touch], at: Sample.start) }
        let stale = Move(read, cause: "launching", at: Sample.start) { $0.state = .launching }
        #expect(throws: LedgerError.stale("machine mch-1")) {
            try database.transaction { try MachineRepository($0).apply([stale], at: Sample.start) }
        }
        #expect(try machine("mch-1")?.state == .planned)
    }

    @Test func aMoveFromAStateThatIsNoMoreIsRefused() throws {
        try insert([Sample.machine("mch-1")])
        var wrong = Sample.machine("mch-1")
        wrong.state = .launching
        let move = Move(wrong, cause: "launched", at: Sample.start) { $0.state = .pending }
        #expect(throws: LedgerError.stale("machine mch-1")) {
            try database.transaction { try MachineRepository($0).apply([move], at: Sample.start) }
        }
    }

    @Test func oneStaleMoveAmongManyUndoesThemAll() throws {
        try insert([Sample.machine("mch-1"), Sample.machine("mch-2")])
        var stale = Sample.machine("mch-2")
        stale.version = 9
        let moves = [Sample.machine("mch-1"), stale].map {
            Move($0, cause: "launching", at: Sample.start) { $0.state = .launching }
        }
        #expect(throws: LedgerError.stale("machine mch-2")) {
            try database.transaction { try MachineRepository($0).apply(moves, at: Sample.start) }
        }
        #expect(try machine("mch-1") == Sample.machine("mch-1"))
        let events = try database.read { try History($0).events(of: "req-one") }
        #expect(events.map(\.became) == ["planned", "planned"])
    }

    @Test func machinesAreFoundByRequestReturnStateAndAccount() throws {
        try insert([Sample.machine("mch-b"), Sample.machine("mch-a"), Sample.machine("mch-c", at: "other")])
        try insert([Sample.machine("mch-d", of: "req-two")])
        try database.transaction { sql in
            try RequestRepository(sql).insert(Sample.giveBack("ret-one", ["mch-d", "mch-a"]))
            try Sample.bring("mch-b", to: .failed, sql)
        }
        try database.read { sql throws in
            let repository = MachineRepository(sql)
            #expect(try repository.machines(of: "req-one").map(\.id) == ["mch-a", "mch-b", "mch-c"])
            #expect(try repository.machines(returnedBy: "ret-one").map(\.id) == ["mch-a", "mch-d"])
            #expect(try repository.machines(in: .planned).map(\.id) == ["mch-a", "mch-c", "mch-d"])
            #expect(try repository.machines(in: nil, at: "other").map(\.id) == ["mch-c"])
            #expect(try repository.machines(in: .planned, at: "prod").map(\.id) == ["mch-a", "mch-d"])
            #expect(try repository.machines(in: nil).count == 4)
            #expect(try repository.machines(["mch-d", "mch-none", "mch-a"]).map(\.id) == ["mch-a", "mch-d"])
            #expect(try repository.machine("mch-none") == nil)
        }
    }

    @Test func aMachineIsExpiredWhenItRunsPastItsLifetimeAndNobodyHasTakenItUp() throws {
        try database.transaction { sql in
            let repository = MachineRepository(sql)
            for (id, state, expires) in [
                ("mch-due", Machine.State.running, 10), ("mch-young", .running, 11), ("mch-forever", .running, nil),
                ("mch-booting", .pending, 10), ("mch-going", .terminating, 10), ("mch-returned", .running, 10),
                ("mch-returned-in-vain", .running, 10),
            ] as [(Machine.ID, Machine.State, Int?)] {
                try repository.insert([Sample.machine(id)], cause: "promised")
                try Sample.bring(id, to: state, sql)
                let machine = try repository.machine(id)!
                let move = Move(machine, cause: "lifetime", at: Sample.start) {
                    $0.expiresAt = expires.map { Sample.start + .seconds($0) }
                }
                try repository.apply([move], at: Sample.start)
            }
            try RequestRepository(sql).insert(Sample.giveBack("ret-open", ["mch-returned"]))
            var over = Sample.giveBack("ret-over", ["mch-returned-in-vain"])
            over.state = .failed
            try RequestRepository(sql).insert(over)
        }
        let expired = try database.read { try MachineRepository($0).expired(at: Sample.start + .seconds(10)) }
        #expect(expired == ["mch-due", "mch-returned-in-vain"])
    }
}

extension Failure {
    /// Every cause, with and without a meaning.
    static let examples: [Failure] =
        [Cause.refused, .deadline, .cancelled, .returned, .gone, .tooFew].map { Failure($0, "why") }
        + Refusal.Meaning.allCases.map { Failure(.refused, "X: no", meaning: $0) }
}
