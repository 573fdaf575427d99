import Cloud
import CloudEmulator
import Provisioning
import Testing

/// The way to the cloud and back loses what it is told to lose, and nothing else.
@Suite struct TransportTests {
    private struct Died: Error {}

    private func launch(_ cloud: EmulatedCloud, _ transport: EmulatorTransport, token: String) async -> Result {
        let request = cloud.request("RunInstances", EmulatedCloud.launchParameters(2...2, token: token))
        do {
            return .answered(Answer(try await transport.send(request, within: .seconds(10))).status)
        } catch {
            switch error {
            case .unsent: return .unsent
            case .unknown: return .unknown
            }
        }
    }

    private enum Result: Equatable { case answered(Int), unsent, unknown }

    @Test func aLostRequestHasNoEffect() async throws {
        let cloud = try EmulatedCloud()
        let transport = EmulatorTransport(cloud.emulator)
        transport.change { $0.lostRequests = [2] }
        #expect(await launch(cloud, transport, token: "a") == .answered(200))
        #expect(await launch(cloud, transport, token: "b") == .unknown)
        #expect(cloud.describe().instances.count == 2)
        #expect(await launch(cloud, transport, token: "b") == .answered(200))
        #expect(cloud.describe().instances.count == 4)
        #expect(transport.crossings == 3)
        #expect(transport.actions == ["RunInstances", "RunInstances", "RunInstances"])
    }

    @Test func aLostReplyHasItsEffectAndRepeatingItHasNoOther() async throws {
        let cloud = try EmulatedCloud()
        let transport = EmulatorTransport(cloud.emulator)
        transport.change { $0.lostReplies = [1] }
        #expect(await launch(cloud, transport, token: "a") == .unknown)
        #expect(cloud.describe().instances.count == 2)
        #expect(await launch(cloud, transport, token: "a") == .answered(200))
        #expect(cloud.describe().instances.count == 2)
    }

    @Test func whatDoesNotLeaveIsUnsent() async throws {
        let cloud = try EmulatedCloud()
        let transport = EmulatorTransport(cloud.emulator)
        transport.change { $0.unsent = [1] }
        #expect(await launch(cloud, transport, token: "a") == .unsent)
        #expect(cloud.describe().instances.isEmpty)
    }

    @Test func aProcessMayDieBeforeSendingAndAfter() async throws {
        let cloud = try EmulatedCloud()
        let transport = EmulatorTransport(cloud.emulator)
        transport.change { $0.beforeSend = { if $0 == 1 { throw Died() } } }
        #expect(await launch(cloud, transport, token: "a") == .unknown)
        #expect(cloud.describe().instances.isEmpty)
        transport.change { $0.afterEffect = { if $0 == 2 { throw Died() } } }
        #expect(await launch(cloud, transport, token: "a") == .unknown)
        #expect(cloud.describe().instances.count == 2)
        transport.change { $0.beforeSend = { _ in throw TransportError.unsent("off") } }
        #expect(await launch(cloud, transport, token: "b") == .unsent)
    }

    @Test func scriptedFaultsComeInTheirOrder() async throws {
        let cloud = try EmulatedCloud()
        let transport = EmulatorTransport(cloud.emulator)
        try cloud.emulator.change { world in
            world.faults = [
                Fault(.refuse(code: "Unavailable", message: "down", status: 503), on: "RunInstances"),
                Fault(.loseRequest, on: "RunInstances"), Fault(.loseReply, on: "RunInstances"),
                Fault(.failAfterwards(code: "InternalError", message: "oops", status: 500), on: "RunInstances"),
            ]
        }
        #expect(cloud.describe().status == 200)
        #expect(await launch(cloud, transport, token: "a") == .answered(503))
        #expect(await launch(cloud, transport, token: "a") == .unknown)
        #expect(cloud.describe().instances.isEmpty)
        #expect(await launch(cloud, transport, token: "a") == .unknown)
        #expect(cloud.describe().instances.count == 2)
        #expect(await launch(cloud, transport, token: "b") == .answered(500))
        #expect(cloud.describe().instances.count == 4)
        #expect(await launch(cloud, transport, token: "b") == .answered(200))
        #expect(cloud.describe().instances.count == 4)
    }

    @Test func whatIsLostLooksFromAfarLikeAGatewayThatWaited() throws {
        let cloud = try EmulatedCloud()
        try cloud.emulator.change { $0.faults = [Fault(.loseRequest)] }
        let answer = cloud.describe()
        #expect(answer.status == 504)
        #expect(answer.text.isEmpty)
    }

    @Test(arguments: ["0.0.0.0", "::", "192.168.0.1", "example.com", ""])
    func theServerListensOnThisMachineOnly(_ host: String) async throws {
        let server = EmulatorServer(try EmulatedCloud().emulator)
        await #expect(throws: NotLoopback.self) { try await server.run(host: host, port: 0) }
    }

    @Test func theServerSaysWhereItListensAndEndsWhenItsTaskDoes() async throws {
        let server = EmulatorServer(try EmulatedCloud().emulator)
        let (ports, said) = AsyncStream.makeStream(of: Int.self)
        let running = Task {
            defer { said.finish() }
            try await server.run(port: 0) { said.yield($0) }
        }
        var all = ports.makeAsyncIterator()
        #expect(await all.next().map { $0 > 0 } == true)
        running.cancel()
        #expect(await all.next() == nil)
    }
}
