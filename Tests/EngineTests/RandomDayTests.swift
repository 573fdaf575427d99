import CloudEmulator
import Engine
import Foundation
import Provisioning
import Store
import Testing

/// Random days with fleets and groups: what must be true at every moment, and what must be true at rest.
@Suite struct RandomDayTests {
    static let seeds: ClosedRange<UInt64> = {
        let seeds = ProcessInfo.processInfo.environment["MUSTER_TEST_SEEDS"]?.split(separator: "-").compactMap { UInt64($0) }
        guard let seeds, let first = seeds.first, let last = seeds.last, first <= last else { return 1...20 }
        return first...last
    }()

    @Test(arguments: seeds)
    func aRandomDayWithGroupsEndsWell(seed: UInt64) async throws {
        let day = try RandomDay(seed: seed)
        try day.arrangeAccidents()
        for _ in 0..<40 {
            try await day.step()
            try day.house.checkInvariants()
        }
        try await day.calmDown()
        try day.house.checkAgreement(seed)
        try await day.clearOut()
        #expect(try day.house.living().isEmpty, "seed \(seed)")
        #expect(try day.house.standing() == [], "seed \(seed)")
        let left = try day.house.base { try MachineRepository($0).machines(in: nil) }.filter { !$0.state.isFinal }
        #expect(left == [], "seed \(seed)")
        let scaffolds = try day.house.base { try ScaffoldRepository($0).scaffolds(at: SimulatedHouse.account) }
        #expect(scaffolds == [], "seed \(seed)")
    }
}

extension SimulatedHouse {
    /// At rest the ledger and the cloud say the same.
    func checkAgreement(_ seed: UInt64) throws {
        let living = try living()
        let standing = try standing()
        try base { sql in
            let machines = try MachineRepository(sql).machines(in: nil)
            let alive = machines.filter { !$0.state.isFinal }
            #expect(Set(alive.compactMap(\.instance?.text)) == Set(living.map(\.id)), "seed \(seed)")
            #expect(alive.allSatisfy { $0.state == .running }, "seed \(seed): \(alive.filter { $0.state != .running })")
            for request in try RequestRepository(sql).requests(in: nil) {
                let its = try MachineRepository(sql).machines(of: request.id)
                let units = its.filter { $0.state == .running }.reduce(0) { $0 + $1.weight }
                let heaviest = its.map(\.weight).max() ?? 1
                #expect(units < request.count + heaviest, "seed \(seed): \(request.id) has \(units) of \(request.count)")
                guard request.order != nil else { continue }
                let ran = its.filter { $0.ranAt != nil }.reduce(0) { $0 + $1.weight }
                if request.state == .fulfilled { #expect(ran >= request.count, "seed \(seed): \(request.id)") }
                if request.state == .cancelled || request.state == .failed { #expect(units == 0, "seed \(seed): \(request.id)") }
            }
            // Nothing stands that no living machine needs, and the ledger knows all that does.
            let scaffolds = try ScaffoldRepository(sql).scaffolds(at: SimulatedHouse.account)
            #expect(Set(scaffolds.compactMap(\.name)) == Set(standing), "seed \(seed)")
            let idle = try ScaffoldRepository(sql).idle()
            #expect(idle == [], "seed \(seed)")
            for group in scaffolds where group.upkeep == .maintain {
                let members = machines.filter { $0.group == group.id && $0.state == .running }
                let units = members.reduce(0) { $0 + $1.weight }
                #expect(units >= group.target ?? 0, "seed \(seed): \(group.id) has \(units) of \(group.target ?? 0)")
            }
        }
    }
}
