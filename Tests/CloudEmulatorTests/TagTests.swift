import CloudEmulator
import Provisioning
import Testing

/// Tags are given and taken after the fact, and every listing tells of them.
@Suite struct TagTests {
    let cloud: EmulatedCloud

    init() throws {
        cloud = try EmulatedCloud()
        cloud.makeTemplate()
    }

    @Test func tagsAreGivenAndTakenOfEverything() throws {
        let instances = cloud.launch(2...2).instances
        let template = cloud.call("DescribeLaunchTemplates").all("launchTemplateId")[0]
        let fleet = cloud.fleet(1, "maintain", EmulatedCloud.overrides(["m6i.large"])).fleet
        var given = ["Tag.1.Key": "team", "Tag.1.Value": "red", "Tag.2.Key": "kept", "Tag.2.Value": ""]
        for (number, id) in [instances[0], template, fleet].enumerated() { given["ResourceId.\(number + 1)"] = id }
        #expect(cloud.call("CreateTags", given).status == 200)
        let red = ["Filter.1.Name": "tag:team", "Filter.1.Value.1": "red"]
        #expect(cloud.describe(red).instances == [instances[0]])
        #expect(cloud.call("DescribeLaunchTemplates", red).all("launchTemplateId") == [template])
        #expect(cloud.call("DescribeFleets").all("key") == ["team", "kept"])
        let told = cloud.call("DescribeTags", ["Filter.1.Name": "key", "Filter.1.Value.1": "kept"])
        #expect(told.all("resourceId") == [instances[0], template, fleet])
        #expect(told.all("resourceType") == ["instance", "launch-template", "fleet"])

        var taken = ["Tag.1.Key": "team", "Tag.1.Value": "blue", "ResourceId.1": instances[0]]
        #expect(cloud.call("DeleteTags", taken).status == 200)
        #expect(cloud.describe(red).instances == [instances[0]])
        taken["Tag.1.Value"] = nil
        _ = cloud.call("DeleteTags", taken)
        #expect(cloud.describe(red).instances.isEmpty)
        _ = cloud.call("DeleteTags", ["ResourceId.1": fleet])
        #expect(cloud.call("DescribeFleets").all("key").isEmpty)
    }

    @Test func theCloudsOwnTagsStay() throws {
        let fleet = cloud.fleet(1, "maintain", EmulatedCloud.overrides(["m6i.large"])).fleet
        let id = cloud.members(fleet)[0]
        _ = cloud.call("DeleteTags", ["ResourceId.1": id])
        let mark = ["Filter.1.Name": "tag:aws:ec2:fleet-id", "Filter.1.Value.1": fleet]
        #expect(cloud.describe(mark).instances == [id])
        #expect(!cloud.describe().all("key").contains("team"))
        let own = ["ResourceId.1": id, "Tag.1.Key": "aws:x", "Tag.1.Value": ""]
        #expect(cloud.call("CreateTags", own).code == "InvalidParameterValue")
    }

    @Test func oneUnknownResourceSavesAllOfThem() throws {
        let id = cloud.launch().instances[0]
        let tag = ["Tag.1.Key": "a", "Tag.1.Value": "b", "ResourceId.1": id]
        for (other, code) in [
            ("i-00000000", "InvalidInstanceID.NotFound"), ("lt-00000000", "InvalidLaunchTemplateId.NotFound"),
            ("fleet-00000000-0000-4000-8000-000000000000", "InvalidFleetId.NotFound"), ("vol-00000000", "InvalidID"),
        ] {
            #expect(cloud.call("CreateTags", tag.merging(["ResourceId.2": other]) { $1 }).code == code)
        }
        #expect(cloud.call("CreateTags", tag.merging(["DryRun": "true"]) { $1 }).code == "DryRunOperation")
        #expect(cloud.call("CreateTags", ["ResourceId.1": id]).code == "MissingParameter")
        #expect(cloud.call("CreateTags", ["Tag.1.Key": "a"]).code == "MissingParameter")
        var many = ["ResourceId.1": id]
        for number in 1...50 { many["Tag.\(number).Key"] = "k\(number)" }
        #expect(cloud.call("CreateTags", many).status == 200)
        #expect(cloud.call("CreateTags", tag).code == "TagLimitExceeded")
        #expect(cloud.describe().all("key").count == 50)
    }

    @Test func theStatusOfInstancesIsTold() throws {
        let ids = cloud.launch(6...6).instances
        #expect(cloud.call("DescribeInstanceStatus").instances.isEmpty)
        #expect(cloud.call("DescribeInstanceStatus", ["IncludeAllInstances": "true"]).instances == ids)
        cloud.clock.turn(.seconds(20))
        let first = cloud.call("DescribeInstanceStatus", ["MaxResults": "5"])
        #expect(first.instances == Array(ids[..<5]))
        let next = cloud.call("DescribeInstanceStatus", ["MaxResults": "5", "NextToken": first.all("nextToken")[0]])
        #expect(next.instances == [ids[5]])
        #expect(next.text.contains("<instanceStatus><status>ok</status>"))
        #expect(cloud.call("DescribeInstanceStatus", ["InstanceId.1": "i-00000000"]).code != nil)
    }
}
