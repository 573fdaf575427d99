import Catalog
import Cloud
import CloudAWS
import CloudEmulator
import Engine
import Foundation
import Logging
import Provisioning
import Store

/// The whole house in a controlled world: real strategies, signer, SQL and planner; the emulator in process; our
/// clock, our seed, and a process that can be made to die at any crossing to the outside.
final class SimulatedHouse: Sendable {
    let clock = TestClock()
    let crossings = Crossings()
    let emulator: Emulator
    let network: EmulatorTransport
    let database: CrossedDatabase
    private let chance: SeededChance
    private let restarts = Lock(0)
    private let alive = Lock<Set<Int>>([])

    static let account: AccountName = "lab"
    static let traits = APITraits(
        launchBatch: 1000, terminateBatch: 1000, tokenMemory: .seconds(86400), visibility: .seconds(30),
        callDeadline: .seconds(30))

    /// Whether machines may come from fleets and groups, by the shipped tables.
    let hasGroups: Bool
    /// Whether its account is at Google Cloud rather than AWS.
    let isGoogle: Bool
    /// Whether there is one at Google Cloud beside that at AWS.
    let hasAnnex: Bool

    /// - Parameter losesPower: whether a process that dies takes with it what is not on the disk.
    init(
        seed: UInt64 = 7, hasGroups: Bool = false, isGoogle: Bool = false, hasAnnex: Bool = false,
        losesPower: Bool = false
    ) throws {
        self.hasAnnex = hasAnnex
        self.hasGroups = hasGroups
        self.isGoogle = isGoogle
        chance = SeededChance(seed)
        var settings = EmulatorSettings.demo
        // Short, so that a story has few looks in it: each is a crossing where the process may die.
        settings.bootSeconds = 0.5
        settings.shutdownSeconds = 0.5
        emulator = try Emulator(settings: settings, surroundings: SimulatedHouse.surroundings(clock, chance))
        network = EmulatorTransport(emulator)
        database = try CrossedDatabase(disk: losesPower ? Disk() : nil, crossings: crossings)
        let crossings = crossings
        network.change {
            $0.beforeSend = { _ in try crossings.cross("before a request") }
            $0.afterEffect = { _ in try crossings.cross("after its effect") }
        }
    }

    /// An agent of a freshly started process: it knows nothing but what the ledger says.
    ///
    /// - Parameter isAlone: whether all processes before it are gone.
    func startAgent(
        refusals: RefusalTable? = nil, isEmulated: Bool = true, rules: TemplateRules = TemplateRules(),
        features: Set<Feature> = [], typesFolder: String? = nil, isAlone: Bool = true
    ) throws -> Agent {
        var traits = SimulatedHouse.traits
        traits.features = features
        let surroundings = SimulatedHouse.surroundings(clock, chance)
        let demo = EmulatorCredential.demo
        let credentials = AWSCredentials(
            accessKeyID: demo.accessKeyID, secretAccessKey: demo.secret, source: "the simulation")
        let session = Session(
            cloud: "aws", region: "us-east-1", endpoints: { _ in Endpoint(scheme: .https, host: "ec2.test") },
            signer: AWSSigner(region: "us-east-1", credentials: FixedCredentials(credentials)), transport: network,
            pace: Pace(reading: .init(perSecond: 1000, burst: 1000), changing: .init(perSecond: 1000, burst: 1000)),
            refusals: try refusals ?? usualRefusals(), surroundings: surroundings)
        let account =
            try isGoogle
            ? googleAccount(surroundings)
            : Account(
                name: SimulatedHouse.account, cloud: "aws", isEmulated: isEmulated, session: session,
                strategies: try strategies(traits),
                usualAPI: RunInstances.api, tags: ["site": "lab"], lookUps: AWSLookUps(),
                parameters: ParameterTables(folder: SimulatedHouse.providers))
        let accounts = try [account] + (hasAnnex ? [googleAccount(surroundings, named: SimulatedHouse.annex)] : [])
        let number = restarts.withLock { count in
            count += 1
            return count
        }
        alive.withLock { $0 = isAlone ? [number] : $0.union([number]) }
        let alive = alive
        return Agent(
            catalog: TemplateCatalog(
                directories: [
                    hasAnnex
                        ? SimulatedHouse.elsewhereCatalog
                        : isGoogle ? SimulatedHouse.googleCatalog : SimulatedHouse.catalog
                ],
                accounts: accounts.map { .init(name: $0.name, cloud: $0.cloud, isEmulated: true) },
                rules: rules, surroundings: surroundings),
            accounts: accounts, database: database, surroundings: surroundings,
            presence: ProcessNumber(number: number, isAlive: { number in alive.withLock { $0.contains(number) } }),
            owner: SimulatedHouse.owner,
            log: SimulatedHouse.log,
            typeLists: TypeLists(files: typesFolder.map { TypeListFiles(folder: $0) }, now: surroundings.now))
    }

    /// Silent unless `MUSTER_TEST_LOG` is set.
    static let log = Logger(label: "simulation") { label in
        if ProcessInfo.processInfo.environment["MUSTER_TEST_LOG"] == nil { return SwiftLogNoOpLogHandler() }
        var handler = StreamLogHandler.standardError(label: label)
        handler.logLevel = .trace
        return handler
    }

    static let owner = OwnerMark(ledger: "ldg-test", key: Array("a key of the test".utf8))
    private static let catalog = #filePath.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } + "/Catalog"

