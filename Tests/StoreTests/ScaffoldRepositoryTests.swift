import Provisioning
import Store
import Testing

@Suite struct ScaffoldRepositoryTests {
    private let database = try! SQLiteDatabase.inMemory()

    init() throws {
        try database.transaction { sql in
            try RequestRepository(sql).insert(Sample.request("req-one"))
            try RequestRepository(sql).insert(Sample.request("req-two"))
        }
    }

    private func scaffold(_ id: Scaffold.ID = "muster-1", target: Int? = nil) -> Scaffold {
        Scaffold(
            id: id, kind: "launch-template", account: "prod", api: "aws/ec2-fleet", since: Sample.start, target: target,
            upkeep: target.map { _ in .maintain })
    }

    private func idle(of request: Request.ID? = nil) throws -> [Scaffold.ID] {
        try database.read { try ScaffoldRepository($0).idle(usedBy: request).map(\.id) }
    }

    private func settle(_ id: Request.ID) throws {
        try database.transaction { sql in
            var request = try #require(try RequestRepository(sql).request(id))
            request.state = .fulfilled
            try RequestRepository(sql).update(request, was: .open, at: Sample.start, cause: "over")
        }
    }

    private func end(_ id: Machine.ID) throws {
        try database.transaction { try Sample.bring(id, to: .failed, $0) }
    }

    private func promise(_ id: Machine.ID, in group: Scaffold.ID? = nil) throws {
        try database.transaction { sql in
            var machine = Sample.machine(id)
            machine.group = group
            try MachineRepository(sql).insert([machine], cause: "promised")
        }
    }

    @Test func everyFieldIsReadBack() throws {
        var group = scaffold("int-1", target: 5)
        try database.transaction { try ScaffoldRepository($0).insert(group, for: "req-one") }
        group.state = .ready
        group.name = "fleet-1"
        group.target = 3
        group.remover = "agent-1"
        group.since = Sample.start + .seconds(1)
        try database.transaction { [group] in try ScaffoldRepository($0).update(group, was: .making) }
        #expect(try database.read { try ScaffoldRepository($0).scaffold("int-1", at: "prod") } == group)
        #expect(try database.read { try ScaffoldRepository($0).scaffold("int-1", at: "other") } == nil)
        #expect(try database.read { try ScaffoldRepository($0).groups(at: "prod") } == [group])
        #expect(try database.read { try ScaffoldRepository($0).scaffolds(of: "req-one") } == [group])
    }

    @Test func aChangeOfWhatHasChangedMeanwhileIsStale() throws {
        try database.transaction { try ScaffoldRepository($0).insert(scaffold(), for: "req-one") }
        #expect(throws: LedgerError.self) {
            try database.transaction { try ScaffoldRepository($0).update(scaffold(), was: .ready) }
        }
    }

    @Test func whatARequestUnderWayUsesIsNotIdle() throws {
        try database.transaction { try ScaffoldRepository($0).insert(scaffold(), for: "req-one") }
        #expect(try idle().isEmpty)
        try settle("req-one")
        #expect(try idle() == ["muster-1"])
        #expect(try idle(of: "req-one") == ["muster-1"])
        #expect(try idle(of: "req-two").isEmpty)
    }

    @Test func whatAMachineLivesByIsNotIdle() throws {
        try database.transaction { try ScaffoldRepository($0).insert(scaffold(), for: "req-one") }
        try promise("mch-1")
        try settle("req-one")
        #expect(try idle().isEmpty)
        try end("mch-1")
        #expect(try idle() == ["muster-1"])
    }

    @Test func whatTwoRequestsShareIsIdleWhenBothAreOver() throws {
        try database.transaction { sql in
            try ScaffoldRepository(sql).insert(scaffold(), for: "req-one")
            try ScaffoldRepository(sql).use("muster-1", at: "prod", for: "req-two")
            try ScaffoldRepository(sql).use("muster-1", at: "prod", for: "req-two")
        }
        try settle("req-one")
        #expect(try idle().isEmpty)
        try settle("req-two")
        #expect(try idle() == ["muster-1"])
    }

    @Test func aGroupIsIdleWithoutMachinesEvenWhileItsRequestIsUnderWay() throws {
        try database.transaction { try ScaffoldRepository($0).insert(scaffold("int-9", target: 1), for: "req-one") }
        try promise("mch-1", in: "int-9")
        try promise("mch-2")
        #expect(try idle().isEmpty)
        try end("mch-1")
        #expect(try idle() == ["int-9"])
    }

    @Test func aGroupThatIsBeingLaunchedIsNotIdle() throws {
        try database.transaction { sql in
            try ScaffoldRepository(sql).insert(scaffold("int-1", target: 1), for: "req-one")
            try IntentLog(sql).insert(Sample.intent("int-1"))
        }
        #expect(try idle().isEmpty)
    }

    @Test func whatIsGoneIsForgottenAndTold() throws {
        try database.transaction { sql in
            try ScaffoldRepository(sql).insert(scaffold(), for: "req-one")
            try ScaffoldRepository(sql).delete(scaffold(), cause: "over", at: Sample.start)
        }
        #expect(try database.read { try ScaffoldRepository($0).scaffold("muster-1", at: "prod") } == nil)
        #expect(try database.read { try ScaffoldRepository($0).scaffolds(of: "req-one") }.isEmpty)
        let told = try database.read { try History($0).events(of: "req-one") }.filter { $0.subject == "muster-1" }
        #expect(told.map(\.became) == ["making", "gone"])
    }

    @Test func onlyWhatNeverHadAnInstanceIsDroppedAndItsNumberIsNotGivenAgain() throws {
        let request = Sample.request("req-one")
        let machine = Sample.machine(request.machineID(number: 12))
        try database.transaction { sql in
            try MachineRepository(sql).insert([machine], cause: "promised")
            try MachineRepository(sql).drop([machine], cause: "spare", at: Sample.start)
        }
        #expect(try database.read { try MachineRepository($0).machine(machine.id) } == nil)
        #expect(try database.read { try MachineRepository($0).lastNumber(of: request) } == 12)
        #expect(throws: LedgerError.self) {
            try database.transaction { try MachineRepository($0).drop([machine], cause: "spare", at: Sample.start) }
        }
    }
}
