import CloudEmulator
import Provisioning
import Testing

/// Spot Fleets are EC2 Fleets in other words.
@Suite struct SpotFleetTests {
    let cloud: EmulatedCloud
    static let role = "arn:aws:iam::000000000000:role/aws-ec2-spot-fleet-tagging-role"

    init() throws {
        cloud = try EmulatedCloud { $0.zones = ["us-east-1": ["us-east-1a", "us-east-1b"]] }
        cloud.makeTemplate()
    }

    static func parameters(_ total: Int, _ more: [String: String] = [:]) -> [String: String] {
        EmulatedCloud.overrides(["m6i.large"], under: "SpotFleetRequestConfig.LaunchTemplateConfigs.1").merging([
            "SpotFleetRequestConfig.IamFleetRole": role, "SpotFleetRequestConfig.TargetCapacity": "\(total)",
        ]) { $1 }.merging(more.map { ("SpotFleetRequestConfig.\($0)", $1) }) { $1 }
    }

    private func request(_ total: Int, _ more: [String: String] = [:]) -> Answer {
        cloud.call("RequestSpotFleet", SpotFleetTests.parameters(total, more))
    }

    private func told(_ id: String) -> Answer {
        cloud.call("DescribeSpotFleetRequests", ["SpotFleetRequestId.1": id])
    }

    @Test func aSpotFleetBringsMarkedSpotInstancesAndReplacesThem() throws {
        let made = request(
            3,
            [
                "AllocationStrategy": "priceCapacityOptimized", "OnDemandTargetCapacity": "1",
                "TagSpecification.1.ResourceType": "spot-fleet-request", "TagSpecification.1.Tag.1.Key": "for",
                "TagSpecification.1.Tag.1.Value": "tests",
            ])
        #expect(made.fleet.hasPrefix("sfr-"))
        let members = cloud.members(made.fleet)
        #expect(members.count == 3)
        let found = cloud.describe()
        #expect(found.all("instanceLifecycle").count == 2)
        #expect(found.text.contains("<key>aws:ec2spot:fleet-request-id</key><value>\(made.fleet)</value>"))
        let answer = told(made.fleet)
        #expect(answer.all("allocationStrategy") == ["priceCapacityOptimized"])
        #expect(answer.all("fulfilledCapacity") == ["3.0"])
        #expect(answer.all("onDemandFulfilledCapacity") == ["1.0"])
        #expect(answer.all("spotFleetRequestState") == ["active"])
        #expect(answer.all("activityStatus") == ["fulfilled"])
        #expect(answer.all("iamFleetRole") == [SpotFleetTests.role])
        #expect(answer.all("key") == ["for"])
        let spot = cloud.describe(["Filter.1.Name": "instance-lifecycle", "Filter.1.Value.1": "spot"]).instances
        try cloud.emulator.change { try $0.interrupt(spot, in: "us-east-1", at: cloud.clock.now) }
        cloud.clock.turn(.seconds(4))
        #expect(cloud.members(made.fleet).count == 3)
        #expect(cloud.members(made.fleet).count { spot.contains($0) } == 0)
        #expect(cloud.history(made.fleet).count { $0 == "terminated" } == 2)
        // One kind of fleet is not found among the other.
        #expect(cloud.call("DescribeFleets").all("fleetId").isEmpty)
    }

    @Test func aRequestReplacesNothingAndCannotBeModified() throws {
        let made = request(2, ["Type": "request"])
        let members = cloud.members(made.fleet)
        _ = cloud.terminate([members[0]])
        cloud.clock.turn(.seconds(60))
        #expect(cloud.members(made.fleet) == [members[1]])
        let modified = cloud.call(
            "ModifySpotFleetRequest", ["SpotFleetRequestId": made.fleet, "TargetCapacity": "1"])
        #expect(modified.code == "FleetNotInModifiableState")
    }

    @Test func aSpotFleetIsModifiedAndCancelled() throws {
        let made = request(3)
        let members = cloud.members(made.fleet)
        func modify(_ total: Int, _ more: [String: String] = [:]) -> Answer {
            cloud.call(
                "ModifySpotFleetRequest",
                ["SpotFleetRequestId": made.fleet, "TargetCapacity": "\(total)"].merging(more) { $1 })
        }
        #expect(modify(2, ["ExcessCapacityTerminationPolicy": "noTermination"]).all("return") == ["true"])
        #expect(cloud.members(made.fleet) == members)
        #expect(modify(1, ["ExcessCapacityTerminationPolicy": "default"]).status == 200)
        #expect(cloud.members(made.fleet) == [members[0]])
        #expect(told(made.fleet).all("targetCapacity") == ["1"])
        let unknown = "sfr-00000000-0000-4000-8000-000000000000"
        let cancelled = cloud.call(
            "CancelSpotFleetRequests",
            [
                "SpotFleetRequestId.1": made.fleet, "SpotFleetRequestId.2": unknown, "SpotFleetRequestId.3": "sfr-1",
                "TerminateInstances": "true",
            ])
        #expect(cancelled.all("currentSpotFleetRequestState") == ["cancelled_terminating"])
        #expect(cancelled.all("code") == ["fleetRequestIdDoesNotExist", "fleetRequestIdMalformed"])
        cloud.clock.turn(.seconds(10))
        #expect(told(made.fleet).all("spotFleetRequestState") == ["cancelled"])
        #expect(Set(cloud.describe().states) == ["terminated"])
        #expect(told(unknown).code == "InvalidSpotFleetRequestId.NotFound")
    }

