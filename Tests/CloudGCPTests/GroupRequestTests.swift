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
    }

    @Test func everyGroupAndItsTemplateIsOneThatTheAPIDescribes() throws {
        for (name, order) in Sample.orders where !isForInstances(order) {
            for plan in try group.scaffolds(for: order) {
                #expect(flaws(plan.make!.call).isEmpty, "\(name): \(flaws(plan.make!.call))")
            }
            var wide = order
            wide.others = [
                Offering(
                    type: "n2d-standard-4", zone: "europe-west1-c", subnet: order.offering.subnet,
                    market: order.offering.market),
                Offering(
                    type: "n2d-standard-4", zone: "europe-west1-d", subnet: order.offering.subnet,
                    market: order.offering.market),
            ]
            for order in [order, wide] {
                for call in try group.launches(order, token: Sample.token, besides: []) {
                    #expect(flaws(call).isEmpty, "\(name): \(flaws(call))")
                }
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
        let first = try group.scaffolds(for: Sample.order()).map(\.id)
        var again = Sample.order(count: 70)
        again.tags[OurTag.request] = "req-another"
        again.tags[OurTag.token] = "int-another"
        again.tags[OurTag.owner] = "ldg-06fz3k.00"
        #expect(try group.scaffolds(for: again).map(\.id) == first)
        again.tags[OurTag.owner] = "ldg-other.00"
        #expect(try group.scaffolds(for: again).map(\.id) != first)
        #expect(try group.scaffolds(for: Sample.order { $0.publicAddress = true }).map(\.id) != first)
        #expect(try group.scaffolds(for: Sample.order(Sample.launchTemplate)).isEmpty)
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

    @Test func aGroupIsShrunkByItsMembersFirstAndByItsSizeOnlyIfThatIsStillTooMuch() throws {
        let standing = scaffold("instance-group", name: "zones/europe-west1-b/instanceGroupManagers/muster-1")
        let take = try group.shrink(standing, by: ["europe-west1-b/a"]).call
        let wait = try #require(next(try take.read(operation("RUNNING"))))
        #expect(wait.path.hasSuffix("/operations/operation-7/wait"))
        #expect(throws: Unreadable.self) { try wait.read(operation("RUNNING")) }
        let look = try #require(next(try wait.read(operation("DONE"))))
        func size(_ size: Int) -> HTTPResponse {
            HTTPResponse(status: 200, body: Array("{\"targetSize\": \(size)}".utf8))
        }
        #expect(end(try look.read(size(2))) != nil)
        let resize = try #require(next(try look.read(size(3))))
        #expect(resize.query == "size=2" && flaws(resize) == [])
    }

    @Test func theErrorsOfAGroupAreToldTheNewestFirst() throws {
        let standing = scaffold("instance-group", name: "regions/europe-west1/instanceGroupManagers/muster-1")
        let look = try group.report(on: standing).call
        let errors = try #require(
            next(try look.read(HTTPResponse(status: 200, body: Array(#"{"targetSize": 5}"#.utf8)))))
        #expect(flaws(errors) == [])
        let body = """
            {"items": [{"error": {"code": "QUOTA_EXCEEDED", "message": "m"}, "timestamp": "2026-11-21T10:00:00.000Z"},
              {"error": {"code": "ZONE_RESOURCE_POOL_EXHAUSTED", "message": "m"}, "timestamp": "2026-11-21T11:00:00.000Z"}]}
            """
        let report = try #require(end(try errors.read(HTTPResponse(status: 200, body: Array(body.utf8)))))
        #expect(report.target == 5 && !report.isFinal)
        #expect(report.faults.map(\.fault.code) == ["ZONE_RESOURCE_POOL_EXHAUSTED", "QUOTA_EXCEEDED"])
    }

    // MARK: Golden

    @Test func whatIsSentReadsAsAPersonHasApproved() throws {
        let anywhere = Sample.order(count: 2, offering: Offering(type: "e2-standard-2", market: .spot))
        try Golden.expect(
            (try bulk.launches(Sample.order(), token: Sample.token, besides: [])
                + bulk.launches(anywhere, token: Sample.token, besides: [])).map(\.listing).joined(separator: "\n"),
            "bulk-insert.txt")
        var wide = Sample.order()
        wide.others = [Offering(type: "n2d-standard-4", zone: "europe-west1-c")]
        let made = try group.scaffolds(for: wide).map(\.make!.call.listing)
        let launched = try group.launches(wide, token: Sample.token, besides: []).map(\.listing)
        let small = try group.launches(Sample.order(), token: Sample.token, besides: []).map(\.listing)
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
