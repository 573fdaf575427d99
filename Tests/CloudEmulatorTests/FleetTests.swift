import CloudEmulator
import Provisioning
import Testing

/// Fleets are fulfilled out of what the world has, and kept so where they are to be.
@Suite struct FleetTests {
    let cloud: EmulatedCloud

    init() throws {
        cloud = try EmulatedCloud { $0.zones = ["us-east-1": ["us-east-1a", "us-east-1b"]] }
        cloud.makeTemplate()
    }

    // MARK: - Instant

    @Test func anInstantFleetAnswersItsInstances() throws {
        let made = cloud.fleet(3, "instant", EmulatedCloud.overrides(["m6i.large", "c6i.large"]))
        #expect(made.all("instanceIds").count == 1)
        #expect(made.all("instanceIds").joined().contains("i-"))
        #expect(made.all("lifecycle") == ["on-demand"])
        #expect(made.text.contains("<errorSet></errorSet>"))
        let found = cloud.describe()
        #expect(found.states == ["pending", "pending", "pending"])
        #expect(found.all("instanceType") == ["m6i.large", "m6i.large", "m6i.large"])
        #expect(found.text.contains("<key>team</key><value>blue</value>"))
        #expect(found.text.contains("<key>aws:ec2:fleet-id</key><value>\(made.fleet)</value>"))
        let told = cloud.call("DescribeFleets", ["FleetId.1": made.fleet])
        #expect(told.all("fulfilledCapacity") == ["3.0"])
        #expect(told.all("fleetState") == ["active"])
        #expect(told.all("activityStatus") == ["fulfilled"])
        // Nobody is told of it who does not know it.
        #expect(cloud.call("DescribeFleets").all("fleetId").isEmpty)
        #expect(cloud.call("DescribeFleetInstances", ["FleetId": made.fleet]).code == "UnsupportedOperation")
    }

    @Test func whoHasNoRoomIsNamedAndTheNextIsAsked() throws {
        try cloud.emulator.change { world in
            for zone in ["us-east-1a", "us-east-1b"] {
                world.limits.capacity[Pool(type: "m6i.large", zone: zone)] = 1
                world.limits.unoffered.insert(Pool(type: "m7i.large", zone: zone))
            }
        }
        let made = cloud.fleet(5, "instant", EmulatedCloud.overrides(["m7i.large", "m6i.large", "c6i.large"]))
        #expect(made.instances.isEmpty)
        #expect(made.all("errorCode") == ["Unsupported", "InsufficientInstanceCapacity"])
        let refused = made.all("errorSet")[0]
        #expect(refused.contains("<instanceType>m7i.large</instanceType>"))
        #expect(refused.contains("<instanceType>m6i.large</instanceType>"))
        #expect(!refused.contains("c6i.large"))
        let types = cloud.describe().all("instanceType").sorted()
        #expect(types == ["c6i.large", "c6i.large", "c6i.large", "m6i.large", "m6i.large"])
    }

    @Test func aFleetThatGetsNothingSaysWhy() throws {
        try cloud.emulator.change { $0.limits.quotas[Quota(market: .spot, region: "us-east-1")] = 3 }
        let spot = ["TargetCapacitySpecification.DefaultTargetCapacityType": "spot"]
        let made = cloud.fleet(2, "instant", EmulatedCloud.overrides(["m6i.xlarge"]), spot)
        #expect(made.all("errorCode") == ["MaxSpotInstanceCountExceeded"])
        #expect(made.all("lifecycle") == ["spot"])
        #expect(cloud.describe().instances.isEmpty)
        let part = cloud.fleet(2, "instant", EmulatedCloud.overrides(["m6i.large"]), spot)
        #expect(part.all("errorCode") == ["MaxSpotInstanceCountExceeded"])
        #expect(cloud.describe().instances.count == 1)
        try cloud.emulator.change { $0.limits.quotas[Quota(region: "us-east-1")] = 0 }
        let demand = cloud.fleet(1, "instant", EmulatedCloud.overrides(["m6i.large"]))
        #expect(demand.all("errorCode") == ["VcpuLimitExceeded"])
    }

