import Cloud
import CloudEmulator
import Provisioning
import Testing

/// What the emulated Azure has left, allows, and gets wrong.
@Suite struct AzureLimitTests {
    private let azure: EmulatedAzure

    init() throws { azure = try EmulatedAzure() }

    private func pool(_ zone: String, _ market: Market = .onDemand) -> Pool {
        Pool(type: "Standard_D2s_v5", zone: zone, market: market)
    }

    // MARK: - Capacity

    @Test func aShortageIsToldByTheOperationAndLeavesThingsBehind() throws {
        try azure.emulator.change { $0.limits.capacity[pool("")] = 1 }
        #expect(azure.launch("one", EmulatedAzure.machine(deleteOption: "Detach")).status == 201)
        let short = azure.launch("two", EmulatedAzure.machine(deleteOption: "Detach"))
        #expect(short.status == 201)
        #expect(short.state == "Creating")
        azure.clock.turn(.seconds(15))
        let over = azure.follow(short.operation)
        #expect(over.body["status"] == "Failed")
        #expect(over.body.way("error", "code") == "AllocationFailed")
        let view = azure.machine("two", query: "$expand=instanceView")
        #expect(view.state == "Failed")
        let codes = view.body.way("properties", "instanceView", "statuses")?.array?.compactMap { $0["code"]?.string }
        #expect(codes == ["ProvisioningState/failed/AllocationFailed"])
        #expect(azure.list("networkInterfaces", in: EmulatedAzure.network).names.count == 2)
        #expect(azure.list("disks").names.count == 2)
    }

    @Test func theCardOfAFailedMachineIsReservedForAWhile() throws {
        try azure.emulator.change { $0.limits.capacity[pool("")] = 0 }
        _ = azure.launch("one", EmulatedAzure.machine(deleteOption: "Detach"))
        azure.clock.turn(.seconds(15))
        let card = azure.list("networkInterfaces", in: EmulatedAzure.network).names[0]
        let path = "\(EmulatedAzure.network)/networkInterfaces/\(card)"
        #expect(azure.call("DELETE", path).code == "NicInUse")
        _ = azure.call("DELETE", EmulatedAzure.path("one"))
        azure.clock.turn(.seconds(10))
        let reserved = azure.call("DELETE", path)
        #expect(reserved.status == 400)
        #expect(reserved.code == "NicReservedForAnotherVm")
        azure.clock.turn(.seconds(180))
        #expect(azure.call("DELETE", path).status == 202)
        azure.clock.turn(.seconds(5))
        #expect(azure.call("DELETE", path).status == 204)
    }

    @Test(
        arguments: [
            (nil, Market.onDemand, "AllocationFailed"), (nil, .spot, "OverconstrainedAllocationRequest"),
            ("1", .onDemand, "ZonalAllocationFailed"), ("1", .spot, "OverconstrainedZonalAllocationRequest"),
        ] as [(String?, Market, String)]) func aShortageSaysWhereItIs(_ zone: String?, _ market: Market, _ code: String)
        throws
    {
        try azure.emulator.change { $0.limits.capacity[pool(zone ?? "", market)] = 0 }
        let answer = azure.launch("one", EmulatedAzure.machine(zone: zone, spot: market == .spot))
        azure.clock.turn(.seconds(15))
        #expect(azure.follow(answer.operation).body.way("error", "code")?.string == code)
        // Elsewhere there is room.
        let other = azure.launch("two", EmulatedAzure.machine(zone: zone == nil ? "1" : nil, spot: market == .spot))
        azure.clock.turn(.seconds(15))
        #expect(azure.follow(other.operation).body["status"] == "Succeeded")
    }

    @Test func aPoolMayBeOneLocations() throws {
        try azure.emulator.change { $0.limits.capacity[pool("eastus-1")] = 0 }
        let east = azure.launch("east", EmulatedAzure.machine(zone: "1"))
        let west = azure.launch("west", EmulatedAzure.machine(zone: "1", location: "westeurope"))
        azure.clock.turn(.seconds(15))
        #expect(azure.follow(east.operation).body["status"] == "Failed")
        #expect(azure.follow(west.operation).body["status"] == "Succeeded")
    }

    @Test func whatIsDeallocatedGivesItsPlaceAway() throws {
        try azure.emulator.change { $0.limits.capacity[pool("")] = 1 }
        _ = azure.launch("one")
        azure.clock.turn(.seconds(15))
        _ = azure.call("POST", EmulatedAzure.path("one") + "/deallocate")
        azure.clock.turn(.seconds(10))
        let two = azure.launch("two")
        azure.clock.turn(.seconds(15))
        #expect(azure.follow(two.operation).body["status"] == "Succeeded")
        let start = azure.call("POST", EmulatedAzure.path("one") + "/start")
        azure.clock.turn(.seconds(15))
        #expect(azure.follow(start.operation).body.way("error", "code") == "AllocationFailed")
    }

    @Test func whatIsNotOfferedIsRefusedAtOnce() throws {
        try azure.emulator.change { $0.limits.unoffered = [pool("2")] }
        let refused = azure.launch("one", EmulatedAzure.machine(zone: "2"))
        #expect(refused.status == 409)
        #expect(refused.code == "SkuNotAvailable")
        #expect(azure.launch("one", EmulatedAzure.machine(zone: "1")).status == 201)
        let skus = azure.call(
            "GET", "/subscriptions/\(EmulatedAzure.subscription)/providers/Microsoft.Compute/skus",
            query: "$filter=location%20eq%20'eastus'")
        let sku = skus.values.first { $0["name"] == "Standard_D2s_v5" }
        #expect(sku?["restrictions"]?.array?.first?.way("restrictionInfo", "zones") == ["2"])
    }

