import Cloud
import Provisioning
import Testing

@testable import CloudAWS

/// Fleets as groups: how they are shrunk, found, reported on and taken away.
@Suite struct FleetGroupTests {
    private let model: PublishedModel

    init() throws { model = try PublishedModel.ec2.get() }

    // MARK: A cloud that says what it is told to

    private enum Answer {
        case yes(String)
        case no(String, String = "")
    }

    /// The calls of a procedure in order, each held against the model, and what it came to.
    ///
    /// Nil: a call was refused.
    private func run<Reply>(
        _ procedure: Procedure<Reply>, _ answers: [Answer], sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> (calls: [String], reply: Reply?) {
        var procedure = procedure
        var calls: [String] = []
        for answer in answers {
            let call = procedure.call
            let faults = model.faults(in: call.form)
            #expect(faults.isEmpty, "\(call.action): \(faults)", sourceLocation: sourceLocation)
            let said = call.parameters.dropFirst(2).map { "\($0.name)=\($0.value)" }.joined(separator: " ")
            calls.append(said.isEmpty ? call.action : "\(call.action) \(said)")
            let step: Procedure<Reply>.Step?
            switch answer {
            case .yes(let body):
                step = try call.read(HTTPResponse(status: 200, headers: [], body: Array(body.utf8)))
            case .no(let code, let message):
                let body = Replies.error(code, message)
                step = call.consent?(call.fault(HTTPResponse(status: 400, headers: [], body: Array(body.utf8))))
            }
            switch step {
            case .done(let reply)?: return (calls, reply)
            case .then(let next)?: procedure = next
            case nil: return (calls, nil)
            }
        }
        Issue.record("it goes on with \(procedure.call.action)", sourceLocation: sourceLocation)
        return (calls, nil)
    }

    private struct Done: Hashable {}

    private func run(
        _ procedure: Procedure<Void>, _ answers: [Answer], sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> (calls: [String], reply: Done?) {
        @Sendable func done(_ procedure: Procedure<Void>) -> Procedure<Done> {
            Procedure(
                procedure.call.map { step in
                    switch step {
                    case .done: .done(Done())
                    case .then(let next): .then(done(next))
                    }
                })
        }
        return try run(done(procedure), answers, sourceLocation: sourceLocation)
    }

    private static func fleets(
        _ state: String = "active", total: Int = 10, onDemand: Int? = nil, spot: Int = 0, usual: Market = .spot,
        fulfilled: (all: Int, onDemand: Int) = (10, 0),
        token: String = Sample.token.text, next: String = ""
    ) -> Answer {
        .yes(
            """
            <DescribeFleetsResponse><fleetSet><item><fleetId>fleet-1</fleetId><fleetState>\(state)</fleetState>\
            <fulfilledCapacity>\(fulfilled.all).0</fulfilledCapacity>\
            <fulfilledOnDemandCapacity>\(fulfilled.onDemand).0</fulfilledOnDemandCapacity>\
            <launchTemplateConfigs><item><overrides><item><instanceType>m6a.large</instanceType>\
            <weightedCapacity>2.0</weightedCapacity></item></overrides></item></launchTemplateConfigs>\
            <targetCapacitySpecification><totalTargetCapacity>\(total)</totalTargetCapacity>\
            \(onDemand.map { "<onDemandTargetCapacity>\($0)</onDemandTargetCapacity>" } ?? "")\
            <spotTargetCapacity>\(spot)</spotTargetCapacity>\
            <defaultTargetCapacityType>\(usual.rawValue)</defaultTargetCapacityType>\
            </targetCapacitySpecification>\
            <tagSet><item><key>muster:token</key><value>\(token)</value></item></tagSet></item></fleetSet>\
            <nextToken>\(next)</nextToken></DescribeFleetsResponse>
            """)
    }

    private static func spotFleets(_ state: String = "active", total: Int = 10, onDemand: Int = 0) -> Answer {
        .yes(
            """
            <DescribeSpotFleetRequestsResponse><spotFleetRequestConfigSet><item>\
            <spotFleetRequestId>fleet-1</spotFleetRequestId><spotFleetRequestState>\(state)</spotFleetRequestState>\
            <spotFleetRequestConfig><targetCapacity>\(total)</targetCapacity>\
            <onDemandTargetCapacity>\(onDemand)</onDemandTargetCapacity>\
            <fulfilledCapacity>\(total).0</fulfilledCapacity>\
            <onDemandFulfilledCapacity>\(onDemand).0</onDemandFulfilledCapacity>\
            <clientToken>\(Sample.token)</clientToken></spotFleetRequestConfig></item></spotFleetRequestConfigSet>\
            </DescribeSpotFleetRequestsResponse>
            """)
    }

    private static let noFleets = Answer.yes("<DescribeFleetsResponse><fleetSet/></DescribeFleetsResponse>")
    private static let changed = Answer.yes("<ModifyFleetResponse><return>true</return></ModifyFleetResponse>")
    private static let terminated = Answer.yes("<TerminateInstancesResponse/>")
    private static let describe = "DescribeFleets FleetId.1=fleet-1"
    private static let deleted = Answer.yes(
        """
        <DeleteFleetsResponse><successfulFleetDeletionSet><item><fleetId>fleet-1</fleetId>\
        <currentFleetState>deleted_terminating</currentFleetState></item></successfulFleetDeletionSet>\
        <unsuccessfulFleetDeletionSet/></DeleteFleetsResponse>
        """)

    private static func undeleted(_ code: String) -> Answer {
        .yes(
            """
            <DeleteFleetsResponse><successfulFleetDeletionSet/><unsuccessfulFleetDeletionSet><item>\
            <fleetId>fleet-1</fleetId><error><code>\(code)</code><message>so it is</message></error></item>\
            </unsuccessfulFleetDeletionSet></DeleteFleetsResponse>
            """)
    }

    private static func members(_ members: [(id: String, type: String, isSpot: Bool)]) -> Answer {
        let items = members.map { member in
            """
            <item><instanceId>\(member.id)</instanceId><instanceState><name>running</name></instanceState>\
            <instanceType>\(member.type)</instanceType>\
            \(member.isSpot ? "<instanceLifecycle>spot</instanceLifecycle>" : "")</item>
            """
        }
        return .yes(
            """
            <DescribeInstancesResponse><reservationSet><item><instancesSet>\(items.joined())</instancesSet></item>\
            </reservationSet></DescribeInstancesResponse>
            """)
    }

    private static func modify(_ target: Int, _ onDemand: Int? = nil) -> String {
        "ModifyFleet FleetId=fleet-1 ExcessCapacityTerminationPolicy=no-termination "
            + "TargetCapacitySpecification.TotalTargetCapacity=\(target)"
            + (onDemand.map {
                " TargetCapacitySpecification.OnDemandTargetCapacity=\($0)"
                    + " TargetCapacitySpecification.SpotTargetCapacity=\(target - $0)"
            } ?? "")
    }

    // MARK: One that is kept up

    @Test func itsTargetIsLoweredBeforeItsMembersEnd() throws {
        let (calls, reply) = try run(
            try EC2Fleet().shrink(FleetSample.scaffold(target: 8), by: ["i-2", "i-1"]),
            [Self.fleets(), Self.changed, Self.terminated])
        #expect(
            calls == [Self.describe, Self.modify(8), "TerminateInstances InstanceId.1=i-1 InstanceId.2=i-2"])
        #expect(reply != nil)
    }

    @Test func aTargetThatIsLowAlreadyIsNotLoweredAgain() throws {
        let (calls, _) = try run(
            try EC2Fleet().shrink(FleetSample.scaffold(target: 8), by: ["i-1"]),
            [Self.fleets(total: 8, onDemand: 3), Self.terminated])
        #expect(calls == [Self.describe, "TerminateInstances InstanceId.1=i-1"])
    }

    @Test func aTargetIsSetRightWithoutEndingAnything() throws {
        let (calls, reply) = try run(
            try EC2Fleet().shrink(FleetSample.scaffold(target: 8), by: []), [Self.fleets(total: 9), Self.changed])
        #expect(calls == [Self.describe, Self.modify(8)])
        #expect(reply != nil)
    }

    /// What was said of neither market is of the usual one, and stays so where nothing is said of it again.
    @Test(
        arguments: [
            (10, 0, .spot, 8), (0, 10, .onDemand, 0), (0, 0, .onDemand, nil), (0, 0, .spot, nil),
        ] as [(Int, Int, Market, Int?)])
    func whatIsAllOfOneMarketStaysSo(onDemand: Int, spot: Int, usual: Market, left: Int?) throws {
        let (calls, _) = try run(
            try EC2Fleet().shrink(FleetSample.scaffold(target: 8), by: ["i-1", "i-2"]),
            [Self.fleets(onDemand: onDemand, spot: spot, usual: usual), Self.changed, Self.terminated])
        #expect(calls[1] == Self.modify(8, left))
    }

    @Test func ofEachMarketItIsToHaveWhatStays() throws {
        // Five of each, of which three on-demand ones are given back: one of them counts for two.
        let (calls, _) = try run(
            try EC2Fleet().shrink(FleetSample.scaffold(target: 6), by: ["i-1", "i-2", "i-3"]),
            [
                Self.fleets(onDemand: 5, fulfilled: (10, 5)),
                Self.members([("i-1", "m6a.large", false), ("i-2", "m6i.large", false), ("i-3", "m6i.large", false)]),
                Self.changed, Self.terminated,
            ])
        #expect(calls[1].hasPrefix("DescribeInstances Filter.1.Name=instance-id Filter.1.Value.1=i-1 "))
        #expect(calls[2] == Self.modify(6, 1))
    }

    /// Whatever is there, no market is ever asked for more while the other has too many.
    @Test func aSmallerTargetNeverBringsAMachine() throws {
        for total in 2...8 {
            for onDemand in 1..<total {
                for hasOnDemand in 0...onDemand {
                    for hasSpot in 0...(total - onDemand) {
                        for endsOnDemand in 0...hasOnDemand {
                            for endsSpot in 0...hasSpot {
                                let state = try fleet(total, onDemand, hasOnDemand, hasSpot)
                                let leaving = instances(endsOnDemand, .onDemand) + instances(endsSpot, .spot)
                                let stays = hasOnDemand + hasSpot - leaving.count
                                for target in stays...max(stays, total - leaving.count) {
                                    let next = state.target(of: target, without: leaving)
                                    #expect(next.total == target)
                                    let onDemand = try #require(next.onDemand)
                                    #expect(onDemand >= hasOnDemand - endsOnDemand)
                                    #expect(target - onDemand >= hasSpot - endsSpot)
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    private func fleet(_ total: Int, _ onDemand: Int, _ hasOnDemand: Int, _ hasSpot: Int) throws -> FleetState {
        guard
            case .yes(let body) = Self.fleets(
                total: total, onDemand: onDemand, fulfilled: (hasOnDemand + hasSpot, hasOnDemand))
        else { throw Unreadable("no fleet") }
        let item = try XMLTree.parse(Array(body.utf8))["fleetSet"]?.children("item").first
        return try FleetState(#require(item), .fleet)
    }

    private func instances(_ count: Int, _ market: Market) -> [Instance] {
        (0..<count).map { Instance(id: .init("i-\($0)"), state: .running, type: "m6i.large", market: market) }
    }

    @Test func whatIsGoneOrOverHasNoTargetToLower() throws {
        let end = "TerminateInstances InstanceId.1=i-1"
        for answer in [Self.noFleets, .no("InvalidFleetId.NotFound"), Self.fleets("deleted_running")] {
            let (calls, reply) = try run(
                try EC2Fleet().shrink(FleetSample.scaffold(target: 8), by: ["i-1"]), [answer, Self.terminated])
            #expect(calls == [Self.describe, end])
            #expect(reply != nil)
        }
    }

    @Test func aRefusalIsTheRefusalOfAll() throws {
        let (_, reply) = try run(
            try EC2Fleet().shrink(FleetSample.scaffold(target: 8), by: ["i-1"]),
            [Self.fleets(), .no("UnauthorizedOperation")])
        #expect(reply == nil)
        #expect(throws: Unreadable.self) {
            try run(
                try EC2Fleet().shrink(FleetSample.scaffold(target: 8), by: ["i-1"]),
                [Self.fleets(), .yes("<ModifyFleetResponse><return>false</return></ModifyFleetResponse>")])
        }
    }

    @Test func membersThatAreNotKnownKeepTheOthersFromNothing() throws {
        func ends(_ answers: [Answer]) throws -> ([String], Done?) {
            let (calls, reply) = try run(
                try EC2Fleet().shrink(FleetSample.scaffold(target: 10), by: ["i-1", "i-2", "i-3"]),
                [Self.fleets()] + answers)
            return (calls.dropFirst().map { $0.split(separator: "=").dropFirst().joined(separator: "=") }, reply)
        }
        let unknown = Answer.no("InvalidInstanceID.NotFound", "The instance ID 'i-2' does not exist")
        let (named, isDone) = try ends([unknown, Self.terminated])
        #expect(named == ["i-1 InstanceId.2=i-2 InstanceId.3=i-3", "i-1 InstanceId.2=i-3"])
        #expect(isDone != nil)
        // Which one is not said, so that each is asked for.
        let silent = Answer.no("InvalidInstanceID.NotFound", "Some instance does not exist")
        let (halves, isDoneToo) = try ends([silent, silent, Self.terminated])
        #expect(halves == ["i-1 InstanceId.2=i-2 InstanceId.3=i-3", "i-1", "i-2 InstanceId.2=i-3"])
        #expect(isDoneToo != nil)
    }

    // MARK: One that fills up once

    @Test func aFleetThatIsFullIsLeftAsItIs() throws {
        let (calls, _) = try run(
            try EC2Fleet().shrink(FleetSample.scaffold(target: 8, upkeep: .fill), by: ["i-1", "i-2"]),
            [Self.fleets(), Self.terminated])
        #expect(calls == [Self.describe, "TerminateInstances InstanceId.1=i-1 InstanceId.2=i-2"])
    }

    @Test func aFleetThatWouldBringTooManyIsToldToBringNothingMore() throws {
        // Four of ten are there, one of them is given back, and so are three that are still to come.
        let (calls, _) = try run(
            try EC2Fleet().shrink(FleetSample.scaffold(target: 6, upkeep: .fill), by: ["i-1"]),
            [Self.fleets(fulfilled: (4, 0)), Self.deleted, Self.terminated])
        #expect(
            calls == [
                Self.describe, "DeleteFleets FleetId.1=fleet-1 TerminateInstances=false",
                "TerminateInstances InstanceId.1=i-1",
            ])
    }

    @Test func aFleetThatIsStillToBringWhatIsWantedGoesOn() throws {
        let (calls, _) = try run(
            try EC2Fleet().shrink(FleetSample.scaffold(target: 9, upkeep: .fill), by: ["i-1"]),
            [Self.fleets(fulfilled: (4, 0)), Self.terminated])
        #expect(calls == [Self.describe, "TerminateInstances InstanceId.1=i-1"])
    }

    // MARK: Taking away

    @Test func aFleetGoesWithAllItsMembers() throws {
        let (calls, reply) = try run(try EC2Fleet().remove(FleetSample.scaffold()), [Self.deleted])
        #expect(calls == ["DeleteFleets FleetId.1=fleet-1 TerminateInstances=true"])
        #expect(reply != nil)
    }

    @Test func aFleetThatIsNotThereIsAway() throws {
        for answer in [Self.undeleted("fleetIdDoesNotExist"), .no("InvalidFleetId.NotFound")] {
            #expect(try run(try EC2Fleet().remove(FleetSample.scaffold()), [answer]).reply != nil)
        }
    }

    @Test func membersOfAFleetThatWasEndedWithoutThemEndOneByOne() throws {
        let (calls, reply) = try run(
            try EC2Fleet().remove(FleetSample.scaffold()),
            [
                Self.undeleted("fleetNotInDeletableState"),
                Self.members([("i-1", "m6i.large", true), ("i-2", "m6i.large", false)]), Self.terminated,
            ])
        #expect(calls[1].hasPrefix("DescribeInstances Filter.1.Name=tag:muster:token Filter.1.Value.1=\(Sample.token)"))
        #expect(calls[2] == "TerminateInstances InstanceId.1=i-1 InstanceId.2=i-2")
        #expect(reply != nil)
    }

    @Test func aFleetThatIsNotTakenAwayIsNotTakenForOneThatIs() {
        for answer in [Self.undeleted("unexpectedError"), Self.undeleted("fleetIdMalformed"), .yes("<A/>"), .yes("")] {
            #expect(throws: (any Error).self) { try run(try EC2Fleet().remove(FleetSample.scaffold()), [answer]) }
        }
    }

    @Test func whoWasNeverSeenIsLookedForFirst() throws {
        let (calls, reply) = try run(
            try EC2Fleet().remove(FleetSample.scaffold(nil)), [Self.fleets(), Self.deleted])
        #expect(calls[0].hasPrefix("DescribeFleets Filter.1.Name=fleet-state Filter.1.Value.1=submitted "))
        #expect(calls[1] == "DeleteFleets FleetId.1=fleet-1 TerminateInstances=true")
        #expect(reply != nil)
        #expect(try run(try EC2Fleet().remove(FleetSample.scaffold(nil)), [Self.noFleets]).reply != nil)
    }

    @Test func aLaunchTemplateGoesByItsName() throws {
        let template = Scaffold(
            id: "muster-0a", kind: EC2LaunchTemplate.kind, account: "a", api: EC2Fleet.api,
            since: FleetSample.acceptedAt)
        for strategy in [EC2Fleet(), SpotFleet()] as [any OneCallStrategy] {
            let (calls, _) = try run(try strategy.remove(template), [.yes("<DeleteLaunchTemplateResponse/>")])
            #expect(calls == ["DeleteLaunchTemplate LaunchTemplateName=muster-0a"])
        }
    }

    // MARK: Looking

    @Test func aFleetIsFoundByItsTokenOnWhateverPage() throws {
        let (calls, name) = try run(
            try EC2Fleet().find(FleetSample.scaffold(nil)),
            [Self.fleets(token: "int-other", next: "more"), Self.fleets()])
        #expect(calls.count == 2)
        #expect(calls[1].hasSuffix("NextToken=more"))
        #expect(name == .some("fleet-1"))
        for answer in [Self.noFleets, Self.fleets(token: "int-other"), Self.fleets("deleted_running")] {
            #expect(try run(try EC2Fleet().find(FleetSample.scaffold(nil)), [answer]).reply == .some(nil))
        }
        #expect(try run(try SpotFleet().find(FleetSample.scaffold(nil)), [Self.spotFleets()]).reply == .some("fleet-1"))
    }

    @Test func aSpotFleetSaysTheSameInItsOwnWords() throws {
        let group = FleetSample.scaffold(target: 8)
        let (calls, _) = try run(
            try SpotFleet().shrink(group, by: ["i-1"]),
            [Self.spotFleets(total: 10, onDemand: 10), Self.changed, Self.terminated])
        #expect(
            calls == [
                "DescribeSpotFleetRequests SpotFleetRequestId.1=fleet-1",
                "ModifySpotFleetRequest SpotFleetRequestId=fleet-1 ExcessCapacityTerminationPolicy=noTermination "
                    + "TargetCapacity=8 OnDemandTargetCapacity=8", "TerminateInstances InstanceId.1=i-1",
            ])
        let cancelled = Answer.yes(
            """
            <CancelSpotFleetRequestsResponse><successfulFleetRequestSet><item>\
            <spotFleetRequestId>fleet-1</spotFleetRequestId></item></successfulFleetRequestSet>\
            </CancelSpotFleetRequestsResponse>
            """)
        let (removal, isGone) = try run(try SpotFleet().remove(group), [cancelled])
        #expect(removal == ["CancelSpotFleetRequests SpotFleetRequestId.1=fleet-1 TerminateInstances=true"])
        #expect(isGone != nil)
        let history = Answer.yes(
            """
            <R><historyRecordSet><item><timestamp>2026-11-21T12:41:00.000Z</timestamp>\
            <eventType>information</eventType><eventInformation><eventSubType>launchSpecUnusable</eventSubType>\
            <eventDescription>m5.large: the price is too low</eventDescription></eventInformation></item>\
            </historyRecordSet></R>
            """)
        let (asked, report) = try run(try SpotFleet().report(on: group), [Self.spotFleets(), history])
        #expect(asked[1].hasPrefix("DescribeSpotFleetRequestHistory SpotFleetRequestId=fleet-1 StartTime="))
        #expect(report?.faults.map(\.fault.code) == ["SpotMaxPriceTooLow"])
        let over = try run(try SpotFleet().report(on: group), [Self.spotFleets("cancelled_running")]).reply
        #expect(over == GroupReport(target: nil))
    }

    // MARK: What went wrong

    private static func event(_ time: String, _ what: String, _ words: String, kind: String = "service-error") -> String
    {
        """
        <item><timestamp>2026-11-21T12:\(time).000Z</timestamp><eventType>\(kind)</eventType><eventInformation>\
        <eventSubType>\(what)</eventSubType><eventDescription>\(words)</eventDescription></eventInformation></item>
        """
    }

    private static func history(_ events: [String], next: String = "") -> Answer {
        .yes("<R><historyRecordSet>\(events.joined())</historyRecordSet><nextToken>\(next)</nextToken></R>")
    }

    @Test func theNewestFaultIsToldFirst() throws {
        let spot = Self.event("41:00", "spotInstanceCountLimitExceeded", "too many")
        let room = Self.event(
            "42:00", "allLaunchSpecsTemporarilyBlacklisted",
            "m5.large, ami-1, Linux/UNIX, us-east-1a: Error Code: InsufficientInstanceCapacity; Request ID: 1")
        let launched = Self.event("43:00", "launched", "", kind: "instance-change")
        let (calls, report) = try run(
            try EC2Fleet().report(on: FleetSample.scaffold()),
            [Self.fleets(total: 7), Self.history([spot, launched], next: "more"), Self.history([room])])
        #expect(
            calls[1] == "DescribeFleetHistory FleetId=fleet-1 StartTime=2026-11-21T11:40:43.000Z "
                + "EventType=service-error MaxResults=1000")
        #expect(calls[2].hasSuffix("NextToken=more"))
        #expect(report?.target == 7)
        #expect(report?.faults.map(\.fault.code) == ["InsufficientInstanceCapacity", "MaxSpotInstanceCountExceeded"])
        #expect(report?.faults.allSatisfy { $0.fault.status == 400 } == true)
    }

    @Test func whoMayNotReadTheHistoryIsToldTheTarget() throws {
        let (_, report) = try run(
            try EC2Fleet().report(on: FleetSample.scaffold()), [Self.fleets(), .no("UnauthorizedOperation")])
        #expect(report == GroupReport(target: 10))
    }

    @Test(arguments: ["deleted", "deleted_running", "deleted_terminating", "failed"])
    func aFleetThatBringsNothingMoreIsGone(state: String) throws {
        #expect(
            try run(try EC2Fleet().report(on: FleetSample.scaffold()), [Self.fleets(state)]).reply
                == GroupReport(target: nil))
    }

    @Test(arguments: [
        ("iamFleetRoleInvalid", "", "UnauthorizedOperation"),
        ("spotFleetRequestConfigurationInvalid", "bad", "InvalidParameterValue"),
        ("insufficientInstanceCapacity", "no room", "InsufficientInstanceCapacity"),
        ("anything", "m5.large, on-demand: VcpuLimitExceeded: You have requested", "VcpuLimitExceeded"),
        ("anything", "The subnet is full on AmazonEC2, Linux/UNIX", "Anything"),
        ("anything", "The Subnet: InvalidSubnetID.NotFound; so", "InvalidSubnetID.NotFound"),
    ])
    func anEventStandsForACode(what: String, words: String, code: String) {
        #expect(FleetEvent.code(of: what, in: words) == code)
    }
}
