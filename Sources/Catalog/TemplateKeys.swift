import Documents

/// The keys of a template: each under its own name, then the names other tools' catalogs use for it.
package enum TemplateKeys {
    // MARK: Who it is

    static let id: FieldName = ["template_id", "templateId", "id"]
    static let name: FieldName = "name"
    static let description: FieldName = "description"
    static let extends: FieldName = "extends"
    static let isActive: FieldName = ["is_active", "isActive"]
    static let cloud: FieldName = ["provider_type", "cloud", "providerType"]
    static let account: FieldName = ["provider_name", "account", "providerName"]
    static let api: FieldName = ["provider_api", "api", "providerApi"]

    // MARK: What a machine is

    static let image: FieldName = ["machine_image", "image", "image_id", "imageId"]
    static let types: FieldName = [
        "machine_types", "machine_type", "instance_types", "instance_type", "vmTypes", "vmType",
    ]
    static let zones: FieldName = ["zones", "availability_zones", "network_zones", "networkZones"]
    static let subnets: FieldName = ["subnet_ids", "subnets", "subnetIds", "subnetId"]
    static let securityGroups: FieldName = ["security_group_ids", "securityGroupIds"]
    static let keyName: FieldName = ["machine_ssh_key", "key_name", "keyName"]
    static let role: FieldName = ["machine_role", "instance_profile", "instanceProfile"]
    static let userData: FieldName = ["machine_bootstrap", "user_data", "userData", "userDataScript"]
    static let publicAddress: FieldName = ["public_ip_assignment", "publicIpAssignment"]
    static let priceType: FieldName = ["price_type", "priceType"]
    static let diskDevice: FieldName = ["machine_disk_device", "root_device_name", "rootDeviceName"]
    static let diskSize: FieldName = ["machine_disk_size_gb", "root_device_volume_size", "rootDeviceVolumeSize"]
    static let diskType: FieldName = ["machine_disk_type", "volume_type", "volumeType"]
    static let iops: FieldName = "iops"
    static let throughput: FieldName = "throughput"
    static let encryption: FieldName = ["storage_encryption", "storageEncryption"]
    static let monitoring: FieldName = ["monitoring_enabled", "monitoringEnabled"]
    static let tags: FieldName = ["tags", "instance_tags", "instanceTags"]

    // MARK: How many, how long

    static let limit: FieldName = ["max_machines", "limit", "max_number", "max_instances", "maxNumber"]
    static let lifetime: FieldName = "lifetime"

    /// Kept with the template's fields but not acted on: a scheduler reads them back, or they are another
    /// tool's own bookkeeping. `fleet_role` is what a fleet acts as, and no fleet is made.
    static let kept: [FieldName] = [
        "attributes", "metadata", "priority", "rank", "version", ["created_at", "createdAt"],
        ["updated_at", "updatedAt"], ["fleet_role", "fleetRole"],
    ]

    // MARK: Known, but not honoured yet

    static let allocation: FieldName = ["allocation_strategy", "allocationStrategy"]
    static let allocationOnDemand: FieldName = ["allocation_strategy_on_demand", "allocationStrategyOnDemand"]
    static let percentOnDemand: FieldName = ["percent_on_demand", "percentOnDemand"]
    static let fleetType: FieldName = ["fleet_type", "fleetType"]

    /// To accept one of these and do something else would be a lie that costs money, so they are errors.
    static let notYet: [FieldName] =
        [allocation, allocationOnDemand, percentOnDemand, fleetType] + [
            ["machine_types_ondemand", "vmTypesOnDemand"], ["machine_types_priority", "vmTypesPriority"],
            ["max_price", "maxPrice", "maxSpotPrice"], ["pools_count", "poolsCount"],
            ["spot_fleet_request_expiry", "spotFleetRequestExpiry"], ["encryption_key", "encryptionKey"], "context",
            ["launch_template_id", "launchTemplateId"], ["launch_template_version", "launchTemplateVersion"],
            ["launch_template_spec", "launchTemplateSpec"], ["launch_template_spec_file", "launchTemplateSpecFile"],
            ["provider_api_spec", "providerApiSpec"], ["provider_api_spec_file", "providerApiSpecFile"],
            ["abis_instance_requirements", "abisInstanceRequirements"],
        ] + micro.map { [$0] } + kubernetes.map { $0 == camel($0) ? [$0] : [$0, camel($0)] }

    private static let micro = [
        "imageVersion", "executionRoleArn", "idlePolicy", "maximumDurationInSeconds", "ingressNetworkConnectors",
        "egressNetworkConnectors", "runHookPayload",
    ]

    private static let kubernetes = [
        "namespace", "namespaces", "node_selector", "tolerations", "service_account", "service_name", "runtime_class",
        "resource_requests", "resource_limits", "completions", "parallelism", "annotations", "labels", "volumes",
        "volume_mounts", "env", "command", "args", "image_pull_secret", "pod_spec_override", "priority_class_name",
        "termination_grace_period_seconds", "restart_policy", "readiness_probe", "liveness_probe", "security_context",
        "ttl_seconds_after_finished", "active_deadline_seconds", "native_spec_path",
    ]

    private static func camel(_ name: String) -> String {
        let words = name.split(separator: "_")
        return words[0] + words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    /// What those of them ask for that happens without them; to say that much is no mistake.
    static let happensAnyway: [String: [String]] = [
        // Types are tried in the order they are written.
        allocation.canonical: ["prioritized"], allocationOnDemand.canonical: ["prioritized"],
        // A launch returns its instances at once, and nothing is replaced behind our back.
        fleetType.canonical: ["instant"],
        // Which of the two it is depends on the price type.
        percentOnDemand.canonical: ["0", "100"],
    ]

    static let all = FieldNames(described.map(\.name))
    static let notYetNames = Set(notYet.map(\.canonical))
}