    @Test func weightsCountUnitsAndTheLastMachineMayBeALittleMore() throws {
        var overrides = EmulatedCloud.overrides(["m6i.2xlarge"])
        overrides["LaunchTemplateConfigs.1.Overrides.1.WeightedCapacity"] = "4"
        let made = cloud.fleet(10, "instant", overrides)
        #expect(cloud.describe().instances.count == 3)
        #expect(cloud.call("DescribeFleets", ["FleetId.1": made.fleet]).all("fulfilledCapacity") == ["12.0"])
    }

    @Test func bothMarketsAreServedAsTold() throws {
        let split = [
            "TargetCapacitySpecification.OnDemandTargetCapacity": "2",
            "TargetCapacitySpecification.DefaultTargetCapacityType": "spot",
        ]
        let made = cloud.fleet(5, "instant", EmulatedCloud.overrides(["m6i.large"]), split)
        #expect(made.all("lifecycle") == ["on-demand", "spot"])
        #expect(cloud.describe().all("instanceLifecycle") == ["spot", "spot", "spot"])
        let told = cloud.call("DescribeFleets", ["FleetId.1": made.fleet])
        #expect(told.all("fulfilledOnDemandCapacity") == ["2.0"])
        #expect(told.all("spotTargetCapacity") == ["3"])
    }

    /// What a strategy takes of two types in two zones when four machines are wanted.
    static let strategies: [(String, [String: String], [String])] = [
        ("lowest-price", [:], ["m6i.large"]),
        ("lowest-price", ["SpotOptions.InstancePoolsToUseCount": "2"], ["m6i.large"]),
        ("capacity-optimized", [:], ["m6i.xlarge"]),
        ("price-capacity-optimized", [:], ["m6i.large"]),
        ("diversified", [:], ["m6i.large", "m6i.xlarge"]),
        (
            "capacity-optimized-prioritized",
            [
                "LaunchTemplateConfigs.1.Overrides.1.Priority": "2",
                "LaunchTemplateConfigs.1.Overrides.2.Priority": "1",
            ], ["m6i.xlarge"]
        ),
    ]

    @Test(arguments: strategies)
    func aStrategyChoosesThePools(_ name: String, _ more: [String: String], _ types: [String]) throws {
        try cloud.emulator.change { world in
            for zone in ["us-east-1a", "us-east-1b"] {
                world.limits.capacity[Pool(type: "m6i.large", zone: zone, market: .spot)] = 10
                world.limits.capacity[Pool(type: "m6i.xlarge", zone: zone, market: .spot)] = 20
            }
        }
        let options = [
            "SpotOptions.AllocationStrategy": name, "TargetCapacitySpecification.DefaultTargetCapacityType": "spot",
        ].merging(more) { $1 }
        let made = cloud.fleet(4, "instant", EmulatedCloud.overrides(["m6i.large", "m6i.xlarge"]), options)
        #expect(made.status == 200)
        let found = cloud.describe()
        #expect(Set(found.all("instanceType")) == Set(types))
        #expect(found.instances.count == 4)
        if name == "diversified" || !more.isEmpty && name == "lowest-price" {
            #expect(Set(found.all("availabilityZone")).count == 2)
        }
    }

    @Test func onDemandGoesByPriority() throws {
        var overrides = EmulatedCloud.overrides(["m6i.large", "m6i.xlarge"])
        overrides["LaunchTemplateConfigs.1.Overrides.2.Priority"] = "0"
        _ = cloud.fleet(1, "instant", overrides, ["OnDemandOptions.AllocationStrategy": "prioritized"])
        #expect(cloud.describe().all("instanceType") == ["m6i.xlarge"])
    }

