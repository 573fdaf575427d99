/// Something a template may ask for that not every API can do.
///
/// `providers/<cloud>/apis/<api>.yaml` lists those an API has, under these names.
package enum Feature: String, Hashable, Sendable, Codable, CaseIterable, Comparable {
    case onDemand = "on-demand"
    case spot
    /// Spot and on-demand in one launch, by a percentage.
    case mixed
    /// A machine of a type counts for more than one.
    case weights
    case priorities
    case onDemandTypes = "on-demand-types"
    case allocationStrategy = "allocation-strategy"
    case maxPrice = "max-price"
    case spotPools = "spot-pools"
    case spotExpiry = "spot-expiry"
    case fleetKinds = "fleet-types"
    case fleetRole = "fleet-role"
    case fleetContext = "fleet-context"
    /// The cloud itself picks types by attributes.
    case attributeSelection = "attribute-selection"
    case placement
    case capacityReservation = "capacity-reservation"
    case metadataOptions = "metadata-options"
    case dataDisks = "data-disks"
    case encryptionKey = "encryption-key"
    case cpuOptions = "cpu-options"
    case ipv6
    case fabricAdapter = "fabric-adapter"
    case acceleratedNetwork = "accelerated-network"
    case trafficForwarding = "traffic-forwarding"
    case hibernation
    case detailedMonitoring = "detailed-monitoring"
    case launchTemplate = "launch-template"
    case launchTemplateSpec = "launch-template-spec"
    case providerAPISpec = "provider-api-spec"

    package static func < (a: Feature, b: Feature) -> Bool { a.rawValue < b.rawValue }
}
