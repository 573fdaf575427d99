/// The names an action of Auto Scaling may be called with; each exists in its own model, and a test holds them to it.
package enum AutoScalingParameters {
    package static let byAction: [String: Set<String>] = [
        "CreateAutoScalingGroup": settings.union([
            "InstanceId", "LoadBalancerNames.member.N", "TargetGroupARNs.member.N",
            "TrafficSources.member.N.Identifier",
            "TrafficSources.member.N.Type",
        ]).union(tags),
        "UpdateAutoScalingGroup": settings,
        "DeleteAutoScalingGroup": ["AutoScalingGroupName", "ForceDelete"],
        "SetDesiredCapacity": ["AutoScalingGroupName", "DesiredCapacity", "HonorCooldown"],
        "DescribeAutoScalingGroups": filters.union(["AutoScalingGroupNames.member.N", "IncludeInstances"]),
        "DescribeAutoScalingInstances": pages.union(["InstanceIds.member.N"]),
        "DescribeScalingActivities": pages.union([
            "ActivityIds.member.N", "AutoScalingGroupName", "IncludeDeletedGroups",
        ]),
        "AttachInstances": members,
        "DetachInstances": members.union(["ShouldDecrementDesiredCapacity"]),
        "TerminateInstanceInAutoScalingGroup": ["InstanceId", "ShouldDecrementDesiredCapacity"],
        "SetInstanceProtection": members.union(["ProtectedFromScaleIn"]),
        "SuspendProcesses": ["AutoScalingGroupName", "ScalingProcesses.member.N"],
        "ResumeProcesses": ["AutoScalingGroupName", "ScalingProcesses.member.N"],
        "CreateOrUpdateTags": tags,
        "DeleteTags": tags,
        "DescribeTags": filters,
        "DescribeAccountLimits": [],
    ]

    private static let members: Set = ["AutoScalingGroupName", "InstanceIds.member.N"]
    private static let pages: Set = ["MaxRecords", "NextToken"]
    private static let filters = pages.union(["Filters.member.N.Name", "Filters.member.N.Values.member.N"])
    private static let tags = Set(
        ["Key", "PropagateAtLaunch", "ResourceId", "ResourceType", "Value"].map { "Tags.member.N.\($0)" })

    /// What both who makes a group and who changes one may say of it.
    private static let settings: Set<String> = {
        let policy = "MixedInstancesPolicy"
        let names: [String] = [
            "AutoScalingGroupName", "AvailabilityZoneDistribution.CapacityDistributionStrategy",
            "AvailabilityZoneIds.member.N", "AvailabilityZoneImpairmentPolicy.ImpairedZoneHealthCheckBehavior",
            "AvailabilityZoneImpairmentPolicy.ZonalShiftEnabled", "AvailabilityZones.member.N", "CapacityRebalance",
            "CapacityReservationSpecification.CapacityReservationPreference",
            "CapacityReservationSpecification.CapacityReservationTarget.CapacityReservationIds.member.N",
            "CapacityReservationSpecification.CapacityReservationTarget.CapacityReservationResourceGroupArns.member.N",
            "Context", "DefaultCooldown", "DefaultInstanceWarmup", "DeletionProtection", "DesiredCapacity",
            "DesiredCapacityType", "HealthCheckGracePeriod", "HealthCheckType",
            "InstanceLifecyclePolicy.RetentionTriggers.TerminateHookAbandon",
            "InstanceMaintenancePolicy.MaxHealthyPercentage", "InstanceMaintenancePolicy.MinHealthyPercentage",
            "LaunchConfigurationName", "MaxInstanceLifetime", "MaxSize", "MinSize", "NewInstancesProtectedFromScaleIn",
            "PlacementGroup", "ServiceLinkedRoleARN", "SkipZonalShiftValidation", "TerminationPolicies.member.N",
            "VPCZoneIdentifier",
        ]
        let distribution = [
            "OnDemandAllocationStrategy", "OnDemandBaseCapacity", "OnDemandPercentageAboveBaseCapacity",
            "SpotAllocationStrategy", "SpotInstancePools", "SpotMaxPrice",
        ].map { "\(policy).InstancesDistribution.\($0)" }
        let overrides =
            ["ImageId", "InstanceType", "WeightedCapacity"] + requirements.map { "InstanceRequirements.\($0)" }
        let templates = [
            "LaunchTemplate", "\(policy).LaunchTemplate.LaunchTemplateSpecification",
            "\(policy).LaunchTemplate.Overrides.member.N.LaunchTemplateSpecification",
        ].flatMap { name in ["LaunchTemplateId", "LaunchTemplateName", "Version"].map { "\(name).\($0)" } }
        return Set(
            names + distribution + templates + overrides.map { "\(policy).LaunchTemplate.Overrides.member.N.\($0)" })
    }()

    /// What may be required of types in place of naming one.
    private static let requirements: [String] =
        [
            "AcceleratorCount", "AcceleratorTotalMemoryMiB", "BaselineEbsBandwidthMbps", "MemoryGiBPerVCpu",
            "MemoryMiB", "NetworkBandwidthGbps", "NetworkInterfaceCount", "TotalLocalStorageGB", "VCpuCount",
        ].flatMap { ["\($0).Min", "\($0).Max"] }
        + [
            "AcceleratorManufacturers", "AcceleratorNames", "AcceleratorTypes", "AllowedInstanceTypes",
            "CpuManufacturers", "ExcludedInstanceTypes", "InstanceGenerations", "LocalStorageTypes",
        ].map { "\($0).member.N" }
        + [
            "BareMetal", "BurstablePerformance", "LocalStorage", "MaxSpotPriceAsPercentageOfOptimalOnDemandPrice",
            "OnDemandMaxPricePercentageOverLowestPrice", "RequireHibernateSupport",
            "SpotMaxPricePercentageOverLowestPrice",
        ]
}
