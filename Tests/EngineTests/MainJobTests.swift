import Cloud
import CloudEmulator
import Engine
import Provisioning
import Store
import Testing

/// What users see of the loop: promises kept, kept exactly, or broken with a reason.
@Suite struct MainJobTests {
    let house: SimulatedHouse

    init() throws { house = try SimulatedHouse() }

    private func run(_ order: Order) async throws -> RequestReport {
        var agent = try house.startAgent()
        let id = try await agent.accept(order).request.id
        return try await house.runUntilSettled(id, agent: &agent)
    }

    private func order(_ template: Template.ID, _ count: Int, _ change: (inout Order) -> Void = { _ in }) -> Order {
        var order = Order(template: template, count: count)
        change(&order)
        return order
    }

    private func limit(_ type: String, _ zone: String, to capacity: Int, _ market: Market = .onDemand) throws {
        try house.emulator.change { $0.limits.capacity[.init(type: type, zone: zone, market: market)] = capacity }
    }

    // MARK: Keeping promises

    @Test func fiveMachinesTakeOneLaunchAndAreTaggedAsOurs() async throws {
        let report = try await run(order("small", 5))
        #expect(report.request.state == .fulfilled)
        #expect(house.network.actions.count { $0 == "RunInstances" } == 1)
        let reservation = try #require(try house.emulator.world().regions["us-east-1"]?.reservations.first)
        let tags = Dictionary(reservation.launch.tags.map { ($0.key, $0.value) }, uniquingKeysWith: { a, _ in a })
        #expect(tags[OurTag.request] == report.request.id.text)
        #expect(tags["site"] == "lab")
        #expect(SimulatedHouse.owner.isProved(by: tags))
        #expect(report.machines.allSatisfy { $0.privateIP != nil && $0.launchedAt != nil && $0.ranAt != nil })
    }

    @Test func aThousandMachinesTakeOneCall() async throws {
        var agent = try house.startAgent()
        let id = try await agent.accept(order("single", 1000)).request.id
        let report = try await house.runUntilSettled(id, agent: &agent)
        #expect(report.count(.running) == 1000)
        #expect(house.network.actions.count { $0 == "RunInstances" } == 1)
    }

    @Test func whatOneOfferingLacksTheNextOneGives() async throws {
        try limit("m6i.large", "us-east-1a", to: 3)
        try limit("m6i.large", "us-east-1b", to: 0)
        let report = try await run(order("small", 5))
        #expect(report.request.state == .fulfilled)
        let offerings = Dictionary(grouping: report.machines, by: { $0.offering!.description }).mapValues(\.count)
        #expect(offerings == ["m6i.large / us-east-1a / on-demand": 3, "m5.large / us-east-1a / on-demand": 2])
    }

    @Test func spotFallsBackToOnDemand() async throws {
        try limit("m6i.large", "us-east-1a", to: 1, .spot)
        let report = try await run(order("mixed", 3))
        #expect(report.request.state == .fulfilled)
        #expect(report.machines.count { $0.offering?.market == .spot } == 1)
        #expect(report.machines.count { $0.offering?.market == .onDemand } == 2)
    }

    @Test func whatCannotBeHadFailsWithTheCloudsOwnWords() async throws {
        try limit("c6i.large", "us-east-1a", to: 2)
        let report = try await run(order("single", 5))
        #expect(report.request.state == .partial)
        #expect(report.count(.running) == 2)
        let failed = report.machines.filter { $0.state == .failed }
        #expect(failed.count == 3)
        #expect(failed.allSatisfy { $0.failure?.meaning == .capacity })
        #expect(failed.allSatisfy { $0.failure?.detail.hasPrefix("InsufficientInstanceCapacity") == true })
    }

    @Test func fewerThanTheLeastCountAreNotKept() async throws {
        try limit("c6i.large", "us-east-1a", to: 2)
        let report = try await run(order("single", 5) { $0.atLeast = 3 })
        #expect(report.request.state == .failed)
        #expect(try house.living().isEmpty)
        #expect(report.machines.count { $0.failure?.cause == .tooFew } == 2)
    }

    @Test func theLeastCountIsEnough() async throws {
        try limit("c6i.large", "us-east-1a", to: 2)
        let report = try await run(order("single", 5) { $0.atLeast = 2 })
        #expect(report.request.state == .partial)
        #expect(try house.living().count == 2)
    }

