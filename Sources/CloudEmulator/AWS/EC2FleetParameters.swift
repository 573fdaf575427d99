extension EC2Parameters {
    static let fleets: [String: Set<String>] = [
        "CreateFleet": fleetWays("LaunchTemplateConfigs").union(target).union(tagSpecifications).union([
            "ClientToken", "Context", "DryRun", "ExcessCapacityTerminationPolicy", "ReplaceUnhealthyInstances",
            "TerminateInstancesWithExpiration", "Type", "ValidFrom", "ValidUntil",
            "OnDemandOptions.AllocationStrategy", "OnDemandOptions.MaxTotalPrice", "OnDemandOptions.MinTargetCapacity",
            "OnDemandOptions.SingleAvailabilityZone", "OnDemandOptions.SingleInstanceType",
            "SpotOptions.AllocationStrategy", "SpotOptions.InstanceInterruptionBehavior",
            "SpotOptions.InstancePoolsToUseCount", "SpotOptions.MaxTotalPrice", "SpotOptions.MinTargetCapacity",
            "SpotOptions.SingleAvailabilityZone", "SpotOptions.SingleInstanceType",
        ]),
        "ModifyFleet": fleetWays("LaunchTemplateConfig").union(target).union([
            "Context", "DryRun", "ExcessCapacityTerminationPolicy", "FleetId",
        ]),
        "DeleteFleets": ["DryRun", "FleetId.N", "TerminateInstances"],
        "DescribeFleets": pages.union(["FleetId.N"]),
        "DescribeFleetInstances": pages.union(["FleetId"]),
        "DescribeFleetHistory": ["DryRun", "EventType", "FleetId", "MaxResults", "NextToken", "StartTime"],
    ]

    static let spotFleets: [String: Set<String>] = [
        "RequestSpotFleet": Set(spotFleetConfig.map { "SpotFleetRequestConfig.\($0)" }).union(["DryRun"]),
        "ModifySpotFleetRequest": spotFleetWays("LaunchTemplateConfig").union([
            "Context", "ExcessCapacityTerminationPolicy", "OnDemandTargetCapacity", "SpotFleetRequestId",
            "TargetCapacity",
        ]),
        "CancelSpotFleetRequests": ["DryRun", "SpotFleetRequestId.N", "TerminateInstances"],
        "DescribeSpotFleetRequests": ["DryRun", "MaxResults", "NextToken", "SpotFleetRequestId.N"],
        "DescribeSpotFleetInstances": ["DryRun", "MaxResults", "NextToken", "SpotFleetRequestId"],
        "DescribeSpotFleetRequestHistory": [
            "DryRun", "EventType", "MaxResults", "NextToken", "SpotFleetRequestId", "StartTime",
        ],
    ]

    static let tags: [String: Set<String>] = [
        "CreateTags": ["DryRun", "ResourceId.N", "Tag.N.Key", "Tag.N.Value"],
        "DeleteTags": ["DryRun", "ResourceId.N", "Tag.N.Key", "Tag.N.Value"],
        "DescribeTags": pages,
        "DescribeInstanceStatus": pages.union(["IncludeAllInstances", "InstanceId.N"]),
    ]

    private static let target: Set = [
        "TargetCapacitySpecification.DefaultTargetCapacityType", "TargetCapacitySpecification.OnDemandTargetCapacity",
        "TargetCapacitySpecification.SpotTargetCapacity", "TargetCapacitySpecification.TargetCapacityUnitType",
        "TargetCapacitySpecification.TotalTargetCapacity",
    ]

    private static let template = ["LaunchTemplateId", "LaunchTemplateName", "Version"].map {
        "LaunchTemplateSpecification.\($0)"
    }

    private static func fleetWays(_ name: String) -> Set<String> {
        let own = [
            "AvailabilityZone", "ImageId", "InstanceType", "MaxPrice", "Placement.GroupName", "Priority", "SubnetId",
            "WeightedCapacity",
        ]
        let needs = instanceRequirements.map { "InstanceRequirements.\($0)" }
        return Set((template + (own + needs).map { "Overrides.N.\($0)" }).map { "\(name).N.\($0)" })
    }

    /// What is `CpuManufacturer.N` elsewhere is `CpuManufacturerSet.N` here.
    private static func spotFleetWays(_ name: String) -> Set<String> {
        let own = ["AvailabilityZone", "InstanceType", "Priority", "SpotPrice", "SubnetId", "WeightedCapacity"]
        let needs = instanceRequirements.map { name in
            "InstanceRequirements." + (name.hasSuffix(".N") ? "\(name.dropLast(2))Set.N" : name)
        }
        return Set((template + (own + needs).map { "Overrides.N.\($0)" }).map { "\(name).N.\($0)" })
    }

    private static let spotFleetConfig = spotFleetWays("LaunchTemplateConfigs").union(tagSpecifications).union([
        "AllocationStrategy", "ClientToken", "Context", "ExcessCapacityTerminationPolicy", "IamFleetRole",
        "InstanceInterruptionBehavior", "InstancePoolsToUseCount", "OnDemandAllocationStrategy",
        "OnDemandMaxTotalPrice", "OnDemandTargetCapacity", "ReplaceUnhealthyInstances", "SpotMaxTotalPrice",
        "SpotPrice", "TargetCapacity", "TargetCapacityUnitType", "TerminateInstancesWithExpiration", "Type",
        "ValidFrom", "ValidUntil",
        // The older way to say what is launched. It is read only to be refused in so many words.
        "LaunchSpecifications.N.EbsOptimized", "LaunchSpecifications.N.GroupSet.N.GroupId",
        "LaunchSpecifications.N.IamInstanceProfile.Arn", "LaunchSpecifications.N.IamInstanceProfile.Name",
        "LaunchSpecifications.N.ImageId", "LaunchSpecifications.N.InstanceType", "LaunchSpecifications.N.KeyName",
        "LaunchSpecifications.N.Monitoring.Enabled", "LaunchSpecifications.N.Placement.AvailabilityZone",
        "LaunchSpecifications.N.SpotPrice", "LaunchSpecifications.N.SubnetId", "LaunchSpecifications.N.UserData",
        "LaunchSpecifications.N.WeightedCapacity",
    ])
}
