import Cloud
import CloudEmulator
import FoundationEssentials
import Provisioning
import Testing

/// A group keeps up what it was asked for, by the clock and by nothing else.
@Suite struct ScalingGroupTests {
    private let cloud: EmulatedCloud

    init() throws {
        cloud = try EmulatedCloud()
        try cloud.makeGroupTemplate()
    }

    @Test(arguments: AutoScalingParameters.byAction.keys.sorted())
    func everyParameterTakenIsInAutoScalingsModel(_ action: String) throws {
        let model = try PublishedModel("autoscaling-2011-01-01")
        #expect(model.operations[action] != nil)
        #expect(AutoScalingParameters.byAction[action]?.subtracting(model.parameters(of: action)) == [])
    }

    @Test func instancesComeAMomentAfterTheGroup() throws {
        #expect(cloud.makeGroup(3).status == 200)
        #expect(cloud.members().isEmpty)
        cloud.clock.turn(.seconds(1))
        #expect(cloud.members().map(\.state) == ["Pending", "Pending", "Pending"])
        #expect(cloud.describe().states == ["pending", "pending", "pending"])
        cloud.clock.turn(.seconds(13))
        #expect(cloud.members().map(\.state) == ["InService", "InService", "InService"])
        #expect(Set(cloud.members().map(\.id)) == Set(cloud.describe().instances))
    }

    @Test func itMakesNoDifferenceHowOftenSomebodyLooks() throws {
        let other = try EmulatedCloud()
        try other.makeGroupTemplate()
        for cloud in [cloud, other] { _ = cloud.makeGroup(4) }
        for _ in 0..<30 {
            cloud.clock.turn(.seconds(1))
            _ = cloud.describe()
        }
        other.clock.turn(.seconds(30))
        let seen = cloud.describe(), caughtUp = other.describe()
        #expect(seen.all("launchTime") == caughtUp.all("launchTime"))
        #expect(seen.states == caughtUp.states)
        #expect(Set(seen.states) == ["running"])
    }

    @Test func aGroupThatHasWhatItWantsChangesNothing() throws {
        _ = cloud.makeGroup(2)
        cloud.clock.turn(.seconds(30))
        _ = cloud.members()
        let before = try cloud.emulator.world().revision
        cloud.clock.turn(.seconds(3600))
        _ = cloud.members()
        _ = cloud.describe()
        #expect(try cloud.emulator.world().revision == before)
    }

    @Test func whatIsInterruptedIsReplacedAndSoIsTheReplacement() throws {
        let mixed = [
            "MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification.LaunchTemplateName": "template",
            "MixedInstancesPolicy.LaunchTemplate.Overrides.member.1.InstanceType": "c5.large",
            "MixedInstancesPolicy.InstancesDistribution.OnDemandPercentageAboveBaseCapacity": "0",
        ]
        _ = cloud.makeGroup(2, mixed)
        cloud.clock.turn(.seconds(20))
        var seen = Set(cloud.members().map(\.id))
        for _ in 0..<3 {
            let lost = try #require(cloud.members().first { $0.state == "InService" }).id
            try cloud.emulator.change { try $0.interrupt([lost], in: "us-east-1", at: cloud.clock.now) }
            let unnoticed = try #require(cloud.members().first { $0.id == lost })
            #expect(unnoticed.health == "Unhealthy")
            cloud.clock.turn(.seconds(1))
            #expect(cloud.members().first { $0.id == lost }?.state == "Terminating")
            cloud.clock.turn(.seconds(20))
            let now = Set(cloud.members().filter { $0.state == "InService" }.map(\.id))
            #expect(now.count == 2)
            #expect(!now.contains(lost))
            seen.formUnion(now)
        }
        #expect(seen.count == 5)
        #expect(cloud.describe().all("instanceLifecycle").count == 5)
    }

    @Test func aLaunchThatFailsLateIsReplacedWhileNobodyLooks() throws {
        let ending = EmulatedInstance.Ending(code: "Server.InternalError", message: "Internal error on launch")
        try cloud.emulator.change { $0.faults = [Fault(.failLate(ending), times: 3)] }
        _ = cloud.makeGroup(2)
        cloud.clock.turn(.seconds(100))
        #expect(cloud.members().map(\.state) == ["InService", "InService"])
        #expect(cloud.describe().states.count { $0 == "terminated" } == 3)
    }