    @Test func aMachineLostBeforeItRanIsReplaced() async throws {
        try house.emulator.change {
            $0.faults = [.init(.failLate(.init(code: "Server.InternalError", message: "internal error")))]
        }
        let report = try await run(order("small", 3))
        #expect(report.request.state == .fulfilled)
        #expect(report.count(.running) == 3)
        #expect(report.count(.lost) == 1)
        #expect(report.machines.count == 4)
        #expect(try house.living().count == 3)
    }

    // MARK: Refusals

    @Test(arguments: [("UnauthorizedOperation", 403), ("AuthFailure", 401), ("InvalidAMIID.NotFound", 400)])
    func neitherCredentialsNorABadRequestStartAFallback(code: String, status: Int) async throws {
        try house.emulator.change {
            $0.faults = [.init(.refuse(code: code, message: "no", status: status), on: "RunInstances")]
        }
        let report = try await run(order("small", 5))
        #expect(report.request.state == .failed)
        #expect(house.network.actions.count { $0 == "RunInstances" } == 1)
        #expect(report.machines.allSatisfy { $0.failure?.detail.hasPrefix(code) == true })
    }

    @Test func aThrottleIsNoLackOfCapacity() async throws {
        try house.emulator.change {
            $0.faults = [
                .init(.refuse(code: "RequestLimitExceeded", message: "slow", status: 503), on: "RunInstances", times: 3)
            ]
        }
        let report = try await run(order("small", 5))
        #expect(report.request.state == .fulfilled)
        #expect(Set(report.machines.map { $0.offering!.description }) == ["m6i.large / us-east-1a / on-demand"])
        let tokens = try house.emulator.world().regions["us-east-1"]?.reservations.compactMap(\.launch.clientToken)
        #expect(tokens?.count == 1)
    }

    @Test func aFailureAfterTheFactLaunchesOnce() async throws {
        try house.emulator.change {
            $0.faults = [
                .init(
                    .failAfterwards(code: "InternalError", message: "oops", status: 500), on: "RunInstances", times: 2)
            ]
        }
        let report = try await run(order("small", 5))
        #expect(report.request.state == .fulfilled)
        #expect(try house.living().count == 5)
        #expect(try house.emulator.world().regions["us-east-1"]?.reservations.count == 1)
    }

    /// The reply was lost, and the repeated call is told there is no room: the instances of the first must be found.
    @Test func aRefusalAfterALostReplyIsNotBelieved() async throws {
        try house.emulator.change {
            $0.faults = [
                .init(.loseReply, on: "RunInstances"),
                .init(.refuse(code: "InsufficientInstanceCapacity", message: "none", status: 500), on: "RunInstances"),
            ]
        }
        let report = try await run(order("small", 5))
        #expect(report.request.state == .fulfilled)
        #expect(try house.living().count == 5)
        #expect(house.network.actions.count { $0 == "RunInstances" } == 2)
    }

    /// Credentials are looked at before a token is: their refusal says nothing of the call before.
    @Test func refusedCredentialsAfterALostReplyLeaveTheIntentOpen() async throws {
        try house.emulator.change {
            $0.faults = [
                .init(.loseReply, on: "RunInstances"),
                .init(.refuse(code: "AuthFailure", message: "expired", status: 401), on: "RunInstances"),
            ]
        }
        let report = try await run(order("small", 5))
        #expect(report.request.state == .fulfilled)
        #expect(try house.living().count == 5)
    }

    @Test func anUnknownCodeIsTriedAFewTimesAndNeverCalledCapacity() async throws {
        try house.emulator.change {
            $0.faults = [.init(.refuse(code: "NeverHeardOf", message: "?", status: 400), on: "RunInstances", times: 99)]
        }
        let report = try await run(order("small", 2))
        #expect(report.request.state == .failed)
        #expect(house.network.actions.count { $0 == "RunInstances" } == 4)
        #expect(report.machines.allSatisfy { $0.failure?.meaning == .unclassified })
    }

    /// A network that is down for a while is no reason to give up before the deadline.
    @Test func anEndpointThatCannotBeReachedIsTriedUntilItCan() async throws {
        house.network.change { $0.unsent = Set(1...8) }
        let report = try await run(order("small", 2))
        #expect(report.request.state == .fulfilled)
        #expect(try house.living().count == 2)
    }

