import Cloud
import CloudAzure
import CloudEmulator
import Engine
import Provisioning
import Store
import Testing

/// The main job and the return at the emulated Azure.
@Suite struct AzureTests {
    private func order(_ template: Template.ID = "azure-small", _ count: Int = 5) -> Order {
        var order = Order(template: template, count: count)
        order.key = "job-1"
        return order
    }

    private func run(_ house: AzureHouse, _ order: Order, _ agent: inout Agent) async throws -> RequestReport {
        let id = try await house.surviving(&agent) { try await $0.accept(order).request.id }
        return try await house.runUntilSettled(id, agent: &agent)
    }

    private func giveBack(_ machines: [Machine.ID], _ house: AzureHouse, _ agent: inout Agent) async throws {
        let id = try await house.surviving(&agent) { try $0.giveBack(machines).request.id }
        let report = try await house.runUntilSettled(id, agent: &agent)
        #expect(report.machines.allSatisfy { $0.state.isFinal })
    }

    @Test func fiveMachinesAreFiveCallsAndLeaveNothingBehind() async throws {
        let house = try AzureHouse()
        var agent = try house.startAgent()
        let report = try await run(house, order(), &agent)
        #expect(report.request.state == .fulfilled)
        #expect(house.count(of: "VirtualMachines_CreateOrUpdate") == 5)
        #expect(report.machines.allSatisfy { $0.privateIP != nil && $0.launchedAt != nil && $0.ranAt != nil })
        for machine in try house.living() {
            #expect(machine.tags?[OurTag.request]?.string == report.request.id.text)
            #expect(machine.tags?["site"]?.string == "lab")
        }
        try await giveBack(report.machines.map(\.id), house, &agent)
        #expect(house.count(of: "VirtualMachines_Delete") == 5)
        #expect(try house.standing().isEmpty)
        #expect(house.count(of: "Resources_ListByResourceGroup") == 1, "one look for what may be left")
        let left = try house.database.base.read { try ScaffoldRepository($0).scaffolds(at: AzureHouse.account) }
        #expect(left.isEmpty)
    }

    @Test func fiveHundredMachinesAreOneIntent() async throws {
        let house = try AzureHouse()
        var agent = try house.startAgent()
        let report = try await run(house, order("azure-single", 500), &agent)
        #expect(report.count(.running) == 500)
        let tokens = Set(try house.living().compactMap { $0.tags?[OurTag.token]?.string })
        #expect(tokens.count == 1)
    }

    // MARK: - No room, no allowance, too fast

    @Test func whatDoesNotComeUpIsTakenAwayAndReplacedElsewhere() async throws {
        let house = try AzureHouse()
        try house.emulator.change { $0.limits.capacity[.init(type: "Standard_D2as_v5", zone: "1")] = 2 }
        var agent = try house.startAgent()
        let report = try await run(house, order(), &agent)
        #expect(report.request.state == .fulfilled)
        #expect(report.count(.running) == 5)
        let lost = report.machines.filter { $0.failure?.cause == .broken }
        #expect(!lost.isEmpty)
        #expect(lost.allSatisfy { $0.failure?.code == "ZonalAllocationFailed" && $0.failure?.meaning == .capacity })
        let places = Dictionary(grouping: report.machines.filter { $0.state == .running }, by: { $0.offering?.zone })
        #expect(places["1"]?.count == 2)
        try await giveBack(report.machines.filter { $0.state == .running }.map(\.id), house, &agent)
        #expect(try house.standing().isEmpty)
    }

    @Test func aFamilyWhoseAllowanceIsUsedUpIsLeftForAnother() async throws {
        let house = try AzureHouse()
        try house.emulator.change {
            $0.limits.quotas[.init(family: "standardDASv5Family", region: "westeurope")] = 4
        }
        var agent = try house.startAgent()
        let report = try await run(house, order(), &agent)
        #expect(report.request.state == .fulfilled)
        let types = Dictionary(
            grouping: report.machines.filter { $0.state == .running }, by: { $0.offering?.type ?? "" }
        ).mapValues(\.count)
        #expect(types == ["Standard_D2as_v5": 2, "Standard_D2s_v5": 3])
    }