    @Test func aPoolWithoutRoomIsTriedAgainAndTold() throws {
        let zones = try #require(try cloud.emulator.world().conditions.zones["us-east-1"])
        func give(_ count: Int) throws {
            try cloud.emulator.change { world in
                for zone in zones {
                    world.limits.capacity[Pool(type: "m6i.large", zone: zone)] = zone == zones[0] ? count : 0
                }
            }
        }
        try give(1)
        _ = cloud.makeGroup(3)
        cloud.clock.turn(.seconds(20))
        #expect(cloud.members().count == 1)
        let failed = cloud.autoscaling("DescribeScalingActivities").all("StatusMessage")
        let message = try #require(failed.first)
        #expect(message.hasPrefix("We currently do not have sufficient m6i.large capacity in the Availability Zone"))
        try give(3)
        cloud.clock.turn(.seconds(60))
        #expect(cloud.members().count == 3)
        let told = cloud.autoscaling("DescribeScalingActivities")
        #expect(told.all("StatusCode").count { $0 == "Failed" } == failed.count)
    }

    @Test func aMixedPolicyTellsWhichHalfFailed() throws {
        try cloud.emulator.change { world in
            for zone in ["us-east-1a", "us-east-1b"] {
                world.limits.capacity[Pool(type: "c5.large", zone: zone, market: .spot)] = 0
            }
        }
        _ = cloud.makeGroup(
            4,
            [
                "MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification.LaunchTemplateName": "template",
                "MixedInstancesPolicy.LaunchTemplate.Overrides.member.1.InstanceType": "c5.large",
                "MixedInstancesPolicy.InstancesDistribution.OnDemandPercentageAboveBaseCapacity": "50",
            ])
        cloud.clock.turn(.seconds(20))
        #expect(cloud.members().count == 2)
        let message = cloud.autoscaling("DescribeScalingActivities").all("StatusMessage").first
        #expect(message?.hasPrefix("Could not launch Spot Instances. InsufficientInstanceCapacity - We ") == true)
    }

    @Test func aQuotaHoldsForGroupsToo() throws {
        try cloud.emulator.change { $0.limits.quotas[Quota(region: "us-east-1")] = 4 }
        _ = cloud.makeGroup(3)
        cloud.clock.turn(.seconds(20))
        #expect(cloud.members().count == 2)
        let message = cloud.autoscaling("DescribeScalingActivities").all("StatusMessage").first
        #expect(message?.contains("vCPU limit of 4") == true)
    }

    @Test func manyWeeksOfFailuresAreSkippedNotRelived() throws {
        try cloud.emulator.change { $0.limits.quotas[Quota(region: "us-east-1")] = 0 }
        _ = cloud.makeGroup(1)
        cloud.clock.turn(.seconds(90 * 86_400))
        #expect(cloud.members().isEmpty)
        #expect(try cloud.emulator.world().regions["us-east-1"]?.activities.count ?? 0 <= 200)
        try cloud.emulator.change { $0.limits.quotas = [:] }
        cloud.clock.turn(.seconds(60))
        #expect(cloud.members().count == 1)
    }

    @Test func aGroupIsSpreadOverItsZones() throws {
        _ = cloud.makeGroup(7)
        cloud.clock.turn(.seconds(1))
        let zones = cloud.members().map(\.zone)
        #expect([zones.count { $0 == "us-east-1a" }, zones.count { $0 == "us-east-1b" }].sorted() == [3, 4])
        _ = cloud.autoscaling("SetDesiredCapacity", ["DesiredCapacity": "4"])
        cloud.clock.turn(.seconds(10))
        let left = cloud.members().map(\.zone)
        #expect([left.count { $0 == "us-east-1a" }, left.count { $0 == "us-east-1b" }] == [2, 2])
    }

    @Test func spotCapacityIsTakenWhereMostOfItIsLeft() throws {
        try cloud.emulator.change { world in
            for zone in ["us-east-1a", "us-east-1b"] {
                world.limits.capacity[Pool(type: "c5.large", zone: zone, market: .spot)] = 5
                world.limits.capacity[Pool(type: "c6i.large", zone: zone, market: .spot)] = 50
            }
        }
        for (strategy, type) in [("capacity-optimized", "c6i.large"), ("capacity-optimized-prioritized", "c5.large")] {
            let answer = cloud.makeGroup(
                named: strategy, 2,
                [
                    "MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification.LaunchTemplateName": "template",
                    "MixedInstancesPolicy.LaunchTemplate.Overrides.member.1.InstanceType": "c5.large",
                    "MixedInstancesPolicy.LaunchTemplate.Overrides.member.2.InstanceType": "c6i.large",
                    "MixedInstancesPolicy.InstancesDistribution.OnDemandPercentageAboveBaseCapacity": "0",
                    "MixedInstancesPolicy.InstancesDistribution.SpotAllocationStrategy": strategy,
                ])
            #expect(answer.status == 200)
            cloud.clock.turn(.seconds(1))
            #expect(Set(cloud.members(of: strategy).map(\.type)) == [type])
        }
    }

