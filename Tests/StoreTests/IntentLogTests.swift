import Provisioning
import Store
import Testing

@Suite struct IntentLogTests {
    private let database = try! SQLiteDatabase.inMemory()

    private func insert(_ intents: Intent...) throws {
        try database.transaction { sql in for intent in intents { try IntentLog(sql).insert(intent) } }
    }

    private func open(_ token: IntentToken) throws -> Intent? {
        try database.read { try IntentLog($0).open(of: Sample.intent().request).first { $0.token == token } }
    }

    @Test func aLaunchIsReadBackWithItsWholeOrder() throws {
        var intent = Sample.intent()
        intent.attempts = 2
        intent.answers = 1
        intent.attemptedAt = Sample.start + .microseconds(7)
        try insert(intent)
        #expect(try open("int-1") == intent)
        #expect(try open("int-1")?.machines == ["mch-1", "mch-2"])
    }

    @Test func aTerminationIsReadBackWithoutAnOrder() throws {
        let intent = Sample.intent(verb: .terminate)
        try insert(intent)
        #expect(try open("int-1") == intent)
        #expect(try open("int-1")?.order == nil)
    }

    @Test(arguments: Refusal.Meaning.allCases)
    func everyFactOfAnAttemptIsReadBack(meaning: Refusal.Meaning) throws {
        var intent = Sample.intent()
        try insert(intent)
        intent.attempts = 1
        intent.answers = 1
        intent.attemptedAt = Sample.start + .seconds(1)
        intent.retryAt = Sample.start + .seconds(2)
        intent.refusal = Refusal(
            meaning, code: "X.Y", message: "no \"ü\"", subjects: ["i-1", "i-2"], holdsSeconds: 5, exchange: "r-1")
        try database.transaction { [intent] in try IntentLog($0).update(intent, attemptsBefore: 0) }
        #expect(try open("int-1") == intent)
    }

    @Test func anAttemptBegunByAnotherIsNotBegunTwice() throws {
        var intent = Sample.intent()
        try insert(intent)
        intent.attempts = 1
        try database.transaction { [intent] in try IntentLog($0).update(intent, attemptsBefore: 0) }
        #expect(throws: LedgerError.stale("intent int-1")) {
            try database.transaction { [intent] in try IntentLog($0).update(intent, attemptsBefore: 0) }
        }
        #expect(try open("int-1")?.attempts == 1)
    }

    @Test(arguments: [Intent.Outcome.done, .refused])
    func aClosedIntentIsOpenNoMore(outcome: Intent.Outcome) throws {
        try insert(Sample.intent("int-1"), Sample.intent("int-2"))
        try database.transaction { try IntentLog($0).close("int-1", as: outcome, at: Sample.start) }
        #expect(try open("int-1") == nil)
        try database.read { sql throws in
            #expect(try IntentLog(sql).open(of: "req-one").map(\.token) == ["int-2"])
            #expect(try IntentLog(sql).openTokens() == ["int-2"])
            let kept = try sql.first("SELECT closed_at, outcome FROM intent WHERE token = 'int-1'") {
                [$0.integer(0).map(String.init), $0.text(1)]
            }
            #expect(kept == [String(Sample.start.microseconds), outcome.rawValue])
        }
    }

    @Test func anIntentIsClosedOnceAndThenLeftAlone() throws {
        var intent = Sample.intent()
        try insert(intent)
        try database.transaction { try IntentLog($0).close("int-1", as: .refused, at: Sample.start) }
        #expect(throws: LedgerError.stale("intent int-1")) {
            try database.transaction { try IntentLog($0).close("int-1", as: .done, at: Sample.start) }
        }
        intent.attempts = 1
        #expect(throws: LedgerError.stale("intent int-1")) {
            try database.transaction { [intent] in try IntentLog($0).update(intent, attemptsBefore: 0) }
        }
    }

    @Test func openIntentsAreFoundByRequestInTheOrderOfTheirTokensAndAllTogether() throws {
        try insert(
            Sample.intent("int-3"), Sample.intent("int-1"), Sample.intent("int-2", of: "req-two"),
            Sample.intent("int-4", at: "other"))
        try database.read { sql throws in
            #expect(try IntentLog(sql).open(of: "req-one").map(\.token) == ["int-1", "int-3", "int-4"])
            // Two names may lead to one account of a cloud, so whose intent it is does not matter.
            #expect(try IntentLog(sql).openTokens() == ["int-1", "int-2", "int-3", "int-4"])
        }
    }

    @Test func aTokenStandsForOneIntentOnly() throws {
        try insert(Sample.intent())
        #expect(throws: LedgerError.self) { try insert(Sample.intent()) }
    }
}

