import CloudEmulator
import Engine
import Provisioning
import Store
import Testing

extension SimulatedHouse {
    static let annex: AccountName = "annex"
    static let elsewhereCatalog =
        #filePath.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } + "/ElsewhereCatalog"
}

/// A template that AWS and Google Cloud may serve: what the one has no room for is asked of the other.
@Suite struct ElsewhereTests {
    private static let machines = 3

    private func order(_ count: Int = machines) -> Order {
        var order = Order(template: "spanning", count: count)
        order.key = "job-1"
        return order
    }

    /// With room for one machine at AWS.
    private func house() throws -> SimulatedHouse {
        let house = try SimulatedHouse(hasAnnex: true)
        try house.emulator.change { world in
            world.limits.capacity[Pool(type: "m6i.large", zone: "us-east-1a")] = 1
            world.limits.capacity[Pool(type: "m6i.large", zone: "us-east-1b")] = 0
        }
        return house
    }

    private func giveBack(_ report: RequestReport, _ house: SimulatedHouse, _ agent: inout Agent) async throws {
        let machines = report.machines.filter { $0.state == .running }.map(\.id)
        let back = try await house.surviving(&agent) { try $0.giveBack(machines).request.id }
        try await house.runUntilSettled(back, agent: &agent)
        #expect(try house.living().isEmpty)
    }

    @Test func whatOneCloudHasNoRoomForComesFromTheOther() async throws {
        let house = try house()
        var agent = try house.startAgent()
        let id = try await agent.accept(order()).request.id
        let report = try await house.runUntilSettled(id, agent: &agent)
        #expect(report.request.state == .fulfilled)
        #expect(try house.living().count == Self.machines)
        let places = Dictionary(grouping: report.machines, by: \.account).mapValues(\.count)
        #expect(places == [SimulatedHouse.account: 1, SimulatedHouse.annex: 2])
        try await giveBack(report, house, &agent)
    }

    @Test func whereThereIsRoomNobodyElseIsAsked() async throws {
        let house = try SimulatedHouse(hasAnnex: true)
        var agent = try house.startAgent()
        let id = try await agent.accept(order()).request.id
        let report = try await house.runUntilSettled(id, agent: &agent)
        #expect(report.machines.allSatisfy { $0.account == SimulatedHouse.account && $0.state == .running })
        #expect(!house.network.actions.contains { $0.hasPrefix("compute.instances.insert") })
    }

    @Test func anOrderThatNamesAnAccountMeansThatOneAlone() async throws {
        let house = try house()
        var agent = try house.startAgent()
        var order = order()
        order.account = SimulatedHouse.account
        let id = try await agent.accept(order).request.id
        let report = try await house.runUntilSettled(id, agent: &agent)
        #expect(report.request.state == .partial)
        #expect(try house.living().count == 1)
    }

    @Test func refusedCredentialsGoNowhereElse() async throws {
        let house = try SimulatedHouse(hasAnnex: true)
        try house.emulator.change {
            $0.faults.append(
                Fault(.refuse(code: "AuthFailure", message: "not you", status: 401), on: "RunInstances", times: 100))
        }
        var agent = try house.startAgent()
        let id = try await agent.accept(order()).request.id
        let report = try await house.runUntilSettled(id, agent: &agent)
        #expect(report.request.state == .failed)
        #expect(try house.living().isEmpty)
        #expect(!house.network.actions.contains { $0.hasPrefix("compute.instances.insert") })
    }

    @Test func theStorySurvivesACrashAtEveryCrossing() async throws {
        let count = try await story(dyingAt: [])
        #expect(count > 10)
        for crossing in 1...count { _ = try await story(dyingAt: [crossing]) }
    }

    /// Returns how many crossings it took.
    private func story(dyingAt fatal: Set<Int>) async throws -> Int {
        let house = try house()
        var agent = try house.startAgent()
        house.crossings.die(at: fatal)
        let order = order()
        let id = try await house.surviving(&agent) { try await $0.accept(order).request.id }
        let report = try await house.runUntilSettled(id, agent: &agent)
        #expect(report.request.state == .fulfilled, "dying at \(fatal)")
        #expect(try house.living().count == Self.machines, "dying at \(fatal)")
        let crossings = house.crossings.count
        try await giveBack(report, house, &agent)
        return crossings
    }

    @Test func everyRequestAndEveryReplyMayBeLost() async throws {
        for number in 1...14 {
            for losesReply in [false, true] {
                let house = try house()
                house.network.change {
                    if losesReply { $0.lostReplies.insert(number) } else { $0.lostRequests.insert(number) }
                }
                var agent = try house.startAgent()
                let id = try await agent.accept(order()).request.id
                let report = try await house.runUntilSettled(id, agent: &agent)
                #expect(report.request.state == .fulfilled, "\(number), reply: \(losesReply)")
                #expect(try house.living().count == Self.machines, "\(number), reply: \(losesReply)")
            }
        }
    }
}
