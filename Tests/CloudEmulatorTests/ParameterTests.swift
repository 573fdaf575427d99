import CloudEmulator
import Provisioning
import Testing

/// A wrong call is refused as EC2 refuses it, and nothing happens.
@Suite struct ParameterTests {
    @Test(arguments: EC2Parameters.byAction.keys.sorted())
    func everyParameterTakenIsInEC2sModel(_ action: String) throws {
        let known = try PublishedModel.ec2().parameters(of: action)
        #expect(!known.isEmpty)
        #expect(EC2Parameters.byAction[action]?.subtracting(known) == [])
    }

    /// A change to a launch that is fine, and what EC2 says to it. An empty text takes a parameter away.
    static let mistakes: [([String: String], String)] = [
        (["ImageId": ""], "MissingParameter"), (["MinCount": ""], "MissingParameter"),
        (["MaxCount": ""], "MissingParameter"), (["MinCount": "0"], "InvalidParameterValue"),
        (["MinCount": "-1"], "InvalidParameterValue"), (["MaxCount": "0"], "InvalidParameterValue"),
        (["MinCount": "3", "MaxCount": "2"], "InvalidParameterValue"), (["MaxCount": "many"], "InvalidParameterValue"),
        (["ImageId": "ami-1"], "InvalidAMIID.Malformed"), (["ImageId": "ami-0123456g"], "InvalidAMIID.Malformed"),
        (["ImageId": "ami-0123456789"], "InvalidAMIID.Malformed"),
        (["InstanceType": "m6i"], "InvalidParameterValue"), (["InstanceType": "m6i.huge"], "InvalidParameterValue"),
        (["InstanceType": "large"], "InvalidParameterValue"),
        (["InstanceType": "m6i.0xlarge"], "InvalidParameterValue"),
        (["Placement.AvailabilityZone": "us-west-2a"], "InvalidParameterValue"),
        (["SubnetId": "subnet-1"], "InvalidSubnetID.Malformed"),
        (["SecurityGroupId.1": "x"], "InvalidGroupId.Malformed"),
        (["Nonsense": "1"], "UnknownParameter"),
        (["LaunchTemplate.LaunchTemplateName": "x"], "InvalidLaunchTemplateName.NotFoundException"),
        (["LaunchTemplate.LaunchTemplateId": "lt-01234567", "ImageId": ""], "InvalidLaunchTemplateId.NotFound"),
        (["LaunchTemplate.LaunchTemplateId": "workers"], "InvalidLaunchTemplateId.Malformed"),
        (["LaunchTemplate.Version": "1"], "MissingParameter"),
        (
            ["LaunchTemplate.LaunchTemplateId": "lt-01234567", "LaunchTemplate.LaunchTemplateName": "x"],
            "InvalidParameterCombination"
        ),
        (["MetadataOptions.HttpPutResponseHopLimit": "0"], "InvalidParameterValue"),
        (["MetadataOptions.HttpPutResponseHopLimit": "65"], "InvalidParameterValue"),
        (["MetadataOptions.HttpTokens": "yes"], "InvalidParameterValue"),
        (["MetadataOptions.HttpEndpoint": "true"], "InvalidParameterValue"),
        (["MetadataOptions.InstanceMetadataTags": "on"], "InvalidParameterValue"),
        (["Placement.Tenancy": "shared"], "InvalidParameterValue"),
        (["Placement.PartitionNumber": "2"], "InvalidParameterCombination"),
        (["Placement.PartitionNumber": "8", "Placement.GroupName": "g"], "InvalidParameterValue"),
        (["Placement.HostId": "h-01234567"], "InvalidParameterCombination"),
        (["Placement.HostId": "host", "Placement.Tenancy": "host"], "InvalidHostID.Malformed"),
        (["CapacityReservationSpecification.CapacityReservationPreference": "any"], "InvalidParameterValue"),
        (
            ["CapacityReservationSpecification.CapacityReservationTarget.CapacityReservationId": "mine"],
            "InvalidCapacityReservationId.Malformed"
        ),
        (
            [
                "CapacityReservationSpecification.CapacityReservationTarget.CapacityReservationId": "cr-01234567",
                "CapacityReservationSpecification.CapacityReservationPreference": "open",
            ], "InvalidParameterCombination"
        ),
        (["CpuOptions.CoreCount": "3"], "InvalidParameterValue"),
        (["CpuOptions.ThreadsPerCore": "4"], "InvalidParameterValue"),
        (["HibernationOptions.Configured": "1"], "InvalidParameterValue"),
        (
            [
                "HibernationOptions.Configured": "true", "BlockDeviceMapping.1.DeviceName": "/dev/xvda",
                "BlockDeviceMapping.1.Ebs.Encrypted": "false",
            ], "UnsupportedHibernationConfiguration"
        ),
        (
            [
                "InstanceMarketOptions.MarketType": "spot",
                "InstanceMarketOptions.SpotOptions.MaxPrice": "cheap",
            ], "InvalidParameterValue"
        ),
        (
            ["NetworkInterface.1.DeviceIndex": "0", "NetworkInterface.1.InterfaceType": "wifi"],
            "InvalidParameterValue"
        ),
        (
            ["NetworkInterface.1.DeviceIndex": "0", "NetworkInterface.1.Ipv6AddressCount": "-1"],
            "InvalidParameterValue"
        ),
        (
            ["BlockDeviceMapping.1.DeviceName": "/dev/sdf", "BlockDeviceMapping.2.DeviceName": "/dev/sdf"],
            "InvalidBlockDeviceMapping"
        ),
        (
            ["BlockDeviceMapping.1.DeviceName": "/dev/sdf", "BlockDeviceMapping.1.Ebs.KmsKeyId": "alias/a"],
            "InvalidParameterDependency"
        ),
        (
            ["BlockDeviceMapping.1.DeviceName": "/dev/sdf", "BlockDeviceMapping.1.Ebs.SnapshotId": "mine"],
            "InvalidSnapshotID.Malformed"
        ),
        (["SecurityGroupIds.1": "sg-00000000"], "UnknownParameter"), (["InstanceType.1": "x"], "UnknownParameter"),
        (["SecurityGroupId.01": "sg-00000000"], "UnknownParameter"),
        (["DryRun": "yes"], "InvalidParameterValue"), (["Monitoring.Enabled": "1"], "InvalidParameterValue"),
        (["InstanceMarketOptions.MarketType": "black"], "InvalidParameterValue"),
        (["InstanceMarketOptions.SpotOptions.MaxPrice": "1"], "InvalidParameterCombination"),
        (["UserData": "not base64"], "InvalidParameterValue"),
        (["UserData": String(repeating: "AAAA", count: 5462)], "InvalidParameterValue"),
        (["IamInstanceProfile.Arn": "x"], "InvalidIamInstanceProfileArn.Malformed"),
        (
            ["IamInstanceProfile.Arn": "arn:aws:iam::000000000000:instance-profile/a", "IamInstanceProfile.Name": "a"],
            "InvalidParameterCombination"
        ),
        (["BlockDeviceMapping.1.Ebs.VolumeSize": "8"], "MissingParameter"),
        (
            ["BlockDeviceMapping.1.DeviceName": "/dev/xvda", "BlockDeviceMapping.1.Ebs.VolumeType": "gp9"],
            "InvalidParameterValue"
        ),
        (
            ["BlockDeviceMapping.1.DeviceName": "/dev/xvda", "BlockDeviceMapping.1.Ebs.VolumeSize": "0"],
            "InvalidParameterValue"
        ),
        (["NetworkInterface.1.SubnetId": "subnet-00000000"], "MissingParameter"),
        (["NetworkInterface.1.DeviceIndex": "0", "SubnetId": "subnet-00000000"], "InvalidParameterCombination"),
        (["NetworkInterface.1.DeviceIndex": "0", "SecurityGroupId.1": "sg-00000000"], "InvalidParameterCombination"),
        (tag("aws:x", "y"), "InvalidParameterValue"),
        (tag(String(repeating: "k", count: 129), ""), "InvalidParameterValue"),
        (tag("k", String(repeating: "v", count: 257)), "InvalidParameterValue"),
        (tag("k", "v", on: "image"), "InvalidParameterValue"),
        (tag("k", "v", on: "spot-instances-request"), "InvalidParameterCombination"),
        (tag("k", "v").merging(["TagSpecification.1.Tag.2.Key": "k"]) { $1 }, "InvalidParameterValue"),
        (tag("k", "v").merging(["TagSpecification.2.ResourceType": "instance"]) { $1 }, "InvalidParameterValue"),
        (
            (1...51).reduce(into: tag("k1", "")) { $0["TagSpecification.1.Tag.\($1).Key"] = "k\($1)" },
            "TagLimitExceeded"
        ),
    ]