    @Test func aThrottleIsNoQuota() async throws {
        let house = try AzureHouse()
        try house.emulator.change {
            $0.faults = [
                .init(
                    .refuse(code: "OperationNotAllowed", message: "The server rejected the request", status: 429),
                    on: "VirtualMachines_CreateOrUpdate", times: 3)
            ]
        }
        var agent = try house.startAgent()
        let report = try await run(house, order(), &agent)
        #expect(report.request.state == .fulfilled)
        #expect(Set(report.machines.compactMap { $0.offering?.description }).count == 1)
        #expect(try house.living().count == 5)
    }

    @Test(arguments: [("AuthorizationFailed", 403), ("InvalidParameter", 400)])
    func neitherCredentialsNorABadRequestStartAFallback(code: String, status: Int) async throws {
        let house = try AzureHouse()
        try house.emulator.change {
            $0.faults = [
                .init(
                    .refuse(code: code, message: "no", status: status), on: "VirtualMachines_CreateOrUpdate", times: 5)
            ]
        }
        var agent = try house.startAgent()
        let report = try await run(house, order(), &agent)
        #expect(report.request.state == .failed)
        #expect(house.count(of: "VirtualMachines_CreateOrUpdate") == 5)
        #expect(try house.standing().isEmpty)
    }

    // MARK: - Doubt

    @Test func theMainJobAndTheReturnSurviveACrashAtEveryCrossing() async throws {
        let crossings = try await story(dyingAt: [])
        #expect(crossings.launch > 20 && crossings.giveBack > 15)
        for crossing in 1...crossings.launch { _ = try await story(dyingAt: [crossing]) }
        for crossing in 1...crossings.giveBack { _ = try await story(dyingAt: [crossing], inReturn: true) }
    }

    @Test func aScaleSetSurvivesACrashAtEveryCrossing() async throws {
        let crossings = try await story("azure-set", dyingAt: [])
        for crossing in 1...crossings.launch { _ = try await story("azure-set", dyingAt: [crossing]) }
        for crossing in 1...crossings.giveBack { _ = try await story("azure-set", dyingAt: [crossing], inReturn: true) }
    }

    /// How many crossings each half has.
    private func story(
        _ template: Template.ID = "azure-small", dyingAt fatal: Set<Int>, inReturn: Bool = false
    ) async throws -> (launch: Int, giveBack: Int) {
        let house = try AzureHouse()
        var agent = try house.startAgent()
        house.crossings.die(at: inReturn ? [] : fatal)
        let report = try await run(house, order(template, 2), &agent)
        let launch = house.crossings.count
        #expect(report.request.state == .fulfilled, "died at \(fatal)")
        #expect(report.count(.running) == 2, "died at \(fatal)")
        #expect(try house.living().count == 2, "died at \(fatal)")
        house.crossings.die(at: inReturn ? fatal : [])
        try await giveBack(report.machines.map(\.id), house, &agent)
        let giveBack = house.crossings.count
        house.crossings.die(at: [])
        // What a dying process did not come to, the next sweep does.
        house.clock.advance(by: .seconds(120))
        var memory = SweepMemory()
        await agent.sweep(&memory)
        house.clock.advance(by: .seconds(1))
        #expect(try house.standing().isEmpty, "died at \(fatal)")
        return (launch, giveBack)
    }

    @Test(arguments: ["azure-small", "azure-set"] as [Template.ID])
    func everyRequestAndEveryReplyMayBeLost(template: Template.ID) async throws {
        let quiet = try await lossy(template) { _ in }
        #expect(quiet >= 4)
        for number in 1...quiet {
            _ = try await lossy(template) { $0.lostRequests = [number] }
            _ = try await lossy(template) { $0.lostReplies = [number] }
            _ = try await lossy(template) { $0.lostReplies = [number, number + 1] }
        }
    }

    private func lossy(_ template: Template.ID, _ spoil: (inout NetworkFaults) -> Void) async throws -> Int {
        let house = try AzureHouse()
        house.network.change { spoil(&$0) }
        var agent = try house.startAgent()
        let report = try await run(house, order(template, 2), &agent)
        #expect(report.request.state == .fulfilled)
        #expect(try house.living().count == 2)
        try await giveBack(report.machines.map(\.id), house, &agent)
        #expect(try house.living().isEmpty)
        return house.network.crossings
    }

    // MARK: - What is left

