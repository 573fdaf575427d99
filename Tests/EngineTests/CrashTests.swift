import CloudEmulator
import Engine
import Provisioning
import Testing

/// The main job and the return, with the process dying at every crossing to the outside: before and after every
/// commit, before every request leaves and after it has taken effect.
@Suite struct CrashTests {
    static let machines = 5

    private func order() -> Order {
        var order = Order(template: "small", count: CrashTests.machines)
        // So that a scheduler whose call died may simply ask again.
        order.key = "job-1"
        return order
    }

    /// Asks for machines until the promise is written, as a caller with a key would after a crash.
    private func accept(_ order: Order, _ house: SimulatedHouse, _ agent: inout Agent) async throws -> Request.ID {
        while true {
            do { return try await agent.accept(order).request.id } catch is Crossings.Died {
                try house.revive()
                agent = try house.startAgent()
            }
        }
    }

    private func giveBack(_ machines: [Machine.ID], _ house: SimulatedHouse, _ agent: inout Agent) throws -> Request.ID
    {
        while true {
            do { return try agent.giveBack(machines).request.id } catch is Crossings.Died {
                try house.revive()
                agent = try house.startAgent()
            }
        }
    }

    /// The whole story; the process dies at the given crossings of each half.
    private func run(dyingAt fatal: Set<Int>, inReturn: Bool, losingPower: Bool = false) async throws -> Int {
        let house = try SimulatedHouse(losesPower: losingPower)
        var agent = try house.startAgent()
        if !inReturn { house.crossings.die(at: fatal) }
        let id = try await accept(order(), house, &agent)
        let report = try await house.runUntilSettled(id, agent: &agent)
        let launchCrossings = house.crossings.count
        #expect(report.request.state == .fulfilled)
        #expect(try house.living().count == CrashTests.machines, "died at \(fatal)")
        #expect(report.count(.running) == CrashTests.machines)

        house.crossings.die(at: inReturn ? fatal : [])
        let back = try giveBack(report.machines.map(\.id), house, &agent)
        let returned = try await house.runUntilSettled(back, agent: &agent)
        #expect(returned.request.state == .fulfilled)
        #expect(returned.machines.allSatisfy { $0.state == .terminated })
        #expect(try house.living().isEmpty, "died at \(fatal)")
        return inReturn ? house.crossings.count : launchCrossings
    }

    @Test(arguments: [false, true]) func theMainJobSurvivesACrashAtEveryCrossing(losingPower: Bool) async throws {
        let crossings = try await run(dyingAt: [], inReturn: false)
        #expect(crossings > 15)
        for crossing in 1...crossings {
            _ = try await run(dyingAt: [crossing], inReturn: false, losingPower: losingPower)
        }
    }

    @Test(arguments: [false, true]) func theReturnSurvivesACrashAtEveryCrossing(losingPower: Bool) async throws {
        let crossings = try await run(dyingAt: [], inReturn: true)
        #expect(crossings > 10)
        for crossing in 1...crossings {
            _ = try await run(dyingAt: [crossing], inReturn: true, losingPower: losingPower)
        }
    }

    @Test func theMainJobSurvivesTwoCrashes() async throws {
        let crossings = try await run(dyingAt: [], inReturn: false)
        for first in 1...crossings {
            // The second one soon after the first, while its traces are fresh.
            for second in (first + 1)...(first + 6) {
                _ = try await run(dyingAt: [first, second], inReturn: false)
            }
        }
    }

    @Test func everyRequestAndEveryReplyMayBeLost() async throws {
        let quiet = try await lossy { _, _ in }
        #expect(quiet >= 4)
        for number in 1...quiet {
            _ = try await lossy {
                $0.lostRequests = [number]; $1 = "request \(number)"
            }
            _ = try await lossy {
                $0.lostReplies = [number]; $1 = "reply \(number)"
            }
            _ = try await lossy {
                $0.lostReplies = [number, number + 1]; $1 = "replies from \(number)"
            }
            _ = try await lossy {
                $0.unsent = [number, number + 1]; $1 = "unsent from \(number)"
            }
        }
    }

    /// The main job on a bad network; returns how many requests it took.
    private func lossy(_ spoil: (inout NetworkFaults, inout String) -> Void) async throws -> Int {
        let house = try SimulatedHouse()
        var story = "a good network"
        house.network.change { spoil(&$0, &story) }
        var agent = try house.startAgent()
        let id = try await accept(order(), house, &agent)
        let report = try await house.runUntilSettled(id, agent: &agent)
        #expect(report.request.state == .fulfilled, "\(story)")
        #expect(try house.living().count == CrashTests.machines, "\(story)")
        let back = try giveBack(report.machines.map(\.id), house, &agent)
        try await house.runUntilSettled(back, agent: &agent)
        #expect(try house.living().isEmpty, "\(story)")
        return house.network.crossings
    }

    @Test(arguments: 1...60)
    func randomDaysEndWell(seed: UInt64) async throws {
        let house = try SimulatedHouse(seed: seed)
        let chance = SeededChance(seed &* 977)
        var agent = try house.startAgent()
        var crashes: Set<Int> = []
        for _ in 0..<6 { crashes.insert(Int(chance.next() % 60) + 1) }
        house.crossings.die(at: crashes)
        house.network.change { faults in
            for _ in 0..<5 {
                faults.lostReplies.insert(Int(chance.next() % 30) + 1)
                faults.lostRequests.insert(Int(chance.next() % 30) + 1)
            }
        }
        try house.emulator.change { world in
            world.limits.capacity[.init(type: "m6i.large", zone: "us-east-1a")] = Int(chance.next() % 4)
            world.limits.capacity[.init(type: "m6i.large", zone: "us-east-1b")] = Int(chance.next() % 4)
            world.faults = [
                .init(.failAfterwards(code: "InternalError", message: "an internal error", status: 500)),
                .init(.refuse(code: "RequestLimitExceeded", message: "too fast", status: 503), times: 2),
            ]
        }
        let id = try await accept(order(), house, &agent)
        let report = try await house.runUntilSettled(id, agent: &agent)
        #expect(report.request.state == .fulfilled, "seed \(seed)")
        #expect(try house.living().count == CrashTests.machines, "seed \(seed)")
        let back = try giveBack(report.machines.map(\.id), house, &agent)
        try await house.runUntilSettled(back, agent: &agent)
        #expect(try house.living().isEmpty, "seed \(seed)")
    }
}
