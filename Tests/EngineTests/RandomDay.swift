import CloudEmulator
import Engine
import Foundation
import Provisioning
import Store
import Testing

/// A day on which many order, return and cancel at two agents of one ledger, while processes die, calls and answers
/// are lost, and the cloud takes machines away: all by chance, and the same again by the same seed.
final class RandomDay {
    /// All there are that come without being looked up, by every API.
    static let templates: [Template.ID] = [
        "small", "fleet", "fleet-request", "fleet-maintain", "fleet-weighted", "fleet-instant-weighted", "spot-fleet",
        "spot-fleet-request", "group", "group-weighted",
    ]
    private static let types = ["m6i.large", "m5.large", "m6i.xlarge"]

    let house: SimulatedHouse
    let chance: SeededChance
    private var agents: [Agent] = []
    private var memory = SweepMemory()
    private var requests: [Request.ID] = []
    private(set) var deeds: [String] = []

    init(seed: UInt64) throws {
        house = try SimulatedHouse(seed: seed, hasGroups: true)
        chance = SeededChance(seed &* 7919)
        try restart()
    }

    func upTo(_ number: Int) -> Int { Int(chance.next() % UInt64(number)) }

    private func restart() throws {
        try house.revive()
        agents = [try house.startAgent(), try house.startAgent(isAlone: false)]
        memory = SweepMemory()
    }

    /// Does something with either agent; if the process dies of it, both are started anew and it is not done again.
    private func attempt(_ body: (Agent) async throws -> Void) async throws {
        do { try await body(agents[upTo(2)]) } catch is Crossings.Died {} catch is Rejected {}
        if house.crossings.isDead {
            deeds.append("died")
            try restart()
        }
    }

    // MARK: - What happens

    /// Everything that can go wrong, spread over the day.
    func arrangeAccidents() throws {
        house.crossings.die(at: Set((0..<8).map { _ in upTo(900) + 1 }))
        house.network.change { faults in
            for _ in 0..<8 {
                faults.lostReplies.insert(upTo(300) + 1)
                faults.lostRequests.insert(upTo(300) + 1)
            }
        }
    }

    func step() async throws {
        switch upTo(16) {
        case 0...3: try await order()
        case 4: try await cancel()
        case 5, 6: try await giveBack()
        case 7, 8: try interrupt()
        case 9: try changeCapacity()
        case 10: try spoil()
        case 11: try await sweep()
        case 12: rest(.seconds(upTo(400)))
        default: break
        }
        try await work()
    }

    private func order() async throws {
        let template = RandomDay.templates[upTo(RandomDay.templates.count)]
        var order = Order(template: template, count: upTo(5) + 1)
        if template.text.hasSuffix("weighted") { order.count *= 2 }
        order.deadlineSeconds = upTo(3) == 0 ? 60 : 3600
        order.lifetimeSeconds = upTo(5) == 0 ? 600 : nil
        if order.count > 1, upTo(4) == 0 { order.atLeast = 1 }
        order.key = "job-\(deeds.count)"
        deeds.append("order \(order.count) \(template)")
        try await attempt { agent in _ = try await agent.accept(order) }
        let known = try house.base { try RequestRepository($0).requests(in: nil) }.map(\.id)
        requests = known.filter { $0.text.hasPrefix("req-") }.sorted()
    }

    private func cancel() async throws {
        guard !requests.isEmpty else { return }
        let id = requests[upTo(requests.count)]
        deeds.append("cancel \(id)")
        try await attempt { _ = try $0.cancel(id) }
    }

    private func giveBack() async throws {
        guard !requests.isEmpty else { return }
        let id = requests[upTo(requests.count)]
        let machines = try house.base { try MachineRepository($0).machines(of: id) }.filter { !$0.state.isFinal }
        let some = upTo(3) == 0 ? machines : machines.filter { _ in upTo(2) == 0 }
        guard !some.isEmpty else { return }
        deeds.append("return \(some.count) of \(id)")
        try await attempt { _ = try $0.giveBack(some.map(\.id)) }
    }

    private func interrupt() throws {
        let living = try house.living().map(\.id).sorted()
        guard !living.isEmpty else { return }
        let victim = living[upTo(living.count)]
        deeds.append("interrupt \(victim)")
        // One may be there that is not seen yet.
        try? house.emulator.change { try $0.interrupt([victim], in: "us-east-1", at: house.clock.now) }
    }

    private func changeCapacity() throws {
        deeds.append("capacity")
        try house.emulator.change { world in
            for type in RandomDay.types {
                for zone in ["us-east-1a", "us-east-1b"] {
                    for market in [Market.onDemand, .spot] {
                        world.limits.capacity[Pool(type: type, zone: zone, market: market)] =
                            upTo(2) == 0 ? upTo(6) : nil
                    }
                }
            }
        }
    }

    private func spoil() throws {
        deeds.append("spoil")
        let throttle = Fault(
            .refuse(code: "RequestLimitExceeded", message: "too fast", status: 503), times: upTo(4) + 1)
        let trouble = Fault(.failAfterwards(code: "InternalError", message: "an internal error", status: 500))
        try house.emulator.change { $0.faults = [upTo(2) == 0 ? throttle : trouble] }
    }

    private func rest(_ duration: Duration) {
        deeds.append("rest \(duration)")
        house.clock.advance(by: duration)
        house.look()
    }

    private func sweep() async throws {
        deeds.append("sweep")
        try await attempt { await $0.sweep(&memory) }
    }

    /// Both agents at once, as two processes would.
    private func work() async throws {
        for _ in 0..<(upTo(4) + 1) {
            let (first, second) = (agents[0], agents[1])
            await withTaskGroup(of: Void.self) { group in
                group.addTask { try? await first.carryOn() }
                group.addTask { try? await second.carryOn() }
            }
            if house.crossings.isDead {
                deeds.append("died at work")
                try restart()
            }
            house.clock.advance(by: .milliseconds(200 + upTo(3000)))
        }
    }

    // MARK: - How it ends

    /// Faults stop and there is room for all; returns once every request has settled.
    func calmDown() async throws {
        deeds.append("calm")
        house.crossings.die(at: [])
        house.network.change {
            $0.lostReplies = []
            $0.lostRequests = []
        }
        try house.emulator.change {
            $0.faults = []
            $0.limits.capacity = [:]
        }
        try await settleAll()
        try await sweepWell()
    }

    private func settleAll() async throws {
        for _ in 0..<1500 {
            try await work()
            let open = try house.base { try RequestRepository($0).requests(in: .open) }
            if open.isEmpty { return }
        }
        let open = try house.base { try RequestRepository($0).requests(in: .open) }.map(\.id)
        let story = try house.base { try History($0).events(of: open[0]) }.suffix(20).map { "\($0)" }
        throw SimulatedHouse.NeverSettled(id: open[0], story: story)
    }

    /// Long enough for what came late to be seen twice, and for what is missing to be believed gone.
    private func sweepWell() async throws {
        for _ in 0..<5 {
            house.clock.advance(by: .seconds(5 * 60))
            house.look()
            await agents[0].sweep(&memory)
            try await settleAll()
        }
    }

    /// Everything is given back.
    func clearOut() async throws {
        let machines = try agents[0].machines().filter { !$0.state.isFinal }
        guard !machines.isEmpty else { return }
        _ = try agents[0].giveBack(machines.map(\.id))
        try await settleAll()
        try await sweepWell()
    }
}
