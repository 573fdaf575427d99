extension EC2Parameters {
    static let launchTemplates: [String: Set<String>] = [
        "CreateLaunchTemplate": launchData.union(tagSpecifications).union([
            "ClientToken", "DryRun", "LaunchTemplateName", "VersionDescription",
        ]),
        "CreateLaunchTemplateVersion": launchData.union(oneTemplate).union([
            "ClientToken", "ResolveAlias", "SourceVersion", "VersionDescription",
        ]),
        "DeleteLaunchTemplate": oneTemplate,
        "DeleteLaunchTemplateVersions": oneTemplate.union(["LaunchTemplateVersion.N"]),
        "DescribeLaunchTemplates": pages.union(["LaunchTemplateId.N", "LaunchTemplateName.N"]),
        "DescribeLaunchTemplateVersions": pages.union(oneTemplate).union([
            "LaunchTemplateVersion.N", "MaxVersion", "MinVersion", "ResolveAlias",
        ]),
    ]

    static let tagSpecifications: Set = [
        "TagSpecification.N.ResourceType", "TagSpecification.N.Tag.N.Key", "TagSpecification.N.Tag.N.Value",
    ]

    private static let oneTemplate: Set = ["DryRun", "LaunchTemplateId", "LaunchTemplateName"]

    /// A template says of a launch what a launch says of itself, but for how many, where in the network, and who asks.
    private static let launchData: Set<String> = {
        let apart: Set = ["ClientToken", "DryRun", "MaxCount", "MinCount", "SubnetId"]
        let names = runInstances.subtracting(apart).filter { !$0.hasPrefix("LaunchTemplate.") }
        let needs = instanceRequirements.map { "InstanceRequirements.\($0)" }
        return Set((names + needs).map { "LaunchTemplateData.\($0)" })
    }()

    /// What may be required of types in place of naming one.
    static let instanceRequirements: Set = [
        "AcceleratorCount.Max", "AcceleratorCount.Min", "AcceleratorManufacturer.N", "AcceleratorName.N",
        "AcceleratorTotalMemoryMiB.Max", "AcceleratorTotalMemoryMiB.Min", "AcceleratorType.N", "AllowedInstanceType.N",
        "BareMetal", "BaselineEbsBandwidthMbps.Max", "BaselineEbsBandwidthMbps.Min", "BurstablePerformance",
        "CpuManufacturer.N", "ExcludedInstanceType.N", "InstanceGeneration.N", "LocalStorage", "LocalStorageType.N",
        "MaxSpotPriceAsPercentageOfOptimalOnDemandPrice", "MemoryGiBPerVCpu.Max", "MemoryGiBPerVCpu.Min",
        "MemoryMiB.Max", "MemoryMiB.Min", "NetworkBandwidthGbps.Max", "NetworkBandwidthGbps.Min",
        "NetworkInterfaceCount.Max", "NetworkInterfaceCount.Min", "OnDemandMaxPricePercentageOverLowestPrice",
        "RequireEncryptionInTransit", "RequireHibernateSupport", "SpotMaxPricePercentageOverLowestPrice",
        "TotalLocalStorageGB.Max", "TotalLocalStorageGB.Min", "VCpuCount.Max", "VCpuCount.Min",
    ]
}
