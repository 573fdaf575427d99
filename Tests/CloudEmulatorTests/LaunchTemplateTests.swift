import CloudEmulator
import FoundationEssentials
import Provisioning
import Testing

/// Templates are kept in versions, and launches lay their own parameters over them.
@Suite struct LaunchTemplateTests {
    let cloud: EmulatedCloud

    init() throws { cloud = try EmulatedCloud() }

    static let data = [
        "LaunchTemplateData.ImageId": "ami-0123456789abcdef0", "LaunchTemplateData.InstanceType": "c6i.large",
        "LaunchTemplateData.KeyName": "first", "LaunchTemplateData.Monitoring.Enabled": "true",
        "LaunchTemplateData.MetadataOptions.HttpTokens": "required",
        "LaunchTemplateData.SecurityGroupId.1": "sg-00000001", "LaunchTemplateData.SecurityGroupId.2": "sg-00000002",
        "LaunchTemplateData.TagSpecification.1.ResourceType": "instance",
        "LaunchTemplateData.TagSpecification.1.Tag.1.Key": "team",
        "LaunchTemplateData.TagSpecification.1.Tag.1.Value": "blue",
        "LaunchTemplateData.TagSpecification.1.Tag.2.Key": "from",
        "LaunchTemplateData.TagSpecification.1.Tag.2.Value": "template",
    ]

    private func create(_ more: [String: String] = [:], name: String = "workers") -> Answer {
        let parameters = LaunchTemplateTests.data.merging(["LaunchTemplateName": name]) { $1 }
        return cloud.call("CreateLaunchTemplate", parameters.merging(more) { $1 })
    }

    private func launch(_ more: [String: String] = [:]) -> Answer {
        let own = ["MinCount": "1", "MaxCount": "1", "LaunchTemplate.LaunchTemplateName": "workers"]
        return cloud.call("RunInstances", own.merging(more) { $1 })
    }

    private func tags(_ answer: Answer) -> [String: String] {
        Dictionary(zip(answer.all("key"), answer.all("value")), uniquingKeysWith: { $1 })
    }