@Suite struct BlockRepositoryTests {
    private let database = try! SQLiteDatabase.inMemory()

    private func block(
        _ reach: Block.Scope.Reach, at account: AccountName = "prod", until: Int = 60, code: String = "X"
    ) -> Block {
        Block(
            scope: .init(account: account, reach: reach), since: Sample.start, until: Sample.start + .seconds(until),
            refusal: Refusal(.capacity, code: code, message: "no", holdsSeconds: 60))
    }

    private func blocks(at seconds: Int = 0, account: AccountName = "prod") throws -> [Block] {
        try database.read { try BlockRepository($0).blocks(at: account, now: Sample.start + .seconds(seconds)) }
    }

    private func put(_ block: Block) throws { try database.transaction { try BlockRepository($0).put(block) } }

    @Test(arguments: [
        Block.Scope.Reach.offering(Offering(type: "m6i.large")),
        .offering(Offering(type: "m6i.large", zone: "us-east-1a", market: .spot)),
        .offering(Offering(type: "m6i.large", subnet: "subnet-1")),
        .offering(Offering(type: "m6i.large", zone: "us-east-1a", subnet: "subnet-1", market: .spot)),
        .family("m", .onDemand), .family("inf", .spot), .subnet("subnet-1"),
        .subnet("projects/p|regions/r"), .offering(Offering(type: "odd|type", zone: "a|b")),
    ])
    func everyScopeIsReadBack(reach: Block.Scope.Reach) throws {
        try put(block(reach))
        #expect(try blocks() == [block(reach)])
    }

    @Test func theNewestWordOnAScopeReplacesTheOlder() throws {
        try put(block(.family("m", .spot), until: 60, code: "Old"))
        try put(block(.family("m", .spot), until: 30, code: "New"))
        #expect(try blocks() == [block(.family("m", .spot), until: 30, code: "New")])
    }

    @Test func aBlockThatIsOverIsNotRead() throws {
        try put(block(.family("m", .spot), until: 60))
        #expect(try blocks(at: 59).count == 1)
        #expect(try blocks(at: 60).isEmpty)
    }

    @Test func everyAccountHasItsOwn() throws {
        try put(block(.subnet("subnet-1"), at: "prod"))
        try put(block(.subnet("subnet-1"), at: "other", until: 90))
        #expect(try blocks(account: "prod") == [block(.subnet("subnet-1"), at: "prod")])
        #expect(try blocks(account: "other") == [block(.subnet("subnet-1"), at: "other", until: 90)])
    }
}

@Suite struct HistoryTests {
    @Test func whatHappenedIsToldInTheOrderItHappened() throws {
        let database = try SQLiteDatabase.inMemory()
        func event(_ second: Int, _ became: String) -> History.Event {
            History.Event(
                at: Sample.start + .seconds(second), request: "req-one", subject: "mch-1",
                was: second == 0 ? nil : "before", became: became, cause: "because ü")
        }
        // Two of one moment keep the order in which they were written.
        let told = [event(0, "c"), event(5, "b"), event(5, "a"), event(9, "d")]
        try database.transaction { sql in
            for event in [told[3], told[1], told[2], told[0]] { try History(sql).append(event) }
            try History(sql).append(
                .init(at: Sample.start, request: "req-two", subject: "x", was: nil, became: "y", cause: "z"))
        }
        #expect(try database.read { try History($0).events(of: "req-one") } == told)
    }

    @Test func everyMoveOfAMachineIsToldInTheSameTransaction() throws {
        let database = try SQLiteDatabase.inMemory()
        try database.transaction { sql in
            try MachineRepository(sql).insert([Sample.machine("mch-1")], cause: "promised")
            try Sample.bring("mch-1", to: .running, sql)
            let machine = try MachineRepository(sql).machine("mch-1")!
            let touch = Move(machine, cause: "an address", at: Sample.start) { $0.publicIP = "192.0.2.1" }
            try MachineRepository(sql).apply([touch], at: Sample.start)
        }
        let events = try database.read { try History($0).events(of: "req-one") }
        #expect(events.map(\.was) == [nil, "planned", "launching", "pending"])
        #expect(events.map(\.became) == ["planned", "launching", "pending", "running"])
        #expect(events.allSatisfy { $0.subject == "mch-1" })
    }
}
