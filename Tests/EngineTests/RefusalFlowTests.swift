import Cloud
import CloudEmulator
import Engine
import Provisioning
import Store
import Testing

/// What comes of the cloud's many ways to say no, by the table as it is shipped.
@Suite struct RefusalFlowTests {
    let house: SimulatedHouse
    private let refusals: RefusalTable

    init() throws {
        house = try SimulatedHouse()
        let root = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined()
        refusals = try ProviderDescriptor(folder: "\(root)/providers/aws", apiFiles: []).refusals
    }

    private func run(_ template: Template.ID, _ count: Int, deadlineSeconds: Int = 900) async throws -> RequestReport {
        var agent = try house.startAgent(refusals: refusals)
        var order = Order(template: template, count: count)
        order.deadlineSeconds = deadlineSeconds
        let id = try await agent.accept(order).request.id
        return try await house.runUntilSettled(id, agent: &agent)
    }

    private func refuse(_ code: String, _ words: String = "no", on action: String = "RunInstances", times: Int = 1)
        throws
    {
        try house.emulator.change {
            $0.faults.append(.init(.refuse(code: code, message: words, status: 400), on: action, times: times))
        }
    }

    private func failLate(_ code: String, times: Int) throws {
        try house.emulator.change {
            $0.faults.append(.init(.failLate(.init(code: code, message: "why")), times: times))
        }
    }

    private func limit(_ type: String, _ zone: String, to capacity: Int) throws {
        try house.emulator.change { $0.limits.capacity[.init(type: type, zone: zone)] = capacity }
    }

    private var launches: Int { house.network.actions.count { $0 == "RunInstances" } }

    private var reservations: [Reservation] {
        get throws { try house.emulator.world().regions["us-east-1"].map { Array($0.reservations) } ?? [] }
    }

    // MARK: Elsewhere

    @Test func theNextOfferingIsAskedAtOnce() async throws {
        try limit("m6i.large", "us-east-1a", to: 0)
        try limit("m6i.large", "us-east-1b", to: 0)
        let agent = try house.startAgent(refusals: refusals)
        _ = try await agent.accept(Order(template: "small", count: 3))
        let before = house.clock.now
        try await agent.carryOn()
        #expect(launches == 3)
        #expect(try reservations.map(\.launch.type) == ["m5.large"])
        #expect(house.clock.now == before)
    }

