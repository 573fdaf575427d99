/// The names an action may be called with; each exists in EC2's own model, and a test holds them to it.
package enum EC2Parameters {
    package static let byAction = [launchTemplates, fleets, spotFleets, tags].reduce(instances) { all, some in
        all.merging(some) { $1 }
    }

    private static let instances: [String: Set<String>] = [
        "RunInstances": runInstances,
        "TerminateInstances": ["DryRun", "InstanceId.N"],
        "DescribeInstances": filters.union(["DryRun", "InstanceId.N", "MaxResults", "NextToken"]),
        "DescribeRegions": filters.union(["DryRun", "AllRegions", "RegionName.N"]),
        "DescribeAvailabilityZones": filters.union(["DryRun", "AllAvailabilityZones", "ZoneName.N", "ZoneId.N"]),
        "DescribeImages": pages.union(["ImageId.N", "Owner.N", "IncludeDeprecated", "IncludeDisabled"]),
        "DescribeSubnets": pages.union(["SubnetId.N"]),
        "DescribeSecurityGroups": pages.union(["GroupId.N", "GroupName.N"]),
        "DescribeKeyPairs": filters.union(["DryRun", "KeyName.N", "KeyPairId.N", "IncludePublicKey"]),
        "DescribeInstanceTypeOfferings": pages.union(["LocationType"]),
        "DescribeInstanceTypes": pages.union(["InstanceType.N"]),
    ]

    static let filters: Set = ["Filter.N.Name", "Filter.N.Value.N"]
    static let pages = filters.union(["DryRun", "MaxResults", "NextToken"])

    static let runInstances: Set = [
        "BlockDeviceMapping.N.DeviceName", "BlockDeviceMapping.N.Ebs.DeleteOnTermination",
        "BlockDeviceMapping.N.Ebs.Encrypted", "BlockDeviceMapping.N.Ebs.Iops", "BlockDeviceMapping.N.Ebs.KmsKeyId",
        "BlockDeviceMapping.N.Ebs.SnapshotId", "BlockDeviceMapping.N.Ebs.Throughput",
        "BlockDeviceMapping.N.Ebs.VolumeSize", "BlockDeviceMapping.N.Ebs.VolumeType",
        "BlockDeviceMapping.N.NoDevice", "BlockDeviceMapping.N.VirtualName",
        "CapacityReservationSpecification.CapacityReservationPreference",
        "CapacityReservationSpecification.CapacityReservationTarget.CapacityReservationId",
        "CapacityReservationSpecification.CapacityReservationTarget.CapacityReservationResourceGroupArn",
        "ClientToken", "CpuOptions.CoreCount", "CpuOptions.ThreadsPerCore",
        "DisableApiTermination", "DryRun", "EbsOptimized", "HibernationOptions.Configured",
        "IamInstanceProfile.Arn", "IamInstanceProfile.Name",
        "ImageId", "InstanceInitiatedShutdownBehavior",
        "InstanceMarketOptions.MarketType", "InstanceMarketOptions.SpotOptions.InstanceInterruptionBehavior",
        "InstanceMarketOptions.SpotOptions.MaxPrice", "InstanceMarketOptions.SpotOptions.SpotInstanceType",
        "InstanceType", "KeyName",
        "LaunchTemplate.LaunchTemplateId", "LaunchTemplate.LaunchTemplateName", "LaunchTemplate.Version", "MaxCount",
        "MetadataOptions.HttpEndpoint", "MetadataOptions.HttpPutResponseHopLimit", "MetadataOptions.HttpTokens",
        "MetadataOptions.InstanceMetadataTags",
        "MinCount", "Monitoring.Enabled",
        "NetworkInterface.N.AssociatePublicIpAddress", "NetworkInterface.N.DeleteOnTermination",
        "NetworkInterface.N.Description", "NetworkInterface.N.DeviceIndex", "NetworkInterface.N.InterfaceType",
        "NetworkInterface.N.Ipv6AddressCount", "NetworkInterface.N.SecurityGroupId.N", "NetworkInterface.N.SubnetId",
        "Placement.AvailabilityZone", "Placement.GroupName", "Placement.HostId", "Placement.PartitionNumber",
        "Placement.Tenancy",
        "SecurityGroup.N", "SecurityGroupId.N", "SubnetId",
        "TagSpecification.N.ResourceType", "TagSpecification.N.Tag.N.Key", "TagSpecification.N.Tag.N.Value",
        "UserData",
    ]
}