    @Test func belowItsLeastAFleetLaunchesNothing() throws {
        try cloud.emulator.change { world in
            world.limits.capacity[Pool(type: "m6i.large", zone: "us-east-1a")] = 3
            world.limits.capacity[Pool(type: "m6i.large", zone: "us-east-1b")] = 3
        }
        let together = ["OnDemandOptions.SingleAvailabilityZone": "true", "OnDemandOptions.MinTargetCapacity": "4"]
        let none = cloud.fleet(5, "instant", EmulatedCloud.overrides(["m6i.large"]), together)
        #expect(none.status == 200)
        #expect(none.all("errorCode") == ["InsufficientInstanceCapacity"])
        #expect(cloud.describe().instances.isEmpty)
        let spread = ["OnDemandOptions.SingleInstanceType": "true", "OnDemandOptions.MinTargetCapacity": "4"]
        _ = cloud.fleet(5, "instant", EmulatedCloud.overrides(["m6i.large"]), spread)
        #expect(cloud.describe().instances.count == 5)
        try cloud.emulator.change { $0.limits.capacity[Pool(type: "m6i.large", zone: "us-east-1b")] = 9 }
        _ = cloud.fleet(4, "instant", EmulatedCloud.overrides(["m6i.large"]), together)
        #expect(cloud.describe().all("availabilityZone").count { $0 == "us-east-1b" } == 6)
    }

    @Test func aRepeatedTokenAnswersTheSameFleet() throws {
        let token = ["ClientToken": "once"]
        let one = cloud.fleet(2, "instant", EmulatedCloud.overrides(["m6i.large"]), token)
        let again = cloud.fleet(2, "instant", EmulatedCloud.overrides(["m6i.large"]), token)
        #expect(again.fleet == one.fleet)
        #expect(again.all("instanceIds") == one.all("instanceIds"))
        #expect(cloud.describe().instances.count == 2)
        let other = cloud.fleet(3, "instant", EmulatedCloud.overrides(["m6i.large"]), token)
        #expect(other.code == "IdempotentParameterMismatch")
        let dry = cloud.fleet(2, "instant", EmulatedCloud.overrides(["m6i.large"]), token, ["DryRun": "true"])
        #expect(dry.code == "DryRunOperation")
    }

    @Test func typesMayBeChosenByWhatTheyHave() throws {
        let needs = [
            "InstanceRequirements.VCpuCount.Min": "4", "InstanceRequirements.VCpuCount.Max": "4",
            "InstanceRequirements.MemoryMiB.Min": "32768", "InstanceRequirements.CpuManufacturer.1": "intel",
        ]
        var overrides = EmulatedCloud.overrides([])
        for (name, value) in needs { overrides["LaunchTemplateConfigs.1.Overrides.1.\(name)"] = value }
        let diversified = [
            "SpotOptions.AllocationStrategy": "diversified",
            "TargetCapacitySpecification.DefaultTargetCapacityType": "spot",
        ]
        let made = cloud.fleet(8, "instant", overrides, diversified)
        let types = Set(cloud.describe().all("instanceType"))
        #expect(types == ["r5.xlarge", "r5d.xlarge", "r6i.xlarge", "r7i.xlarge"])
        #expect(Set(made.all("fleetInstanceSet").joined().components("instanceType")) == types)
        let vcpus = diversified.merging(["TargetCapacitySpecification.TargetCapacityUnitType": "vcpu"]) { $1 }
        _ = cloud.fleet(8, "instant", overrides, vcpus)
        #expect(cloud.describe().instances.count == 10)
    }

    @Test func aSubnetOfAnOverrideLiesOverTheTemplatesNetwork() throws {
        cloud.makeTemplate("wired", ["LaunchTemplateData.NetworkInterface.1.DeviceIndex": "0"])
        let subnets = try cloud.emulator.world().defaultSubnets(in: "us-east-1")
        var overrides = EmulatedCloud.overrides(["m6i.large"], template: "wired")
        overrides["LaunchTemplateConfigs.1.Overrides.1.SubnetId"] = subnets["us-east-1b"]
        let made = cloud.fleet(1, "instant", overrides)
        #expect(made.all("errorCode").isEmpty)
        #expect(cloud.describe().all("availabilityZone") == ["us-east-1b"])
        #expect(cloud.describe().all("subnetId").first == subnets["us-east-1b"])
        // What is wrong with one override is told of it alone.
        overrides["LaunchTemplateConfigs.1.Overrides.2.InstanceType"] = "c6i.large"
        overrides["LaunchTemplateConfigs.1.Overrides.2.SubnetId"] = "subnet-nowhere"
        let half = cloud.fleet(1, "instant", overrides)
        #expect(half.all("errorCode") == ["InvalidSubnetID.Malformed"])
        #expect(cloud.describe().instances.count == 2)
    }

