import Cloud
import CloudGCP
import FoundationEssentials
import Provisioning
import PublishedModels
import Testing

/// What is written, held against Compute Engine's own description of itself.
@Suite struct RequestTests {
    private let document: DiscoveryDocument

    init() throws { document = try Compute.document.get() }

    private func flaws<Reply>(_ call: Call<Reply>) -> [String] { Compute.flaws(call, document) }

    @Test func everyLaunchIsOneThatTheAPIDescribes() throws {
        let orders = Sample.orders
        #expect(orders.count > 300)
        for (name, order) in orders {
            let calls = try Sample.strategy.launches(order, token: Sample.token, besides: [])
            #expect(calls.count == order.count)
            for call in calls.prefix(5) {
                #expect(flaws(call).isEmpty, "\(name): \(flaws(call))")
                #expect(call.effect == .changes && call.machines == 1)
            }
        }
    }

    @Test func everyListingIsOneThatTheAPIDescribes() throws {
        let many = (1...100).map { Request.ID("req-\($0)") }
        for query in [FleetQuery.ours, .token(Sample.token), .requests(["req-one"]), .requests(many)] {
            for cursor in [nil, "CgVhLWI=/+&"] {
                let call = try Sample.strategy.observe(query, after: cursor)
                #expect(flaws(call).isEmpty, "\(flaws(call))")
                #expect(call.effect == .reads)
            }
        }
        #expect(flaws(try Sample.strategy.probe()).isEmpty)
    }