    @Test func aLaunchByATemplateNeedsNothingElse() throws {
        let id = create().all("launchTemplateId")
        #expect(id.count == 1)
        let launched = launch()
        #expect(launched.status == 200)
        #expect(launched.all("instanceType") == ["c6i.large"])
        #expect(launched.all("keyName") == ["first"])
        #expect(launched.all("httpTokens") == ["required"])
        #expect(launched.all("groupId") == ["sg-00000001", "sg-00000002"])
        #expect(
            tags(launched) == [
                "team": "blue", "from": "template", "aws:ec2launchtemplate:id": id[0],
                "aws:ec2launchtemplate:version": "1",
            ])
        #expect(cloud.describe(["Filter.1.Name": "tag:team", "Filter.1.Value.1": "blue"]).instances.count == 1)
    }

    @Test func aLaunchsOwnParametersLieOverTheTemplates() throws {
        _ = create()
        let launched = launch([
            "InstanceType": "m6i.xlarge", "SecurityGroupId.1": "sg-00000009",
            "TagSpecification.1.ResourceType": "instance", "TagSpecification.1.Tag.1.Key": "team",
            "TagSpecification.1.Tag.1.Value": "red", "TagSpecification.1.Tag.2.Key": "own",
            "TagSpecification.1.Tag.2.Value": "1", "MetadataOptions.HttpPutResponseHopLimit": "3",
        ])
        #expect(launched.all("instanceType") == ["m6i.xlarge"])
        #expect(launched.all("keyName") == ["first"])
        #expect(launched.all("groupId") == ["sg-00000009"])
        #expect(launched.all("httpTokens") == ["required"])
        #expect(launched.all("httpPutResponseHopLimit") == ["3"])
        let found = tags(launched)
        #expect(found["team"] == "red")
        #expect(found["from"] == "template")
        #expect(found["own"] == "1")
        // A subnet beside a template's network interface is the same contradiction as beside one's own.
        _ = create(
            [
                "LaunchTemplateData.SecurityGroupId.1": "sg-00000001",
                "LaunchTemplateData.NetworkInterface.1.DeviceIndex": "0",
            ], name: "wired")
        #expect(launch(["LaunchTemplate.LaunchTemplateName": "wired"]).code == "InvalidParameterCombination")
    }

    @Test func aRepeatedTokenMakesOneTemplateAndOneVersion() throws {
        let first = create(["ClientToken": "once"])
        #expect(create(["ClientToken": "once"]).all("launchTemplateId") == first.all("launchTemplateId"))
        let other = create(["ClientToken": "once", "LaunchTemplateData.KeyName": "second"])
        #expect(other.code == "IdempotentParameterMismatch")
        let version = [
            "LaunchTemplateName": "workers", "ClientToken": "again", "LaunchTemplateData.KeyName": "second",
        ]
        #expect(cloud.call("CreateLaunchTemplateVersion", version).all("versionNumber") == ["2"])
        #expect(cloud.call("CreateLaunchTemplateVersion", version).all("versionNumber") == ["2"])
        let changed = version.merging(["LaunchTemplateData.KeyName": "third"]) { $1 }
        #expect(cloud.call("CreateLaunchTemplateVersion", changed).code == "IdempotentParameterMismatch")
    }

    @Test func versionsAreNumberedAndFollowTheirSource() throws {
        _ = create()
        let empty = ["LaunchTemplateName": "workers", "LaunchTemplateData.KeyName": "second"]
        #expect(cloud.call("CreateLaunchTemplateVersion", empty).all("imageId").isEmpty)
        let sourced = empty.merging([
            "SourceVersion": "1", "VersionDescription": "more", "LaunchTemplateData.SecurityGroupId.1": "sg-00000003",
        ]) { $1 }
        let third = cloud.call("CreateLaunchTemplateVersion", sourced)
        #expect(third.all("versionNumber") == ["3"])
        #expect(third.all("versionDescription") == ["more"])
        #expect(third.all("imageId") == ["ami-0123456789abcdef0"])
        #expect(third.all("keyName") == ["second"])
        #expect(third.text.contains("<securityGroupIdSet><item>sg-00000003</item></securityGroupIdSet>"))
        #expect(third.all("defaultVersion") == ["false"])
        #expect(launch(["LaunchTemplate.Version": "$Latest"]).all("keyName") == ["second"])
        #expect(launch(["LaunchTemplate.Version": "$Default"]).all("keyName") == ["first"])
        #expect(launch(["LaunchTemplate.Version": "2"]).code == "MissingParameter")
        #expect(launch(["LaunchTemplate.Version": "9"]).code == "InvalidLaunchTemplateId.VersionNotFound")
        #expect(launch(["LaunchTemplate.Version": "newest"]).code == "InvalidParameterValue")

        func versions(_ more: [String: String]) -> [String] {
            let parameters = more.merging(["LaunchTemplateName": "workers"]) { $1 }
            return cloud.call("DescribeLaunchTemplateVersions", parameters).all("versionNumber")
        }
        #expect(versions([:]) == ["3", "2", "1"])
        #expect(versions(["MinVersion": "2"]) == ["3", "2"])
        #expect(versions(["LaunchTemplateVersion.1": "$Latest", "LaunchTemplateVersion.2": "1"]) == ["3", "1"])
        #expect(versions(["Filter.1.Name": "is-default-version", "Filter.1.Value.1": "true"]) == ["1"])
        let all = cloud.call("DescribeLaunchTemplateVersions", ["LaunchTemplateVersion.1": "$Latest"])
        #expect(all.all("versionNumber") == ["3"])
    }

    @Test func deletedVersionsAreGoneAndTheDefaultStays() throws {
        _ = create()
        let version = ["LaunchTemplateName": "workers", "LaunchTemplateData.KeyName": "second", "SourceVersion": "1"]
        _ = cloud.call("CreateLaunchTemplateVersion", version)
        let deleted = cloud.call(
            "DeleteLaunchTemplateVersions",
            [
                "LaunchTemplateName": "workers", "LaunchTemplateVersion.1": "1", "LaunchTemplateVersion.2": "2",
                "LaunchTemplateVersion.3": "7",
            ])
        #expect(deleted.all("versionNumber") == ["2", "1", "7"])
        #expect(deleted.all("code") == ["unexpectedError", "launchTemplateVersionDoesNotExist"])
        #expect(launch(["LaunchTemplate.Version": "2"]).code == "InvalidLaunchTemplateId.VersionNotFound")
        #expect(launch(["LaunchTemplate.Version": "$Latest"]).all("keyName") == ["first"])
        #expect(cloud.call("CreateLaunchTemplateVersion", version).all("versionNumber") == ["3"])
    }

    @Test func templatesAreListedByNameTagAndPage() throws {
        let tag = [
            "TagSpecification.1.ResourceType": "launch-template", "TagSpecification.1.Tag.1.Key": "for",
            "TagSpecification.1.Tag.1.Value": "tests",
        ]
        for number in 1...7 { _ = create(number < 3 ? tag : [:], name: "workers-\(number)") }
        func list(_ parameters: [String: String]) -> Answer { cloud.call("DescribeLaunchTemplates", parameters) }
        #expect(list([:]).all("launchTemplateName").count == 7)
        #expect(list(["Filter.1.Name": "tag:for", "Filter.1.Value.1": "t*"]).all("launchTemplateName").count == 2)
        let wanted = ["LaunchTemplateName.1": "workers-3", "LaunchTemplateName.2": "workers-5"]
        #expect(list(wanted).all("launchTemplateName") == ["workers-3", "workers-5"])
        // The page after one whose last template has been deleted misses none.
        let first = list(["MaxResults": "3"])
        #expect(first.all("launchTemplateName") == ["workers-1", "workers-2", "workers-3"])
        #expect(cloud.call("DeleteLaunchTemplate", ["LaunchTemplateName": "workers-2"]).status == 200)
        let next = list(["MaxResults": "3", "NextToken": first.all("nextToken")[0]])
        #expect(next.all("launchTemplateName") == ["workers-4", "workers-5", "workers-6"])
        #expect(list(["LaunchTemplateName.1": "workers-2"]).code == "InvalidLaunchTemplateName.NotFoundException")
        #expect(list(["LaunchTemplateId.1": "lt-01234567"]).code == "InvalidLaunchTemplateId.NotFound")
        #expect(list(["MaxResults": "201"]).code == "InvalidParameterValue")
    }

    /// What is wrong with a template that is made, and what EC2 says to it. An empty text takes a parameter away.
    static let mistakes: [([String: String], String)] = [
        (["LaunchTemplateName": ""], "MissingParameter"),
        (["LaunchTemplateName": "ab"], "InvalidLaunchTemplateName.MalformedException"),
        (["LaunchTemplateName": "a b c"], "InvalidLaunchTemplateName.MalformedException"),
        (["LaunchTemplateName": "taken"], "InvalidLaunchTemplateName.AlreadyExistsException"),
        (["LaunchTemplateData.MaxCount": "1"], "UnknownParameter"),
        (["LaunchTemplateData.EbsOptimized": "maybe"], "InvalidParameterValue"),
        (["LaunchTemplateData.UserData": "#!/bin/sh"], "InvalidUserData.Malformed"),
        (["LaunchTemplateData.MetadataOptions.HttpTokens": "some"], "InvalidParameterValue"),
        (["LaunchTemplateData.InstanceRequirements.VCpuCount.Min": "2"], "InvalidParameterCombination"),
        (["TagSpecification.1.ResourceType": "instance"], "InvalidParameterValue"),
        (["ClientToken": String(repeating: "t", count: 65)], "InvalidParameterValue"),
        (["VersionDescription": String(repeating: "t", count: 256)], "InvalidParameterValue"),
        (["DryRun": "true"], "DryRunOperation"),
    ]

    @Test(arguments: mistakes) func aMistakenTemplateIsRefused(_ change: [String: String], _ code: String) throws {
        _ = create(name: "taken")
        var parameters = LaunchTemplateTests.data.merging(["LaunchTemplateName": "workers"]) { $1 }
        parameters.merge(change) { $1 }
        for (name, value) in change where value.isEmpty { parameters[name] = nil }
        #expect(cloud.call("CreateLaunchTemplate", parameters).code == code)
        #expect(cloud.call("DescribeLaunchTemplates").all("launchTemplateName") == ["taken"])
    }

    @Test func aRehearsalChangesNothing() throws {
        let id = create().all("launchTemplateId")[0]
        let dry = ["DryRun": "true", "LaunchTemplateId": id]
        let data = ["LaunchTemplateData.KeyName": "second"]
        for answer in [
            cloud.call("CreateLaunchTemplateVersion", dry.merging(data) { $1 }),
            cloud.call("DeleteLaunchTemplateVersions", dry.merging(["LaunchTemplateVersion.1": "1"]) { $1 }),
            cloud.call("DescribeLaunchTemplates", ["DryRun": "true"]),
            cloud.call("DescribeLaunchTemplateVersions", dry), cloud.call("DeleteLaunchTemplate", dry),
            launch(["DryRun": "true"]),
        ] { #expect(answer.code == "DryRunOperation") }
        #expect(cloud.call("DescribeLaunchTemplates").all("latestVersionNumber") == ["1"])
        #expect(cloud.call("DeleteLaunchTemplate", ["LaunchTemplateId": id]).status == 200)
        #expect(cloud.call("DeleteLaunchTemplate", ["LaunchTemplateId": id]).code == "InvalidLaunchTemplateId.NotFound")
        #expect(launch().code == "InvalidLaunchTemplateName.NotFoundException")
    }

    @Test func aTemplateThatOnlyRequiresTypesLaunchesNothingByItself() throws {
        let parameters = [
            "LaunchTemplateName": "workers", "LaunchTemplateData.ImageId": "ami-0123456789abcdef0",
            "LaunchTemplateData.InstanceRequirements.VCpuCount.Min": "2",
            "LaunchTemplateData.InstanceRequirements.MemoryMiB.Min": "4096",
            "LaunchTemplateData.InstanceRequirements.AllowedInstanceType.1": "m6i.*",
        ]
        #expect(cloud.call("CreateLaunchTemplate", parameters).status == 200)
        let told = cloud.call("DescribeLaunchTemplateVersions", ["LaunchTemplateName": "workers"])
        #expect(told.text.contains("<allowedInstanceTypeSet><item>m6i.*</item></allowedInstanceTypeSet>"))
        #expect(launch().code == "InvalidParameterCombination")
        #expect(launch(["InstanceType": "m6i.large"]).status == 200)
    }

    @Test func aWorldSavedBeforeThereWereTemplatesOpens() throws {
        let folder = try ScratchFolder()
        let file = folder.file("world.json")
        let clock = TurnedClock()
        let one = try EmulatedCloud(clock: clock) { $0.worldFile = file }
        let ids = one.launch(2...2).instances
        let text = String(decoding: try Data(contentsOf: URL(filePath: file)), as: UTF8.self)
        let older = text.replacing(/"templates":\[\],|,"templates":\[\]/, with: "")
        #expect(older != text)
        try Data(older.utf8).write(to: URL(filePath: file))
        let other = try EmulatedCloud(clock: clock) { $0.worldFile = file }
        #expect(other.describe().instances == ids)
        #expect(other.call("DescribeLaunchTemplates").status == 200)
    }
}