    // MARK: - Quotas

    @Test func quotasAreHeldAtOnceAndFreedByTheEndOfADeletion() throws {
        try azure.emulator.change {
            $0.limits.quotas[Quota(family: "standardDSv5Family", region: "eastus")] = 2
        }
        #expect(azure.launch("one").status == 201)
        let over = azure.launch("two")
        #expect(over.status == 409)
        #expect(over.code == "OperationNotAllowed")
        #expect(over.message?.contains("exceeding approved standardDSv5Family Cores quota") == true)
        #expect(over.message?.contains("Current Limit: 2, Current Usage: 2, Additional Required: 2") == true)
        #expect(azure.machine("two").status == 404)
        // Others are not counted by it.
        #expect(azure.launch("spot", EmulatedAzure.machine(spot: true)).status == 201)
        #expect(azure.launch("other", EmulatedAzure.machine(size: "Standard_E2s_v5")).status == 201)
        azure.clock.turn(.seconds(15))
        _ = azure.call("DELETE", EmulatedAzure.path("one"))
        #expect(azure.launch("two").status == 409)
        azure.clock.turn(.seconds(10))
        #expect(azure.launch("two").status == 201)
    }

    @Test(
        arguments: [
            ("cores", Market.onDemand, "Total Regional Cores"), ("standard", .onDemand, "Total Regional Cores"),
            ("lowPriorityCores", .spot, "LowPriorityCores"), ("standard", .spot, "LowPriorityCores"),
        ] as [(String, Market, String)]) func wholeLocationsHaveQuotas(
            _ family: String, _ market: Market, _ words: String
        ) throws
    {
        try azure.emulator.change { $0.limits.quotas[Quota(family: family, market: market, region: "eastus")] = 3 }
        let body = EmulatedAzure.machine(spot: market == .spot)
        #expect(azure.launch("one", body).status == 201)
        #expect(azure.launch("two", body).message?.contains("exceeding approved \(words) quota") == true)
        let usages = azure.call(
            "GET",
            "/subscriptions/\(EmulatedAzure.subscription)/providers/Microsoft.Compute/locations/eastus/usages")
        let usage = usages.values.first {
            $0.way("name", "value")?.string == (market == .spot ? "lowPriorityCores" : "cores")
        }
        #expect(usage?["currentValue"] == 2)
        #expect(usage?["limit"] == 3)
    }

    // MARK: - Rates

    @Test func callsAreCountedByTheirOperationAndByTheirPolicy() throws {
        try azure.emulator.change {
            $0.limits.rates["VirtualMachines_Delete"] = RateBucket(size: 1, perSecond: 0.1)
            $0.limits.rates["PutVM3Min"] = RateBucket(size: 1, perSecond: 0.05)
        }
        let first = azure.launch("one")
        #expect(first.headers["x-ms-ratelimit-remaining-resource"]?.hasPrefix("Microsoft.Compute/PutVM3Min;0,") == true)
        let policy = azure.launch("two")
        #expect(policy.status == 429)
        #expect(policy.code == "OperationNotAllowed")
        let inner = policy.body.way("error", "details")?.array?.first
        #expect(inner?["code"] == "TooManyRequests")
        #expect(inner?["target"] == "PutVM3Min")
        #expect(policy.headers["Retry-After"] == "20")
        #expect(azure.call("DELETE", EmulatedAzure.path("one")).status == 202)
        let plain = azure.call("DELETE", EmulatedAzure.path("one"))
        #expect(plain.status == 429)
        #expect(plain.code == "TooManyRequests")
        #expect(plain.headers["Retry-After"] == "10")
        azure.clock.turn(.seconds(20))
        #expect(azure.launch("two").status == 201)
    }

    // MARK: - Faults

    @Test func faultsAreMeantForOperations() throws {
        try azure.emulator.change {
            $0.faults = [
                Fault(
                    .refuse(code: "AnotherOperationInProgress", message: "wait", status: 409), on: "VirtualMachines_Get"
                ),
                Fault(
                    .failAfterwards(code: "InternalServerError", message: "oops", status: 500),
                    on: "VirtualMachines_CreateOrUpdate"),
                Fault(.failLate(.init(code: "OSProvisioningTimedOut", message: "slow"))),
            ]
        }
        #expect(azure.launch("one").status == 500)
        #expect(azure.machine("one").code == "AnotherOperationInProgress")
        azure.clock.turn(.seconds(15))
        let late = azure.machine("one", query: "$expand=instanceView").body
        #expect(late.way("properties", "provisioningState") == "Failed")
        // Azure has given it up, and it runs all the same.
        let codes = late.way("properties", "instanceView", "statuses")?.array?.compactMap { $0["code"]?.string }
        #expect(codes == ["ProvisioningState/failed/OSProvisioningTimedOut", "PowerState/running"])
        let request = HTTPRequest(
            method: "GET", endpoint: Endpoint(scheme: .https, host: "management.azure.com"),
            path: EmulatedAzure.path("one"))
        try azure.emulator.change { $0.faults = [Fault(.loseReply, on: "VirtualMachines_Get")] }
        #expect(azure.emulator.exchange(request) == nil)
    }
}
