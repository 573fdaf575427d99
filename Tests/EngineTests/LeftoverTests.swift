import CloudEmulator
import Engine
import Provisioning
import Store
import Testing

/// What was left half done by one process, or taken away by somebody else, keeps nobody waiting and nothing for ever.
@Suite struct LeftoverTests {
    private let house: SimulatedHouse

    init() throws { house = try SimulatedHouse(hasGroups: true) }

    private func launch(_ order: Order, _ agent: inout Agent) async throws -> RequestReport {
        let id = try await agent.accept(order).request.id
        return try await house.runUntilSettled(id, agent: &agent)
    }

    private func end(_ machines: [Machine], _ agent: inout Agent) async throws {
        let id = try agent.giveBack(machines.map(\.id)).request.id
        try await house.runUntilSettled(id, agent: &agent)
    }

    private func scaffolds() throws -> [Scaffold] {
        try house.base { try ScaffoldRepository($0).scaffolds(at: SimulatedHouse.account) }
    }

    // MARK: Taken away by halves

    @Test func aLaunchTemplateThatADeadProcessWasTakingAwayIsMadeAgain() async throws {
        var agent = try house.startAgent()
        let first = try await launch(Order(template: "fleet", count: 1), &agent)
        // The process dies as the call that takes it away leaves.
        let crossings = house.crossings
        let network = house.network
        network.change {
            $0.beforeSend = { _ in
                let isRemoval = network.actions.last == "DeleteLaunchTemplate"
                if isRemoval { crossings.die(at: [1]) }
                try crossings.cross("before a request")
            }
        }
        try await end(first.machines, &agent)
        #expect(try scaffolds().map(\.state) == [.removing])
        network.change { $0.beforeSend = nil }
        house.crossings.die(at: [])
        try house.revive()
        agent = try house.startAgent()
        var order = Order(template: "fleet", count: 2)
        order.deadlineSeconds = 300
        let second = try await launch(order, &agent)
        #expect(second.request.state == .fulfilled)
        #expect(try scaffolds().map(\.state) == [.ready])
        try await end(second.machines, &agent)
        #expect(try house.standing() == [])
    }

    @Test func whatMayNotBeTakenAwayIsUsedAgain() async throws {
        var agent = try house.startAgent()
        let first = try await launch(Order(template: "fleet", count: 1), &agent)
        let forbidden = Fault(
            .refuse(code: "UnauthorizedOperation", message: "no", status: 403), on: "DeleteLaunchTemplate", times: 100)
        try house.emulator.change { $0.faults = [forbidden] }
        try await end(first.machines, &agent)
        #expect(try house.standing().count == 1)
        var order = Order(template: "fleet", count: 2)
        order.deadlineSeconds = 300
        let second = try await launch(order, &agent)
        #expect(second.request.state == .fulfilled)
        try house.emulator.change { $0.faults = [] }
        try await end(second.machines, &agent)
        var memory = SweepMemory()
        house.clock.advance(by: .seconds(5 * 60))
        await agent.sweep(&memory)
        #expect(try house.standing() == [])
        #expect(try scaffolds() == [])
    }

    @Test func whoUsedWhatIsSharedIsForgottenAndNotWhoUsesIt() async throws {
        var agent = try house.startAgent()
        let first = try await launch(Order(template: "fleet", count: 1), &agent)
        let second = try await launch(Order(template: "fleet", count: 1), &agent)
        try await end(first.machines, &agent)
        var memory = SweepMemory()
        await agent.sweep(&memory)
        let ofFirst = try house.base { try ScaffoldRepository($0).scaffolds(of: first.request.id) }
        let ofSecond = try house.base { try ScaffoldRepository($0).scaffolds(of: second.request.id) }
        #expect(ofFirst == [])
        #expect(ofSecond.count == 1)
        #expect(try house.standing().count == 1)
        try await end(second.machines, &agent)
        #expect(try house.standing() == [])
    }

    // MARK: Replacements

    @Test(arguments: GroupStoryTests.maintained)
    func aReplacementHasItsRequestsLifetime(template: Template.ID) async throws {
        var agent = try house.startAgent()
        var order = Order(template: template, count: 2)
        order.lifetimeSeconds = 24 * 3600
        let report = try await launch(order, &agent)
        let victim = try #require(report.machines[0].instance?.text)
        try house.emulator.change { try $0.interrupt([victim], in: "us-east-1", at: house.clock.now) }
        var memory = SweepMemory()
        for _ in 0..<4 {
            house.clock.advance(by: .seconds(5 * 60))
            house.look()
            await agent.sweep(&memory)
        }
        let running = try agent.machines(of: report.request.id, in: .running)
        #expect(running.count == 2)
        let endless = running.filter { $0.expiresAt == nil }
        #expect(endless == [])
    }

    @Test(arguments: GroupStoryTests.maintained)
    func nothingIsExpectedOfAGroupThatIsGone(template: Template.ID) async throws {
        var agent = try house.startAgent()
        let report = try await launch(Order(template: template, count: 3), &agent)
        try house.takeGroupsAway()
        let victims = report.machines.prefix(2).compactMap(\.instance?.text)
        try house.emulator.change { try $0.interrupt(victims, in: "us-east-1", at: house.clock.now) }
        var memory = SweepMemory()
        for _ in 0..<4 {
            house.clock.advance(by: .seconds(5 * 60))
            house.look()
            await agent.sweep(&memory)
        }
        let left = try agent.machines(of: report.request.id).filter { !$0.state.isFinal }
        #expect(left.map(\.id) == [report.machines[2].id])
        try await end(left, &agent)
        house.clock.advance(by: .seconds(5 * 60))
        await agent.sweep(&memory)
        #expect(try house.living().isEmpty)
        #expect(try house.standing() == [])
        #expect(try scaffolds() == [])
    }

    /// A call that was on its way for long may make a group again that was over: what it brings is nobody's.
    @Test(arguments: GroupStoryTests.maintained)
    func aGroupThatComesBackToLifeIsTakenAwayWithItsMembers(template: Template.ID) async throws {
        var agent = try house.startAgent()
        let report = try await launch(Order(template: template, count: 2), &agent)
        let group = try #require(try scaffolds().first { $0.isGroup })
        // As it stands in the cloud, with members and all, and with no row that knows it.
        let now = house.clock.now
        try house.database.base.transaction { sql in
            try ScaffoldRepository(sql).delete(group, cause: "over", at: now)
            let current = try MachineRepository(sql).machines(report.machines.map(\.id))
            try MachineRepository(sql).apply(
                current.map { Move($0, cause: "over", at: now) { $0.state = .lost } }, at: now)
        }
        var memory = SweepMemory()
        for _ in 0..<5 {
            house.clock.advance(by: .seconds(5 * 60))
            house.look()
            await agent.sweep(&memory)
        }
        house.clock.advance(by: .seconds(60))
        house.look()
        #expect(try house.living().isEmpty)
        #expect(try house.standing() == [])
    }
}