    @Test(arguments: mistakes) func aMistakenLaunchIsRefused(_ change: [String: String], _ code: String) throws {
        let cloud = try EmulatedCloud()
        var parameters = EmulatedCloud.launchParameters(1...2, change)
        for (name, value) in change where value.isEmpty && !name.hasPrefix("TagSpec") { parameters[name] = nil }
        let answer = cloud.call("RunInstances", parameters)
        #expect(answer.code == code)
        #expect(answer.status == 400)
        // A rehearsal finds the same mistake.
        if change["DryRun"] == nil {
            #expect(cloud.call("RunInstances", parameters.merging(["DryRun": "true"]) { $1 }).code == code)
        }
        #expect(cloud.describe().instances.isEmpty)
    }

    @Test func aFullLaunchIsTakenAndTold() throws {
        let cloud = try EmulatedCloud()
        let answer = cloud.launch(
            1...1, token: "t",
            tag("Name", "n").merging([
                "TagSpecification.2.ResourceType": "volume", "TagSpecification.2.Tag.1.Key": "k",
                "TagSpecification.3.ResourceType": "network-interface", "TagSpecification.3.Tag.1.Key": "k",
                "TagSpecification.4.ResourceType": "spot-instances-request", "TagSpecification.4.Tag.1.Key": "k",
                "InstanceMarketOptions.MarketType": "spot", "InstanceMarketOptions.SpotOptions.MaxPrice": "0.1",
                "InstanceMarketOptions.SpotOptions.SpotInstanceType": "one-time",
                "KeyName": "key", "IamInstanceProfile.Name": "worker",
                "UserData": "IyEvYmluL3No", "EbsOptimized": "true",
                "Monitoring.Enabled": "true", "MetadataOptions.HttpTokens": "required",
                "NetworkInterface.1.DeviceIndex": "0", "NetworkInterface.1.SubnetId": "subnet-0123456789abcdef0",
                "NetworkInterface.1.AssociatePublicIpAddress": "true",
                "NetworkInterface.1.SecurityGroupId.1": "sg-00000001",
                "NetworkInterface.1.SecurityGroupId.2": "sg-00000002",
                "BlockDeviceMapping.1.DeviceName": "/dev/sda1",
                "BlockDeviceMapping.1.Ebs.VolumeSize": "30",
                "BlockDeviceMapping.1.Ebs.VolumeType": "gp3", "BlockDeviceMapping.1.Ebs.Encrypted": "true",
            ]) { $1 })
        #expect(answer.status == 200)
        #expect(answer.all("subnetId") == ["subnet-0123456789abcdef0"])
        #expect(answer.all("groupId") == ["sg-00000001", "sg-00000002"])
        #expect(answer.all("keyName") == ["key"])
        #expect(answer.all("arn") == ["arn:aws:iam::000000000000:instance-profile/worker"])
        #expect(answer.all("clientToken") == ["t"])
        #expect(answer.all("key") == ["Name"])
        #expect(answer.all("rootDeviceName") == ["/dev/sda1"])
        #expect(answer.all("httpTokens") == ["required"])
        #expect(answer.all("ebsOptimized") == ["true"])
    }

