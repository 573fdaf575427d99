import Cloud
import CloudEmulator
import CloudGCP
import Engine
import Provisioning
import Store
import Testing

/// The main job and the return at Google Cloud: what is accepted is only an operation that may still come to nothing.
@Suite struct GoogleTests {
    static let machines = 5
    /// Where the same story is told many times.
    static let few = 2
    static let crossingsOfInterest = 40
    static let requestsOfInterest = 10

    private func order(_ template: Template.ID, _ count: Int = machines) -> Order {
        var order = Order(template: template, count: count)
        order.key = "job-1"
        return order
    }

    private func carry(
        _ template: Template.ID, _ count: Int = machines, _ prepare: (SimulatedHouse) throws -> Void = { _ in }
    ) async throws -> (SimulatedHouse, Agent, RequestReport) {
        let house = try SimulatedHouse(isGoogle: true)
        try prepare(house)
        var agent = try house.startAgent()
        let id = try await agent.accept(order(template, count)).request.id
        return (house, agent, try await house.runUntilSettled(id, agent: &agent))
    }

    private func giveBack(_ report: RequestReport, _ house: SimulatedHouse, _ agent: Agent) async throws {
        var agent = agent
        let machines = report.machines.filter { $0.state == .running }.map(\.id)
        let back = try agent.giveBack(machines).request.id
        let returned = try await house.runUntilSettled(back, agent: &agent)
        #expect(returned.request.state == .fulfilled)
        #expect(try house.living().isEmpty)
    }

    @Test(arguments: [
        "small", "single", "anywhere", "spot-first", "bulk", "bulk-all", "group", "group-of-one-zone",
    ])
    func everyWayBringsExactlyWhatWasAskedForAndLeavesNothing(template: String) async throws {
        let (house, agent, report) = try await carry(Template.ID(template))
        #expect(report.request.state == .fulfilled)
        #expect(try house.living().count == GoogleTests.machines)
        try await giveBack(report, house, agent)
        #expect(try house.standingAtGoogle() == [])
    }

    // MARK: At every crossing

    /// The whole story; the process dies at the given crossings of each half.
    private func run(_ template: Template.ID, dyingAt fatal: Set<Int>, inReturn: Bool) async throws -> Int {
        let house = try SimulatedHouse(isGoogle: true)
        var agent = try house.startAgent()
        if !inReturn { house.crossings.die(at: fatal) }
        let order = order(template, GoogleTests.few)
        let id = try await house.surviving(&agent) { try await $0.accept(order).request.id }
        let report = try await house.runUntilSettled(id, agent: &agent)
        let launchCrossings = house.crossings.count
        #expect(report.request.state == .fulfilled, "died at \(fatal)")
        #expect(try house.living().count == GoogleTests.few, "died at \(fatal)")
        house.crossings.die(at: inReturn ? fatal : [])
        let machines = report.machines.filter { $0.state == .running }.map(\.id)
        let back = try await house.surviving(&agent) { try $0.giveBack(machines).request.id }
        let returned = try await house.runUntilSettled(back, agent: &agent)
        #expect(returned.request.state == .fulfilled, "died at \(fatal)")
        #expect(try house.living().isEmpty, "died at \(fatal)")
        return inReturn ? house.crossings.count : launchCrossings
    }

    @Test(arguments: ["small", "bulk", "group"])
    func everyWaySurvivesACrashAtEveryCrossing(template: String) async throws {
        for inReturn in [false, true] {
            let crossings = try await run(Template.ID(template), dyingAt: [], inReturn: inReturn)
            #expect(crossings > 10)
            // The last ones are all alike: looks at what is on its way out.
            for crossing in 1...min(crossings, GoogleTests.crossingsOfInterest) {
                _ = try await run(Template.ID(template), dyingAt: [crossing], inReturn: inReturn)
            }
        }
    }

    @Test(arguments: ["small", "bulk", "group"])
    func everyRequestAndEveryReplyMayBeLost(template: String) async throws {
        let quiet = try await lossy(Template.ID(template)) { _, _ in }
        #expect(quiet >= 4)
        for number in 1...min(quiet, GoogleTests.requestsOfInterest) {
            _ = try await lossy(Template.ID(template)) {
                $0.lostRequests = [number]; $1 = "request \(number)"
            }
            _ = try await lossy(Template.ID(template)) {
                $0.lostReplies = [number]; $1 = "reply \(number)"
            }
            _ = try await lossy(Template.ID(template)) {
                $0.lostReplies = [number, number + 1]; $1 = "replies from \(number)"
            }
        }
    }