    @Test func everyTerminationAndQuestionIsOneThatTheAPIDescribes() throws {
        let ids = (1...70).map { Instance.ID("europe-west1-b/muster-1-\($0)") }
        let ends = try Sample.strategy.terminations(ids, token: Sample.token)
        #expect(ends.count == ids.count)
        for call in ends { #expect(flaws(call).isEmpty, "\(flaws(call))") }
        for count in [1, 5, 6, 70] {
            let granted = ids.prefix(count).map {
                Granted($0, operation: "zones/europe-west1-b/operations/operation-\($0.text.suffix(1))")
            }
            let calls = try Sample.strategy.reasons(for: granted)
            #expect(calls.count == [1: 1, 5: 5, 6: 1, 70: 2][count])
            for call in calls { #expect(flaws(call).isEmpty, "\(flaws(call))") }
        }
    }

    @Test func whatWasNeverGrantedByAnOperationIsNotAskedAbout() throws {
        #expect(try Sample.strategy.reasons(for: [Granted("europe-west1-b/a", operation: nil)]).isEmpty)
    }

    /// Were the validator blind, the tests above would prove nothing.
    @Test(arguments: [
        (#"{"colour": "red"}"#, "Instance has no field colour"), (#"{"name": 1}"#, "Instance.name is no string"),
        (#"{"disks": [{"diskSizeGb": "x"}]}"#, "Instance.disks[0].diskSizeGb is no number: x"),
        (#"{"scheduling": {"provisioningModel": "CHEAP"}}"#, "Instance.scheduling.provisioningModel cannot be CHEAP"),
        (#"{"labels": {"a": true}}"#, "Instance.labels[a] is no string"),
    ])
    func theDescriptionFindsWhatIsWrong(body: String, flaw: String) {
        let path = "\(Sample.site.path)/zones/z/instances"
        #expect(document.flaws(inRequest: "POST", path, query: [:], body: Data(body.utf8)).contains(flaw))
        #expect(document.flaws(inRequest: "POST", path, query: ["x": "y"], body: Data("{}".utf8)).count == 1)
        #expect(document.flaws(inRequest: "PUT", path, query: [:], body: nil).count == 1)
    }

    // MARK: What a launch says

    @Test func theSameTokenMakesTheSameCallsAndAnotherMakesOthers() throws {
        let order = Sample.order()
        let first = try Sample.strategy.launches(order, token: Sample.token, besides: []).map(\.listing)
        #expect(try Sample.strategy.launches(order, token: Sample.token, besides: []).map(\.listing) == first)
        let others = try Sample.strategy.launches(order, token: "int-another", besides: []).map(\.listing)
        #expect(Set(first).isDisjoint(with: others))
        #expect(Set(first).count == 3)
    }

    @Test func whatIsThereAlreadyIsNotAskedForAgain() throws {
        let there: Set<Instance.ID> = ["europe-west1-b/muster-06fz3k9q2m7w1c4d-0002"]
        let calls = try Sample.strategy.launches(Sample.order(), token: Sample.token, besides: there)
        let names = calls.compactMap { call in call.parameters.first { $0.name == "name" }?.value }
        #expect(names == ["muster-06fz3k9q2m7w1c4d-0001", "muster-06fz3k9q2m7w1c4d-0003"])
    }

    @Test func machinesWithoutAZoneAreSpreadOverThoseOfTheRegion() throws {
        let order = Sample.order(offering: Offering(type: "e2-small"))
        let calls = try Sample.strategy.launches(order, token: Sample.token, besides: [])
        #expect(Set(calls.map(\.path)).count == 3)
        let nowhere = Instances(at: GCPSite(project: "grid-prod", region: "mars-north1"))
        #expect(throws: NoZone.self) { try nowhere.launches(order, token: Sample.token, besides: []) }
    }

    @Test func requestIDsAreUUIDsAndNeverTheSameForTwoThings() throws {
        let calls = try Sample.strategy.launches(Sample.order(count: 100), token: Sample.token, besides: [])
        let ids = calls.compactMap { call in call.parameters.first { $0.name == "requestId" }?.value }
        #expect(Set(ids).count == 100)
        for id in ids {
            #expect(UUID(uuidString: id) != nil)
            #expect(id.split(separator: "-")[2].hasPrefix("8"))
        }
    }

    @Test func nobodyCanWriteOverWhatProvesThatAMachineIsOurs() throws {
        let order = Sample.order(Sample.fullTemplate)
        let call = try #require(try Sample.strategy.launches(order, token: Sample.token, besides: []).first)
        let said = Dictionary(call.parameters.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
        #expect(said["labels.muster-owner"] == "ldg-06fz3k_2e2f61aa")
        #expect(said["labels.team"] == "grid")
        #expect(said["name"] == "muster-06fz3k9q2m7w1c4d-0001")
    }

    // MARK: Golden

    private func text<Reply>(_ calls: [Call<Reply>]) -> String { calls.map(\.listing).joined(separator: "\n") }

    @Test func launchesReadAsAPersonHasApproved() throws {
        let spot = Offering(type: "c2d-standard-16", zone: nil, subnet: "grid", market: .spot)
        let cases: [(String, LaunchOrder)] = [
            ("launch-plain.txt", Sample.order(count: 2)),
            ("launch-spot.txt", Sample.order(count: 1, offering: spot)),
            ("launch-full.txt", Sample.order(count: 1, Sample.fullTemplate)),
            ("launch-template.txt", Sample.order(count: 1, Sample.launchTemplate)),
            (
                "launch-tags.txt",
                Sample.order(count: 1, tags: Sample.ourTags.merging(Sample.oddTags) { ours, _ in ours })
            ),
        ]
        for (name, order) in cases {
            try Golden.expect(text(try Sample.strategy.launches(order, token: Sample.token, besides: [])), name)
        }
    }

    @Test func everythingElseReadsAsAPersonHasApproved() throws {
        let strategy = Sample.strategy
        let ids: [Instance.ID] = ["europe-west1-b/muster-1-0001", "europe-west1-c/muster-1-0002"]
        let granted = (1...7).map {
            Granted(
                Instance.ID("europe-west1-b/muster-1-000\($0)"),
                operation: "zones/europe-west1-b/operations/operation-\($0)")
        }
        try Golden.expect(
            text([
                try strategy.observe(.ours, after: nil), try strategy.observe(.token(Sample.token), after: "page-2"),
                try strategy.observe(.requests(["req-1", "req-2"]), after: nil),
            ]), "observe.txt")
        try Golden.expect(text(try strategy.terminations(ids, token: Sample.token)), "terminate.txt")
        try Golden.expect(
            text(try strategy.reasons(for: Array(granted.prefix(2))) + strategy.reasons(for: granted)), "reasons.txt")
        try Golden.expect(text([try strategy.probe()]), "probe.txt")
    }
}

/// Compute Engine's own description of itself.
enum Compute {
    static let document = Result { try DiscoveryDocument(try Fixtures.data("apispecs/gcp/compute.v1.json")) }

    static func flaws<Reply>(_ call: Call<Reply>, _ document: DiscoveryDocument) -> [String] {
        var query: [String: String] = [:]
        for pair in call.query.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            query[String(parts[0])] = parts.count > 1 ? decoded(parts[1]) : ""
        }
        return document.flaws(
            inRequest: call.method, call.path, query: query, body: call.body.isEmpty ? nil : Data(call.body))
    }

    private static func decoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            bytes.append(UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) ?? 0)
            rest = rest.dropFirst(2)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
