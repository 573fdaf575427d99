import Cloud
import FoundationEssentials
import Provisioning
import Testing

@testable import CloudGCP

/// How answers are read: those that Compute Engine gave somebody, and those that its documentation shows.
@Suite struct ReplyTests {
    private func response(_ body: String, _ status: Int = 200, _ headers: [HTTPHeader] = []) -> HTTPResponse {
        HTTPResponse(status: status, headers: headers, body: Array(body.utf8))
    }

    // MARK: Recorded

    @Test func everyRecordedListOfInstancesIsRead() throws {
        var count = 0
        for answer in try Recorded.answers() where answer.kind == "compute#instanceAggregatedList" {
            let reply = try JSONReply(answer.body)
            for item in try ComputeReply.aggregated("instances", reply).items {
                let instance = try Instance(compute: item)
                count += 1
                let name = try #require(item["name"].text)
                #expect(instance.id.text == "\(try #require(instance.zone))/\(name)")
                #expect(instance.launchedAt != nil && !instance.type.isEmpty && instance.privateIP != nil)
                #expect(!instance.type.contains("/"))
            }
        }
        #expect(count >= 2)
    }

    @Test func everyRecordedOperationIsRead() throws {
        var count = 0
        for answer in try Recorded.answers() where answer.kind == "compute#operation" {
            let operation = try ComputeOperation(JSONReply(answer.body))
            count += 1
            #expect("\(answer.target)".hasSuffix(operation.path))
            #expect(operation.faults.isEmpty)
        }
        #expect(count > 5)
    }