    @Test func aTerminationThatIsNotAllowedIsRepeatedByOneIntent() async throws {
        var agent = try house.startAgent()
        let report = try await run(order("small", 3))
        try house.emulator.change {
            $0.faults = [
                .init(
                    .refuse(code: "UnauthorizedOperation", message: "no", status: 403), on: "TerminateInstances",
                    times: 30)
            ]
        }
        let back = try agent.giveBack(report.machines.map(\.id)).request.id
        for _ in 0..<60 {
            try await agent.carryOn()
            house.clock.advance(by: .seconds(5))
        }
        #expect(try house.base { try IntentLog($0).open(of: back).count } == 1)
        try house.emulator.change { $0.faults = [] }
        try await house.runUntilSettled(back, agent: &agent)
        #expect(try house.living().isEmpty)
    }

    @Test func oneThatMayNotBeTerminatedDoesNotKeepTheOthersAlive() async throws {
        var agent = try house.startAgent()
        let report = try await run(order("small", 5))
        try house.emulator.change {
            $0.faults = [
                .init(
                    .refuse(code: "OperationNotPermitted", message: "protected", status: 400), on: "TerminateInstances")
            ]
        }
        let back = try agent.giveBack(report.machines.map(\.id)).request.id
        try await house.runUntilSettled(back, agent: &agent)
        #expect(house.network.actions.count { $0 == "TerminateInstances" } == 3, "all, then in two halves")
        #expect(try house.living().isEmpty)
    }

    @Test func whatDiesAsItComesUpIsTriedElsewhereAndNotForEver() async throws {
        try house.emulator.change {
            $0.faults = [.init(.failLate(.init(code: "Client.InternalError", message: "no key")), times: 999)]
        }
        let report = try await run(order("small", 1))
        #expect(report.request.state == .failed)
        #expect(report.count(.lost) == 4)
        #expect(Set(report.machines.compactMap { $0.offering?.description }).count > 1)
    }

    // MARK: Ending

    @Test func aCancelledRequestLeavesNothing() async throws {
        var agent = try house.startAgent()
        let id = try await agent.accept(order("small", 5)).request.id
        try await agent.carryOn()
        _ = try agent.cancel(id)
        let report = try await house.runUntilSettled(id, agent: &agent)
        #expect(report.request.state == .cancelled)
        #expect(try house.living().isEmpty)
        #expect(throws: Rejected.self) { try agent.cancel(id) }
    }

    @Test func aRequestCancelledWhileItsLaunchIsUnknownFirstFindsOutWhatCame() async throws {
        var agent = try house.startAgent()
        try house.emulator.change { $0.faults = [.init(.loseReply, on: "RunInstances")] }
        let id = try await agent.accept(order("small", 5)).request.id
        try await agent.carryOn()
        #expect(try house.living().count == 5)
        _ = try agent.cancel(id)
        let report = try await house.runUntilSettled(id, agent: &agent)
        #expect(report.request.state == .cancelled)
        #expect(try house.living().isEmpty)
    }

    @Test func theDeadlineEndsWhatIsStillAsking() async throws {
        try house.emulator.change {
            $0.faults = [
                .init(
                    .refuse(code: "RequestLimitExceeded", message: "slow", status: 503), on: "RunInstances", times: 999)
            ]
        }
        let report = try await run(order("small", 5) { $0.deadlineSeconds = 60 })
        #expect(report.request.state == .failed)
        #expect(report.machines.allSatisfy { $0.failure?.cause == .deadline })
        #expect(report.request.settledAt! - report.request.deadline < .seconds(10))
    }

    @Test func whatStoodInTheWayUntilTheDeadlineIsTold() async throws {
        house.network.change { $0.unsent = Set(1...999) }
        let report = try await run(order("small", 1) { $0.deadlineSeconds = 30 })
        #expect(report.request.state == .failed)
        let failure = try #require(report.machines[0].failure)
        #expect(failure.cause == .deadline)
        #expect(failure.detail.hasPrefix("the deadline of the request passed; until then: Unreachable: request"))
        #expect(failure.meaning == .unreachable)
    }

    @Test func aLifetimeThatRunsOutGivesTheMachineBack() async throws {
        var agent = try house.startAgent()
        let id = try await agent.accept(order("short-lived", 2)).request.id
        _ = try await house.runUntilSettled(id, agent: &agent)
        house.clock.advance(by: .seconds(601))
        try await agent.carryOn()
        let back = try #require(try agent.requests().first { $0.request.id.text.hasPrefix("ret-") })
        try await house.runUntilSettled(back.request.id, agent: &agent)
        #expect(try house.living().isEmpty)
        try await agent.carryOn()
        #expect(try agent.requests().count == 2, "one return, not one at every look")
    }

