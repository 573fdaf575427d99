import Cloud
import CloudEmulator
import FoundationEssentials
import Provisioning
import PublishedModels
import Testing

@testable import CloudAzure

/// Scale sets, and what is left of launches.
@Suite struct ScaleSetTests {
    private let descriptions: SwaggerModel
    private let strategy = ScaleSet(site: Sample.site)
    private var group: Scaffold {
        var group = Scaffold(
            id: Sample.token.group, kind: ScaleSet.kind, account: "lab", api: ScaleSet.api,
            since: Timestamp("2026-11-21T12:00:00Z")!, target: 3, upkeep: .fill)
        group.name = Sample.token.resourceName
        return group
    }

    init() throws {
        descriptions = try SwaggerModel(folder: Fixtures.tests.appending(path: "Fixtures/apispecs/azure"))
    }

    private func order(
        _ sizes: [String], _ markets: [Market], percent: Int? = nil, _ wish: (inout Template) -> Void = { _ in }
    ) -> LaunchOrder {
        let offerings = Offering.all(types: sizes, zones: ["1", "2"], subnets: [], markets: markets)
        var order = Sample.order(count: 7, offering: offerings[0]) { template in
            template.offerings = offerings
            if percent != nil {
                template.fleet = FleetOptions()
                template.fleet?.percentOnDemand = percent
            }
            wish(&template)
        }
        order.others = Array(offerings.dropFirst())
        return order
    }

    private func call(_ order: LaunchOrder) throws -> Call<LaunchReceipt> {
        let calls = try strategy.launches(order, token: Sample.token, besides: [])
        #expect(calls.count == 1)
        return calls[0]
    }

    @Test func everySetIsOneThatAzureDescribes() throws {
        let sizes = ["Standard_D2as_v5", "Standard_D2s_v5"]
        // A set's data disks are empty: it has no words for a snapshot.
        for (name, wish) in Sample.wishes where name != "windows" {
            for markets in [[Market.onDemand], [.spot], [.spot, .onDemand]] {
                for count in 1...2 {
                    var order = order(Array(sizes.prefix(count)), markets, percent: 40, wish)
                    order.template.dataDisks = order.template.dataDisks?.filter { $0.snapshot == nil }
                    if name == "own words" { order.template.providerAPISpec = nil }
                    try descriptions.expectValid(call(order), "\(name), \(markets)")
                    let rehearsal = try #require(try strategy.rehearse(order, token: Sample.token))
                    try descriptions.expectValid(rehearsal.call, name)
                }
            }
        }
    }

    @Test func aSetReadsAsAPersonHasReadIt() throws {
        let sizes = ["Standard_D2as_v5", "Standard_D2s_v5"]
        try Golden.expect(call(order(sizes, [.spot, .onDemand], percent: 40)).listing, "set-mixed.txt")
        try Golden.expect(call(order(["Standard_D2as_v5"], [.onDemand])).listing, "set-plain.txt")
    }

