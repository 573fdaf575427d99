import Catalog
import Cloud
import CloudAzure
import CloudEmulator
import Engine
import Foundation
import Provisioning
import Store
import Testing

/// The house with an account on the emulated Azure: the same loop, ledger, clock and crossings.
final class AzureHouse: Sendable {
    let clock = TestClock()
    let crossings = Crossings()
    let emulator: Emulator
    let network: EmulatorTransport
    let sent = Lock<[HTTPRequest]>([])
    let database: CrossedDatabase
    private let chance: SeededChance
    private let restarts = Lock(0)

    static let account: AccountName = "lab"
    static let site = AzureSite(
        subscription: "00000000-0000-0000-0000-000000000000", resourceGroup: "muster", location: "westeurope")
    static let providers =
        #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" } + "/providers/azure"
    private static let catalog = #filePath.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } + "/Catalog"

    init(seed: UInt64 = 7) throws {
        chance = SeededChance(seed)
        let (clock, chance, crossings) = (clock, chance, crossings)
        var settings = EmulatorSettings.demo
        settings.bootSeconds = 0.5
        settings.shutdownSeconds = 0.5
        emulator = try Emulator(settings: settings, surroundings: AzureHouse.surroundings(clock, chance))
        network = EmulatorTransport(emulator)
        database = try CrossedDatabase(disk: nil, crossings: crossings)
        network.change {
            $0.beforeSend = { _ in try crossings.cross("before a request") }
            $0.afterEffect = { _ in try crossings.cross("after its effect") }
        }
    }

    private static func surroundings(_ clock: TestClock, _ chance: SeededChance) -> Surroundings {
        Surroundings(now: { clock.now }, sleep: { clock.advance(by: $0) }, random: { chance.next() })
    }

    /// Remembers what was sent.
    private struct Recorder: Transport {
        let network: EmulatorTransport
        let sent: Lock<[HTTPRequest]>

        func send(_ request: HTTPRequest, within deadline: Duration) async throws(TransportError) -> HTTPResponse {
            sent.withLock { $0.append(request) }
            return try await network.send(request, within: deadline)
        }
    }

    func startAgent() throws -> Agent {
        let surroundings = AzureHouse.surroundings(clock, chance)
        let descriptor = try ProviderDescriptor(
            folder: AzureHouse.providers, apiFiles: ["virtual-machines.yaml", "scale-set.yaml"])
        let token = BearerToken(EmulatorSettings.demoBearer, source: "the simulation")
        let session = Session(
            cloud: "azure", region: AzureHouse.site.location,
            endpoints: { _ in Endpoint(scheme: .https, host: "management.test") },
            signer: BearerSigner(tokens: FixedToken(token)), transport: Recorder(network: network, sent: sent),
            pace: Pace(reading: .init(perSecond: 1000, burst: 1000), changing: .init(perSecond: 1000, burst: 1000)),
            refusals: descriptor.refusals, surroundings: surroundings)
        let strategies: [any ProviderStrategy] = [
            VirtualMachines(site: AzureHouse.site), ScaleSet(site: AzureHouse.site),
        ]
        let apis = strategies.map { AccountAPI(strategy: $0, traits: descriptor.apis[type(of: $0).api]!) }
        let account = Account(
            name: AzureHouse.account, cloud: "azure", isEmulated: true, session: session,
            strategies: Dictionary(uniqueKeysWithValues: apis.map { ($0.name, $0) }),
            usualAPI: VirtualMachines.api, tags: ["site": "lab"], lookUps: AzureLookUps(site: AzureHouse.site),
            parameters: ParameterTables(folder: AzureHouse.providers))
        let number = restarts.withLock { count in
            count += 1
            return count
        }
        return Agent(
            catalog: TemplateCatalog(
                directories: [AzureHouse.catalog],
                accounts: [.init(name: AzureHouse.account, cloud: "azure", isEmulated: true)],
                rules: TemplateRules(), surroundings: surroundings),
            accounts: [account], database: database, surroundings: surroundings,
            presence: ProcessNumber(number: number, isAlive: { $0 == number }), owner: SimulatedHouse.owner,
            log: SimulatedHouse.log, typeLists: TypeLists(files: nil, now: surroundings.now))
    }

    // MARK: - Running

    @discardableResult
    func runUntilSettled(_ id: Request.ID, agent: inout Agent, roundsMax: Int = 400) async throws -> RequestReport {
        for _ in 0..<roundsMax {
            do { try await agent.carryOn() } catch is Crossings.Died {}
            if crossings.isDead {
                crossings.revive()
                agent = try startAgent()
                continue
            }
            let report = try agent.request(id)
            try checkInvariants()
            if report.request.isSettled { return report }
            clock.advance(to: max(clock.now + .milliseconds(10), report.request.wakeAt ?? clock.now))
        }
        let story = try database.base.read { try History($0).events(of: id) }.suffix(30).map { "\($0)" }
        throw SimulatedHouse.NeverSettled(id: id, story: story)
    }

    /// Does something that may be cut short by a dying process until it is done.
    func surviving<Result>(_ agent: inout Agent, _ body: (Agent) async throws -> Result) async throws -> Result {
        while true {
            do { return try await body(agent) } catch is Crossings.Died {
                crossings.revive()
                agent = try startAgent()
            }
        }
    }

    // MARK: - What there is

    /// What somebody pays for, by its kind.
    func standing(_ kinds: AzureResource.Kind...) throws -> [AzureResource] {
        let now = clock.now
        let all: [AzureResource.Kind] = [.virtualMachine, .scaleSet, .disk, .networkInterface, .publicAddress]
        let wanted = Set(kinds.isEmpty ? all : kinds)
        let subscriptions =
            try emulator.world().azure?.subscriptions.values.flatMap(\.resources.values).map(\.resource) ?? []
        return subscriptions.filter { resource in
            resource.kind.map { wanted.contains($0) } ?? false && !resource.isGone(at: now)
                && !resource.isBeingDeleted(at: now)
        }
    }

    func living() throws -> [AzureResource] { try standing(.virtualMachine) }

    func count(of action: String) -> Int { network.actions.count { $0 == action } }

    private func tag(_ name: String, of resource: AzureResource) -> String {
        resource.tags?[name]?.string ?? ""
    }

    /// No machine without an owner, and never more for a request than it asked for, but for those that did not come up
    /// and are still to be taken away.
    private func checkInvariants() throws {
        let now = clock.now
        let living = try living()
        try database.base.read { sql in
            let machines = try MachineRepository(sql).machines(in: nil)
            let claimed = Set(machines.filter { !$0.state.isFinal }.compactMap(\.instance?.text))
            let openTokens = try IntentLog(sql).openTokens()
            let groups = Set(try ScaffoldRepository(sql).groups(at: AzureHouse.account).map(\.id.text))
            for resource in living {
                let token = tag(OurTag.token, of: resource)
                let isOwned =
                    claimed.contains(resource.id.name.lowercased()) || openTokens.contains(IntentToken(token))
                    || groups.contains(token)
                #expect(isOwned, "machine \(resource.id.name) has no owner")
            }
            let sound = living.filter { $0.failure == nil }
            for (request, resources) in Dictionary(grouping: sound, by: { tag(OurTag.request, of: $0) }) {
                let asked = try RequestRepository(sql).request(Request.ID(request))?.count ?? 0
                #expect(resources.count <= asked, "\(resources.count) machines for \(asked) at \(now)")
            }
            let instances = machines.compactMap(\.instance)
            #expect(Set(instances).count == instances.count, "two machines share an instance")
        }
    }
}
