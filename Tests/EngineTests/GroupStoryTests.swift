import CloudEmulator
import Engine
import Provisioning
import Store
import Testing

/// The main job by the APIs that give a fleet or a group: what came, what is kept up, and what is left of it.
@Suite struct GroupStoryTests {
    static let all: [Template.ID] = [
        "fleet", "fleet-request", "fleet-maintain", "spot-fleet", "spot-fleet-request", "group",
    ]
    static let maintained: [Template.ID] = ["fleet-maintain", "spot-fleet", "group"]
    static let weighted: [Template.ID] = ["fleet-weighted", "fleet-instant-weighted", "group-weighted"]

    private let house: SimulatedHouse

    init() throws { house = try SimulatedHouse(hasGroups: true) }

    private func launch(_ template: Template.ID, _ count: Int, _ agent: inout Agent) async throws -> RequestReport {
        let id = try await agent.accept(Order(template: template, count: count)).request.id
        return try await house.runUntilSettled(id, agent: &agent)
    }

    private func giveBack(_ machines: some Sequence<Machine>, _ agent: inout Agent) async throws {
        let id = try agent.giveBack(machines.map(\.id)).request.id
        let report = try await house.runUntilSettled(id, agent: &agent)
        #expect(report.machines.allSatisfy { $0.state == .terminated })
    }

    /// Time in which a cloud would grow back what it believes is missing.
    private func wait() throws {
        for _ in 0..<12 {
            house.clock.advance(by: .seconds(10))
            house.look()
        }
    }

    private func shrug(_ agent: Agent) async throws {
        var memory = SweepMemory()
        for _ in 0..<4 {
            house.clock.advance(by: .seconds(5 * 60))
            await agent.sweep(&memory)
            try house.checkInvariants()
        }
    }

    // MARK: Come and go

    @Test(arguments: all)
    func machinesComeAndGoAndNothingIsLeft(template: Template.ID) async throws {
        var agent = try house.startAgent()
        let report = try await launch(template, 5, &agent)
        #expect(report.request.state == .fulfilled)
        #expect(try house.living().count == 5)
        #expect(Set(report.machines.compactMap(\.instance?.text)) == Set(try house.living().map(\.id)))

        try await giveBack(report.machines.prefix(2), &agent)
        try wait()
        #expect(Set(try house.living().map(\.id)) == Set(report.machines.dropFirst(2).compactMap(\.instance?.text)))

        try await giveBack(report.machines.dropFirst(2), &agent)
        try wait()
        #expect(try house.living().isEmpty)
        #expect(try house.standing() == [])
        #expect(try house.base { try ScaffoldRepository($0).idle() }.isEmpty)
    }

    @Test(arguments: weighted)
    func whatIsAskedForIsCountedInUnits(template: Template.ID) async throws {
        var agent = try house.startAgent()
        let report = try await launch(template, 10, &agent)
        #expect(report.request.state == .fulfilled)
        #expect(report.machines.map(\.weight) == [2, 2, 2, 2, 2])
        #expect(try house.living().count == 5)

        try await giveBack(report.machines.prefix(3), &agent)
        try wait()
        #expect(try house.living().count == 2)
        let targets = try house.base { try ScaffoldRepository($0).groups(at: SimulatedHouse.account) }.map(\.target)
        #expect(targets == (template == "fleet-instant-weighted" ? [] : [4]))
    }

    // MARK: Kept up

    @Test(arguments: maintained)
    func whatIsLostIsReplacedAndIsOursFromTheStart(template: Template.ID) async throws {
        var agent = try house.startAgent()
        let report = try await launch(template, 3, &agent)
        let victim = try #require(report.machines[0].instance?.text)
        _ = try house.emulator.change {
            try $0.terminate([victim], in: "us-east-1", at: house.clock.now)
        }
        try await shrug(agent)
        #expect(try house.living().count == 3)
        #expect(try agent.machine(report.machines[0].id).state == .lost)
        let running = try agent.machines(of: report.request.id, in: .running)
        #expect(Set(running.compactMap(\.instance?.text)) == Set(try house.living().map(\.id)))

        try await giveBack(running, &agent)
        try wait()
        #expect(try house.living().isEmpty)
        #expect(try house.standing() == [])
    }

