import CloudEmulator
import Provisioning
import Testing

/// What the cloud has and lets us have.
@Suite struct LimitsTests {
    let zone = ["Placement.AvailabilityZone": "us-east-1a"]

    @Test func aLaunchBringsAsManyAsThereIsRoomForAndNoFewerThanAsked() throws {
        let cloud = try EmulatedCloud()
        try cloud.emulator.change { $0.limits.capacity[Pool(type: "m6i.large", zone: "us-east-1a")] = 3 }
        #expect(cloud.launch(4...5, zone).code == "InsufficientInstanceCapacity")
        #expect(cloud.describe().instances.isEmpty)
        #expect(cloud.launch(2...5, zone).instances.count == 3)
        let refused = cloud.launch(1...1, zone)
        #expect(refused.code == "InsufficientInstanceCapacity")
        #expect(refused.status == 500)
    }

    @Test func noCallFillsTheMemory() throws {
        let cloud = try EmulatedCloud()
        #expect(cloud.launch(10_001...10_001).code == "RequestResourceCountExceeded")
        #expect(cloud.launch(Int.max...Int.max).code == "RequestResourceCountExceeded")
        #expect(cloud.launch(1...Int.max).instances.count == 10_000)
    }

    @Test func aPoolIsOneTypeInOneZoneOnOneMarket() throws {
        let cloud = try EmulatedCloud()
        try cloud.emulator.change { $0.limits.capacity[Pool(type: "m6i.large", zone: "us-east-1a")] = 0 }
        #expect(cloud.launch(1...1, zone).status == 500)
        #expect(cloud.launch(1...1, zone.merging(["InstanceType": "m6i.xlarge"]) { $1 }).status == 200)
        #expect(cloud.launch(1...1, zone.merging(["InstanceMarketOptions.MarketType": "spot"]) { $1 }).status == 200)
        #expect(cloud.launch(1...1, ["Placement.AvailabilityZone": "us-east-1b"]).status == 200)
    }

    @Test func aLaunchAnywhereGoesWhereThereIsRoom() throws {
        let cloud = try EmulatedCloud { $0.zones = ["us-east-1": ["us-east-1a", "us-east-1b", "us-east-1c"]] }
        try cloud.emulator.change { world in
            for (zone, count) in [("us-east-1a", 1), ("us-east-1b", 4), ("us-east-1c", 2)] {
                world.limits.capacity[Pool(type: "m6i.large", zone: zone)] = count
            }
        }
        #expect(cloud.launch(1...9).all("availabilityZone") == Array(repeating: "us-east-1b", count: 4))
        #expect(cloud.launch(2...2).all("availabilityZone") == Array(repeating: "us-east-1c", count: 2))
        #expect(cloud.launch(2...2).code == "InsufficientInstanceCapacity")
    }

    @Test func theEndedGiveTheirPlaceBackOnceTheyAreGone() throws {
        let cloud = try EmulatedCloud()
        try cloud.emulator.change { $0.limits.capacity[Pool(type: "m6i.large", zone: "us-east-1a")] = 1 }
        let first = cloud.launch(1...1, zone)
        _ = cloud.terminate(first.instances)
        #expect(cloud.launch(1...1, zone).status == 500)
        cloud.clock.turn(.seconds(60))
        #expect(cloud.launch(1...1, zone).status == 200)
    }

    @Test func aQuotaCountsTheVCPUsOfAFamily() throws {
        let cloud = try EmulatedCloud()
        try cloud.emulator.change { $0.limits.quotas[Quota(region: "us-east-1")] = 10 }
        #expect(cloud.launch(3...9).instances.count == 5)
        let refused = cloud.launch(1...1, ["InstanceType": "c7i.large"])
        #expect(refused.code == "VcpuLimitExceeded")
        #expect(refused.message?.contains("current vCPU limit of 10 allows") == true)
        #expect(cloud.launch(1...1, ["InstanceType": "p5.48xlarge"]).status == 200)
        #expect(cloud.launch(1...1, ["InstanceMarketOptions.MarketType": "spot"]).status == 200)
        #expect(cloud.launch(1...1, in: "us-west-2").status == 200)
    }

