import Cloud
import CloudGCP
import FoundationEssentials
import Provisioning
import PublishedModels
import Testing

/// What is written for many machines at once, held against Compute Engine's own description of itself.
@Suite struct GroupRequestTests {
    private let document: DiscoveryDocument
    private let bulk = BulkInsert(at: Sample.site)
    private let group = InstanceGroup(at: Sample.site)

    init() throws { document = try Compute.document.get() }

    private func flaws<Reply>(_ call: Call<Reply>) -> [String] { Compute.flaws(call, document) }

    private func scaffold(_ kind: Scaffold.Kind, name: String?, target: Int = 2) -> Scaffold {
        var scaffold = Scaffold(
            id: Sample.token.group, kind: kind, account: "lab", api: InstanceGroup.api, state: .ready,
            since: Timestamp(seconds: 0), target: target, upkeep: .maintain)
        scaffold.name = name
        return scaffold
    }

    /// What a template says of a launching call is meant for one API.
    private func isForInstances(_ order: LaunchOrder) -> Bool { order.template.providerAPISpec != nil }

    @Test func everyBulkInsertionIsOneThatTheAPIDescribes() throws {
        for (name, order) in Sample.orders where !isForInstances(order) {
            let calls = try bulk.launches(order, token: Sample.token, besides: [])
            #expect(calls.count == 1)
            for var call in calls {
                #expect(call.machines == order.count)
                // The description is reduced: it lacks the region's way, which takes the very same.
                call.path = call.path.replacing("/regions/europe-west1/", with: "/zones/europe-west1-b/")
                #expect(flaws(call).isEmpty, "\(name): \(flaws(call))")
            }
        }
        var call = try #require(try bulk.launches(wide(Sample.order()), token: Sample.token, besides: []).first)
        #expect(call.path.contains("/regions/europe-west1/"))
        call.path = call.path.replacing("/regions/europe-west1/", with: "/zones/europe-west1-b/")
        #expect(flaws(call) == [])
    }

    /// The same with other types and zones to choose among.
    private func wide(_ order: LaunchOrder) -> LaunchOrder {
        var wide = order
        wide.others = ["europe-west1-c", "europe-west1-d"].map { zone in
            Offering(
                type: "n2d-standard-4", zone: zone, subnet: order.offering.subnet, market: order.offering.market)
        }
        return wide
    }

