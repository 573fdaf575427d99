import Catalog
import Cloud
import CloudAWS
import Engine
import Provisioning
import Store
import Testing

/// Machines from a group that keeps itself up: what leaves never comes back, whatever call or answer is lost.
@Suite struct GroupTests {
    private static let count = 5

    private func order() -> Order {
        var order = Order(template: "grouped", count: GroupTests.count)
        order.key = "job-1"
        return order
    }

    /// Does something that may be cut short by a dying process until it is done.
    private func insist<Result>(
        _ house: GroupedHouse, _ agent: inout Agent, _ body: (Agent) async throws -> Result
    ) async throws -> Result {
        while true {
            do { return try await body(agent) } catch is Crossings.Died {
                house.crossings.revive()
                agent = try house.startAgent()
            }
        }
    }

    /// Five come, two and then the others go; the process dies at these crossings.
    @discardableResult
    private func run(dyingAt fatal: Set<Int>, inReturn: Bool) async throws -> Int {
        let house = try GroupedHouse()
        var agent = try house.startAgent()
        if !inReturn { house.crossings.die(at: fatal) }
        let id = try await insist(house, &agent) { try await $0.accept(order()).request.id }
        let report = try await house.runUntilSettled(id, &agent)
        let launchCrossings = house.crossings.count
        #expect(report.request.state == .fulfilled)
        #expect(house.world.living.count == GroupTests.count, "died at \(fatal)")
        #expect(house.world.groups.count == 1 && house.world.launchTemplates.count == 1)

        house.crossings.die(at: inReturn ? fatal : [])
        let began = house.clock.now
        let (some, others) = (report.machines.prefix(2).map(\.id), report.machines.dropFirst(2).map(\.id))
        let first = try await insist(house, &agent) { try $0.giveBack(some).request.id }
        // Some may have left the group, and their end be lost, when all of it is given back.
        try await house.carryOn(&agent)
        let second = try await insist(house, &agent) { try $0.giveBack(others).request.id }
        for back in [first, second] {
            let returned = try await house.runUntilSettled(back, &agent)
            #expect(returned.machines.allSatisfy { $0.state == .terminated }, "died at \(fatal)")
        }
        let world = house.world
        #expect(world.living == [] && world.groups.isEmpty, "died at \(fatal)")
        // Nothing ever grew back.
        #expect(world.instances.count == GroupTests.count, "died at \(fatal)")
        #expect(house.clock.now - began < Patience.insisting, "nobody is asked twice: died at \(fatal)")
        let sweeper = agent
        var memory = SweepMemory()
        house.clock.advance(by: .seconds(61))
        await sweeper.sweep(&memory)
        #expect(house.world.launchTemplates.isEmpty, "died at \(fatal)")
        return inReturn ? house.crossings.count : launchCrossings
    }

    @Test func aGroupIsMadeOnceWhereverTheProcessDies() async throws {
        let crossings = try await run(dyingAt: [], inReturn: false)
        #expect(crossings > 15)
        for crossing in 1...crossings { try await run(dyingAt: [crossing], inReturn: false) }
    }

    @Test func whatLeavesAGroupNeverGrowsBackWhereverTheProcessDies() async throws {
        let crossings = try await run(dyingAt: [], inReturn: true)
        #expect(crossings > 15)
        for crossing in 1...crossings { try await run(dyingAt: [crossing], inReturn: true) }
    }

    @Test func someGoAndTheOthersStay() async throws {
        let house = try GroupedHouse()
        var agent = try house.startAgent()
        let id = try await agent.accept(order()).request.id
        let report = try await house.runUntilSettled(id, &agent)
        let leaving = report.machines.prefix(2)
        let back = try agent.giveBack(leaving.map(\.id)).request.id
        try await house.runUntilSettled(back, &agent)
        let kept = Set(report.machines.dropFirst(2).compactMap { $0.instance?.text })
        #expect(Set(house.world.living) == kept)
        #expect(house.world.groups.first?.value.desired == 3)
        #expect(house.world.groups.first?.value.balancesZones == false)
        #expect(house.world.launchTemplates.count == 1)
    }
}

/// A house at that cloud.
final class GroupedHouse: Sendable {
    let clock = TestClock()
    let crossings = Crossings()
    private let chance = SeededChance(7)
    private let cloud: GroupedCloud
    private let database: CrossedDatabase
    private let restarts = Lock(0)

    init() throws {
        cloud = GroupedCloud(crossings: crossings)
        database = CrossedDatabase(base: try SQLiteDatabase.inMemory(), crossings: crossings)
    }

    var world: GroupedCloud.World { cloud.world.withLock { $0 } }

    func startAgent() throws -> Agent {
        let surroundings = Surroundings(
            now: { [clock] in clock.now }, sleep: { [clock] in clock.advance(by: $0) },
            random: { [chance] in chance.next() })
        let credentials = AWSCredentials(
            accessKeyID: "AKID", secretAccessKey: Secret("secret"), source: "the simulation")
        let rate = Pace.Rate(perSecond: 1000, burst: 1000)
        let session = Session(
            cloud: "aws", region: "us-east-1",
            endpoints: { service in Endpoint(scheme: .https, host: "\(service).test") },
            signer: AWSSigner(region: "us-east-1", credentials: FixedCredentials(credentials)), transport: cloud,
            pace: Pace(reading: rate, changing: rate), refusals: .groups, surroundings: surroundings)
        var traits = SimulatedHouse.traits
        traits.takesManyOfferings = true
        let account = Account(
            name: SimulatedHouse.account, cloud: "aws", isEmulated: false, session: session,
            strategies: [
                RunInstances.api: AccountAPI(strategy: RunInstances(), traits: SimulatedHouse.traits),
                AutoScalingGroup.api: AccountAPI(strategy: AutoScalingGroup(), traits: traits),
            ], usualAPI: RunInstances.api, tags: [:], lookUps: nil)
        let number = restarts.withLock { count in
            count += 1
            return count
        }
        let catalog = TemplateCatalog(
            directories: [#filePath.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } + "/Catalog"],
            accounts: [.init(name: SimulatedHouse.account, cloud: "aws", isEmulated: true)], surroundings: surroundings)
        return Agent(
            catalog: catalog, accounts: [account], database: database, surroundings: surroundings,
            presence: ProcessNumber(number: number), owner: SimulatedHouse.owner, log: SimulatedHouse.log)
    }

    /// Lets the loop work once; false: the process died of it, and was started again.
    @discardableResult
    func carryOn(_ agent: inout Agent) async throws -> Bool {
        do { try await agent.carryOn() } catch is Crossings.Died {}
        guard crossings.isDead else { return true }
        crossings.revive()
        agent = try startAgent()
        return false
    }

    @discardableResult
    func runUntilSettled(_ id: Request.ID, _ agent: inout Agent) async throws -> RequestReport {
        for _ in 0..<400 {
            if try await !carryOn(&agent) { continue }
            #expect(world.living.count <= 5)
            let report = try agent.request(id)
            if report.request.isSettled { return report }
            clock.advance(to: max(clock.now + .milliseconds(10), report.request.wakeAt ?? clock.now))
        }
        throw SimulatedHouse.NeverSettled(
            id: id, story: try database.base.read { try History($0).events(of: id) }.suffix(30).map { "\($0)" })
    }
}

extension RefusalTable {
    fileprivate static let groups = RefusalTable(rows: [
        "ValidationError": .init(meaning: .invalid), "InvalidInstanceID.NotFound": .init(meaning: .absent),
    ])
}