    @Test func whatCameAndWhyTheRestDidNotIsSaidExactly() async throws {
        for (type, zone, room) in [
            ("m6i.large", "us-east-1a", 2), ("m6i.large", "us-east-1b", 1), ("m5.large", "us-east-1a", 0),
            ("m5.large", "us-east-1b", 0),
        ] { try limit(type, zone, to: room) }
        let report = try await run("small", 10)
        #expect(report.request.state == .partial)
        let shortfall = try #require(report.shortfall)
        #expect(
            shortfall.text.hasPrefix("3 of 10; 7 missing because InsufficientInstanceCapacity: We currently do not"))
        #expect(shortfall.missing.map(\.count) == [7])
        #expect(shortfall.missing.map(\.meaning) == [.capacity])
    }

    @Test func aSpotMarketThatIsClosedToUsLeavesTheOther() async throws {
        try refuse("AuthFailure.ServiceLinkedRoleCreationNotPermitted", times: 9)
        let report = try await run("spot-first", 3)
        #expect(report.request.state == .failed, "both markets refused it")
        #expect(launches == 2, "once in each market")
        #expect(report.machines.allSatisfy { $0.failure?.meaning == .credentials })
    }

    @Test func onDemandIsBoughtWhereSpotMayNotBe() async throws {
        try refuse("AuthFailure.ServiceLinkedRoleCreationNotPermitted")
        let report = try await run("spot-first", 3)
        #expect(report.request.state == .fulfilled)
        #expect(report.machines.allSatisfy { $0.offering?.market == .onDemand })
        #expect(launches == 2)
    }

    // MARK: Late

    @Test func whatHasNoRoomLateIsReplacedElsewhereAtOnce() async throws {
        try failLate("Server.InsufficientInstanceCapacity", times: 2)
        let report = try await run("small", 1)
        #expect(report.request.state == .fulfilled)
        #expect(report.machines.map(\.state) == [.lost, .lost, .running])
        #expect(
            report.machines.map { $0.offering?.description } == [
                "m6i.large / us-east-1a / on-demand", "m6i.large / us-east-1b / on-demand",
                "m5.large / us-east-1a / on-demand",
            ])
        let blocks = try house.base { try BlockRepository($0).blocks(at: SimulatedHouse.account, now: house.clock.now) }
        #expect(
            Set(blocks.map(\.scope.reach)) == [
                .offering(.init(type: "m6i.large", zone: "us-east-1a")),
                .offering(.init(type: "m6i.large", zone: "us-east-1b")),
            ])
        #expect(blocks.allSatisfy { $0.refusal.code == "Server.InsufficientInstanceCapacity" })
    }

    @Test func whatExceedsAnAllowanceLateBlocksTheFamily() async throws {
        try failLate("Client.VolumeLimitExceeded", times: 9)
        let report = try await run("small", 2)
        #expect(report.request.state == .failed)
        #expect(launches == 1)
        #expect(report.shortfall?.missing.map(\.meaning) == [.quota])
    }

    @Test(arguments: ["Client.InternalError", "Client.InvalidSnapshot.NotFound", "Client.InvalidKMSKey.InvalidState"])
    func whatMakesNoSenseLateIsNotTriedElsewhere(code: String) async throws {
        try failLate(code, times: 999)
        let report = try await run("small", 1)
        #expect(report.request.state == .failed)
        #expect(report.count(.lost) == 4)
        #expect(Set(report.machines.map { $0.offering?.description }) == ["m6i.large / us-east-1a / on-demand"])
        #expect(report.shortfall?.text == "0 of 1; 1 missing because \(code): why")
        #expect(report.shortfall?.missing.map(\.meaning) == [.invalid])
    }

    // MARK: In parts, and in time

    @Test func whatIsTooMuchAtOnceIsLaunchedInParts() async throws {
        try refuse("RequestResourceCountExceeded", times: 2)
        let report = try await run("small", 8)
        #expect(report.request.state == .fulfilled)
        #expect(try reservations.map(\.instances.count).sorted() == [2, 2, 4])
    }

    @Test func whatIsTooMuchAtOnceIsEndedInParts() async throws {
        let report = try await run("small", 8)
        try refuse("ResourceCountExceeded", on: "TerminateInstances", times: 2)
        var agent = try house.startAgent(refusals: refusals)
        let back = try agent.giveBack(report.machines.map(\.id)).request.id
        try await house.runUntilSettled(back, agent: &agent)
        #expect(try house.living().isEmpty)
        #expect(house.network.actions.count { $0 == "TerminateInstances" } == 5, "8, 4 and 4, 2 and 2 for one of them")
    }

    @Test func anInstanceProfileThatIsNotThereYetIsWaitedFor() async throws {
        try refuse("InvalidParameterValue", "Invalid IAM Instance Profile name", times: 3)
        let report = try await run("small", 2)
        #expect(report.request.state == .fulfilled)
        #expect(launches == 4)
        #expect(report.machines.allSatisfy { $0.offering?.description == "m6i.large / us-east-1a / on-demand" })
    }

    @Test func anInstanceProfileThatNeverComesIsAMistakeOfTheTemplate() async throws {
        try refuse("InvalidParameterValue", "Invalid IAM Instance Profile name", times: 99)
        let began = house.clock.now
        let report = try await run("small", 2)
        #expect(report.request.state == .failed)
        #expect(report.machines.allSatisfy { $0.failure?.meaning == .invalid })
        #expect(launches == 6)
        #expect(house.clock.now - began < .seconds(60))
    }

    // MARK: Too fast, or no answer

    @Test func aCloudThatIsOverrunIsNotOverrunMore() async throws {
        try house.emulator.change { $0.limits.rates["RunInstances"] = .init(size: 1, perSecond: 0.5) }
        var agent = try house.startAgent(refusals: refusals)
        var ids: [Request.ID] = []
        for _ in 1...10 { ids.append(try await agent.accept(Order(template: "single", count: 1)).request.id) }
        for id in ids {
            #expect(try await house.runUntilSettled(id, agent: &agent).request.state == .fulfilled)
        }
        #expect(try reservations.count == 10)
        #expect(launches <= 100, "\(launches) calls for 10 launches")
    }

    /// A launch that has used up what the cloud counts machines by is followed by the next when there is room again.
    @Test func machinesThatAreCountedComeAsFastAsTheyMay() async throws {
        try house.emulator.change { $0.limits.rates["RunInstances instances"] = .init(size: 10, perSecond: 1) }
        var agent = try house.startAgent(refusals: refusals)
        let first = try await agent.accept(Order(template: "single", count: 10)).request.id
        let second = try await agent.accept(Order(template: "single", count: 10)).request.id
        for id in [first, second] {
            #expect(try await house.runUntilSettled(id, agent: &agent).request.state == .fulfilled)
        }
        #expect(try house.living().count == 20)
    }

    @Test func hoursWithoutAnAnswerTakeABoundedNumberOfCallsAndTheFirstAnswerEndsThem() async throws {
        let agent = try house.startAgent(refusals: refusals)
        // One whose machines are under way when the line goes dead, and three that find it so.
        _ = try await agent.accept(Order(template: "single", count: 2))
        try await agent.carryOn()
        let before = house.network.actions.count
        struct Dead: Error {}
        house.network.change { $0.beforeSend = { _ in throw Dead() } }
        for _ in 1...3 { _ = try await agent.accept(Order(template: "single", count: 1)) }
        let minutes = 120
        let end = house.clock.now + .seconds(minutes * 60)
        while house.clock.now < end {
            try await agent.carryOn()
            house.clock.advance(by: .seconds(5))
        }
        let calls = house.network.actions.count - before
        // A hundred soon; then once a minute each of the three launches, the listing, and the first one's end.
        #expect(calls <= 110 + 5 * minutes, "\(calls) calls")
        #expect(calls >= 3 * minutes / 2, "\(calls) calls")
        house.network.change { $0.beforeSend = nil }
        for _ in 1...400 {
            try await agent.carryOn()
            house.clock.advance(by: .seconds(1))
        }
        #expect(try agent.requests().allSatisfy(\.request.isSettled))
        #expect(try house.living().count <= 5)
    }
}