    // MARK: - Maintained and requested

    @Test func aMaintainedFleetReplacesWhatItLoses() throws {
        let made = cloud.fleet(
            3, "maintain", EmulatedCloud.overrides(["m6i.large"]),
            ["TargetCapacitySpecification.DefaultTargetCapacityType": "spot"])
        #expect(made.all("instanceIds").isEmpty)
        let first = cloud.members(made.fleet)
        #expect(first.count == 3)
        cloud.clock.turn(.seconds(20))
        _ = cloud.terminate([first[0]])
        try cloud.emulator.change { try $0.interrupt([first[1]], in: "us-east-1", at: cloud.clock.now) }
        #expect(cloud.members(made.fleet) == [first[2]])
        cloud.clock.turn(.seconds(2))
        #expect(cloud.members(made.fleet) == [first[2]])
        cloud.clock.turn(.seconds(1))
        let after = cloud.members(made.fleet)
        #expect(after.count == 3)
        #expect(Set(after).intersection(first) == [first[2]])
        #expect(cloud.describe().all("code").contains("Server.SpotInstanceTermination"))
        let events = cloud.history(made.fleet)
        #expect(events.count { $0 == "launched" } == 5)
        #expect(events.count { $0 == "terminated" } == 2)
    }

    @Test func itDoesNotMatterHowOftenSomebodyLooks() throws {
        func run(looking every: Int) throws -> [String] {
            let cloud = try EmulatedCloud()
            cloud.makeTemplate()
            // Two of them fail as they come up, each at a moment of its own.
            let ending = EmulatedInstance.Ending(code: "Server.InternalError", message: "Internal error on launch")
            try cloud.emulator.change { $0.faults = [Fault(.failLate(ending), times: 2)] }
            let fleet = cloud.fleet(4, "maintain", EmulatedCloud.overrides(["m6i.large"])).fleet
            _ = cloud.terminate([cloud.members(fleet)[3]])
            for _ in 0..<(60 / every) {
                cloud.clock.turn(.seconds(every))
                _ = cloud.describe()
            }
            return cloud.describe(["Filter.1.Name": "instance-state-name", "Filter.1.Value.1": "running"])
                .all("launchTime").sorted()
        }
        let often = try run(looking: 1), seldom = try run(looking: 60)
        #expect(often == seldom)
        #expect(often.count == 4)
        #expect(Set(often).count > 2)
    }

    @Test func aRequestedFleetReplacesNothing() throws {
        let made = cloud.fleet(2, "request", EmulatedCloud.overrides(["m6i.large"]))
        let members = cloud.members(made.fleet)
        #expect(members.count == 2)
        _ = cloud.terminate([members[0]])
        cloud.clock.turn(.seconds(600))
        #expect(cloud.members(made.fleet) == [members[1]])
        #expect(cloud.call("DescribeFleets").all("fulfilledCapacity") == ["1.0"])
    }

    @Test(arguments: ["request", "maintain"]) func whatIsMissingIsTriedAgain(_ mode: String) throws {
        try cloud.emulator.change { world in
            for zone in ["us-east-1a", "us-east-1b"] { world.limits.capacity[Pool(type: "m6i.large", zone: zone)] = 1 }
        }
        let made = cloud.fleet(4, mode, EmulatedCloud.overrides(["m6i.large"]))
        #expect(cloud.members(made.fleet).count == 2)
        let told = cloud.call("DescribeFleets")
        #expect(told.all("activityStatus") == ["error"])
        #expect(told.all("fulfilledCapacity") == ["2.0"])
        cloud.clock.turn(.seconds(30))
        #expect(cloud.members(made.fleet).count == 2)
        #expect(cloud.history(made.fleet).count { $0 == "launchSpecTemporarilyBlacklisted" } == 1)
        let why = cloud.call(
            "DescribeFleetHistory",
            ["FleetId": made.fleet, "StartTime": "2020-01-01T00:00:00Z", "EventType": "service-error"])
        #expect(why.all("eventDescription")[0].contains("InsufficientInstanceCapacity"))
        try cloud.emulator.change { $0.limits.capacity = [:] }
        cloud.clock.turn(.seconds(6))
        #expect(cloud.members(made.fleet).count == 4)
        #expect(cloud.call("DescribeFleets").all("activityStatus") == ["fulfilled"])
    }