    @Test func oneBadInstanceDoesNotSinkTheOthers() async throws {
        var agent = try house.startAgent()
        let id = try await agent.accept(order("small", 5)).request.id
        let report = try await house.runUntilSettled(id, agent: &agent)
        // The cloud forgets one: an hour after it was ended from outside.
        try house.emulator.change {
            _ = try $0.terminate([report.machines[2].instance!.text], in: "us-east-1", at: house.clock.now)
        }
        house.clock.advance(by: .seconds(2 * 3600))
        let back = try agent.giveBack(report.machines.map(\.id)).request.id
        let returned = try await house.runUntilSettled(back, agent: &agent)
        #expect(returned.machines.allSatisfy { $0.state == .terminated })
        #expect(try house.living().isEmpty)
    }

    @Test func aReturnWaitsForALaunchUnderWay() async throws {
        var agent = try house.startAgent()
        try house.emulator.change { $0.faults = [.init(.loseReply, on: "RunInstances", times: 2)] }
        let accepted = try await agent.accept(order("small", 3))
        try await agent.carryOn()
        let back = try agent.giveBack(accepted.machines.map(\.id)).request.id
        try await house.runUntilSettled(back, agent: &agent)
        #expect(try house.living().isEmpty)
    }

    // MARK: Accepting

    @Test func theSameKeyIsTheSameRequest() async throws {
        let agent = try house.startAgent()
        let first = try await agent.accept(order("small", 5) { $0.key = "k" })
        let again = try await agent.accept(order("small", 5) { $0.key = "k" })
        #expect(first.request.id == again.request.id)
        #expect(first.machines.map(\.id) == again.machines.map(\.id))
        await #expect(throws: Rejected.self) { try await agent.accept(order("small", 6) { $0.key = "k" }) }
    }

    @Test func aLimitHoldsOverAllRequests() async throws {
        let agent = try house.startAgent()
        _ = try await agent.accept(order("small", 30))
        let rejected = await #expect(throws: Rejected.self) { try await agent.accept(order("small", 21)) }
        #expect(rejected?.diagnostics.first?.code == "order.limit")
        _ = try await agent.accept(order("small", 20))
    }

    @Test func nothingIsStoredOfAnOrderThatIsRejected() async throws {
        let agent = try house.startAgent()
        for bad in [
            order("smal", 1), order("small", 0), order("small", 51), order("small", 2) { $0.account = "elsewhere" },
        ] {
            await #expect(throws: Rejected.self) { try await agent.accept(bad) }
        }
        #expect(try agent.requests().isEmpty)
        #expect(house.network.crossings == 0)
    }

    @Test func aDryRunStoresAndSendsNothingAndShowsTheVeryCall() async throws {
        var agent = try house.startAgent()
        let preview = try await agent.preview(order("small", 5))
        #expect(try agent.requests().isEmpty)
        #expect(house.network.crossings == 0)
        let call = try #require(preview.launches.first)
        #expect(call.action == "RunInstances")
        #expect(call.parameters.contains { $0 == ("MaxCount", "5") })
        #expect(preview.fallbacks.count == 3)
        let id = try await agent.accept(order("small", 5)).request.id
        let report = try await house.runUntilSettled(id, agent: &agent)
        #expect(report.machines[0].offering == call.offerings[0])
    }

    @Test func aRehearsalAsksTheCloudAndChangesNothing() async throws {
        let agent = try house.startAgent()
        let preview = try await agent.preview(order("small", 5), askingCloud: true)
        #expect(preview.launches.first?.confidence == .verified)
        #expect(try house.living().isEmpty)
    }

    // MARK: Many agents

    @Test func twoAgentsOnOneLedgerNeverLaunchTwice() async throws {
        let one = try house.startAgent()
        let other = try house.startAgent()
        var ids: [Request.ID] = []
        for _ in 0..<8 { ids.append(try await one.accept(order("single", 3)).request.id) }
        for _ in 0..<60 {
            async let first: Void = one.carryOn()
            async let second: Void = other.carryOn()
            _ = try await (first, second)
            house.clock.advance(by: .milliseconds(300))
        }
        try house.checkInvariants()
        #expect(try house.living().count == 24)
        for id in ids { #expect(try one.request(id).request.state == .fulfilled) }
    }
}
