import CloudEmulator
import Engine
import Foundation
import Provisioning
import Store
import Testing

/// Random days with fleets and groups: what must be true at every moment, and what must be true at rest.
@Suite struct RandomDayTests {
    static let seeds: ClosedRange<UInt64> = {
        let seeds = ProcessInfo.processInfo.environment["MUSTER_TEST_SEEDS"]?.split(separator: "-").compactMap {
            UInt64($0)
        }
        guard let seeds, let first = seeds.first, let last = seeds.last, first <= last else { return 1...12 }
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
        let machines = try base { try MachineRepository($0).machines(in: nil) }
        let alive = machines.filter { !$0.state.isFinal }
        let living = Set(try living().map(\.id))
        #expect(Set(alive.compactMap(\.instance?.text)) == living, "seed \(seed)")
        let unfinished = alive.filter { $0.state != .running }
        #expect(unfinished == [], "seed \(seed)")
        for request in try base({ try RequestRepository($0).requests(in: nil) }) where request.order != nil {
            check(request, machines.filter { $0.request == request.id }, seed)
        }
        try checkScaffolds(machines, seed)
    }

    private func check(_ request: Request, _ machines: [Machine], _ seed: UInt64) {
        let units = machines.filter { $0.state == .running }.reduce(0) { $0 + $1.weight }
        let ran = machines.filter { $0.ranAt != nil }.reduce(0) { $0 + $1.weight }
        let heaviest = machines.map(\.weight).max() ?? 1
        #expect(units < request.count + heaviest, "seed \(seed): \(request.id) has \(units) of \(request.count)")
        switch request.state {
        case .open: #expect(Bool(false), "seed \(seed): \(request.id) is open")
        case .fulfilled: #expect(ran >= request.count, "seed \(seed): \(request.id)")
        // What was lost and replaced after it settled has run too.
        case .partial: break
        case .failed, .cancelled: #expect(units == 0, "seed \(seed): \(request.id)")
        }
    }

    /// Nothing stands that no living machine needs, and the ledger knows all that does.
    private func checkScaffolds(_ machines: [Machine], _ seed: UInt64) throws {
        let standing = try standing()
        let scaffolds = try base { try ScaffoldRepository($0).scaffolds(at: SimulatedHouse.account) }
        let idle = try base { try ScaffoldRepository($0).idle() }
        #expect(idle == [], "seed \(seed)")
        let unknown = Set(standing).subtracting(scaffolds.compactMap(\.name))
        #expect(unknown == [], "seed \(seed)")
        // A fleet that fills up once may have been told to bring no more, and have members all the same.
        let gone = scaffolds.filter { !standing.contains($0.name ?? "") && $0.upkeep != .fill }
        #expect(gone == [], "seed \(seed)")
        for group in scaffolds where group.upkeep == .maintain {
            let members = machines.filter { $0.group == group.id && $0.state == .running }
            let units = members.reduce(0) { $0 + $1.weight }
            #expect(units >= group.target ?? 0, "seed \(seed): \(group.id) has \(units) of \(group.target ?? 0)")
        }
    }
}
