import Cloud
import Provisioning
import Testing

@testable import CloudEmulator

/// What the emulated Compute Engine does not have, does not allow, or gets wrong on purpose.
@Suite struct ComputeLimitsTests {
    private let cloud: ComputeCloud

    init() throws { cloud = try ComputeCloud() }

    @Test func aZoneThatIsFullSaysSoInTheOperationAndLeavesNothing() throws {
        try cloud.emulator.change { $0.limits.capacity[Pool(type: "n2-standard-4", zone: "us-central1-a")] = 0 }
        let begun = try cloud.insert("one")
        #expect(begun.status == 200)
        #expect(begun.json["error"] == nil)
        #expect(try cloud.status("one") == nil)
        cloud.clock.turn(.seconds(5))
        #expect(try cloud.errors(of: begun) == ["ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS"])
        let done = try cloud.operation(begun).json
        #expect(done["httpErrorStatusCode"]?.integer == 503)
        #expect(done["httpErrorMessage"]?.string == "SERVICE UNAVAILABLE")
        #expect(try cloud.names() == [])
        #expect(try cloud.names("\(ComputeCloud.zone)/disks") == [])
        #expect(try cloud.insert("spot", ComputeCloud.spot).status == 200)
        cloud.clock.turn(.seconds(15))
        #expect(try cloud.names() == ["spot"])
    }

    @Test func inSomeWorldsItWasSeenBefore() throws {
        try cloud.emulator.change {
            $0.limits.capacity[Pool(type: "n2-standard-4", zone: "us-central1-a")] = 0
            $0.gcp = $0.gcp ?? GCPWorld()
            $0.gcp?.showsDoomed = true
        }
        let begun = try cloud.insert("one")
        #expect(try cloud.status("one") == "PROVISIONING")
        cloud.clock.turn(.seconds(5))
        #expect(try cloud.errors(of: begun) == ["ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS"])
        #expect(try cloud.status("one") == nil)
    }

    @Test func whatIsStoppedHasNoPlaceAndMayNotGetOneAgain() throws {
        try cloud.emulator.change { $0.limits.capacity[Pool(type: "n2-standard-4", zone: "us-central1-a")] = 1 }
        _ = try cloud.insert("one")
        cloud.clock.turn(.seconds(15))
        _ = try cloud.post("\(ComputeCloud.zone)/instances/one/stop")
        cloud.clock.turn(.seconds(6))
        _ = try cloud.insert("two")
        cloud.clock.turn(.seconds(15))
        #expect(try cloud.names() == ["one", "two"])
        let started = try cloud.post("\(ComputeCloud.zone)/instances/one/start")
        cloud.clock.turn(.seconds(15))
        #expect(try cloud.errors(of: started) == ["ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS"])
        #expect(try cloud.status("one") == "TERMINATED")
    }

    @Test(arguments: [
        ("N2_CPUS", "us-central1", 7), ("CPUS_ALL_REGIONS", "global", 7), ("INSTANCES", "us-central1", 1),
    ])
    func aQuotaIsToldInTheOperation(metric: String, region: String, limit: Int) throws {
        try cloud.emulator.change { $0.limits.quotas[Quota(family: metric, region: region)] = limit }
        #expect(try cloud.insert("one").status == 200)
        let second = try cloud.insert("two")
        cloud.clock.turn(.seconds(15))
        #expect(try cloud.errors(of: second) == ["QUOTA_EXCEEDED"])
        let done = try cloud.operation(second).json
        #expect(done["httpErrorStatusCode"]?.integer == 403)
        let error = done["error"]?["errors"]?.array?.first
        #expect(error?["message"]?.string?.hasPrefix("Quota '\(metric)' exceeded.  Limit: \(limit).0") == true)
        #expect(error?["errorDetails"]?.array?.first?["quotaInfo"]?["limit"]?.number == Double(limit))
        #expect(try cloud.names() == ["one"])
    }

    @Test func spotMachinesHaveAQuotaOfTheirOwnWhereThereIsOne() throws {
        try cloud.emulator.change {
            $0.limits.quotas[Quota(family: "N2_CPUS", region: "us-central1")] = 4
            $0.limits.quotas[Quota(family: "PREEMPTIBLE_CPUS", market: .spot, region: "us-central1")] = 8
        }
        for name in ["a", "b", "c"] { _ = try cloud.insert(name, ComputeCloud.spot) }
        cloud.clock.turn(.seconds(15))
        #expect(try cloud.names() == ["a", "b"])
    }

