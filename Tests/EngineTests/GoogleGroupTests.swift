import Cloud
import CloudEmulator
import CloudGCP
import Engine
import Provisioning
import Store
import Testing

/// Groups whose members have names that are known before any of them is asked for.
@Suite struct GoogleGroupTests {
    private let house: SimulatedHouse

    init() throws { house = try SimulatedHouse(isGoogle: true) }

    private func order(_ template: Template.ID, _ count: Int) -> Order {
        var order = Order(template: template, count: count)
        order.key = "job-1"
        return order
    }

    private func running(_ report: RequestReport) -> [Machine] { report.machines.filter { $0.state == .running } }

    private func groups(_ house: SimulatedHouse) throws -> [GCPGroup] {
        house.look()
        return try house.emulator.world().google.projects.values.flatMap(\.groups.values).sorted { $0.name < $1.name }
    }

    @Test func everyMachineHasTheInstanceOfItsOwnName() async throws {
        var agent = try house.startAgent()
        let id = try await agent.accept(order("group", 12)).request.id
        let report = try await house.runUntilSettled(id, agent: &agent)
        let token = IntentToken(try #require(try house.living().first).token)
        let names = try #require(try house.base { try IntentLog($0).intent(token) }?.instanceNames)
        #expect(names.count == 12)
        for machine in report.machines {
            let instance = try #require(machine.instance?.text)
            #expect(instance.hasSuffix("/\(names[machine.id] ?? "?")"))
        }
    }

    @Test func aSecondCallForTheSameNamesMakesNobodyTwice() async throws {
        var agent = try house.startAgent()
        let id = try await agent.accept(order("group", 3)).request.id
        let report = try await house.runUntilSettled(id, agent: &agent)
        let token = IntentToken(try #require(try house.living().first).token)
        let intent = try #require(try house.base { try IntentLog($0).intent(token) })
        let strategy = InstanceGroup(at: SimulatedHouse.site)
        let asked = try #require(intent.order)
        let call = try #require(try strategy.launches(asked, token: token, besides: []).first)
        let late = try house.late(call)
        #expect(house.emulator.handle(late).status == 200)
        #expect(try groups(house).map(\.targetSize) == [3])
        let back = try agent.giveBack([report.machines[0].id]).request.id
        try await house.runUntilSettled(back, agent: &agent)
        #expect(house.emulator.handle(late).status == 200)
        #expect(try groups(house).map(\.targetSize) == [2], "all of them or none")
        #expect(try house.living().count == 2)
    }

    // MARK: No room for some

    private func expectThreeOfFiveOnSpot(
        _ house: SimulatedHouse, _ report: RequestReport, _ story: String
    ) throws {
        #expect(report.request.state == .fulfilled, "\(story)")
        let markets = running(report).compactMap(\.offering?.market)
        #expect(markets.count { $0 == .spot } == 3 && markets.count == 5, "\(story)")
        #expect(try house.living().count == 5, "\(story)")
        #expect(try groups(house).map(\.targetSize).sorted() == [2, 3], "\(story)")
    }

    /// Room for three of five on the spot market, and the process dies at these crossings.
    private func stockOut(_ spoil: (SimulatedHouse) -> Void, _ story: String) async throws -> Int {
        let house = try SimulatedHouse(isGoogle: true)
        try house.limitGoogle("e2-standard-2", "us-central1-a", .spot, to: 3)
        var agent = try house.startAgent()
        spoil(house)
        let order = order("group-of-one-zone", 5)
        let id = try await house.surviving(&agent) { try await $0.accept(order).request.id }
        let report = try await house.runUntilSettled(id, agent: &agent)
        let crossings = house.crossings.count
        try expectThreeOfFiveOnSpot(house, report, story)
        house.crossings.die(at: [])
        // Room that turns up later is nobody's: the names were taken out of the group.
        try house.limitGoogle("e2-standard-2", "us-central1-a", .spot, to: 100)
        house.clock.advance(by: .seconds(600))
        house.look()
        #expect(try house.living().count == 5, "\(story)")
        let machines = running(report).map(\.id)
        let back = try await house.surviving(&agent) { try $0.giveBack(machines).request.id }
        try await house.runUntilSettled(back, agent: &agent)
        #expect(try house.living().isEmpty, "\(story)")
        #expect(try house.standingAtGoogle() == [], "\(story)")
        return crossings
    }

    @Test func whatAGroupHasNoRoomForIsTakenOutOfItAndHadElsewhere() async throws {
        _ = try await stockOut({ _ in }, "quiet")
    }

    @Test func aPartialStockOutIsExactWhereverTheProcessDies() async throws {
        let crossings = try await stockOut({ _ in }, "quiet")
        #expect(crossings > 20)
        for crossing in 1...min(crossings, 40) {
            _ = try await stockOut({ $0.crossings.die(at: [crossing]) }, "died at \(crossing)")
        }
    }

    @Test func aPartialStockOutIsExactWhicheverReplyIsLost() async throws {
        for number in 1...14 {
            _ = try await stockOut(
                { $0.network.change { $0.lostReplies = [number] } }, "reply \(number) lost")
            _ = try await stockOut(
                { $0.network.change { $0.lostRequests = [number] } }, "request \(number) lost")
        }
    }

    @Test func whatThereIsNoRoomForAnywhereIsToldAndTheGroupIsAsSmallAsWhatCame() async throws {
        for type in ["e2-standard-2", "n2-standard-2"] {
            try house.limitGoogle(type, "us-central1-a", to: 2)
            try house.limitGoogle(type, "us-central1-b", to: 1)
        }
        var agent = try house.startAgent()
        let id = try await agent.accept(order("group", 8)).request.id
        let report = try await house.runUntilSettled(id, agent: &agent)
        #expect(report.request.state == .partial)
        #expect(running(report).count == 6)
        #expect(try house.living().count == 6)
        #expect(try groups(house).map(\.targetSize) == [6])
        let failures = report.machines.filter { $0.state != .running }.compactMap(\.failure)
        #expect(failures.contains { $0.code == "ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS" })
        #expect(report.request.settledAt.map { $0 < report.request.deadline } == true, "nobody waits in vain")
    }

    // MARK: Lost

    @Test func aMemberThatGoesUnaskedComesBackUnderItsNameAsTheSameMachine() async throws {
        var agent = try house.startAgent()
        let id = try await agent.accept(order("group", 2)).request.id
        let report = try await house.runUntilSettled(id, agent: &agent)
        let before = Set(try house.living().map(\.id))
        let one = try #require(report.machines[0].instance?.text)
        let parts = one.split(separator: "/")
        let gone = HTTPRequest(
            method: "DELETE", endpoint: SimulatedHouse.compute,
            path: "/compute/v1/projects/grid-prod/zones/\(parts[0])/instances/\(parts[1])",
            headers: [SimulatedHouse.googleBearer], body: [])
        #expect(house.emulator.handle(gone).status == 200)
        var memory = SweepMemory()
        for _ in 0..<6 {
            house.clock.advance(by: .seconds(30))
            house.look()
            await agent.sweep(&memory)
        }
        #expect(Set(try house.living().map(\.id)) == before)
        let after = try #require(try agent.requests().first { $0.request.id == id })
        #expect(Set(running(after).compactMap(\.instance?.text)) == before)
        #expect(try groups(house).map(\.targetSize) == [2])
    }

    @Test func anEmptyGroupThatNobodyWasAskedToJoinIsTakenAway() async throws {
        var order = order("group", 2)
        order.deadlineSeconds = 60
        let network = house.network
        network.change {
            $0.afterEffect = { _ in
                guard network.actions.last?.hasSuffix("InstanceGroupManagers.insert") ?? false else { return }
                throw TransportError.unknown("nobody hears that there is a group")
            }
        }
        var agent = try house.startAgent()
        let id = try await agent.accept(order).request.id
        let report = try await house.runUntilSettled(id, agent: &agent)
        #expect(report.request.state == .failed)
        #expect(network.actions.contains { $0.hasSuffix("InstanceGroupManagers.insert") })
        #expect(!network.actions.contains { $0.hasSuffix("createInstances") })
        var memory = SweepMemory()
        for _ in 0..<2 {
            await agent.sweep(&memory)
            house.clock.advance(by: .seconds(60))
        }
        #expect(try house.standingAtGoogle() == [])
    }
}