    @Test func everyGroupAndItsTemplateIsOneThatTheAPIDescribes() throws {
        for (name, order) in Sample.orders where !isForInstances(order) {
            for order in [order, wide(order)] {
                for plan in try group.scaffolds(for: order) {
                    #expect(flaws(plan.make!.call).isEmpty, "\(name): \(flaws(plan.make!.call))")
                }
                let calls = try group.launches(order, token: Sample.token, besides: [])
                #expect(calls.count == 1 && calls[0].machines == order.count)
                for call in calls { #expect(flaws(call).isEmpty, "\(name): \(flaws(call))") }
            }
        }
    }

    @Test(arguments: [
        "zones/europe-west1-b/instanceGroupManagers/muster-1", "regions/europe-west1/instanceGroupManagers/muster-1",
        nil,
    ])
    func everythingDoneToAGroupIsDescribedToo(name: String?) throws {
        let standing = scaffold("instance-group", name: name)
        let ids: [Instance.ID] = ["europe-west1-b/a", "europe-west1-c/b"]
        #expect(flaws(try group.shrink(standing, by: ids).call) == [])
        #expect(flaws(try group.shrink(standing, by: []).call) == [])
        #expect(flaws(try #require(try group.removal(of: standing)).call) == [])
        #expect(flaws(try group.report(on: standing).call) == [])
        #expect(flaws(try group.find(standing).call) == [])
        let template = scaffold("instance-template", name: "muster-1")
        #expect(flaws(try #require(try group.removal(of: template)).call) == [])
    }

    @Test func aBulkInsertionHasNothingOfItsOwn() throws {
        let standing = scaffold("bulk-insert", name: "zones/europe-west1-b/operations/operation-1")
        #expect(try bulk.removal(of: standing) == nil)
        #expect(!bulk.endsMembersWithGroup)
        #expect(flaws(try bulk.find(standing).call) == [])
        #expect(flaws(try bulk.shrink(standing, by: ["europe-west1-b/a", "europe-west1-b/b"]).call) == [])
        let report = try bulk.report(on: standing).call
        #expect(report.path.hasSuffix("/zones/europe-west1-b/operations/operation-1"))
        let reasons = try bulk.reasons(for: [Granted("europe-west1-b/a", operation: standing.name)])
        #expect(reasons.map(\.path) == [report.path])
    }

    @Test func launchesOfTheSameContentShareATemplateAndOthersDoNot() throws {
        func templates(_ order: LaunchOrder) throws -> [Scaffold.ID] {
            try group.scaffolds(for: order).filter { $0.kind == "instance-template" }.map(\.id)
        }
        let first = try templates(Sample.order())
        var again = Sample.order(count: 70)
        again.tags[OurTag.request] = "req-another"
        again.tags[OurTag.token] = "int-another"
        again.tags[OurTag.owner] = "ldg-06fz3k.00"
        #expect(try templates(again) == first)
        again.tags[OurTag.owner] = "ldg-other.00"
        #expect(try templates(again) != first)
        #expect(try templates(Sample.order { $0.publicAddress = true }) != first)
        #expect(try templates(Sample.order(Sample.launchTemplate)).isEmpty)
    }

    // MARK: Replies

    private func operation(_ status: String, _ also: String = "") -> HTTPResponse {
        let body = """
            {"name": "operation-7", "status": "\(status)", "zone": "https://x/zones/europe-west1-b", "operationGroupId": "g-1"\(also)}
            """
        return HTTPResponse(status: 200, body: Array(body.utf8))
    }

    private func end<Reply>(_ step: Procedure<Reply>.Step) -> Reply? {
        if case .done(let reply) = step { reply } else { nil }
    }
    private func next<Reply>(_ step: Procedure<Reply>.Step) -> Call<Procedure<Reply>.Step>? {
        if case .then(let procedure) = step { procedure.call } else { nil }
    }

    @Test func aBulkInsertionIsOverWhenItsOperationIsAndItsPartsSayWhy() throws {
        let standing = scaffold("bulk-insert", name: "zones/europe-west1-b/operations/operation-7")
        let call = try bulk.report(on: standing).call
        #expect(end(try call.read(operation("RUNNING"))) == GroupReport(target: 2))
        let error = #", "error": {"errors": [{"code": "VM_MIN_COUNT_NOT_REACHED", "message": "too few"}]}"#
        let parts = try #require(next(try call.read(operation("DONE", error))))
        #expect(flaws(parts) == [])
        let body = """
            {"items": {"zones/europe-west1-b": {"operations": [{"name": "operation-8", "status": "DONE",
              "zone": "https://x/zones/europe-west1-b", "error": {"errors": [{"code": "ZONE_RESOURCE_POOL_EXHAUSTED", "message": "no room"}]}}]}}}
            """
        let report = try #require(end(try parts.read(HTTPResponse(status: 200, body: Array(body.utf8)))))
        #expect(report.isFinal)
        #expect(report.faults.map(\.fault.code) == ["ZONE_RESOURCE_POOL_EXHAUSTED", "VM_MIN_COUNT_NOT_REACHED"])
        #expect(
            end(try #require(call.consent?(Fault(status: 404, code: "notFound", message: ""))))
                == GroupReport(target: nil))
    }

    private func reply(_ text: String) -> HTTPResponse { HTTPResponse(status: 200, body: Array(text.utf8)) }

    /// Three of whom one is there, one had no room, and one is on its way.
    private static let members = """
        {"managedInstances": [
          {"name": "w-0001", "instance": "https://x/zones/europe-west1-b/instances/w-0001", "instanceStatus": "RUNNING",
           "currentAction": "NONE"},
          {"name": "w-0002", "instance": "https://x/zones/europe-west1-c/instances/w-0002", "currentAction": "CREATING",
           "lastAttempt": {"errors": {"errors": [{"code": "ZONE_RESOURCE_POOL_EXHAUSTED", "message": "no room"}]}}},
          {"name": "w-0003", "instance": "https://x/zones/europe-west1-c/instances/w-0003", "currentAction": "CREATING"}
        ]}
        """

    @Test func aGroupIsMadeEmptyBeforeAnybodyIsAskedToJoinIt() throws {
        let plan = try #require(try group.scaffolds(for: Sample.order()).last)
        #expect(plan.id == Sample.token.group)
        let call = try #require(plan.make?.call)
        #expect(call.parameters.contains { $0.name == "targetSize" && $0.value == "0" })
        let path = "zones/europe-west1-b/instanceGroupManagers/muster-06fz3k9q2m7w1c4d"
        let wait = try #require(next(try call.read(operation("RUNNING"))))
        #expect(end(try wait.read(operation("DONE"))) == path)
        let error = #", "error": {"errors": [{"code": "QUOTA_EXCEEDED", "message": "too many groups"}]}"#
        #expect(throws: FaultInside.self) { try wait.read(operation("DONE", error)) }
        let taken = try #require(call.consent?(Fault(status: 409, code: "alreadyExists", message: "")))
        #expect(end(taken) == path)
        let spec = Sample.order { $0.providerAPISpec = .map([.init("targetSize", .integer(7))]) }
        let made = try #require(try group.scaffolds(for: spec).last?.make?.call)
        #expect(made.parameters.filter { $0.name == "targetSize" }.map(\.value) == ["0"])
    }

    @Test func namesThatAreTakenAreThoseOfAnEarlierCall() throws {
        let call = try #require(try group.launches(Sample.order(), token: Sample.token, besides: []).first)
        let names = call.parameters.filter { $0.name.hasPrefix("instances[") }.map(\.value)
        #expect(names == (1...3).map { Sample.token.instanceName($0) })
        let receipt = LaunchReceipt(
            instances: [], group: "zones/europe-west1-b/instanceGroupManagers/muster-06fz3k9q2m7w1c4d")
        #expect(try call.read(operation("RUNNING")) == receipt)
        #expect(call.consent?(Fault(status: 409, code: "alreadyExists", message: "")) == receipt)
        func failed(_ code: String) -> HTTPResponse {
            operation("DONE", #", "error": {"errors": [{"code": "\#(code)", "message": "m"}]}"#)
        }
        #expect(try call.read(failed("MEMBER_ALREADY_EXISTS")) == receipt)
        #expect(throws: FaultInside.self) { try call.read(failed("QUOTA_EXCEEDED")) }
    }

    @Test func aGroupWithoutMembersIsAsGoodAsNone() throws {
        let standing = scaffold("instance-group", name: nil)
        let found = reply(
            """
            {"items": {"zones/europe-west1-b": {"instanceGroupManagers": [
              {"name": "muster-06fz3k9q2m7w1c4d", "zone": "https://x/zones/europe-west1-b"}]}}}
            """)
        let members = try #require(next(try group.find(standing).call.read(found)))
        #expect(flaws(members) == [])
        #expect(end(try members.read(reply("{}"))) == .some(nil))
        #expect(
            end(try members.read(reply(Self.members)))
                == "zones/europe-west1-b/instanceGroupManagers/muster-06fz3k9q2m7w1c4d")
    }

    @Test func aGroupIsShrunkByItsMembersFirstAndThenByThoseWhoAreNotThereYet() throws {
        let standing = scaffold("instance-group", name: "zones/europe-west1-b/instanceGroupManagers/muster-1")
        let take = try group.shrink(standing, by: ["europe-west1-b/a"]).call
        let wait = try #require(next(try take.read(operation("RUNNING"))))
        #expect(wait.path.hasSuffix("/operations/operation-7/wait"))
        #expect(throws: Unreadable.self) { try wait.read(operation("RUNNING")) }
        let look = try #require(next(try wait.read(operation("DONE"))))
        #expect(end(try look.read(reply(#"{"targetSize": 2}"#))) != nil)
        let members = try #require(next(try look.read(reply(#"{"targetSize": 3}"#))))
        #expect(flaws(members) == [])
        let surplus = try #require(next(try members.read(reply(Self.members))))
        #expect(surplus.action == "instanceGroupManagers.deleteInstances" && flaws(surplus) == [])
        let taken = surplus.parameters.filter { $0.name.hasPrefix("instances[") }.map(\.value)
        #expect(taken == ["zones/europe-west1-c/instances/w-0003"])
    }

    @Test func aGroupTellsOfEachMemberWhyItIsNotThere() throws {
        let standing = scaffold(
            "instance-group", name: "regions/europe-west1/instanceGroupManagers/muster-1", target: 3)
        let look = try group.report(on: standing).call
        let atRest = #", "status": {"isStable": true}"#
        #expect(end(try look.read(reply(#"{"targetSize": 3\#(atRest)}"#))) == GroupReport(target: 3))
        #expect(next(try look.read(reply(#"{"targetSize": 0\#(atRest)}"#))) != nil, "nobody ever came into it")
        let members = try #require(next(try look.read(reply(#"{"targetSize": 3}"#))))
        #expect(flaws(members) == [])
        let errors = try #require(next(try members.read(reply(Self.members))))
        #expect(flaws(errors) == [])
        let body = """
            {"items": [
              {"error": {"code": "OLDER", "message": "m"}, "timestamp": "2026-11-21T10:00:00.000Z",
               "instanceActionDetails": {"instance": "https://x/zones/europe-west1-c/instances/w-0003"}},
              {"error": {"code": "QUOTA_EXCEEDED", "message": "m"}, "timestamp": "2026-11-21T11:00:00.000Z",
               "instanceActionDetails": {"instance": "https://x/zones/europe-west1-c/instances/w-0003"}}]}
            """
        let report = try #require(end(try errors.read(reply(body))))
        #expect(report.target == 3 && !report.isFinal)
        #expect(report.members?.map(\.name) == ["w-0001", "w-0002", "w-0003"])
        #expect(report.members?[1].instance == "europe-west1-c/w-0002")
        #expect(
            report.members?.map(\.fault?.code) == [nil, "ZONE_RESOURCE_POOL_EXHAUSTED", "QUOTA_EXCEEDED"])
        #expect(report.faults.map(\.fault.code) == ["ZONE_RESOURCE_POOL_EXHAUSTED", "QUOTA_EXCEEDED"])
    }