    @Test func graphicsProcessorsAreCountedEverywhere() throws {
        try cloud.emulator.change { $0.limits.quotas[Quota(family: "GPUS_ALL_REGIONS", region: "global")] = 1 }
        let begun = try cloud.post(
            "\(ComputeCloud.zone)/instances",
            ComputeCloud.instance("one", ["machineType": "\(ComputeCloud.zone)/machineTypes/g2-standard-24"]))
        cloud.clock.turn(.seconds(15))
        #expect(try cloud.errors(of: begun) == ["QUOTA_EXCEEDED"])
    }

    @Test func aSubnetworkRunsOutOfAddresses() throws {
        try cloud.emulator.change { $0.limits.quotas[Quota(family: "subnetworks/default", region: "us-central1")] = 1 }
        #expect(try cloud.insert("one").status == 200)
        let second = try cloud.insert("two")
        cloud.clock.turn(.seconds(15))
        #expect(try cloud.errors(of: second) == ["IP_SPACE_EXHAUSTED_WITH_DETAILS"])
    }

    @Test func aTypeThatAZoneDoesNotHaveIsUnknownThere() throws {
        try cloud.emulator.change { world in
            for market in Market.allCases {
                world.limits.unoffered.insert(Pool(type: "n2-standard-4", zone: "us-central1-a", market: market))
            }
        }
        let refused = try cloud.insert("one")
        #expect(refused.status == 400)
        #expect(
            refused.message.hasSuffix("Machine type with name 'n2-standard-4' does not exist in zone 'us-central1-a'."))
        #expect(try cloud.get("\(ComputeCloud.zone)/machineTypes/n2-standard-4").status == 404)
        #expect(try cloud.get("zones/us-central1-b/machineTypes/n2-standard-4").status == 200)
    }

    @Test func whoeverAsksTooOftenIsToldTo() throws {
        try cloud.emulator.change { $0.limits.rates["compute.instances.insert"] = RateBucket(size: 1, perSecond: 0.1) }
        #expect(try cloud.insert("one").status == 200)
        let refused = try cloud.insert("two")
        #expect(refused.status == 403)
        #expect(refused.reason == "rateLimitExceeded")
        #expect(refused.json["error"]?["errors"]?.array?.first?["domain"]?.string == "usageLimits")
        cloud.clock.turn(.seconds(10))
        #expect(try cloud.insert("two").status == 200)
    }

    @Test func faultsSpeakAsTheRealOneDoes() throws {
        try cloud.emulator.change {
            $0.faults = [
                Fault(
                    .refuse(code: "quotaExceeded", message: "Quota 'CPUS' exceeded.", status: 403),
                    on: "compute.instances.insert"),
                Fault(.loseReply, on: "compute.instances.insert"),
                Fault(
                    .failLate(
                        EmulatedInstance.Ending(
                            code: "UNSUPPORTED_OPERATION", message: "The VM was preempted during creation."))),
            ]
        }
        let refused = try cloud.insert("one")
        #expect(refused.status == 403)
        #expect(refused.reason == "quotaExceeded")
        #expect(try cloud.names() == [])
        #expect(
            cloud.emulator.exchange(
                cloud.request("POST", "\(ComputeCloud.zone)/instances", ComputeCloud.instance("two"))) == nil)
        // The fault that comes late was for the first that was made.
        #expect(try cloud.names() == [])
        #expect(try cloud.insert("three").status == 200)
        #expect(try cloud.names() == ["three"])
    }

    @Test func usageIsToldWithTheQuotas() throws {
        try cloud.emulator.change { $0.limits.quotas[Quota(family: "N2_CPUS", region: "us-central1")] = 24 }
        _ = try cloud.insert("one")
        let quotas = try cloud.get(ComputeCloud.region).json["quotas"]?.array ?? []
        let n2 = quotas.first { $0["metric"]?.string == "N2_CPUS" }
        #expect(n2 == ["metric": "N2_CPUS", "limit": 24, "usage": 4])
        let project = try cloud.call("GET", "").json["quotas"]?.array ?? []
        #expect(project.first { $0["metric"]?.string == "CPUS_ALL_REGIONS" }?["usage"]?.integer == 4)
    }
}
