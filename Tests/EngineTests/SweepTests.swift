import Cloud
import CloudEmulator
import Engine
import Provisioning
import Store
import Testing

/// The ledger and the cloud agree again, and nothing is ended that is not provably ours.
@Suite struct SweepTests {
    /// An instance with these tags that the ledger knows nothing of.
    private func plant(_ tags: [String: String], in house: SimulatedHouse) throws -> String {
        try house.emulator.change { world in
            var launch = Launch(image: "ami-0abcdef1234567890", type: "m6i.large")
            launch.tags = tags.map { .init(key: $0.key, value: $0.value) }
            let call = LaunchCall(launch: launch, atLeast: 1, atMost: 1, fingerprint: "\(tags)")
            let reservation = try world.launch(call, in: "us-east-1", at: house.clock.now, chance: { 42 })
            return reservation.instances[0].id
        }
    }

    private func ours(_ token: IntentToken) -> [String: String] {
        [
            OurTag.request: "req-gone", OurTag.token: token.text,
            OurTag.owner: SimulatedHouse.owner.mark(token),
        ]
    }

    private func running(_ house: SimulatedHouse) async throws -> (Agent, RequestReport) {
        var agent = try house.startAgent()
        let id = try await agent.accept(Order(template: "small", count: 2)).request.id
        let report = try await house.runUntilSettled(id, agent: &agent)
        return (agent, report)
    }

    @Test func anOrphanEndsAtTheSecondSightingAndNotBefore() async throws {
        let house = try SimulatedHouse()
        let (agent, _) = try await running(house)
        let orphan = try plant(ours("int-lost"), in: house)
        house.clock.advance(by: sweepGrace + .seconds(1))
        var memory = SweepMemory()
        await agent.sweep(&memory)
        #expect(try house.living().contains { $0.id == orphan })
        await agent.sweep(&memory)
        #expect(try !house.living().contains { $0.id == orphan })
        #expect(try house.living().count == 2, "machines of the ledger are left alone")
    }

    @Test func aYoungInstanceIsNoOrphan() async throws {
        let house = try SimulatedHouse()
        let (agent, _) = try await running(house)
        let young = try plant(ours("int-lost"), in: house)
        house.clock.advance(by: .seconds(60))
        var memory = SweepMemory()
        for _ in 0..<3 { await agent.sweep(&memory) }
        #expect(try house.living().contains { $0.id == young })
    }

    @Test func whatDoesNotProveToBeOursIsLeftAlone() async throws {
        let house = try SimulatedHouse()
        let (agent, _) = try await running(house)
        let other = OwnerMark(ledger: "ldg-test", key: Array("another key".utf8))
        var forged = ours("int-forged")
        forged[OurTag.owner] = other.mark("int-forged")
        var moved = ours("int-a")
        moved[OurTag.token] = "int-b"
        let planted = try [forged, moved, ["team": "web"], [OurTag.request: "req-1"]].map { try plant($0, in: house) }
        house.clock.advance(by: .seconds(3600))
        var memory = SweepMemory()
        for _ in 0..<3 { await agent.sweep(&memory) }
        let living = try Set(house.living().map(\.id))
        #expect(living.isSuperset(of: planted))
    }

    @Test func anInstanceOfAnOpenIntentIsNoOrphan() async throws {
        let house = try SimulatedHouse()
        let (agent, report) = try await running(house)
        let token: IntentToken = "int-open"
        try house.database.transaction { sql in
            try IntentLog(sql).insert(
                Intent(
                    token: token, request: report.request.id, verb: .launch, account: SimulatedHouse.account,
                    api: "aws/run-instances", order: nil, machines: [], openedAt: house.clock.now))
        }
        let claimed = try plant(ours(token), in: house)
        house.clock.advance(by: .seconds(3600))
        var memory = SweepMemory()
        for _ in 0..<3 { await agent.sweep(&memory) }
        #expect(try house.living().contains { $0.id == claimed })
    }

    @Test func aListingThatFailsProvesNothing() async throws {
        let house = try SimulatedHouse()
        let (agent, _) = try await running(house)
        let orphan = try plant(ours("int-lost"), in: house)
        house.clock.advance(by: .seconds(3600))
        var memory = SweepMemory()
        for refusal in ["RequestLimitExceeded", "InternalError", "UnauthorizedOperation"] {
            try house.emulator.change {
                $0.faults = [.init(.refuse(code: refusal, message: "no", status: 503), on: "DescribeInstances")]
            }
            await agent.sweep(&memory)
        }
        #expect(try house.living().contains { $0.id == orphan }, "no complete listing has shown it twice")
    }

    @Test func aMachineThatIsGoneIsRecordedWithinTwoSweeps() async throws {
        let house = try SimulatedHouse()
        let (agent, report) = try await running(house)
        let victim = report.machines[0]
        try house.emulator.change {
            _ = try $0.terminate([victim.instance!.text], in: "us-east-1", at: house.clock.now)
        }
        house.clock.advance(by: .seconds(30))
        var memory = SweepMemory()
        for _ in 0..<2 { await agent.sweep(&memory) }
        #expect(try agent.machine(victim.id).state == .lost)
        #expect(try agent.machine(report.machines[1].id).state == .running)
    }

    @Test func noMoreThanFiftyOrphansEndAtOnce() async throws {
        let house = try SimulatedHouse()
        let (agent, _) = try await running(house)
        for number in 0..<60 { _ = try plant(ours(IntentToken("int-\(number)")), in: house) }
        house.clock.advance(by: .seconds(3600))
        var memory = SweepMemory()
        for _ in 0..<2 { await agent.sweep(&memory) }
        #expect(try house.living().count == 12)
        await agent.sweep(&memory)
        #expect(try house.living().count == 2)
    }

    /// Two names may lead to one account of a cloud: what the one's machines claim is no orphan to the other.
    @Test func whatAnotherAccountClaimsIsNoOrphan() async throws {
        let house = try SimulatedHouse()
        let (agent, report) = try await running(house)
        try house.database.transaction { sql in
            var request = report.request
            request = Request(
                id: "req-elsewhere", kind: .giveBack([]), account: nil, createdAt: request.createdAt,
                deadline: request.deadline)
            try RequestRepository(sql).insert(request)
            let machine = Machine(
                id: "mch-elsewhere-0001", request: request.id, account: "other-name", at: house.clock.now)
            try MachineRepository(sql).insert([machine], cause: "promised")
        }
        let theirs = try plant(ours("int-theirs"), in: house)
        try house.database.transaction { sql in
            var machine = try MachineRepository(sql).machines(["mch-elsewhere-0001"])[0]
            for state in [Machine.State.launching, .pending] {
                let move = Move(machine, cause: "test", at: house.clock.now) {
                    $0.state = state
                    if state == .pending { $0.instance = Instance.ID(theirs) }
                }
                try MachineRepository(sql).apply([move], at: house.clock.now)
                machine = try MachineRepository(sql).machines([machine.id])[0]
            }
        }
        house.clock.advance(by: .seconds(3600))
        var memory = SweepMemory()
        for _ in 0..<3 { await agent.sweep(&memory) }
        #expect(try house.living().contains { $0.id == theirs })
    }
}