    /// The main job on a bad network; returns how many requests it took.
    private func lossy(
        _ template: Template.ID, _ spoil: (inout NetworkFaults, inout String) -> Void
    ) async throws -> Int {
        let house = try SimulatedHouse(isGoogle: true)
        var story = "a good network"
        house.network.change { spoil(&$0, &story) }
        var agent = try house.startAgent()
        let id = try await agent.accept(order(template, GoogleTests.few)).request.id
        let report = try await house.runUntilSettled(id, agent: &agent)
        #expect(report.request.state == .fulfilled, "\(story)")
        #expect(try house.living().count == GoogleTests.few, "\(story)")
        try await giveBack(report, house, agent)
        return house.network.crossings
    }

    // MARK: No room

    @Test func whatTurnsOutToHaveNoRoomIsHadElsewhere() async throws {
        let (house, agent, report) = try await carry("small") { house in
            try house.limitGoogle("e2-standard-2", "us-central1-a", to: 2)
        }
        #expect(report.request.state == .fulfilled)
        let zones = report.machines.filter { $0.state == .running }.compactMap(\.offering?.zone)
        #expect(zones.count { $0 == "us-central1-a" } == 2 && zones.count == 5)
        try await giveBack(report, house, agent)
    }

    @Test func whatIsSeenUntilItFailsIsHadElsewhereToo() async throws {
        let (house, agent, report) = try await carry("small") { house in
            try house.limitGoogle("e2-standard-2", "us-central1-a", to: 2)
            try house.emulator.change { $0.google.showsDoomed = true }
        }
        #expect(report.request.state == .fulfilled)
        try await giveBack(report, house, agent)
    }

    @Test func theOnDemandMarketIsTriedWhereSpotHasNoRoom() async throws {
        let (_, _, report) = try await carry("spot-first") { house in
            try house.limitGoogle("e2-standard-2", "us-central1-a", .spot, to: 3)
        }
        #expect(report.request.state == .fulfilled)
        let markets = report.machines.filter { $0.state == .running }.compactMap(\.offering?.market)
        #expect(markets.count { $0 == .spot } == 3 && markets.count == 5)
    }

    @Test func aBulkInsertionThatBringsSomeHasTheOthersElsewhere() async throws {
        let (house, agent, report) = try await carry("bulk-of-one-zone", 8) { house in
            try house.limitGoogle("e2-standard-2", "us-central1-a", .spot, to: 3)
        }
        #expect(report.request.state == .fulfilled)
        #expect(report.machines.count { $0.state == .running && $0.offering?.market == .spot } == 3)
        #expect(try house.living().count == 8)
        try await giveBack(report, house, agent)
    }

    @Test func aBulkInsertionThatIsTakenBackIsMadeElsewhere() async throws {
        let (house, agent, report) = try await carry("bulk-of-one-zone-all", 8) { house in
            try house.limitGoogle("e2-standard-2", "us-central1-a", .spot, to: 3)
        }
        #expect(report.request.state == .fulfilled)
        #expect(report.machines.allSatisfy { $0.state != .running || $0.offering?.market == .onDemand })
        #expect(try house.living().count == 8)
        try await giveBack(report, house, agent)
    }