    @Test(arguments: maintained)
    func whatIsThereAlreadyInPlaceOfWhatWasLostIsKnownFromOneSweep(template: Template.ID) async throws {
        var agent = try house.startAgent()
        let report = try await launch(template, 3, &agent)
        let victim = try #require(report.machines[0].instance?.text)
        _ = try house.emulator.change {
            try $0.terminate([victim], in: "us-east-1", at: house.clock.now)
        }
        try wait()
        #expect(try house.living().count == 3)
        var memory = SweepMemory()
        await agent.sweep(&memory)
        let running = try agent.machines(of: report.request.id, in: .running)
        #expect(Set(running.compactMap(\.instance?.text)) == Set(try house.living().map(\.id)))
        #expect(try agent.machines(of: report.request.id).count == 4)
    }

    @Test(arguments: maintained)
    func whatCannotBeHadInTimeIsNotWantedLater(template: Template.ID) async throws {
        var agent = try house.startAgent()
        for (type, zone, market) in house.pools(of: template) {
            try house.emulator.change { world in
                world.limits.capacity[Pool(type: type, zone: zone, market: market)] = type == "m6i.large" ? 1 : 0
            }
        }
        var order = Order(template: template, count: 5)
        order.deadlineSeconds = 120
        let id = try await agent.accept(order).request.id
        let report = try await house.runUntilSettled(id, agent: &agent)
        #expect(report.request.state == .partial)
        #expect(report.count(.running) == 2)
        let missing = report.machines.filter { $0.state != .running }.compactMap(\.failure?.detail)
        #expect(missing.count == 3)
        #expect(missing.filter { !$0.contains("InsufficientInstanceCapacity") } == [])
        let told = try agent.explain(id).filter { $0.became == "waiting" }.map(\.cause)
        #expect(told.count == 1 && told[0].hasPrefix("InsufficientInstanceCapacity"), "\(told)")

        try house.emulator.change { $0.limits.capacity = [:] }
        try wait()
        try await shrug(agent)
        #expect(try house.living().count == 2)
    }

    @Test(arguments: all)
    func aCancelledRequestLeavesNothing(template: Template.ID) async throws {
        var agent = try house.startAgent()
        let id = try await agent.accept(Order(template: template, count: 5)).request.id
        try await agent.carryOn()
        _ = try agent.cancel(id)
        _ = try await house.runUntilSettled(id, agent: &agent)
        try wait()
        try await shrug(agent)
        #expect(try house.living().isEmpty)
        #expect(try house.standing() == [])
    }

    @Test(arguments: maintained)
    func aGroupThatSomebodyElseTookAwayDoesNotKeepItsMachines(template: Template.ID) async throws {
        var agent = try house.startAgent()
        let report = try await launch(template, 3, &agent)
        try house.takeGroupsAway()
        try await giveBack(report.machines, &agent)
        try await shrug(agent)
        #expect(try house.living().isEmpty)
        #expect(try house.standing() == [])
    }

    // MARK: What is made for them

    @Test func equalTemplatesShareALaunchTemplateUntilTheLastMachineIsOver() async throws {
        var agent = try house.startAgent()
        let first = try await launch("fleet", 2, &agent)
        let second = try await launch("fleet", 3, &agent)
        #expect(house.network.actions.count { $0 == "CreateLaunchTemplate" } == 1)
        try await giveBack(first.machines, &agent)
        #expect(try house.standing().count == 1)
        try await giveBack(second.machines, &agent)
        #expect(try house.standing() == [])
    }

    @Test func aLaunchTemplateThatSomebodyTookAwayIsMadeAgain() async throws {
        var agent = try house.startAgent()
        _ = try await launch("fleet", 1, &agent)
        try house.emulator.change { $0.regions["us-east-1"]?.templates = [] }
        let report = try await launch("fleet", 2, &agent)
        #expect(report.request.state == .fulfilled)
        #expect(house.network.actions.count { $0 == "CreateLaunchTemplate" } == 2)
    }

    @Test func anInstantFleetTakesTheFewestCalls() async throws {
        var agent = try house.startAgent()
        _ = try await launch("fleet", 1000, &agent)
        let changes = house.network.actions.filter { !$0.hasPrefix("Describe") }
        #expect(changes == ["CreateLaunchTemplate", "CreateFleet"])
    }

    @Test(arguments: maintained + ["fleet-request"])
    func aWholeGroupIsGivenBackByOneCall(template: Template.ID) async throws {
        var agent = try house.startAgent()
        let report = try await launch(template, 100, &agent)
        let before = house.network.actions.count
        try await giveBack(report.machines, &agent)
        let changes = house.network.actions.dropFirst(before).filter { !$0.hasPrefix("Describe") }
        // Auto Scaling does not say whether it ends members that are protected from it.
        #expect(changes.count == (template == "group" ? 3 : 2), "\(changes)")
    }