    @Test func nothingRefusedLeavesATrace() throws {
        _ = cloud.makeGroup(1)
        cloud.clock.turn(.seconds(20))
        let id = try #require(cloud.members().first).id
        let before = try cloud.emulator.world().revision
        let calls: [(String, [String: String])] = [
            ("CreateAutoScalingGroup", ["MinSize": "0", "MaxSize": "1", "AvailabilityZones.member.1": "us-east-1a"]),
            ("UpdateAutoScalingGroup", ["MinSize": "51"]), ("SetDesiredCapacity", ["DesiredCapacity": "100"]),
            ("SetDesiredCapacity", ["DesiredCapacity": "many"]), ("DeleteAutoScalingGroup", [:]),
            ("DetachInstances", ["InstanceIds.member.1": id]),
            (
                "DetachInstances",
                [
                    "InstanceIds.member.1": id, "InstanceIds.member.2": "i-00000000",
                    "ShouldDecrementDesiredCapacity": "true",
                ]
            ), ("AttachInstances", ["InstanceIds.member.1": id]),
            ("SuspendProcesses", ["ScalingProcesses.member.1": "Sleep"]), ("UpdateAutoScalingGroup", ["Nonsense": "1"]),
            (
                "SetInstanceProtection",
                [
                    "InstanceIds.member.1": id, "InstanceIds.member.2": "i-00000000", "ProtectedFromScaleIn": "true",
                ]
            ),
        ]
        for (action, parameters) in calls {
            #expect(cloud.autoscaling(action, parameters).status == 400, "\(action)")
        }
        #expect(try cloud.emulator.world().revision == before)
    }

    @Test func aGroupIsDeletedOnceTheLastHasGone() throws {
        _ = cloud.makeGroup(2)
        cloud.clock.turn(.seconds(20))
        #expect(cloud.autoscaling("DeleteAutoScalingGroup").code == "ResourceInUse")
        _ = cloud.autoscaling("SetDesiredCapacity", ["DesiredCapacity": "0"])
        cloud.clock.turn(.seconds(1))
        #expect(cloud.members().map(\.state) == ["Terminating", "Terminating"])
        #expect(cloud.autoscaling("DeleteAutoScalingGroup").code == "ScalingActivityInProgress")
        cloud.clock.turn(.seconds(5))
        #expect(cloud.autoscaling("DeleteAutoScalingGroup").status == 200)
        #expect(cloud.autoscaling("DeleteAutoScalingGroup").code == "ValidationError")
    }

    @Test func aGroupDeletedByForceIsThereUntilItsInstancesAreNot() throws {
        _ = cloud.makeGroup(2)
        cloud.clock.turn(.seconds(20))
        #expect(cloud.autoscaling("DeleteAutoScalingGroup", ["ForceDelete": "true"]).status == 200)
        let going = cloud.autoscaling("DescribeAutoScalingGroups")
        #expect(going.all("Status") == ["Delete in progress"])
        #expect(cloud.autoscaling("SetDesiredCapacity", ["DesiredCapacity": "1"]).code == "ValidationError")
        let again = cloud.makeGroup(1)
        #expect(again.code == "AlreadyExists")
        #expect(again.message?.contains("pending delete") == true)
        cloud.clock.turn(.seconds(5))
        #expect(cloud.autoscaling("DescribeAutoScalingGroups").all("AutoScalingGroupName").isEmpty)
        #expect(cloud.makeGroup(1).status == 200)
        let old = cloud.autoscaling("DescribeScalingActivities", ["IncludeDeletedGroups": "true"])
        #expect(old.all("AutoScalingGroupState").count == 4)
        #expect(cloud.autoscaling("DescribeScalingActivities").all("ActivityId").isEmpty)
    }

