import Documents
import Provisioning

/// The keys of a template: each under its own name, then the names other tools' catalogs use for it.
package enum TemplateKeys {
    /// The clouds a template may be for.
    package static let clouds = FileNaming.clouds

    // MARK: Who it is

    static let id: FieldName = ["template_id", "templateId", "id"]
    static let name: FieldName = "name"
    static let description: FieldName = "description"
    static let extends: FieldName = "extends"
    static let isActive: FieldName = ["is_active", "isActive"]
    static let cloud: FieldName = ["provider_type", "cloud", "providerType"]
    static let account: FieldName = ["provider_name", "account", "providerName"]
    static let fallbackAccounts: FieldName = ["fallback_accounts", "fallbackAccounts"]
    static let api: FieldName = ["provider_api", "api", "providerApi"]
    static let configuration: FieldName = "configuration"
    static let parameters: FieldName = "parameters"

    // MARK: What a machine is

    static let image: FieldName = ["machine_image", "image", "image_id", "imageId"]
    static let types: FieldName = [
        "machine_types", "machine_type", "instance_types", "instance_type", "vmTypes", "vmType",
    ]
    static let requirements: FieldName = "requirements"
    static let abis: FieldName = ["abis_instance_requirements", "abisInstanceRequirements"]
    static let zones: FieldName = ["zones", "availability_zones"]
    static let subnets: FieldName = [
        "subnet_ids", "subnets", "subnetIds", "subnetId", "network_zones", "networkZones",
    ]
    static let securityGroups: FieldName = ["security_group_ids", "securityGroupIds"]
    static let keyName: FieldName = ["machine_ssh_key", "key_name", "keyName"]
    static let role: FieldName = ["machine_role", "instance_profile", "instanceProfile"]
    static let userData: FieldName = ["machine_bootstrap", "user_data", "userData", "userDataScript"]
    static let userDataFile: FieldName = ["machine_bootstrap_file", "user_data_file", "userDataFile"]
    static let publicAddress: FieldName = ["public_ip_assignment", "publicIpAssignment"]
    static let diskDevice: FieldName = ["machine_disk_device", "root_device_name", "rootDeviceName"]
    static let diskSize: FieldName = ["machine_disk_size_gb", "root_device_volume_size", "rootDeviceVolumeSize"]
    static let diskType: FieldName = ["machine_disk_type", "volume_type", "volumeType"]
    static let iops: FieldName = "iops"
    static let throughput: FieldName = "throughput"
    static let encryption: FieldName = ["storage_encryption", "storageEncryption"]
    static let encryptionKey: FieldName = ["encryption_key", "encryptionKey"]
    static let dataDisks: FieldName = ["machine_disks", "data_disks", "dataDisks"]
    static let monitoring: FieldName = ["monitoring_enabled", "monitoringEnabled"]
    static let placement: FieldName = "placement"
    static let capacityReservation: FieldName = ["capacity_reservation", "capacityReservation"]
    static let metadataOptions: FieldName = ["metadata_options", "metadataOptions"]
    static let network: FieldName = ["network_options", "networkOptions"]
    static let cpu: FieldName = ["cpu_options", "cpuOptions"]
    static let hibernation: FieldName = "hibernation"
    static let tags: FieldName = ["tags", "instance_tags", "instanceTags"]

    // MARK: How they are bought

    static let priceType: FieldName = ["price_type", "priceType"]
    static let maxPrice: FieldName = ["max_price", "maxPrice", "maxSpotPrice"]
    static let percentOnDemand: FieldName = ["percent_on_demand", "percentOnDemand"]
    static let allocation: FieldName = ["allocation_strategy", "allocationStrategy"]
    static let allocationOnDemand: FieldName = ["allocation_strategy_on_demand", "allocationStrategyOnDemand"]
    static let typesOnDemand: FieldName = ["machine_types_ondemand", "vmTypesOnDemand"]
    static let typePriorities: FieldName = ["machine_types_priority", "vmTypesPriority"]
    static let spotPools: FieldName = ["pools_count", "poolsCount"]
    static let spotExpiry: FieldName = ["spot_fleet_request_expiry", "spotFleetRequestExpiry"]
    static let fleetKind: FieldName = ["fleet_type", "fleetType"]
    static let fleetRole: FieldName = ["fleet_role", "fleetRole"]
    static let fleetContext: FieldName = "context"
    static let launchTemplateID: FieldName = ["launch_template_id", "launchTemplateId"]
    static let launchTemplateVersion: FieldName = ["launch_template_version", "launchTemplateVersion"]
    static let launchTemplateSpec: FieldName = ["launch_template_spec", "launchTemplateSpec"]
    static let launchTemplateSpecFile: FieldName = ["launch_template_spec_file", "launchTemplateSpecFile"]
    static let providerAPISpec: FieldName = ["provider_api_spec", "providerApiSpec"]
    static let providerAPISpecFile: FieldName = ["provider_api_spec_file", "providerApiSpecFile"]

    // MARK: How many, how long

    static let limit: FieldName = ["max_machines", "limit", "max_number", "max_instances", "maxNumber"]
    static let lifetime: FieldName = "lifetime"
    static let atLeast: FieldName = ["at_least", "atLeast"]

    // MARK: What others find again

    static let attributes: FieldName = "attributes"
    static let metadata: FieldName = "metadata"
    static let createdAt: FieldName = ["created_at", "createdAt"]
    static let updatedAt: FieldName = ["updated_at", "updatedAt"]
    static let version: FieldName = "version"

    /// Accepted, for other tools write them into their files, but not acted on: where a value comes from is told
    /// by its origin, and which of two files wins by their layers.
    static let kept: [FieldName] = ["priority", "rank", sourceFile, ["file_priority", "filePriority"]]
    static let sourceFile: FieldName = ["source_file", "sourceFile"]

    // MARK: Known, but not honoured yet

    /// To accept one of these and do something else would be a lie that costs money, so they are errors.
    static let notYet: [FieldName] =
        micro.map { [$0] } + kubernetes.map { $0 == camel($0) ? [$0] : [$0, camel($0)] }

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

    static let all = FieldNames(described.map(\.name))
    static let supported = described.filter(\.isSupported).map(\.name)
    static let notYetNames = Set(notYet.map(\.canonical))
}