    @Test func everyOptionOfALaunchIsToldOfItsInstances() throws {
        let cloud = try EmulatedCloud()
        let answer = cloud.launch(
            1...1,
            [
                "Placement.GroupName": "near", "Placement.PartitionNumber": "3", "Placement.Tenancy": "host",
                "Placement.HostId": "h-0123456789abcdef0",
                "CapacityReservationSpecification.CapacityReservationTarget.CapacityReservationId": "cr-01234567",
                "MetadataOptions.HttpEndpoint": "disabled", "MetadataOptions.HttpPutResponseHopLimit": "64",
                "MetadataOptions.InstanceMetadataTags": "enabled", "CpuOptions.CoreCount": "1",
                "CpuOptions.ThreadsPerCore": "1", "HibernationOptions.Configured": "true",
                "InstanceMarketOptions.MarketType": "spot", "InstanceMarketOptions.SpotOptions.MaxPrice": "0.25",
                "NetworkInterface.1.DeviceIndex": "0", "NetworkInterface.1.InterfaceType": "efa",
                "NetworkInterface.1.Ipv6AddressCount": "1",
                "BlockDeviceMapping.1.DeviceName": "/dev/sdf", "BlockDeviceMapping.1.Ebs.Encrypted": "true",
                "BlockDeviceMapping.1.Ebs.KmsKeyId": "alias/a",
                "BlockDeviceMapping.1.Ebs.SnapshotId": "snap-0123456789abcdef0",
            ])
        #expect(answer.status == 200)
        for text in [answer, cloud.describe()] {
            #expect(text.all("groupName").first == "near")
            #expect(text.all("partitionNumber") == ["3"])
            #expect(text.all("tenancy") == ["host"])
            #expect(text.all("hostId") == ["h-0123456789abcdef0"])
            #expect(text.all("capacityReservationId") == ["cr-01234567"])
            #expect(text.all("httpEndpoint") == ["disabled"])
            #expect(text.all("httpPutResponseHopLimit") == ["64"])
            #expect(text.all("instanceMetadataTags") == ["enabled"])
            #expect(text.all("coreCount") == ["1"])
            #expect(text.all("threadsPerCore") == ["1"])
            #expect(text.all("configured") == ["true"])
        }
    }