    @Test func aPageIsRightWhateverWentInBetween() throws {
        for number in 1...6 { _ = cloud.makeGroup(named: "group\(number)", 0) }
        let first = cloud.autoscaling("DescribeAutoScalingGroups", ["MaxRecords": "3"])
        let token = try #require(first.all("NextToken").first)
        _ = cloud.autoscaling("DeleteAutoScalingGroup", ["AutoScalingGroupName": "group2"])
        let second = cloud.autoscaling("DescribeAutoScalingGroups", ["NextToken": token])
        #expect(second.all("AutoScalingGroupName") == ["group4", "group5", "group6"])
    }

    @Test func hundredsOfMembersComeAndGo() throws {
        _ = cloud.makeGroup(400, ["MaxSize": "400"])
        cloud.clock.turn(.seconds(20))
        #expect(Set(cloud.members().map(\.id)).count == 400)
        _ = cloud.autoscaling("SetDesiredCapacity", ["DesiredCapacity": "10"])
        cloud.clock.turn(.seconds(20))
        #expect(cloud.members().count == 10)
        #expect(cloud.describe(["MaxResults": "1000"]).states.count { $0 == "terminated" } == 390)
    }

    @Test func aSavedWorldKeepsItsGroups() throws {
        let folder = try ScratchFolder()
        let clock = TurnedClock()
        let one = try EmulatedCloud(clock: clock) { $0.worldFile = folder.file("world.json") }
        try one.makeGroupTemplate()
        _ = one.makeGroup(2, ["Tags.member.1.Key": "k", "Tags.member.1.Value": "v"])
        clock.turn(.seconds(30))
        let other = try EmulatedCloud(seed: 8, clock: clock) { $0.worldFile = folder.file("world.json") }
        #expect(other.members().map(\.state) == ["InService", "InService"])
        #expect(one.members() == other.members())
    }

    @Test func aFaultMeetsAutoScalingInItsForm() throws {
        let fault = Fault(.refuse(code: "ResourceContention", message: "busy", status: 500), on: "SetDesiredCapacity")
        try cloud.emulator.change { $0.faults = [fault] }
        let answer = cloud.autoscaling("SetDesiredCapacity", ["DesiredCapacity": "1"])
        #expect(answer.status == 500)
        #expect(answer.code == "ResourceContention")
        #expect(answer.all("Type") == ["Receiver"])
    }
}

extension EmulatedCloud {
    func autoscaling(_ action: String, _ parameters: [String: String] = [:]) -> Answer {
        var all = parameters.merging(["Version": "2011-01-01"]) { mine, _ in mine }
        let aboutAll: Set = ["DescribeAutoScalingGroups", "DescribeAutoScalingInstances", "DescribeTags"]
        if all["AutoScalingGroupName"] == nil, !aboutAll.contains(action) { all["AutoScalingGroupName"] = "group" }
        return Answer(emulator.handle(request(action, all, service: "autoscaling")))
    }

    func makeGroupTemplate() throws {
        let made = call(
            "CreateLaunchTemplate",
            [
                "LaunchTemplateName": "template", "LaunchTemplateData.ImageId": "ami-0123456789abcdef0",
                "LaunchTemplateData.InstanceType": "m6i.large",
            ])
        try #require(made.status == 200)
    }

    func makeGroup(named name: String = "group", _ desired: Int, _ more: [String: String] = [:]) -> Answer {
        var parameters = [
            "AutoScalingGroupName": name, "MinSize": "0", "MaxSize": "50", "DesiredCapacity": "\(desired)",
            "AvailabilityZones.member.1": "us-east-1a", "AvailabilityZones.member.2": "us-east-1b",
        ]
        if !more.keys.contains(where: { $0.hasPrefix("MixedInstancesPolicy") }) {
            parameters["LaunchTemplate.LaunchTemplateName"] = "template"
        }
        return autoscaling("CreateAutoScalingGroup", parameters.merging(more) { $1 })
    }

    struct Member: Equatable {
        let id, type, zone, state, health: String
    }

    func members(of name: String = "group") -> [Member] {
        let answer = autoscaling("DescribeAutoScalingGroups", ["AutoScalingGroupNames.member.1": name])
        let ids = answer.all("InstanceId"), types = answer.all("InstanceType").suffix(ids.count)
        let zones = answer.all("AvailabilityZone"), states = answer.all("LifecycleState")
        let health = answer.all("HealthStatus")
        return ids.enumerated().map { at, id in
            Member(
                id: id, type: types[types.startIndex + at], zone: zones[at], state: states[at], health: health[at])
        }
    }
}