    @Test func theSpotQuotaHasACodeOfItsOwn() throws {
        let cloud = try EmulatedCloud()
        try cloud.emulator.change { $0.limits.quotas[Quota(market: .spot, region: "us-east-1")] = 2 }
        let refused = cloud.launch(2...2, ["InstanceMarketOptions.MarketType": "spot"])
        #expect(refused.code == "MaxSpotInstanceCountExceeded")
    }

    @Test func aTypeThatAZoneLacksIsUnsupportedThere() throws {
        let cloud = try EmulatedCloud()
        try cloud.emulator.change { $0.limits.unoffered = [Pool(type: "m6i.large", zone: "us-east-1a")] }
        #expect(cloud.launch(1...1, zone).code == "Unsupported")
        #expect(cloud.launch(1...1).status == 200)
    }

    @Test func aBucketOfCallsEmptiesAndFills() throws {
        let cloud = try EmulatedCloud()
        try cloud.emulator.change { $0.limits.rates["DescribeInstances"] = RateBucket(size: 2, perSecond: 0.5) }
        #expect((0..<3).map { _ in cloud.describe().status } == [200, 200, 503])
        #expect(cloud.describe().code == "RequestLimitExceeded")
        cloud.clock.turn(.seconds(2))
        #expect((0..<2).map { _ in cloud.describe().status } == [200, 503])
        #expect(cloud.launch().status == 200)
    }

    @Test func aBucketOfInstancesCountsWhatALaunchAsksFor() throws {
        let cloud = try EmulatedCloud()
        try cloud.emulator.change { $0.limits.rates["RunInstances instances"] = RateBucket(size: 10, perSecond: 2) }
        #expect(cloud.launch(8...8).status == 200)
        #expect(cloud.launch(8...8).code == "RequestLimitExceeded")
        cloud.clock.turn(.seconds(3))
        #expect(cloud.launch(8...8).status == 200)
    }

    @Test func everyTypeOfEC2sModelHasATypesNameAndVCPUs() throws {
        let types = try #require(try PublishedModel.ec2().shapes["InstanceType"]?.enum)
        #expect(types.count > 900)
        #expect(types.filter { !isInstanceType($0) }.isEmpty)
        #expect(types.filter { vcpus(ofType: $0) < 1 }.isEmpty)
    }

    @Test(arguments: [
        ("m6i.large", 2), ("m6i.24xlarge", 96), ("c7g.medium", 1), ("t3.micro", 2), ("m7i.metal-48xl", 192),
    ])
    func vCPUsAreReadOffTheSize(_ type: String, _ count: Int) {
        #expect(vcpus(ofType: type) == count)
    }

    @Test(arguments: ["m5.9223372036854775807xlarge", "m5.metal-9223372036854775807xl", "m5.1000xlarge", "m5.0xlarge"])
    func aSizeThatNoTypeHasIsNoTypeAndBreaksNothing(_ type: String) throws {
        let cloud = try EmulatedCloud()
        #expect(!isInstanceType(type))
        #expect(cloud.launch(1...1, ["InstanceType": type]).code == "InvalidParameterValue")
        // A world that was saved with one is lived in all the same.
        let saved = LaunchCall(
            launch: Launch(image: "ami-12345678", type: type, market: .onDemand), atLeast: 1, atMost: 1, fingerprint: ""
        )
        try cloud.emulator.change { world in
            _ = try world.launch(saved, in: "us-east-1", at: cloud.clock.now) { 0 }
            world.limits.quotas[Quota(region: "us-east-1")] = 100_000
        }
        #expect(cloud.describe().instances.count == 1)
        #expect(cloud.launch().status == 200)
    }
}