    // MARK: Refusals

    @Test func refusalsOfSomeOfferingsAreNewsAboutThoseAndTheRestComes() async throws {
        var agent = try house.startAgent()
        try house.emulator.change { world in
            world.limits.capacity[Pool(type: "m6i.large", zone: "us-east-1a")] = 2
            world.limits.capacity[Pool(type: "m6i.large", zone: "us-east-1b")] = 0
        }
        let report = try await launch("fleet", 5, &agent)
        #expect(report.request.state == .fulfilled)
        let blocks = try house.base { try BlockRepository($0).blocks(at: SimulatedHouse.account, now: house.clock.now) }
        #expect(!blocks.isEmpty)
        #expect(
            blocks.allSatisfy { block in
                if case .offering(let it) = block.scope.reach { it.type == "m6i.large" } else { false }
            })
    }

    @Test(arguments: all)
    func aMistakeEndsTheRequestAndSaysWhy(template: Template.ID) async throws {
        var agent = try house.startAgent()
        for (type, zone, market) in house.pools(of: template) {
            try house.emulator.change { world in
                _ = world.limits.unoffered.insert(Pool(type: type, zone: zone, market: market))
            }
        }
        var order = Order(template: template, count: 2)
        order.deadlineSeconds = 60
        let id = try await agent.accept(order).request.id
        let report = try await house.runUntilSettled(id, agent: &agent)
        #expect(report.request.state == .failed)
        try await shrug(agent)
        #expect(try house.living().isEmpty)
        #expect(try house.standing() == [])
    }

    // MARK: Accidents

    /// The whole story, with the process dying at the given crossings, or with a request or reply lost.
    private func story(
        _ template: Template.ID, inReturn: Bool, _ accident: (SimulatedHouse) -> Void
    ) async throws -> (crossings: Int, requests: Int) {
        let house = try SimulatedHouse(hasGroups: true)
        var agent = try house.startAgent()
        if !inReturn { accident(house) }
        var order = Order(template: template, count: 4)
        order.key = "job-1"
        let id = try await house.surviving(&agent) { try await $0.accept(order).request.id }
        let report = try await house.runUntilSettled(id, agent: &agent)
        let crossings = house.crossings.count
        let requests = house.network.crossings
        #expect(report.request.state == .fulfilled)
        #expect(try house.living().count == 4)

        house.crossings.die(at: [])
        if inReturn { accident(house) }
        let some = report.machines.filter { $0.state == .running }.prefix(1).map(\.id)
        let one = try await house.surviving(&agent) { try $0.giveBack(some).request.id }
        _ = try await house.runUntilSettled(one, agent: &agent)
        #expect(try house.living().count == 3)
        let rest = try agent.machines(of: id, in: .running).map(\.id)
        let all = try await house.surviving(&agent) { try $0.giveBack(rest).request.id }
        _ = try await house.runUntilSettled(all, agent: &agent)
        let total = (house.crossings.count, house.network.crossings - requests)
        var memory = SweepMemory()
        for _ in 0..<3 {
            house.clock.advance(by: .seconds(5 * 60))
            await agent.sweep(&memory)
        }
        #expect(try house.living().isEmpty)
        #expect(try house.standing() == [])
        return inReturn ? total : (crossings, requests)
    }

    @Test(arguments: ["fleet", "fleet-maintain", "spot-fleet-request", "group"] as [Template.ID], [false, true])
    func aCrashAtAnyCrossingLeavesNothingUndone(template: Template.ID, inReturn: Bool) async throws {
        let (crossings, _) = try await story(template, inReturn: inReturn) { $0.crossings.die(at: []) }
        #expect(crossings > 10)
        for crossing in 1...crossings {
            _ = try await story(template, inReturn: inReturn) { $0.crossings.die(at: [crossing]) }
        }
    }

    @Test(arguments: ["fleet", "fleet-maintain", "spot-fleet-request", "group"] as [Template.ID], [false, true])
    func anyRequestOrReplyMayBeLost(template: Template.ID, inReturn: Bool) async throws {
        let (_, requests) = try await story(template, inReturn: inReturn) { _ in }
        #expect(requests > 3)
        for number in 1...requests {
            for isReply in [false, true] {
                _ = try await story(template, inReturn: inReturn) { house in
                    let lost = house.network.crossings + number
                    house.network.change {
                        if isReply { $0.lostReplies = [lost] } else { $0.lostRequests = [lost] }
                    }
                }
            }
        }
    }
}
