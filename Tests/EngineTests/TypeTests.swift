import Catalog
import Cloud
import CloudEmulator
import Engine
import Foundation
import Provisioning
import Store
import Testing

/// Which types a template's requirements come to: what the cloud says it has, asked once a day, or the shipped table.
@Suite struct TypeTests {
    private let house: SimulatedHouse
    private let folder: ScratchFolder

    private static let home = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }
    private static let shipped = Result { () throws(Rejected) in
        var rules = try CloudRules("aws", folder: "\(home)/providers/aws")
        rules.builtAPIs = ["aws/run-instances"]
        return rules
    }

    init() throws {
        house = try SimulatedHouse()
        folder = try ScratchFolder()
    }

    private func agent(isEmulated: Bool = false, features: Set<Feature> = []) throws -> Agent {
        try house.startAgent(
            isEmulated: isEmulated, rules: TemplateRules { _ in Self.shipped }, features: features,
            typesFolder: folder.path)
    }

    private func accept(_ agent: Agent, _ template: Template.ID = "by-requirements") async throws -> Request {
        try await agent.accept(Order(template: template, count: 1)).request
    }

    private func cause(_ agent: Agent, _ request: Request) throws -> String? {
        try agent.explain(request.id).first?.cause
    }

    private var listings: [String] { house.network.actions.filter { $0.hasPrefix("DescribeInstanceType") } }

    private func unoffer(_ type: String, in zones: [String]) throws {
        try house.emulator.change { world in
            for market in Market.allCases {
                for zone in zones { world.limits.unoffered.insert(.init(type: type, zone: zone, market: market)) }
            }
        }
    }

    private func refuse(_ code: String, on action: String = "DescribeInstanceTypes", times: Int = 100) throws {
        try house.emulator.change {
            $0.faults.append(.init(.refuse(code: code, message: "no", status: 403), on: action, times: times))
        }
    }

    // MARK: What the cloud says

    @Test func whatTheCloudHasIsChosenFromInTheTablesOrder() async throws {
        let agent = try agent()
        let request = try await accept(agent)
        let types = request.template?.offerings.map(\.type).reduce(into: [String]()) { types, type in
            if types.last != type { types.append(type) }
        }
        // Of what the table has for it these alone are in that cloud's list.
        #expect(types == ["m5.xlarge", "m6i.xlarge", "m7i.xlarge", "m5d.xlarge"])
        #expect(try cause(agent, request) == "accepted: types from the cloud's list of 2026-03-01")
    }

    @Test func aZoneIsNotTriedForWhatItDoesNotHave() async throws {
        try unoffer("m5.xlarge", in: ["us-east-1a"])
        try unoffer("m6i.xlarge", in: ["us-east-1a", "us-east-1b"])
        let offerings = try await accept(agent()).template?.offerings.prefix(3).map(\.description)
        #expect(
            offerings == [
                "m5.xlarge / us-east-1b / on-demand", "m7i.xlarge / us-east-1a / on-demand",
                "m7i.xlarge / us-east-1b / on-demand",
            ])
    }

    @Test func theMachinesAreLaunchedByIt() async throws {
        try unoffer("m5.xlarge", in: ["us-east-1a", "us-east-1b"])
        var agent = try agent()
        let request = try await accept(agent)
        let report = try await house.runUntilSettled(request.id, agent: &agent)
        #expect(report.machines.map(\.offering?.type) == ["m6i.xlarge"])
    }

    @Test func whereNothingIsLeftTheOrderIsNotAcceptedAndSaysWhy() async throws {
        let agent = try agent()
        let error = await #expect(throws: Rejected.self) { try await accept(agent, "by-gpus") }
        let diagnostic = try #require(error?.diagnostics.first)
        #expect(diagnostic.code == "template.no-type")
        #expect(diagnostic.message.contains("in `us-east-1`"))
        #expect(diagnostic.message.hasSuffix("types, none has at least 4 GPUs"))
        #expect(try agent.requests().isEmpty)
    }

    // MARK: How often it is asked

    @Test func theSecondOrderAsksNothing() async throws {
        let agent = try agent()
        _ = try await accept(agent)
        let first = listings
        #expect(first.filter { $0 == "DescribeInstanceTypeOfferings" }.count == 1)
        #expect(first.filter { $0 == "DescribeInstanceTypes" }.count == 2)
        _ = try await accept(agent)
        // Nor does the next process.
        let next = try self.agent()
        let request = try await accept(next)
        #expect(listings == first)
        #expect(try cause(next, request) == "accepted: types from the cloud's list of 2026-03-01")
    }

    @Test func manyAtOnceAskOnce() async throws {
        let agent = try agent()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<20 { group.addTask { _ = try await accept(agent) } }
            try await group.waitForAll()
        }
        #expect(listings.count == 3)
    }

    @Test func aDayLaterItIsAskedAnew() async throws {
        let agent = try agent()
        _ = try await accept(agent)
        house.clock.advance(by: TypeLists.age + .seconds(-60))
        _ = try await accept(agent)
        #expect(listings.count == 3)
        house.clock.advance(by: .seconds(61))
        let request = try await accept(agent)
        #expect(listings.count == 6)
        #expect(try cause(agent, request) == "accepted: types from the cloud's list of 2026-03-02")
    }

    @Test func aDamagedListIsAskedForAnew() async throws {
        _ = try await accept(agent())
        let path = "\(folder.path)/lab.types"
        try Data(try Data(contentsOf: URL(filePath: path)).dropLast(7)).write(to: URL(filePath: path))
        _ = try await accept(agent())
        #expect(listings.count == 6)
        _ = try await accept(agent())
        #expect(listings.count == 6)
    }

    @Test func aTemplateThatNamesItsTypesAsksNothing() async throws {
        let agent = try agent()
        let request = try await accept(agent, "mostly")
        #expect(listings.isEmpty)
        #expect(try cause(agent, request) == "accepted")
        #expect(try await agent.preview(Order(template: "mostly", count: 1), askingCloud: true).types == nil)
    }

    @Test func whoeverPicksTheTypesItselfIsNotAsked() async throws {
        let request = try await accept(agent(features: [.attributeSelection]))
        #expect(listings.isEmpty)
        #expect(request.template?.offerings.isEmpty == false)
    }

    @Test func anEmulatedCloudLaunchesEveryTypeOfTheTable() async throws {
        let agent = try agent(isEmulated: true)
        let request = try await accept(agent, "by-gpus")
        #expect(listings.isEmpty)
        #expect(request.template?.offerings.isEmpty == false)
    }

    // MARK: A dry run

    @Test func aDryRunAsksNobodyAndUsesWhatIsKnown() async throws {
        let order = Order(template: "by-requirements", count: 1)
        let agent = try agent()
        let blind = try await agent.preview(order)
        #expect(blind.types == .table(whyNotCloud: nil))
        #expect(listings.isEmpty)
        let asked = try await agent.preview(order, askingCloud: true)
        #expect(asked.types == .cloud(house.clock.now))
        #expect(listings.count == 3)
        let known = try await self.agent().preview(order)
        #expect(known.types == .cloud(house.clock.now))
        #expect(known.template.offerings == asked.template.offerings)
        #expect(listings.count == 3)
    }

    // MARK: A look at templates

    private func look(at id: Template.ID) async throws -> ValidationResult {
        let agent = try agent()
        let clock = house.clock
        let validation = Validation(
            catalog: agent.catalog, accounts: Array(agent.accounts.values),
            surroundings: Surroundings(now: { clock.now }, sleep: { _ in }, random: { 0 }))
        return try #require(try await validation.results(of: [id], askingCloud: true).first)
    }

    /// Of those that the table has for it the cloud has but some; an order would be accepted all the same.
    @Test func thatTheRegionDoesNotHaveAllOfTheTableIsNoMistake() async throws {
        let result = try await look(at: "by-requirements")
        #expect(result.errors.filter { $0.message.contains("the type") } == [])
        let types = result.findings?.filter { $0.subject == .type }.map(\.name)
        #expect(types == ["m5.xlarge", "m6i.xlarge", "m7i.xlarge", "m5d.xlarge"])
    }

    @Test func thatItHasNoneIs() async throws {
        let result = try await look(at: "by-gpus")
        #expect(result.errors.map(\.code) == ["template.no-type"])
    }

    // MARK: When the cloud does not say

    @Test(arguments: ["UnauthorizedOperation", "InternalError"])
    func thenTheTableIsUsedAndTheHistorySaysSo(code: String) async throws {
        try refuse(code)
        let agent = try agent()
        let request = try await accept(agent)
        #expect(request.template?.offerings.count ?? 0 > 8)
        let cause = try #require(try cause(agent, request))
        #expect(cause.hasPrefix("accepted: types from the shipped table, for the cloud did not list its own: "))
        #expect(cause.contains(code))
        let preview = try await agent.preview(Order(template: "by-requirements", count: 1), askingCloud: true)
        if case .table(let why?) = preview.types { #expect(why.contains(code)) } else { Issue.record("\(preview)") }
    }

    @Test func halfAnAnswerIsNone() async throws {
        try refuse("UnauthorizedOperation", on: "DescribeInstanceTypeOfferings")
        let agent = try agent()
        let request = try await accept(agent)
        #expect(try cause(agent, request)?.contains("shipped table") == true)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
    }

    @Test func whoeverComesSoonAfterIsNotMadeToWaitForTheSame() async throws {
        try refuse("UnauthorizedOperation", times: 1)
        let agent = try agent()
        _ = try await accept(agent)
        let asked = listings.count
        let second = try await accept(agent)
        #expect(listings.count == asked)
        #expect(try cause(agent, second)?.contains("UnauthorizedOperation") == true)
        house.clock.advance(by: .seconds(61))
        let third = try await accept(agent)
        #expect(try cause(agent, third) == "accepted: types from the cloud's list of 2026-03-01")
    }

    @Test func aThrottleIsNoAnswer() async throws {
        try refuse("RequestLimitExceeded", times: 2)
        let agent = try agent()
        let request = try await accept(agent)
        #expect(try cause(agent, request) == "accepted: types from the cloud's list of 2026-03-01")
    }

    @Test func whoeverAnswersTooLateIsNotWaitedFor() async throws {
        let clock = house.clock
        house.network.change { $0.afterEffect = { _ in clock.advance(by: .seconds(11)) } }
        let agent = try agent()
        let start = house.clock.now
        let request = try await accept(agent)
        #expect(try cause(agent, request)?.hasSuffix("it took too long") == true)
        #expect(house.clock.now - start < .seconds(60))
    }
}

/// A new folder under /tmp, gone when its test is over.
private final class ScratchFolder: Sendable {
    let path: String

    init() throws {
        path = "/tmp/types-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