    @Test func aSpotQuotaHasAnEventOfItsOwn() throws {
        try cloud.emulator.change { $0.limits.quotas[Quota(market: .spot, region: "us-east-1")] = 0 }
        let spot = ["TargetCapacitySpecification.DefaultTargetCapacityType": "spot"]
        let made = cloud.fleet(1, "maintain", EmulatedCloud.overrides(["m6i.large"]), spot)
        #expect(cloud.history(made.fleet).contains("spotInstanceCountLimitExceeded"))
    }

    @Test func aFleetIsMadeSmallerWithOrWithoutEndingInstances() throws {
        let made = cloud.fleet(4, "maintain", EmulatedCloud.overrides(["m6i.large"]))
        let first = cloud.members(made.fleet)
        func modify(_ total: Int, _ policy: String) -> Answer {
            cloud.call(
                "ModifyFleet",
                [
                    "FleetId": made.fleet, "TargetCapacitySpecification.TotalTargetCapacity": "\(total)",
                    "ExcessCapacityTerminationPolicy": policy,
                ])
        }
        #expect(modify(3, "no-termination").all("return") == ["true"])
        #expect(cloud.members(made.fleet) == first)
        // The machine that is too many may go without being replaced.
        _ = cloud.terminate([first[0]])
        cloud.clock.turn(.seconds(60))
        #expect(cloud.members(made.fleet) == Array(first[1...]))
        #expect(modify(1, "termination").status == 200)
        #expect(cloud.members(made.fleet) == [first[1]])
        #expect(modify(2, "termination").status == 200)
        #expect(cloud.members(made.fleet).count == 2)
        #expect(cloud.call("DescribeFleets").all("totalTargetCapacity") == ["2"])
        for mode in ["request", "instant"] {
            let other = cloud.fleet(1, mode, EmulatedCloud.overrides(["m6i.large"]))
            let refused = cloud.call(
                "ModifyFleet",
                ["FleetId": other.fleet, "TargetCapacitySpecification.TotalTargetCapacity": "2"])
            #expect(refused.code == "FleetNotInModifiableState")
        }
    }

    @Test func aDeletedFleetIsGoneWithItsInstancesOrWithout() throws {
        func delete(_ id: String, _ terminating: Bool) -> Answer {
            cloud.call("DeleteFleets", ["FleetId.1": id, "TerminateInstances": "\(terminating)"])
        }
        func state(_ id: String) -> [String] { cloud.call("DescribeFleets", ["FleetId.1": id]).all("fleetState") }
        let one = cloud.fleet(2, "maintain", EmulatedCloud.overrides(["m6i.large"])).fleet
        #expect(delete(one, true).all("currentFleetState") == ["deleted_terminating"])
        #expect(state(one) == ["deleted_terminating"])
        #expect(cloud.call("DescribeFleets").all("activityStatus") == ["pending_termination"])
        cloud.clock.turn(.seconds(10))
        #expect(state(one) == ["deleted"])
        #expect(Set(cloud.describe().states) == ["terminated"])
        #expect(delete(one, true).all("code") == ["fleetNotInDeletableState"])

        let other = cloud.fleet(2, "maintain", EmulatedCloud.overrides(["m6i.large"])).fleet
        #expect(delete(other, false).all("currentFleetState") == ["deleted_running"])
        let members = cloud.members(other)
        #expect(members.count == 2)
        _ = cloud.terminate([members[0]])
        cloud.clock.turn(.seconds(60))
        #expect(cloud.members(other) == [members[1]])
        #expect(delete(other, true).all("previousFleetState") == ["deleted_running"])
        cloud.clock.turn(.seconds(60))
        #expect(state(other) == ["deleted"])

        let instant = cloud.fleet(1, "instant", EmulatedCloud.overrides(["m6i.large"])).fleet
        #expect(delete(instant, false).all("code") == ["unexpectedError"])
        #expect(delete(instant, true).all("currentFleetState") == ["deleted_terminating"])
        #expect(delete("fleet-1", true).all("code") == ["fleetIdMalformed"])
        #expect(delete("fleet-00000000-0000-4000-8000-000000000000", true).all("code") == ["fleetIdDoesNotExist"])
        cloud.clock.turn(.seconds(4000))
        #expect(cloud.call("DescribeFleets", ["FleetId.1": one]).code == "InvalidFleetId.NotFound")
    }