    // MARK: Golden

    @Test func whatIsSentReadsAsAPersonHasApproved() throws {
        let anywhere = Sample.order(count: 2, offering: Offering(type: "e2-standard-2", market: .spot))
        try Golden.expect(
            (try bulk.launches(Sample.order(), token: Sample.token, besides: [])
                + bulk.launches(anywhere, token: Sample.token, besides: [])
                + bulk.launches(wide(Sample.order()), token: Sample.token, besides: [])).map(\.listing).joined(
                    separator: "\n"),
            "bulk-insert.txt")
        var wide = Sample.order()
        wide.others = [Offering(type: "n2d-standard-4", zone: "europe-west1-c")]
        let made = try group.scaffolds(for: wide).map(\.make!.call.listing)
        let launched = try group.launches(wide, token: Sample.token, besides: []).map(\.listing)
        let empty = try #require(try group.scaffolds(for: Sample.order()).last?.make?.call.listing)
        let small = try [empty] + group.launches(Sample.order(), token: Sample.token, besides: []).map(\.listing)
        try Golden.expect((made + launched + small).joined(separator: "\n"), "instance-group.txt")
        let standing = scaffold("instance-group", name: "zones/europe-west1-b/instanceGroupManagers/muster-1")
        try Golden.expect(
            [
                try group.shrink(standing, by: ["europe-west1-b/a", "europe-west1-c/b"]).call.listing,
                try #require(try group.removal(of: standing)).call.listing,
                try group.report(on: standing).call.listing,
                try group.find(standing).call.listing,
                try bulk.find(standing).call.listing,
            ].joined(separator: "\n"), "groups.txt")
    }
}