    @Test func aDeclaredSubnetLiesInOneZone() throws {
        let cloud = try EmulatedCloud()
        try cloud.emulator.change { $0.limits.subnets["subnet-0000000a"] = "us-east-1d" }
        #expect(cloud.launch(1...1, ["SubnetId": "subnet-0000000a"]).all("availabilityZone") == ["us-east-1d"])
        let elsewhere = ["SubnetId": "subnet-0000000a", "Placement.AvailabilityZone": "us-east-1a"]
        #expect(cloud.launch(1...1, elsewhere).code == "InvalidParameterValue")
    }

    @Test func aRehearsalSaysThatTheCallWouldHaveBeenDone() throws {
        let cloud = try EmulatedCloud()
        let id = cloud.launch().instances
        for answer in [
            cloud.launch(1...1, ["DryRun": "true"]), cloud.terminate(id, ["DryRun": "true"]),
            cloud.describe(["DryRun": "true"]), cloud.call("DescribeRegions", ["DryRun": "true"]),
        ] {
            #expect(answer.status == 412)
            #expect(answer.code == "DryRunOperation")
        }
        #expect(cloud.describe().states == ["pending"])
        #expect(cloud.terminate(["i-00000000"], ["DryRun": "true"]).code == "InvalidInstanceID.NotFound")
    }

    @Test func whatIsNotEmulatedIsNoAction() throws {
        let cloud = try EmulatedCloud()
        #expect(cloud.call("DescribeVolumes").code == "InvalidAction")
        #expect(cloud.call("DescribeInstances", ["Version": "2014-10-01"]).code == "InvalidAction")
        #expect(cloud.call("TerminateInstances").code == "MissingParameter")
    }

    @Test func placesAreListed() throws {
        let cloud = try EmulatedCloud()
        #expect(cloud.call("DescribeRegions").all("regionName").count == EmulatorSettings.someRegions.count)
        #expect(cloud.call("DescribeRegions", ["RegionName.1": "us-west-2"]).all("regionName") == ["us-west-2"])
        #expect(cloud.call("DescribeRegions", ["RegionName.1": "mars-1"]).code == "InvalidParameterValue")
        let zones = cloud.call("DescribeAvailabilityZones", in: "us-west-1")
        #expect(zones.all("zoneName") == ["us-west-1a", "us-west-1b"])
        #expect(zones.all("zoneId") == ["usw1-az1", "usw1-az2"])
    }

    /// Whatever is asked, something is answered: parameters of all actions, mixed with texts that fit badly.
    @Test func everyCallIsAnswered() throws {
        let cloud = try EmulatedCloud(seed: 11)
        let chance = cloud.clock.surroundings(seed: 12).random
        func pick<Element>(_ all: [Element]) -> Element { all[Int(chance() % UInt64(all.count))] }
        let actions = EC2Parameters.byAction.keys.sorted() + ["", "Nothing"]
        let names = EC2Parameters.byAction.values.flatMap { $0 }.sorted() + ["", ".", "N", "Filter..Name"]
        let numbers = ["1", "2", "0", "99999", "100000", "-1", "", "18446744073709551616"]
        let values = [
            "", " ", "1", "-1", "9223372036854775807", "true", "i-00000000", "ami-00000000", "m6i.large", "spot", "é",
            "*", "eyJ2", "eyJ2312e31", "subnet-00000000", "us-east-1a", "instance", "tag:", "tag-key", "a=b&c", "====",
        ]
        var statuses: [Int: Int] = [:]
        for _ in 0..<3000 {
            var parameters: [String: String] = [:]
            for _ in 0..<(chance() % 6) {
                let name = pick(names).split(separator: ".", omittingEmptySubsequences: false)
                parameters[name.map { $0 == "N" ? pick(numbers) : String($0) }.joined(separator: ".")] = pick(values)
            }
            let isLaunch = chance() % 3 == 0
            let answer =
                isLaunch ? cloud.launch(1...1, parameters) : cloud.call(pick(actions), parameters)
            statuses[answer.status, default: 0] += 1
            #expect(answer.status == 200 || answer.code != nil)
        }
        #expect(Set(statuses.keys).isSubset(of: [200, 400, 412]))
        #expect(statuses[200, default: 0] > 100)
    }

    static func tag(_ key: String, _ value: String, on kind: String = "instance") -> [String: String] {
        [
            "TagSpecification.1.ResourceType": kind, "TagSpecification.1.Tag.1.Key": key,
            "TagSpecification.1.Tag.1.Value": value,
        ]
    }
    func tag(_ key: String, _ value: String) -> [String: String] { ParameterTests.tag(key, value) }
}
