import Cloud
import CloudEmulator
import Engine
import Provisioning

/// From the answer that there is no room to the departure of the call for the next offering: what it takes to read the
/// refusal, record it and plan again, with a real ledger file and the emulator in process.
enum NextOffering {
    static func measure() async throws -> [Figure] {
        var waits: [Double] = []
        for _ in 0..<50 { waits.append(try await wait()) }
        waits.sort()
        return [
            Figure(
                what: "a capacity refusal to the next offering's call, p50", measured: "\(round2(waits[25])) ms",
                wanted: "<= 50 ms"),
            Figure(
                what: "a capacity refusal to the next offering's call, most of 50", measured: "\(round2(waits[49])) ms",
                wanted: "<= 50 ms"),
        ]
    }

    /// A ledger of its own each time, for an offering without room is not asked for again for a while.
    private static func wait() async throws -> Double {
        try await withScratchFolder { folder in
            let emulator = try Emulator()
            try emulator.change { world in
                for zone in EmulatorSettings.someRegions["us-east-1"]! {
                    world.limits.capacity[Pool(type: "c6i.xlarge", zone: zone)] = 0
                }
            }
            let transport = Launches(base: EmulatorTransport(emulator))
            let agent = try FirstCall.agent(
                in: folder, transport, types: "c6i.xlarge, m6i.xlarge",
                refusals: RefusalTable(rows: [
                    "InsufficientInstanceCapacity": .init(meaning: .capacity, holds: .seconds(180))
                ]))
            _ = try await agent.accept(Order(template: "node", count: 100))
            try await agent.carryOn()
            let (refused, next) = transport.moments
            guard let refused, let next else { throw LedgerTrouble(why: "no second offering was asked for") }
            return (next - refused) * 1000
        }
    }
}

/// Remembers when the first launch was refused, and when the next one left.
private final class Launches: Transport {
    private let base: any Transport
    private let state = Lock<(refused: Double?, next: Double?)>((nil, nil))

    init(base: any Transport) { self.base = base }

    var moments: (refused: Double?, next: Double?) { state.withLock { $0 } }

    func send(_ request: HTTPRequest, within deadline: Duration) async throws(TransportError) -> HTTPResponse {
        let isLaunch = request.body.starts(with: Array("Action=RunInstances&".utf8))
        if isLaunch { state.withLock { if $0.refused != nil { $0.next = $0.next ?? wallSeconds() } } }
        let response = try await base.send(request, within: deadline)
        if isLaunch, response.status >= 400 { state.withLock { $0.refused = $0.refused ?? wallSeconds() } }
        return response
    }
}
