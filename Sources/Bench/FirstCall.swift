import Catalog
import Cloud
import CloudAWS
import CloudEmulator
import Engine
import Glibc
import Logging
import Provisioning
import Store

/// From an order to the moment its first signed call leaves: a real ledger file, the emulator in process.
enum FirstCall {
    static func measure() async throws -> [Figure] {
        try await withScratchFolder { folder in
            let transport = Departures(base: EmulatorTransport(try Emulator()))
            let agent = try agent(in: folder, transport)
            var waits: [Double] = []
            for _ in 0..<300 {
                transport.forget()
                let start = wallSeconds()
                let id = try await agent.accept(Order(template: "node", count: 5)).request.id
                try await agent.carryOn()
                waits.append((transport.first - start) * 1000)
                _ = try agent.cancel(id)
                try await agent.carryOn()
            }
            waits.sort()
            return [
                Figure(
                    what: "accept to first signed call, p50", measured: "\(round2(waits[150])) ms", wanted: "<= 3 ms"),
                Figure(
                    what: "accept to first signed call, p99", measured: "\(round2(waits[297])) ms", wanted: "<= 15 ms"),
            ]
        }
    }

    /// With one template, `node`, and a ledger in the folder.
    static func agent(
        in folder: String, _ transport: any Transport, types: String = "c6i.xlarge",
        refusals: RefusalTable = RefusalTable(rows: [:])
    ) throws -> Agent {
        let template = "templates: {node: {image_id: ami-0abcdef1234567890, machine_types: [\(types)]}}\n"
        try write(template, to: "\(folder)/templates.yaml")
        let demo = EmulatorCredential.demo
        let credentials = AWSCredentials(accessKeyID: demo.accessKeyID, secretAccessKey: demo.secret, source: "bench")
        let fast = Pace.Rate(perSecond: 100_000, burst: 100_000)
        let session = Session(
            cloud: "aws", region: "us-east-1", endpoints: { _ in Endpoint(scheme: .https, host: "ec2.test") },
            signer: AWSSigner(region: "us-east-1", credentials: FixedCredentials(credentials)), transport: transport,
            pace: Pace(reading: fast, changing: fast), refusals: refusals, surroundings: .system)
        let traits = APITraits(
            launchBatch: 1000, terminateBatch: 1000, tokenMemory: .seconds(86400), visibility: .seconds(30),
            callDeadline: .seconds(30))
        let account = Account(
            name: "bench", cloud: "aws", isEmulated: true, session: session,
            strategies: [RunInstances.api: AccountAPI(strategy: RunInstances(), traits: traits)],
            usualAPI: RunInstances.api, tags: [:])
        return Agent(
            catalog: TemplateCatalog(
                directories: [folder], accounts: [.init(name: "bench", cloud: "aws", isEmulated: true)],
                surroundings: .system),
            accounts: [account], database: try SQLiteDatabase(path: "\(folder)/ledger.sqlite"), surroundings: .system,
            presence: Alone(), owner: OwnerMark(ledger: "ldg-bench", key: [1, 2, 3]),
            log: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() })
    }

    private static func write(_ text: String, to path: String) throws {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        defer { close(file) }
        guard file >= 0, Glibc.write(file, text, text.utf8.count) == text.utf8.count else {
            throw LedgerTrouble(why: "\(path) cannot be written")
        }
    }
}

/// Remembers when the first request left.
private final class Departures: Transport {
    private let base: any Transport
    private let moment = Lock<Double?>(nil)

    init(base: any Transport) { self.base = base }

    var first: Double { moment.withLock { $0 ?? .infinity } }
    func forget() { moment.withLock { $0 = nil } }

    func send(_ request: HTTPRequest, within deadline: Duration) async throws(TransportError) -> HTTPResponse {
        moment.withLock { $0 = $0 ?? wallSeconds() }
        return try await base.send(request, within: deadline)
    }
}

private struct Alone: AgentPresence {
    let owner = "bench"
    func isGone(_ other: String) -> Bool { false }
}
