import Cloud
import CloudEmulator
import FoundationEssentials
import Provisioning
import Testing

@testable import CloudAzure

/// Answers as Azure gave them, and as its documentation shows them.
@Suite struct ReplyTests {
    private struct Exchange: Decodable {
        let name: String
        let status: Int
        let headers: [String: String]
        let body: String
    }

    private let exchanges: [String: HTTPResponse]
    private let strategy = Sample.machines

    init() throws {
        let all = try JSONDecoder().decode([Exchange].self, from: Fixtures.data("recorded/azure/exchanges.json"))
        exchanges = Dictionary(
            uniqueKeysWithValues: all.map { exchange in
                let headers = exchange.headers.map { HTTPHeader($0.key, $0.value) }
                return (
                    exchange.name,
                    HTTPResponse(status: exchange.status, headers: headers, body: Array(exchange.body.utf8))
                )
            })
    }

    private func recorded(_ name: String) throws -> HTTPResponse { try #require(exchanges[name]) }

    private func response(_ body: String, status: Int = 200, _ headers: [HTTPHeader] = []) -> HTTPResponse {
        HTTPResponse(status: status, headers: headers, body: Array(body.utf8))
    }

    // MARK: - Machines

    @Test func aMachineThatWasTakenOnIsPendingAndHasAnOperation() throws {
        let call = try strategy.launches(Sample.order(count: 1), token: Sample.token, besides: [])[0]
        let receipt = try call.read(recorded("put-machine"))
        let instance = try #require(receipt.instances.first)
        #expect(instance.id == "virtualmachinexxx9a731234")
        #expect(instance.state == .pending)
        #expect(instance.type == "Standard_D2_v2")
        let operation = try #require(instance.operation)
        #expect(operation.hasPrefix("/subscriptions/") && operation.contains("/operations/"))
    }

    @Test func onlyMachinesWithOurTagsAreListed() throws {
        let call = try strategy.observe(.ours, after: nil)
        #expect(try call.read(recorded("list-machines")).instances.isEmpty)
        #expect(try call.read(recorded("list-all-machines")).next == nil)
    }

    @Test(arguments: [
        ("Creating", Instance.State.pending), ("Updating", .pending), ("Succeeded", .running), ("Failed", .broken),
        ("Deleting", .terminating), ("Canceled", .broken), ("Migrating", .pending),
    ])
    func statesAreReadAsTheyAreMeant(state: String, expected: Instance.State) throws {
        let page = try strategy.observe(.ours, after: nil).read(response(listing(state)))
        #expect(page.instances.map(\.state) == [expected])
    }

    private func listing(_ state: String, next: String? = nil) -> String {
        """
        {"value": [{"name": "MUSTER-A-0001", "zones": ["2"], "tags": {"muster:owner": "o", "muster:request": "req-one",
            "muster:token": "int-a", "site": "lab"}, "properties": {"provisioningState": "\(state)", "priority": "Spot",
            "hardwareProfile": {"vmSize": "Standard_D2as_v5"}, "timeCreated": "2026-11-21T12:40:43.1234567+00:00"}},
            {"name": "somebody-elses", "properties": {"provisioningState": "\(state)"}}]
            \(next.map { ", \"nextLink\": \"\($0)\"" } ?? "")}
        """
    }

    @Test func aListingTellsWhatAMachineIs() throws {
        let page = try strategy.observe(.requests(["req-one"]), after: nil).read(response(listing("Succeeded")))
        let instance = try #require(page.instances.first)
        #expect(page.instances.count == 1)
        #expect(instance.id == "muster-a-0001", "names are the same in any case")
        #expect(instance.zone == "2" && instance.market == .spot && instance.type == "Standard_D2as_v5")
        #expect(instance.launchedAt == Timestamp("2026-11-21T12:40:43.123456Z"))
        #expect(instance.tags.keys.sorted() == ["muster:owner", "muster:request", "muster:token"])
        #expect(
            try strategy.observe(.requests(["req-two"]), after: nil).read(response(listing("Failed"))).instances == [])
        #expect(
            try strategy.observe(.token("int-a"), after: nil).read(response(listing("Failed"))).instances.count == 1)
        #expect(try strategy.observe(.token("int-b"), after: nil).read(response(listing("Failed"))).instances.isEmpty)
    }

    // MARK: - Pages

    @Test func addressesAreAskedForOnlyOnceSomethingRuns() throws {
        let none = try strategy.observe(.ours, after: nil).read(response(listing("Creating")))
        #expect(none.next == nil)
        let link =
            "https://management.azure.com/subscriptions/s/resourceGroups/g/providers/x?api-version=1&%24skiptoken=2"
        let first = try strategy.observe(.ours, after: nil).read(response(listing("Succeeded", next: link)))
        let second = try strategy.observe(.ours, after: first.next)
        #expect(second.path == "/subscriptions/s/resourceGroups/g/providers/x")
        #expect(second.query == "api-version=1&%24skiptoken=2")
        // Something ran on the page before.
        let cards = try strategy.observe(.ours, after: try second.read(response("{\"value\": []}")).next)
        #expect(cards.action == "NetworkInterfaces_List")
    }

    @Test func cardsAndPublicAddressesAreJoinedToTheirMachines() throws {
        let page = try strategy.observe(.ours, after: nil).read(response(listing("Succeeded")))
        let cards = try strategy.observe(.ours, after: page.next).read(
            response(
                """
                {"value": [{"name": "nic", "properties": {"virtualMachine": {"id": "/s/virtualMachines/MUSTER-a-0001"},
                    "ipConfigurations": [{"properties": {"privateIPAddress": "10.0.0.4",
                        "publicIPAddress": {"id": "/s/publicIPAddresses/Card-1"}}},
                        {"properties": {"privateIPAddressVersion": "IPv6", "privateIPAddress": "fd00::4"}}]}},
                    {"name": "free", "properties": {"ipConfigurations": []}}]}
                """))
        #expect(cards.addresses == ["muster-a-0001": .init(privateIP: "10.0.0.4")])
        let addresses = try strategy.observe(.ours, after: cards.next)
        #expect(addresses.action == "PublicIPAddresses_List")
        let found = try addresses.read(
            response(#"{"value": [{"name": "card-1", "properties": {"ipAddress": "20.1.2.3"}}, {"name": "other"}]}"#))
        #expect(found.addresses == ["muster-a-0001": .init(publicIP: "20.1.2.3")])
        #expect(found.next == nil)
        #expect(try addresses.read(recorded("list-addresses")).addresses.isEmpty)
    }

    @Test func whereNoMachineHasAPublicAddressNoneIsAskedFor() throws {
        let cards = try strategy.observe(.ours, after: "cards  ").read(
            response(#"{"value": [{"name": "nic", "properties": {"virtualMachine": {"id": "/a"}}}]}"#))
        #expect(cards.next == nil)
    }

    @Test func whatIsNoListingIsUnreadable() throws {
        #expect(throws: Unreadable.self) { try strategy.observe(.ours, after: nil).read(response("{}")) }
        #expect(throws: Unreadable.self) { try strategy.observe(.ours, after: nil).read(response("<html>")) }
        #expect(throws: Unreadable.self) { try strategy.observe(.ours, after: "nowhere") }
    }

    // MARK: - Reasons

    @Test func anOperationTellsWhyAMachineDidNotComeUp() throws {
        let granted = Granted("muster-a-0001", operation: "/subscriptions/s/operations/1?api-version=2024-07-01")
        let call = try strategy.reasons(for: [granted])[0]
        #expect(call.method == "GET" && call.path == "/subscriptions/s/operations/1")
        #expect(try call.read(recorded("operation-in-progress")).isEmpty)
        #expect(try call.read(recorded("operation-succeeded")).isEmpty)
        let faults = try call.read(
            response(#"{"status": "Failed", "error": {"code": "AllocationFailed", "message": "no room"}}"#))
        #expect(faults.map(\.fault.code) == ["AllocationFailed"])
        #expect(faults.first?.instance == "muster-a-0001")
        #expect(call.consent?(Fault(status: 404, code: "NotFound", message: "")) == [])
        #expect(call.consent?(Fault(status: 403, code: "AuthorizationFailed", message: "")) == nil)
    }

    @Test func withoutAnOperationTheMachineItselfTellsIt() throws {
        let call = try strategy.reasons(for: [Granted("muster-a-0001", operation: nil)])[0]
        #expect(call.query.contains("$expand=instanceView"))
        let faults = try call.read(
            response(
                """
                {"properties": {"instanceView": {"statuses": [
                    {"code": "ProvisioningState/failed/ZonalAllocationFailed", "message": "no room"},
                    {"code": "PowerState/stopped"}]}}}
                """))
        #expect(faults.map(\.fault.code) == ["ZonalAllocationFailed"])
        #expect(try call.read(recorded("instance-view")).isEmpty)
    }

    @Test func whatIsGoneCountsAsEnded() throws {
        let call = try strategy.terminations(["muster-a-0001"], token: Sample.token)[0]
        try call.read(recorded("deletion-accepted"))
        #expect(call.consent?(ARMReply.fault(try recorded("member-not-found"))) != nil)
        #expect(call.consent?(Fault(status: 409, code: "Conflict", message: "")) == nil)
    }

    // MARK: - Faults

    @Test func anErrorThatOnlyWrapsAnotherIsReadAsThatOne() throws {
        let fault = ARMReply.fault(try recorded("deployment-refused"))
        #expect(fault.code == "InvalidDomainNameLabel")
        #expect(fault.status == 400)
        #expect(ARMReply.fault(try recorded("member-not-found")).code == "NotFound")
    }

    @Test func anErrorInWordsOfJSONIsReadToo() {
        let inner = #"{\"error\": {\"code\": \"SkuNotAvailable\", \"message\": \"not here\"}}"#
        let body =
            #"{"error": {"code": "DeploymentFailed", "details": [{"code": "Conflict", "message": "\#(inner)"}]}}"#
        let fault = ARMReply.fault(response(body, status: 409))
        #expect(fault.code == "SkuNotAvailable" || fault.code == "DeploymentFailed")
        let direct = #"{"error": {"code": "Conflict", "message": "\#(inner)"}}"#
        #expect(ARMReply.fault(response(direct, status: 409)).code == "SkuNotAvailable")
    }

    @Test func aThrottleKeepsItsCodeAndItsPause() {
        let body = #"{"error": {"code": "OperationNotAllowed", "details": [{"code": "TooManyRequests"}]}}"#
        let fault = ARMReply.fault(
            response(body, status: 429, [.init("Retry-After", "17"), .init("x-ms-request-id", "e-1")]))
        #expect(fault.exchange == "e-1")
        #expect(fault.code == "OperationNotAllowed" && fault.status == 429 && fault.retryAfter == .seconds(17))
    }

    @Test func aPauseMayBeGivenByAMoment() {
        let headers = [
            HTTPHeader("Date", "Sat, 21 Nov 2026 12:00:00 GMT"),
            HTTPHeader("Retry-After", "Sat, 21 Nov 2026 12:01:30 GMT"),
        ]
        #expect(RetryAfter.read(headers) == .seconds(90))
        #expect(RetryAfter.read([HTTPHeader("Retry-After", "soon")]) == nil)
        #expect(RetryAfter.read([HTTPHeader("Retry-After", "999999")]) == .seconds(3600))
    }

    @Test func aProxysPageIsAFaultWithoutACode() {
        let fault = ARMReply.fault(response("<html>  Bad\nGateway</html>", status: 502))
        #expect(fault.code == nil && fault.message == "<html> Bad Gateway</html>")
    }

    // MARK: - Rehearsals and probes

    @Test func aValidationThatTakesItsTimeIsAskedAfterAndTellsItsErrors() throws {
        let first = try #require(try strategy.rehearse(Sample.order(), token: Sample.token)).call
        guard case .then(let usages) = try first.read(recorded("validation-passed")) else {
            Issue.record("after a validation that passed nobody asked for quotas")
            return
        }
        #expect(usages.call.action == "Usage_List" && usages.call.effect == .reads)
        let place = HTTPHeader(
            "Location", "https://management.azure.com/subscriptions/s/operationresults/1?api-version=x")
        let accepted = response("", status: 202, [place, HTTPHeader("Retry-After", "3")])
        guard case .then(let poll) = try first.read(accepted) else {
            Issue.record("it was not asked after")
            return
        }
        #expect(poll.call.path == "/subscriptions/s/operationresults/1" && poll.pause == .seconds(3))
        let failure = #expect(throws: FaultInside.self) { _ = try poll.call.read(recorded("validation-failed")) }
        #expect(failure?.fault.code == "InvalidTemplate")
    }

    /// What is in use of each allowance, each of 10.
    private func usages(_ used: KeyValuePairs<String, Int>, next: String? = nil) -> HTTPResponse {
        let items = used.map { name, count in
            #"{"name": {"value": "\#(name)", "localizedValue": "\#(name)"}, "currentValue": \#(count), "limit": 10}"#
        }
        let link = next.map { #", "nextLink": "https://management.azure.com\#($0)""# } ?? ""
        return response(#"{"value": [\#(items.joined(separator: ","))]\#(link)}"#)
    }

    private func quota(_ order: LaunchOrder, _ answers: HTTPResponse...) throws -> String? {
        var procedure = Allowances(site: Sample.site, order: order).procedure
        do {
            for answer in answers {
                guard case .then(let next) = try procedure.call.read(answer) else { return nil }
                procedure = next
            }
        } catch let refusal as Refusal {
            #expect(refusal.meaning == .quota)
            return refusal.subjects.first
        }
        return "more was asked"
    }

    @Test func aRehearsalCountsWhatALaunchTakesOfTheQuotas() throws {
        var order = Sample.order()
        (order.count, order.offering) = (2, Offering(type: "Standard_D2as_v5"))
        #expect(try quota(order, usages(["cores": 6, "standardDASv5Family": 6, "virtualMachines": 8])) == nil)
        #expect(try quota(order, usages(["cores": 7, "standardDASv5Family": 6])) == "cores")
        #expect(try quota(order, usages(["StandardDASv5Family": 7])) == "standardDasv5Family")
        #expect(try quota(order, usages(["virtualMachines": 9])) == "virtualMachines")
        #expect(try quota(order, usages(["lowPriorityCores": 10])) == nil)
        order.offering.market = .spot
        #expect(try quota(order, usages(["lowPriorityCores": 7, "cores": 10])) == "lowPriorityCores")
        // Of one that shows fewer processors than it has nobody says which are counted.
        order.offering = Offering(type: "Standard_E8-4ds_v5")
        #expect(try quota(order, usages(["cores": 10])) == nil)
        // On a page of their own.
        order.offering = Offering(type: "Standard_D2as_v5")
        #expect(try quota(order, usages([:], next: "/more?page=2"), usages(["cores": 7])) == "cores")
    }

    @Test func aMissingResourceGroupSaysHowToMakeIt() throws {
        let probe = try strategy.probe()
        try probe.read(recorded("group"))
        let body =
            #"{"error": {"code": "ResourceGroupNotFound", "message": "Resource group 'grid' could not be found."}}"#
        #expect(probe.fault(response(body, status: 404)).message.contains("az group create --name grid"))
    }

    @Test(arguments: [
        ("Microsoft.Compute/PutVM3Min;237,Microsoft.Compute/PutVM30Min;1198", 237),
        ("Microsoft.Compute/PutVMSubscriptionMaximum;14, Microsoft.Compute/PutVMResource;0", 14),
        ("Microsoft.Compute/PutVM3Min;0", 0), ("Microsoft.Compute/PutVMResource;11", nil), ("nonsense", nil),
    ])
    func azureSaysHowManyCallsAreLeft(header: String, left: Int?) {
        let response = HTTPResponse(
            status: 200, headers: [HTTPHeader("x-ms-ratelimit-remaining-resource", header)], body: [])
        #expect(ARMReply.headroom(response) == left)
        #expect(ARMReply.headroom(HTTPResponse(status: 200)) == nil)
    }
}