    @Test func aFleetEndsWhenItsTimeIsOver() throws {
        let until = (cloud.clock.now + .seconds(100)).description
        let made = cloud.fleet(
            2, "maintain", EmulatedCloud.overrides(["m6i.large"]),
            ["ValidUntil": until, "TerminateInstancesWithExpiration": "true"])
        cloud.clock.turn(.seconds(99))
        #expect(cloud.members(made.fleet).count == 2)
        cloud.clock.turn(.seconds(1))
        #expect(Set(cloud.describe().states) == ["shutting-down"])
        #expect(cloud.call("DescribeFleets").all("fleetState") == ["deleted_terminating"])
        #expect(cloud.history(made.fleet).contains("expired"))
    }

    @Test func aRateHoldsForFleetsToo() throws {
        try cloud.emulator.change { $0.limits.rates["CreateFleet"] = RateBucket(size: 1, perSecond: 1) }
        #expect(cloud.fleet(1, "instant", EmulatedCloud.overrides(["m6i.large"])).status == 200)
        #expect(cloud.fleet(1, "instant", EmulatedCloud.overrides(["m6i.large"])).code == "RequestLimitExceeded")
    }

    @Test func readingAFleetThatIsFineChangesNothing() throws {
        let made = cloud.fleet(2, "maintain", EmulatedCloud.overrides(["m6i.large"]))
        let before = try cloud.emulator.world().revision
        cloud.clock.turn(.seconds(100))
        _ = cloud.call("DescribeFleets")
        _ = cloud.members(made.fleet)
        _ = cloud.history(made.fleet)
        let dry = ["DryRun": "true"]
        _ = cloud.call("DescribeTags", dry)
        for answer in [
            cloud.fleet(1, "instant", EmulatedCloud.overrides(["m6i.large"]), dry),
            cloud.call("ModifyFleet", dry.merging(["FleetId": made.fleet]) { $1 }),
            cloud.call("DeleteFleets", dry.merging(["FleetId.1": made.fleet, "TerminateInstances": "true"]) { $1 }),
            cloud.call("DescribeFleets", dry),
            cloud.call("DescribeFleetInstances", dry.merging(["FleetId": made.fleet]) { $1 }),
        ] { #expect(answer.code == "DryRunOperation") }
        #expect(try cloud.emulator.world().revision == before)
    }

    @Test func aWorldWithFleetsIsSavedAndFoundAgain() throws {
        let folder = try ScratchFolder()
        let clock = TurnedClock()
        let one = try EmulatedCloud(clock: clock) { $0.worldFile = folder.file("world.json") }
        one.makeTemplate()
        let made = one.fleet(3, "maintain", EmulatedCloud.overrides(["m6i.large"]))
        _ = one.terminate([one.members(made.fleet)[0]])
        clock.turn(.seconds(10))
        let other = try EmulatedCloud(seed: 8, clock: clock) { $0.worldFile = folder.file("world.json") }
        #expect(other.members(made.fleet).count == 3)
        #expect(one.members(made.fleet) == other.members(made.fleet))
    }

    /// What is wrong with a fleet, and what EC2 says to it. An empty text takes a parameter away.
    static let mistakes: [([String: String], String)] = [
        (["Type": "eternal"], "InvalidParameterValue"),
        (["TargetCapacitySpecification.TotalTargetCapacity": ""], "MissingParameter"),
        (["TargetCapacitySpecification.TotalTargetCapacity": "-1"], "InvalidParameterValue"),
        (["TargetCapacitySpecification.TotalTargetCapacity": "10001"], "InvalidTargetCapacitySpecification"),
        (["TargetCapacitySpecification.OnDemandTargetCapacity": "9"], "InvalidTargetCapacitySpecification"),
        (["TargetCapacitySpecification.TargetCapacityUnitType": "vcpu"], "InvalidParameterCombination"),
        (["LaunchTemplateConfigs.1.LaunchTemplateSpecification.Version": ""], "MissingParameter"),
        (
            ["LaunchTemplateConfigs.1.LaunchTemplateSpecification.Version": "7"],
            "InvalidLaunchTemplateId.VersionNotFound"
        ),
        (
            ["LaunchTemplateConfigs.1.LaunchTemplateSpecification.LaunchTemplateName": "none"],
            "InvalidLaunchTemplateName.NotFoundException"
        ),
        (["LaunchTemplateConfigs.1.Overrides.2.InstanceType": "m6i.large"], "InvalidParameterValue"),
        (["LaunchTemplateConfigs.1.Overrides.1.WeightedCapacity": "0"], "InvalidParameterValue"),
        (["LaunchTemplateConfigs.1.Overrides.1.MaxPrice": "cheap"], "InvalidParameterValue"),
        (
            ["LaunchTemplateConfigs.1.Overrides.1.InstanceRequirements.VCpuCount.Min": "2"],
            "InvalidParameterCombination"
        ),
        (["SpotOptions.AllocationStrategy": "prioritized"], "InvalidParameterValue"),
        (["OnDemandOptions.AllocationStrategy": "diversified"], "InvalidParameterValue"),
        (
            ["SpotOptions.AllocationStrategy": "diversified", "SpotOptions.InstancePoolsToUseCount": "2"],
            "InvalidParameterCombination"
        ),
        (["SpotOptions.MinTargetCapacity": "1"], "InvalidParameterCombination"),
        (["Type": "instant", "SpotOptions.MinTargetCapacity": "1"], "InvalidParameterCombination"),
        (["OnDemandOptions.SingleInstanceType": "true"], "InvalidParameterCombination"),
        (["TagSpecification.1.ResourceType": "instance"], "InvalidParameterValue"),
        (["ValidUntil": "2020-01-01T00:00:00Z"], "InvalidParameterValue"),
        (["ValidUntil": "soon"], "InvalidParameterValue"),
        (["Nonsense": "1"], "UnknownParameter"),
    ]

    @Test(arguments: mistakes) func aMistakenFleetIsRefused(_ change: [String: String], _ code: String) throws {
        var parameters = EmulatedCloud.fleetParameters(3, "maintain", EmulatedCloud.overrides(["m6i.large"]))
        parameters.merge(change) { $1 }
        for (name, value) in change where value.isEmpty { parameters[name] = nil }
        let answer = cloud.call("CreateFleet", parameters)
        #expect(answer.code == code)
        #expect(answer.status == 400)
        #expect(cloud.describe().instances.isEmpty)
        #expect(cloud.call("DescribeFleets").all("fleetId").isEmpty)
    }

    @Test func fleetsComeInPages() throws {
        let ids = (0..<5).map { _ in cloud.fleet(1, "maintain", EmulatedCloud.overrides(["m6i.large"])).fleet }
        let first = cloud.call("DescribeFleets", ["MaxResults": "2"])
        #expect(first.all("fleetId") == Array(ids[..<2]))
        let next = cloud.call("DescribeFleets", ["MaxResults": "9", "NextToken": first.all("nextToken")[0]])
        #expect(next.all("fleetId") == Array(ids[2...]))
        let active = ["Filter.1.Name": "fleet-state", "Filter.1.Value.1": "deleted*"]
        #expect(cloud.call("DescribeFleets", active).all("fleetId").isEmpty)
    }
}