    static let providers =
        #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" } + "/providers/aws"

    private static func surroundings(_ clock: TestClock, _ chance: SeededChance) -> Surroundings {
        Surroundings(
            now: { clock.now }, sleep: { clock.advance(by: $0) }, random: { chance.next() })
    }

    // MARK: - Running

    /// Lets the loop work and the clock run until a request has settled, restarting the process whenever it died.
    @discardableResult
    func runUntilSettled(_ id: Request.ID, agent: inout Agent, roundsMax: Int = 400) async throws -> RequestReport {
        for _ in 0..<roundsMax {
            do { try await agent.carryOn() } catch is Crossings.Died {}
            if crossings.isDead {
                try revive()
                agent = try startAgent()
                continue
            }
            try checkInvariants()
            let report = try agent.request(id)
            if report.request.isSettled { return report }
            clock.advance(to: max(clock.now + .milliseconds(10), report.request.wakeAt ?? clock.now))
        }
        let story = try base { sql in try History(sql).events(of: id) }.suffix(30).map { "\($0)" }
        throw NeverSettled(id: id, story: story)
    }

    /// Lets a process that died be started again.
    func revive() throws {
        if crossings.isDead { try database.losePower() }
        crossings.revive()
    }

    struct NeverSettled: Error {
        let id: Request.ID
        let story: [String]
    }
}

/// The processes of a simulation are numbered; usually only the last one lives.
struct ProcessNumber: AgentPresence {
    let number: Int
    let isAlive: @Sendable (Int) -> Bool

    var owner: String { "process-\(number)" }
    func isGone(_ other: String) -> Bool { !(Int(other.dropFirst("process-".count)).map(isAlive) ?? false) }
}

// MARK: - Doors we hold

final class TestClock: Sendable {
    private let moment = Lock(Timestamp("2026-03-01T12:00:00Z")!)

    var now: Timestamp { moment.withLock { $0 } }
    func advance(by duration: Duration) { moment.withLock { $0 = $0 + duration } }
    func advance(to later: Timestamp) { moment.withLock { $0 = max($0, later) } }
}

/// SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, OOPSLA 2014).
final class SeededChance: Sendable {
    private let state: Lock<UInt64>

    init(_ seed: UInt64) { state = Lock(seed) }

    func next() -> UInt64 {
        state.withLock { state in
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }
}

/// Every way from the process to the outside, counted; the process dies at the one that is named.
final class Crossings: Sendable {
    private struct State {
        var count = 0
        var fatal: Set<Int> = []
        var isDead = false
    }

    private let state = Lock(State())

    struct Died: Error {}

    var count: Int { state.withLock { $0.count } }
    var isDead: Bool { state.withLock { $0.isDead } }

    /// Counted from 1, from now on.
    func die(at crossings: Set<Int>) {
        state.withLock {
            $0.count = 0
            $0.fatal = crossings
        }
    }

    func revive() { state.withLock { $0.isDead = false } }

    func cross(_ what: String) throws {
        try state.withLock { state in
            if state.isDead { throw Died() }
            state.count += 1
            if state.fatal.contains(state.count) {
                state.isDead = true
                throw Died()
            }
        }
    }
}

/// A ledger whose process may die before a commit or after it; a dead process neither reads nor writes.
struct CrossedDatabase: Database {
    private let memory: SQLiteDatabase
    private let disk: Disk?
    private let crossings: Crossings

    /// - Parameter disk: where the ledger lies; nil: in memory.
    init(disk: Disk?, crossings: Crossings) throws {
        memory = try SQLiteDatabase.inMemory()
        self.disk = disk
        self.crossings = crossings
    }

    var base: SQLiteDatabase { disk?.ledger ?? memory }

    /// Before the process is started again.
    func losePower() throws { try disk?.losePower() }

    func transaction<Result>(_ durability: Durability, _ body: (any SQL) throws -> Result) throws -> Result {
        func crossed(_ sql: any SQL) throws -> Result {
            let result = try body(sql)
            try crossings.cross("before a commit")
            return result
        }
        let result = try disk?.transaction(durability, crossed) ?? memory.transaction(durability, crossed)
        try crossings.cross("after a commit")
        return result
    }

    func read<Result>(_ body: (any SQL) throws -> Result) throws -> Result {
        if crossings.isDead { throw Crossings.Died() }
        return try base.read(body)
    }
}

extension RefusalTable {
    /// The shipped table's rows that the simulation provokes.
    static let ec2 = RefusalTable(rows: [
        "InsufficientInstanceCapacity": .init(meaning: .capacity, holds: .seconds(180)),
        "VcpuLimitExceeded": .init(meaning: .quota, holds: .seconds(600)),
        "RequestLimitExceeded": .init(meaning: .throttled),
        "InternalError": .init(meaning: nil),
        "ThrottlingException": .init(meaning: .throttled),
        "AuthFailure": .init(meaning: .credentials),
        "UnrecognizedClientException": .init(meaning: .credentials),
        "UnauthorizedOperation": .init(meaning: .credentials),
        "InvalidAMIID.": .init(meaning: .invalid),
        "IdempotentParameterMismatch": .init(meaning: .conflict),
        "IdempotentInstanceTerminated": .init(meaning: .conflict),
        "InvalidInstanceID.NotFound": .init(meaning: .absent),
    ])
}