    @Test(arguments: [true, false]) func aSpotFleetExpires(_ terminating: Bool) throws {
        let until = (cloud.clock.now + .seconds(60)).description
        let made = request(2, ["ValidUntil": until, "TerminateInstancesWithExpiration": "\(terminating)"])
        cloud.clock.turn(.seconds(600))
        #expect(Set(cloud.describe().states) == [terminating ? "terminated" : "running"])
        #expect(told(made.fleet).all("spotFleetRequestState") == [terminating ? "cancelled" : "cancelled_running"])
    }

    @Test func aRepeatedTokenAnswersTheSameSpotFleet() throws {
        let one = request(2, ["ClientToken": "once"])
        #expect(request(2, ["ClientToken": "once"]).fleet == one.fleet)
        #expect(request(3, ["ClientToken": "once"]).code == "IdempotentParameterMismatch")
        #expect(cloud.describe().instances.count == 2)
    }

    @Test func typesChosenByWhatTheyHaveAreSaidInSets() throws {
        var parameters = SpotFleetTests.parameters(2)
        let name = "SpotFleetRequestConfig.LaunchTemplateConfigs.1.Overrides.1"
        parameters["\(name).InstanceType"] = nil
        parameters["\(name).InstanceRequirements.VCpuCount.Min"] = "2"
        parameters["\(name).InstanceRequirements.MemoryMiB.Min"] = "4096"
        parameters["\(name).InstanceRequirements.AllowedInstanceTypeSet.1"] = "c7g.*"
        let made = cloud.call("RequestSpotFleet", parameters)
        #expect(cloud.members(made.fleet).count == 2)
        #expect(Set(cloud.describe().all("instanceType")) == ["c7g.large"])
        #expect(told(made.fleet).all("allowedInstanceTypeSet") == ["<item>c7g.*</item>"])
    }

    /// What is wrong with a request, and what EC2 says to it. An empty text takes a parameter away.
    static let mistakes: [([String: String], String)] = [
        (["IamFleetRole": ""], "MissingParameter"), (["TargetCapacity": ""], "MissingParameter"),
        (["IamFleetRole": "fleet-role"], "InvalidSpotFleetRequestConfig"),
        (["IamFleetRole": "arn:aws:iam::1:role/x"], "InvalidSpotFleetRequestConfig"),
        (["Type": "instant"], "InvalidSpotFleetRequestConfig"),
        (["AllocationStrategy": "lowest-price"], "InvalidSpotFleetRequestConfig"),
        (["AllocationStrategy": "prioritized"], "InvalidSpotFleetRequestConfig"),
        (["OnDemandAllocationStrategy": "diversified"], "InvalidSpotFleetRequestConfig"),
        (["OnDemandTargetCapacity": "9"], "InvalidSpotFleetRequestConfig"),
        (["SpotPrice": "cheap"], "InvalidParameterValue"),
        (["ExcessCapacityTerminationPolicy": "termination"], "InvalidParameterValue"),
        (["LaunchSpecifications.1.ImageId": "ami-01234567"], "InvalidParameterCombination"),
        (["LaunchTemplateConfigs.1.LaunchTemplateSpecification.Version": ""], "MissingParameter"),
        (["TagSpecification.1.ResourceType": "instance"], "InvalidParameterValue"),
        (["ValidUntil": "2020-01-01T00:00:00Z"], "InvalidParameterValue"),
    ]

    @Test(arguments: mistakes) func aMistakenRequestIsRefused(_ change: [String: String], _ code: String) throws {
        var parameters = SpotFleetTests.parameters(3, change)
        for (name, value) in change where value.isEmpty { parameters["SpotFleetRequestConfig.\(name)"] = nil }
        #expect(cloud.call("RequestSpotFleet", parameters).code == code)
        let dry = cloud.call("RequestSpotFleet", SpotFleetTests.parameters(3).merging(["DryRun": "true"]) { $1 })
        #expect(dry.code == "DryRunOperation")
        #expect(cloud.describe().instances.isEmpty)
        #expect(cloud.call("DescribeSpotFleetRequests").all("spotFleetRequestId").isEmpty)
    }

    @Test func requestsComeInPages() throws {
        let ids = (0..<3).map { _ in request(1).fleet }
        let first = cloud.call("DescribeSpotFleetRequests", ["MaxResults": "2"])
        #expect(first.all("spotFleetRequestId") == Array(ids[..<2]))
        let next = cloud.call(
            "DescribeSpotFleetRequests", ["MaxResults": "2", "NextToken": first.all("nextToken")[0]])
        #expect(next.all("spotFleetRequestId") == [ids[2]])
        let many = request(7).fleet
        let some = cloud.call("DescribeSpotFleetInstances", ["SpotFleetRequestId": many, "MaxResults": "5"])
        let rest = cloud.call(
            "DescribeSpotFleetInstances",
            ["SpotFleetRequestId": many, "MaxResults": "5", "NextToken": some.all("nextToken")[0]])
        #expect(some.instances + rest.instances == cloud.members(many))
    }
}