    @Test(arguments: ["bulk", "bulk-all"])
    func oneBulkInsertionChoosesAmongTypesAndZones(template: Template.ID) async throws {
        let (house, agent, report) = try await carry(template, 8) { house in
            try house.limitGoogle("e2-standard-2", "us-central1-a", to: 3)
            try house.limitGoogle("e2-standard-2", "us-central1-b", to: 2)
            try house.limitGoogle("n2-standard-2", "us-central1-a", to: 1)
        }
        #expect(report.request.state == .fulfilled)
        #expect(report.machines.count == 8, "nothing had to be asked for twice")
        let pools = Dictionary(grouping: report.machines.compactMap(\.offering)) { "\($0.type) \($0.zone ?? "")" }
        #expect(
            pools.mapValues(\.count) == [
                "e2-standard-2 us-central1-a": 3, "n2-standard-2 us-central1-a": 1, "e2-standard-2 us-central1-b": 2,
                "n2-standard-2 us-central1-b": 2,
            ])
        try await giveBack(report, house, agent)
    }

    @Test func aGroupFindsRoomByItself() async throws {
        let (house, agent, report) = try await carry("group", 8) { house in
            try house.limitGoogle("e2-standard-2", "us-central1-a", to: 1)
        }
        #expect(report.request.state == .fulfilled)
        #expect(try house.living().count == 8)
        try await giveBack(report, house, agent)
        #expect(try house.standingAtGoogle() == [])
    }

    @Test func someMembersOfAGroupAreGivenBackAndTheOthersStay() async throws {
        let (house, agent, report) = try await carry("group", 6)
        var current = agent
        let back = try agent.giveBack(report.machines.prefix(2).map(\.id)).request.id
        try await house.runUntilSettled(back, agent: &current)
        let kept = Set(report.machines.dropFirst(2).compactMap(\.instance?.text))
        #expect(Set(try house.living().map(\.id)) == kept)
        for _ in 0..<20 {
            house.clock.advance(by: .seconds(60))
            house.look()
        }
        #expect(Set(try house.living().map(\.id)) == kept, "what was taken out is not replaced")
    }

    // MARK: Before anything is launched

    @Test(arguments: ["small", "anywhere", "spot-first", "bulk", "group"])
    func aDryRunAsksAndChangesNothing(template: String) async throws {
        let house = try SimulatedHouse(isGoogle: true)
        let agent = try house.startAgent()
        let launch = try #require(
            try await agent.preview(order(Template.ID(template)), askingCloud: true).launches.first)
        #expect(launch.confidence == .predicted)
        #expect(Set(launch.findings.map(\.subject)).isSuperset(of: [.image, .type, .permission, .quota]))
        #expect(launch.findings.allSatisfy { $0.word == "verified" }, "\(launch.findings)")
        #expect(try house.living().isEmpty && house.standingAtGoogle() == [])
        #expect(try agent.requests().isEmpty)
    }

    @Test func whatADryRunFindsMissingTheLaunchIsRefusedFor() async throws {
        let house = try SimulatedHouse(isGoogle: true)
        try house.emulator.change { $0.limits.denied = ["compute.instances.create"] }
        var agent = try house.startAgent()
        let launch = try #require(try await agent.preview(order("single"), askingCloud: true).launches.first)
        guard case .refused(let refusal) = launch.confidence else {
            return #expect(Bool(false), "\(launch.confidence)")
        }
        #expect(refusal.meaning == .credentials && refusal.message == "missing: compute.instances.create")
        let id = try await agent.accept(order("single")).request.id
        let report = try await house.runUntilSettled(id, agent: &agent)
        #expect(report.machines.allSatisfy { $0.failure?.meaning == .credentials })
    }

    /// One type of several that the region lacks is done without.
    @Test func whatIsOnlyOneChoiceOfManyDoomsNothing() async throws {
        let house = try SimulatedHouse(isGoogle: true)
        try house.emulator.change { world in
            for zone in world.conditions.googleZones.values.flatMap(\.self) {
                for market in Market.allCases {
                    world.limits.unoffered.insert(Pool(type: "n2-standard-2", zone: zone, market: market))
                }
            }
        }
        let agent = try house.startAgent()
        let launch = try #require(try await agent.preview(order("group"), askingCloud: true).launches.first)
        #expect(launch.findings.filter { $0.subject == .type }.map(\.word) == ["verified", "absent"])
        #expect(launch.confidence == .predicted)
    }

    @Test func anAnswerThatIsLostLeavesItsLineUnknown() async throws {
        let house = try SimulatedHouse(isGoogle: true)
        try house.emulator.change {
            $0.faults = [Fault(.loseReply, on: "cloudresourcemanager.projects.testIamPermissions", times: 9)]
        }
        let agent = try house.startAgent()
        let launch = try #require(try await agent.preview(order("single"), askingCloud: true).launches.first)
        #expect(launch.findings.filter { $0.word == "unknown" }.map(\.subject) == [.permission])
        #expect(launch.confidence == .predicted)
    }

    // MARK: After the end

    /// A requestId is forgotten one day, and the name of what is deleted is free again: only the sweep ends what comes.
    @Test func aCallThatArrivesAfterItsMachineIsGoneIsEndedByTheSweep() async throws {
        let (house, agent, report) = try await carry("small", 2)
        let token = IntentToken(try #require(try house.living().first).token)
        let order = try #require(try house.base { try IntentLog($0).intent(token) }?.order)
        try await giveBack(report, house, agent)
        let call = try #require(
            try Instances(at: SimulatedHouse.site).launches(order, token: token, besides: []).first)
        let late = try house.late(call)
        #expect(house.emulator.handle(late).status == 200)
        #expect(try house.living().count == 1)
        var memory = SweepMemory()
        await agent.sweep(&memory)
        #expect(try house.living().count == 1, "it is too young to be believed nobody's")
        house.clock.advance(by: sweepGrace + .seconds(1))
        for _ in 0..<2 { await agent.sweep(&memory) }
        #expect(try house.living().isEmpty)
    }
}
