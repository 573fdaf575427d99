import Cloud
import CloudEmulator
import Engine
import Provisioning
import Store
import Testing

/// What a template says in the cloud's own words reaches the cloud.
@Suite struct OwnWordsTests {
    private let house: SimulatedHouse
    private let order = Order(template: "in-its-own-words", count: 2)

    init() throws { house = try SimulatedHouse() }

    @Test func aPreviewHasThemInItsCalls() async throws {
        let call = try #require(try await house.startAgent().preview(order).launches.first)
        let sent = Dictionary(call.parameters.map { ($0.name, [$0.value]) }, uniquingKeysWith: +)
        #expect(sent["Monitoring.Enabled"] == ["true"])
        #expect(sent["SecurityGroupId.1"] == ["sg-2a1b2c3d4e5f60718"] && sent["SecurityGroupId.2"] == nil)
    }

    @Test func aLaunchIsMadeWithThem() async throws {
        var agent = try house.startAgent()
        let id = try await agent.accept(order).request.id
        #expect(try await house.runUntilSettled(id, agent: &agent).request.state == .fulfilled)
        let launches = try house.emulator.world().regions["us-east-1"]?.reservations.map(\.launch) ?? []
        #expect(launches.map(\.isMonitored) == [true])
        #expect(launches.map(\.groups) == [["sg-2a1b2c3d4e5f60718"]])
    }

    @Test func aLaunchThatIsRepeatedIsTheSameCall() async throws {
        var agent = try house.startAgent()
        try house.emulator.change { $0.faults = [.init(.loseReply, on: "RunInstances")] }
        let id = try await agent.accept(order).request.id
        #expect(try await house.runUntilSettled(id, agent: &agent).request.state == .fulfilled)
        #expect(house.network.actions.count { $0 == "RunInstances" } == 2)
        #expect(try house.emulator.world().regions["us-east-1"]?.reservations.count == 1)
    }
}