    @Test func aCallThatArrivesAfterItsMachineWasDeletedIsFoundBySweeps() async throws {
        let house = try AzureHouse()
        var agent = try house.startAgent()
        let report = try await run(house, order(), &agent)
        try await giveBack(report.machines.map(\.id), house, &agent)
        #expect(try house.standing().isEmpty)
        let late = try #require(house.sent.withLock { $0.first { $0.method == "PUT" } })
        let answer = try #require(house.emulator.exchange(late))
        #expect(answer.status == 201)
        #expect(try house.living().count == 1)
        var memory = SweepMemory()
        for _ in 0..<4 {
            house.clock.advance(by: .seconds(15 * 60))
            await agent.sweep(&memory)
        }
        #expect(try house.living().isEmpty)
    }

    @Test func aCardThatIsLeftIsTakenAwayOnceItIsFree() async throws {
        let house = try AzureHouse()
        var agent = try house.startAgent()
        let report = try await run(house, order("azure-single", 1), &agent)
        let put = try #require(house.sent.withLock { $0.first { $0.method == "PUT" } })
        let machine = try #require(report.machines[0].instance)
        try leaveCard(named: "\(machine.text)-left", like: put, house)
        #expect(try house.standing(.networkInterface).count == 2)
        // Azure keeps it a while for the machine that it was made for.
        try house.emulator.change {
            $0.faults = [
                .init(
                    .refuse(
                        code: "NicReservedForAnotherVm", message: "Nic(s) in request is reserved for another VM",
                        status: 400), on: "NetworkInterfaces_Delete")
            ]
        }
        try await giveBack([report.machines[0].id], house, &agent)
        #expect(try house.standing().count == 1)
        house.clock.advance(by: .seconds(181))
        var memory = SweepMemory()
        await agent.sweep(&memory)
        house.clock.advance(by: .seconds(1))
        #expect(try house.standing().isEmpty)
    }

    private func leaveCard(named name: String, like put: HTTPRequest, _ house: AzureHouse) throws {
        let site = AzureHouse.site
        let network = site.path(in: "Microsoft.Network")
        let subnet = "\(network)/virtualNetworks/default/subnets/default"
        var request = put
        request.path = "\(network)/networkInterfaces/\(name)"
        request.query = "api-version=2024-05-01"
        request.body = Array(
            """
            {"location": "\(site.location)", "properties": {"ipConfigurations": [
                {"name": "ipv4", "properties": {"subnet": {"id": "\(subnet)"}}}]}}
            """.utf8)
        let answer = try #require(house.emulator.exchange(request))
        #expect((200..<300).contains(answer.status), "\(String(decoding: answer.body, as: UTF8.self))")
    }

    // MARK: - Scale sets

    @Test func membersThatAreGivenBackTakeTheirPlacesAlong() async throws {
        let house = try AzureHouse()
        var agent = try house.startAgent()
        let report = try await run(house, order("azure-set"), &agent)
        #expect(report.count(.running) == 5)
        #expect(house.count(of: "VirtualMachineScaleSets_CreateOrUpdate") == 1)
        try await giveBack(report.machines.prefix(2).map(\.id), house, &agent)
        #expect(house.count(of: "VirtualMachineScaleSets_DeleteInstances") == 1)
        #expect(try house.living().count == 3)
        let set = try #require(try house.standing(.scaleSet).first)
        #expect(set.sent["sku"]?["capacity"]?.integer == 3)
        try await giveBack(report.machines.dropFirst(2).map(\.id), house, &agent)
        #expect(house.count(of: "VirtualMachineScaleSets_Delete") == 1)
        #expect(try house.standing().isEmpty)
    }

    @Test func whatASetHasNoRoomForIsAskedForAnew() async throws {
        let house = try AzureHouse()
        try house.emulator.change { world in
            for zone in ["1", "2"] {
                for type in ["Standard_D2as_v5", "Standard_D2s_v5"] {
                    world.limits.capacity[.init(type: type, zone: zone)] = 1
                }
            }
        }
        var agent = try house.startAgent()
        let report = try await run(house, order("azure-set"), &agent)
        #expect(report.request.state == .partial)
        #expect(report.count(.running) == 4)
        #expect(report.machines.contains { $0.failure?.code == "ZonalAllocationFailed" })
        try await giveBack(report.machines.filter { $0.state == .running }.map(\.id), house, &agent)
        #expect(try house.standing().isEmpty)
    }
}