    @Test func aRecordedInstanceIsReadInFull() throws {
        let answer = try #require(
            try Recorded.answers().first { $0.kind == "compute#instance" && $0.target.hasSuffix("/c7n-jenkins") })
        let instance = try Instance(compute: JSONReply(answer.body))
        #expect(instance.id == "us-central1-b/c7n-jenkins")
        #expect(instance.type == "n1-standard-1")
        #expect(instance.state == .running && instance.market == .onDemand)
        #expect(instance.privateIP == "10.128.0.3" && instance.publicIP == "104.197.114.99")
        #expect(instance.launchedAt == Timestamp("2018-05-19T12:15:46.024Z"))
    }

    // MARK: Instances

    private func page(_ body: String) throws -> Page {
        try Sample.strategy.observe(.ours, after: nil).read(response(body))
    }

    private func list(_ instances: String, also: String = "") -> String {
        """
        {"kind": "compute#instanceAggregatedList", "items": {
          "zones/europe-west1-b": {"instances": [\(instances)]},
          "zones/europe-west1-c": {"warning": {"code": "NO_RESULTS_ON_PAGE", "message": "none"}}}\(also)}
        """
    }

    private func instance(_ status: String, _ also: String = "", zone: String = "europe-west1-b") -> String {
        """
        {"name": "a", "zone": "https://x/zones/\(zone)", "status": "\(status)", "machineType": "https://x/machineTypes/e2-small"\(also)}
        """
    }

    @Test(arguments: [
        ("PENDING", Instance.State.pending), ("PROVISIONING", .pending), ("STAGING", .pending), ("RUNNING", .running),
        ("REPAIRING", .running), ("PENDING_STOP", .stopping), ("STOPPING", .stopping), ("SUSPENDING", .stopping),
        ("DEPROVISIONING", .terminating), ("STOPPED", .stopped), ("TERMINATED", .stopped), ("SUSPENDED", .stopped),
    ])
    func everyStatusIsAState(status: String, state: Instance.State) throws {
        #expect(try page(list(instance(status))).instances.map(\.state) == [state])
    }

    @Test func aStatusThatNobodyKnowsLeavesTheListUnread() {
        #expect(throws: Unreadable.self) { try page(list(instance("DANCING"))) }
    }

    @Test func theAPIKnowsNoOtherStatus() throws {
        let known = try Compute.document.get().schemas["Instance"]?.properties?["status"]?.enum ?? []
        #expect(known.count == 12)
        for status in known { #expect(throws: Never.self) { try page(list(instance(status))) } }
    }

    @Test func aListingTellsWhoseAnInstanceIsAndWhatItIs() throws {
        let labels = GCPLabels(Sample.ourTags).labels.map { "\"\($0)\": \"\($1)\"" }.joined(separator: ", ")
        let also = """
            , "labels": {\(labels), "team": "x"}, "scheduling": {"provisioningModel": "SPOT"},
            "creationTimestamp": "2026-11-21T12:00:00.000Z",
            "networkInterfaces": [{"networkIP": "10.0.0.7", "accessConfigs": [{"name": "n"}, {"natIP": "34.1.2.3"}]}]
            """
        let found = try #require(try page(list(instance("RUNNING", also))).instances.first)
        #expect(found.tags == Sample.ourTags)
        #expect(found.market == .spot)
        #expect(found.privateIP == "10.0.0.7" && found.publicIP == "34.1.2.3")
        #expect(found.launchedAt == Timestamp("2026-11-21T12:00:00Z"))
        let older = try page(list(instance("RUNNING", ", \"scheduling\": {\"preemptible\": true}")))
        #expect(older.instances.first?.market == .spot)
    }

    @Test func whatIsInAnotherRegionIsAnotherAccounts() throws {
        #expect(try page(list(instance("RUNNING", zone: "europe-west10-b"))).instances.isEmpty)
    }

    /// Absence from such a list proves nothing.
    @Test(arguments: [
        #", "unreachables": ["zones/europe-west1-d"]"#,
        #", "warning": {"code": "UNREACHABLE", "message": "m"}"#,
    ])
    func aListThatLacksSomethingIsNotRead(also: String) {
        #expect(throws: Unreadable.self) { try page(list(instance("RUNNING"), also: also)) }
    }

    @Test func aZoneThatLacksSomethingLeavesTheListUnread() {
        let body = #"{"items": {"zones/europe-west1-b": {"warning": {"code": "UNREACHABLE", "message": "m"}}}}"#
        #expect(throws: Unreadable.self) { try page(body) }
    }

    @Test func theNextPageIsAskedForByItsToken() throws {
        #expect(try page(list(instance("RUNNING"), also: #", "nextPageToken": "t""#)).next == "t")
        #expect(try page(list(instance("RUNNING"), also: #", "nextPageToken": """#)).next == nil)
    }

    // MARK: Operations

    private func operation(_ status: String, _ also: String = "") -> String {
        """
        {"kind": "compute#operation", "name": "operation-7", "status": "\(status)",
         "zone": "https://x/compute/v1/projects/p/zones/europe-west1-b",
         "targetLink": "https://x/compute/v1/projects/p/zones/europe-west1-b/instances/a"\(also)}
        """
    }

    private let exhausted = """
        , "error": {"errors": [{"code": "ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS", "message": "no room"}]},
        "httpErrorStatusCode": 503, "httpErrorMessage": "SERVICE UNAVAILABLE"
        """

    @Test func anAcceptedLaunchIsPendingAndKnowsWhereToAsk() throws {
        let call = try #require(try Sample.strategy.launches(Sample.order(), token: Sample.token, besides: []).first)
        let receipt = try call.read(response(operation("RUNNING")))
        let instance = try #require(receipt.instances.first)
        #expect(instance.id == "europe-west1-b/muster-06fz3k9q2m7w1c4d-0001")
        #expect(instance.state == .pending && instance.type == "n2-standard-4" && instance.zone == "europe-west1-b")
        #expect(instance.operation == "zones/europe-west1-b/operations/operation-7")
        let refused = try call.read(response(operation("DONE", exhausted)))
        #expect(
            refused.instances.isEmpty
                && refused.faults.map(\.fault.code) == ["ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS"])
        #expect(throws: Unreadable.self) { try call.read(response("{}")) }
        #expect(throws: Unreadable.self) { try call.read(response("<html>")) }
    }

    @Test func anOperationThatCameToNothingSaysWhy() throws {
        let granted = [Granted("europe-west1-b/a", operation: "zones/europe-west1-b/operations/operation-7")]
        let call = try #require(try Sample.strategy.reasons(for: granted).first)
        let faults = try call.read(response(operation("DONE", exhausted)))
        #expect(
            faults == [
                InstanceFault(
                    "europe-west1-b/a",
                    Fault(status: 200, code: "ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS", message: "no room"))
            ])
        #expect(try call.read(response(operation("RUNNING"))).isEmpty)
        #expect(try call.read(response(operation("DONE"))).isEmpty)
        #expect(call.consent?(Fault(status: 404, code: "notFound", message: ""))?.isEmpty == true)
        #expect(call.consent?(Fault(status: 403, code: "forbidden", message: "")) == nil)
    }

    @Test func aListOfOperationsSaysWhyForEach() throws {
        let granted = (1...9).map {
            Granted(Instance.ID("europe-west1-b/a\($0)"), operation: "zones/europe-west1-b/operations/operation-\($0)")
        }
        let call = try #require(try Sample.strategy.reasons(for: granted).first)
        let body = "{\"items\": [\(operation("DONE", exhausted))]}"
        #expect(try call.read(response(body)).map(\.instance) == ["europe-west1-b/a7"])
    }

    @Test func aQuotaThatIsUsedUpIsNamed() throws {
        let error = """
            , "error": {"errors": [{"code": "QUOTA_EXCEEDED", "message": "Quota 'N2_CPUS' exceeded.  Limit: 24.0 in region europe-west1.",
              "errorDetails": [{"quotaInfo": {"metricName": "compute.googleapis.com/n2_cpus"}}]}]}
            """
        let faults = try ComputeOperation(JSONReply(Array(operation("DONE", error).utf8))).faults
        #expect(faults.map(\.subjects) == [["N2_CPUS"]])
    }

    @Test func anEndedOneThatIsNotThereIsGone() throws {
        let call = try #require(try Sample.strategy.terminations(["europe-west1-b/a"], token: Sample.token).first)
        #expect(call.consent?(Fault(status: 404, code: "notFound", message: "")) != nil)
        #expect(call.consent?(Fault(status: 400, code: "resourceNotReady", message: "")) == nil)
        #expect(throws: Unreadable.self) { try Sample.strategy.terminations(["a"], token: Sample.token) }
    }

    // MARK: Faults

    @Test(arguments: [
        (
            #"{"error": {"code": 403, "message": "m", "errors": [{"reason": "rateLimitExceeded", "message": "n"}], "status": "PERMISSION_DENIED"}}"#,
            "rateLimitExceeded", "m"
        ),
        (
            #"{"error": {"code": 403, "message": "m", "status": "PERMISSION_DENIED", "details": [{"@type": "x"}, {"reason": "SERVICE_DISABLED"}]}}"#,
            "SERVICE_DISABLED", "m"
        ),
        (#"{"error": {"code": 401, "message": "m", "status": "UNAUTHENTICATED"}}"#, "UNAUTHENTICATED", "m"),
        (#"{"error": {"errors": [{"reason": "notFound", "message": "n"}]}}"#, "notFound", "n"),
    ])
    func aFaultsCodeIsItsReason(body: String, code: String, message: String) {
        let fault = ComputeReply.fault(response(body, 403, [HTTPHeader("Retry-After", "7")]))
        #expect(fault.code == code && fault.message == message && fault.status == 403)
        #expect(fault.retryAfter == .seconds(7))
    }

    @Test func whatIsNotInTheCloudsFormIsAFaultWithoutACode() {
        for body in ["<html> gateway\n  timeout </html>", "", "[]", #"{"error": null}"#] {
            #expect(ComputeReply.fault(response(body, 502)).code == nil)
        }
        #expect(ComputeReply.fault(response("<html> a\n  b", 502)).message == "<html> a b")
    }

    @Test(arguments: [
        ("2018-05-19T05:15:46.024-07:00", "2018-05-19T12:15:46.024Z"),
        ("2026-01-01T00:30:00+02:00", "2025-12-31T22:30:00Z"),
        ("2026-01-01T00:30:00Z", "2026-01-01T00:30:00Z"),
    ])
    func momentsAreReadWithTheirOffset(text: String, utc: String) {
        #expect(Timestamp(compute: text) == Timestamp(utc))
    }

    @Test(arguments: ["", "yesterday", "2026-01-01T00:30:00", "2026-01-01T00:30:00+2", "2026-01-01T00:30:00-ab:cd"])
    func whatIsNoMomentIsNotRead(text: String) { #expect(Timestamp(compute: text) == nil) }
}

/// What Compute Engine answered others.
struct Recorded {
    private struct Line: Decodable {
        struct Kind: Decodable { let kind: String? }
        let target: String
        let body: Kind
    }

    let target: String
    let kind: String?
    let body: [UInt8]

    init(_ line: Substring) throws {
        let read = try JSONDecoder().decode(Line.self, from: Data(line.utf8))
        (target, kind) = (read.target, read.body.kind)
        // The body is the last field of its line.
        let start = try #require(line.firstRange(of: "\"body\": "))
        body = Array(line[start.upperBound...].dropLast().utf8)
    }

    static func answers() throws -> [Recorded] {
        try String(decoding: Fixtures.data("recorded/gcp-answers.jsonl"), as: UTF8.self).split(separator: "\n")
            .map { try Recorded($0) }
    }
}