    @Test func whatIsOfferedOnOneMarketOnlyIsOfThat() throws {
        func names(_ order: LaunchOrder) throws -> [String: String] {
            Dictionary(
                try call(order).parameters.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
        }
        let spot = try names(order(["Standard_D2as_v5"], [.spot], percent: 40))
        #expect(spot["properties.virtualMachineProfile.priority"] == "Spot")
        #expect(spot["properties.priorityMixPolicy.regularPriorityPercentageAboveBase"] == nil)
        let onDemand = try names(order(["Standard_D2as_v5"], [.onDemand], percent: 40))
        #expect(onDemand["properties.virtualMachineProfile.priority"] == nil)
        let mixed = try names(order(["Standard_D2as_v5"], [.spot, .onDemand], percent: 40))
        #expect(mixed["properties.priorityMixPolicy.regularPriorityPercentageAboveBase"] == "40")
        #expect(mixed["sku.capacity"] == "7")
    }

    // MARK: - Members

    private func response(_ body: String, status: Int = 200) -> HTTPResponse {
        HTTPResponse(status: status, body: Array(body.utf8))
    }

    @Test func onlyMembersThatAreStillThereAreDeleted() throws {
        let first = try strategy.shrink(group, by: ["muster-a_1", "muster-a_2", "muster-a_3"]).call
        try descriptions.expectValid(first, "members")
        let step = try first.read(
            response(
                """
                {"value": [{"instanceId": "Muster-A_1", "properties": {"provisioningState": "Succeeded"}},
                    {"instanceId": "muster-a_2", "properties": {"provisioningState": "Deleting"}},
                    {"instanceId": "muster-a_9", "properties": {"provisioningState": "Succeeded"}}]}
                """))
        guard case .then(let deletion) = step else {
            Issue.record("nothing is deleted")
            return
        }
        try descriptions.expectValid(deletion.call, "deletion")
        #expect(deletion.call.parameters.map(\.value) == ["Muster-A_1"])
        guard case .done = try first.read(response(#"{"value": []}"#)) else {
            Issue.record("something is deleted")
            return
        }
    }

    @Test func aSetThatHasComeToRestBringsNothingMore() throws {
        func report(_ state: String) throws -> Procedure<GroupReport>.Step {
            try strategy.report(on: group).call.read(
                response(#"{"sku": {"capacity": 7}, "properties": {"provisioningState": "\#(state)"}}"#))
        }
        guard case .done(let underWay) = try report("Creating"), case .done(let settled) = try report("Succeeded"),
            case .done(let going) = try report("Deleting"), case .then(let why) = try report("Failed")
        else {
            Issue.record("states are read wrongly")
            return
        }
        #expect(!underWay.isFinal && underWay.target == 7)
        #expect(settled.isFinal && settled.faults.isEmpty)
        #expect(going.target == nil)
        try descriptions.expectValid(why.call, "instance view")
        guard
            case .done(let told) = try why.call.read(
                response(#"{"statuses": [{"code": "ProvisioningState/failed/AllocationFailed", "message": "no"}]}"#))
        else { return }
        #expect(told.isFinal && told.faults.map(\.fault.code) == ["AllocationFailed"])
        let gone = Fault(status: 404, code: "ResourceNotFound", message: "")
        guard case .done(let absent)? = try strategy.report(on: group).call.consent?(gone) else {
            Issue.record("a set that is gone is not seen to be")
            return
        }
        #expect(absent.target == nil)
        guard case .done(nil)? = try strategy.find(group).call.consent?(gone) else {
            Issue.record("a set that is gone is found")
            return
        }
    }

    @Test func aSetGoesWithItsMembers() throws {
        let removal = try #require(try strategy.removal(of: group)).call
        try descriptions.expectValid(removal, "removal")
        #expect(removal.query.contains("forceDeletion=true"))
        #expect(strategy.endsMembersWithGroup)
    }

    // MARK: - Leftovers

    private func leftovers(_ note: String) -> Procedure<Void> {
        var scaffold = Scaffold(
            id: "muster-a-leftovers", kind: Leftovers.kind, account: "lab", api: VirtualMachines.api,
            since: Timestamp("2026-11-21T12:00:00Z")!)
        scaffold.name = note
        return Leftovers.removal(of: scaffold, at: Sample.site)
    }

    private func deletions(_ note: String) throws -> [String] {
        let first = leftovers(note).call
        try descriptions.expectValid(first, "resources")
        var step = try first.read(
            response(
                """
                {"value": [
                    {"type": "Microsoft.Compute/disks", "name": "muster-a-0001-data-0"},
                    {"type": "Microsoft.Compute/disks", "name": "muster-a-0002-os", "managedBy": "/a/machine"},
                    {"type": "microsoft.compute/disks", "name": "muster-a-0001-os"},
                    {"type": "Microsoft.Network/publicIPAddresses", "name": "muster-a-0001-12ab"},
                    {"type": "Microsoft.Network/networkInterfaces", "name": "MUSTER-A-0001-12ab"},
                    {"type": "Microsoft.Network/networkInterfaces", "name": "muster-ab-0001"},
                    {"type": "Microsoft.Network/networkSecurityGroups", "name": "muster-a-0001"}]}
                """))
        var names: [String] = []
        while case .then(let next) = step {
            #expect(next.call.method == "DELETE")
            names.append(String(next.call.path.split(separator: "/").last ?? ""))
            let gone = Fault(status: 404, code: "ResourceNotFound", message: "")
            step = try #require(next.call.consent?(gone))
        }
        return names
    }

    @Test func cardsGoBeforeAddressesAndWhatIsHeldOrToBeKeptStays() throws {
        let all = ["MUSTER-A-0001-12ab", "muster-a-0001-12ab", "muster-a-0001-data-0", "muster-a-0001-os"]
        #expect(try deletions("muster-a") == all)
        #expect(try deletions("muster-a -data-0") == ["MUSTER-A-0001-12ab", "muster-a-0001-12ab", "muster-a-0001-os"])
        #expect(try deletions("muster-a *") == ["MUSTER-A-0001-12ab", "muster-a-0001-12ab"])
        #expect(try deletions("").isEmpty, "without a name nothing is ours")
    }

    @Test func disksThatOutliveTheirMachinesAreNoted() throws {
        let order = Sample.order { $0.dataDisks = [Disk(), Sample.disk { $0.outlivesMachine = true }] }
        let plan = try #require(try Sample.machines.scaffolds(for: order).first)
        #expect(plan.make == nil && plan.name == "muster-06fz3k9q2m7w1c4d -data-1")
        #expect(try strategy.scaffolds(for: order).first?.name == "muster-06fz3k9q2m7w1c4d *")
        #expect(try Sample.machines.scaffolds(for: Sample.order(tags: [:])).isEmpty)
    }
}
