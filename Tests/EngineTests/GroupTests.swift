import CloudEmulator
import Engine
import Provisioning
import Testing

/// Machines from a group that keeps itself up: what leaves never comes back, whatever call or answer is lost.
@Suite struct GroupTests {
    private static let count = 5

    private func order() -> Order {
        var order = Order(template: "group", count: GroupTests.count)
        order.key = "job-1"
        return order
    }

    /// Five come, two and then the others go; the process dies at these crossings.
    @discardableResult
    private func run(dyingAt fatal: Set<Int>, inReturn: Bool, losingPower: Bool = false) async throws -> Int {
        let house = try SimulatedHouse(hasGroups: true, losesPower: losingPower)
        var agent = try house.startAgent()
        if !inReturn { house.crossings.die(at: fatal) }
        let id = try await house.surviving(&agent) { try await $0.accept(order()).request.id }
        let report = try await house.runUntilSettled(id, agent: &agent)
        let launchCrossings = house.crossings.count
        #expect(report.request.state == .fulfilled)
        #expect(try house.living().count == GroupTests.count, "died at \(fatal)")
        #expect(try house.region().groups.count == 1 && house.region().templates.count == 1)

        house.crossings.die(at: inReturn ? fatal : [])
        let began = house.clock.now
        let (some, others) = (report.machines.prefix(2).map(\.id), report.machines.dropFirst(2).map(\.id))
        let first = try await house.surviving(&agent) { try $0.giveBack(some).request.id }
        // Some may have left the group, and their end be lost, when all of it is given back.
        do { try await agent.carryOn() } catch is Crossings.Died {}
        if house.crossings.isDead {
            try house.revive()
            agent = try house.startAgent()
        }
        let second = try await house.surviving(&agent) { try $0.giveBack(others).request.id }
        for back in [first, second] {
            let returned = try await house.runUntilSettled(back, agent: &agent)
            #expect(returned.machines.allSatisfy { $0.state == .terminated }, "died at \(fatal)")
        }
        #expect(
            try house.living().isEmpty && house.region().groups.allSatisfy { $0.isBeingDeleted }, "died at \(fatal)")
        // Nothing ever grew back.
        #expect(try house.region().reservations.flatMap(\.instances).count == GroupTests.count, "died at \(fatal)")
        #expect(house.clock.now - began < Patience.insisting, "nobody is asked twice: died at \(fatal)")
        var memory = SweepMemory()
        house.clock.advance(by: .seconds(61))
        await agent.sweep(&memory)
        #expect(try house.region().templates.isEmpty, "died at \(fatal)")
        return inReturn ? house.crossings.count : launchCrossings
    }

    @Test(arguments: [false, true]) func aGroupIsMadeOnceWhereverTheProcessDies(losingPower: Bool) async throws {
        let crossings = try await run(dyingAt: [], inReturn: false)
        #expect(crossings > 15)
        for crossing in 1...crossings {
            try await run(dyingAt: [crossing], inReturn: false, losingPower: losingPower)
        }
    }

    @Test(arguments: [false, true])
    func whatLeavesAGroupNeverGrowsBackWhereverTheProcessDies(losingPower: Bool) async throws {
        let crossings = try await run(dyingAt: [], inReturn: true)
        #expect(crossings > 15)
        for crossing in 1...crossings {
            try await run(dyingAt: [crossing], inReturn: true, losingPower: losingPower)
        }
    }

    @Test func someGoAndTheOthersStay() async throws {
        let house = try SimulatedHouse(hasGroups: true)
        var agent = try house.startAgent()
        let id = try await agent.accept(order()).request.id
        let report = try await house.runUntilSettled(id, agent: &agent)
        let back = try agent.giveBack(report.machines.prefix(2).map(\.id)).request.id
        try await house.runUntilSettled(back, agent: &agent)
        let kept = Set(report.machines.dropFirst(2).compactMap { $0.instance?.text })
        #expect(try Set(house.living().map(\.id)) == kept)
        let region = try house.region()
        #expect(region.groups.map(\.sizes.desired) == [3])
        #expect(region.groups.map(\.suspended) == [[.rebalance]])
        #expect(region.templates.count == 1)
    }
}

extension SimulatedHouse {
    /// The only one that has anything.
    fileprivate func region() throws -> Region { try #require(try emulator.world().regions["us-east-1"]) }
}
