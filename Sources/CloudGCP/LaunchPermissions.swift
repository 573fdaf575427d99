import Cloud
import Provisioning

/// What an account has to be allowed for a launch, and for what comes after it, by what the launch says.
///
/// https://cloud.google.com/compute/docs/instances/create-start-instance#expandable-1
/// https://cloud.google.com/compute/docs/instances/multiple/create-in-bulk
/// https://cloud.google.com/compute/docs/instance-groups/create-mig-with-basic-vms
/// https://cloud.google.com/iam/docs/roles-permissions/compute
package struct LaunchPermissions: Sendable {
    /// Of the project.
    let project: [String]
    /// Of each subnetwork that is named; where none is, they are the project's.
    let subnetwork: [String]

    /// One permission, and when it takes it.
    private struct Row: Sendable {
        let permission: String
        let apis: Set<APIName>
        let isNeeded: @Sendable (Launch) -> Bool

        init(
            _ permission: String, _ apis: Set<APIName> = Row.all,
            _ isNeeded: @escaping @Sendable (Launch) -> Bool = { _ in true }
        ) {
            self.permission = permission
            self.apis = apis
            self.isNeeded = isNeeded
        }

        private static let all: Set = [Instances.api, BulkInsert.api, InstanceGroup.api]
    }

    /// What a launch says of a machine, line by line.
    private struct Launch: Sendable {
        let order: LaunchOrder
        let site: GCPSite
        let lines: [(name: String, value: String)]

        var hasTemplate: Bool { order.template.launchTemplate != nil }

        func says(_ start: String, _ part: String = "") -> Bool {
            lines.contains { $0.name.hasPrefix(start) && $0.name.contains(part) }
        }

        /// What is published to everybody needs no permission.
        var startsFromOwnImage: Bool {
            lines.contains { $0.name.contains(".sourceImage") && $0.value.hasPrefix("projects/\(site.project)/") }
        }
    }

    private static let group: Set = [InstanceGroup.api]

    private static let ofProject: [Row] = [
        Row("compute.instances.create"),
        Row("compute.instances.list"),
        Row("compute.instances.delete"),
        Row("compute.instances.setLabels"),
        Row("compute.instances.setMetadata") { $0.says("metadata.") },
        Row("compute.instances.setTags") { $0.says("tags.") },
        Row("compute.instances.setServiceAccount") { $0.says("serviceAccounts") },
        Row("compute.instances.setMinCpuPlatform") { $0.says("minCpuPlatform") },
        Row("compute.disks.create") { $0.says("disks") || $0.hasTemplate },
        Row("compute.disks.setLabels") { $0.says("disks", ".initializeParams.labels") },
        Row("compute.images.useReadOnly") { $0.startsFromOwnImage },
        Row("compute.snapshots.useReadOnly") { $0.says("disks", ".sourceSnapshot") },
        Row("compute.resourcePolicies.use") { $0.says("resourcePolicies") },
        Row("compute.instanceTemplates.useReadOnly") { $0.hasTemplate },
        Row("compute.instanceTemplates.useReadOnly", group),
        Row("compute.instanceTemplates.create", group) { !$0.hasTemplate },
        Row("compute.instanceTemplates.delete", group) { !$0.hasTemplate },
        Row("compute.globalOperations.get", group) { !$0.hasTemplate },
        Row("compute.instanceGroupManagers.create", group),
        Row("compute.instanceGroupManagers.get", group),
        Row("compute.instanceGroupManagers.list", group),
        Row("compute.instanceGroupManagers.update", group),
        Row("compute.instanceGroupManagers.delete", group),
        Row("compute.zoneOperations.get", [Instances.api]),
        Row("compute.zoneOperations.list", [Instances.api]),
        Row("compute.zoneOperations.get", [BulkInsert.api]) { $0.order.offering.zone != nil },
        Row("compute.regionOperations.get", [BulkInsert.api]) { $0.order.offering.zone == nil },
    ]

    private static let ofSubnetwork: [Row] = [
        Row("compute.subnetworks.use") { $0.says("networkInterfaces") },
        Row("compute.subnetworks.useExternalIp") { $0.says("networkInterfaces", "ccessConfigs") },
    ]

    /// All that any launch may take; what machines act as is asked of the service account itself.
    package static let all = (ofProject + ofSubnetwork).map(\.permission).eachOnce + [GCPLookUps.actAs]

    init(_ order: LaunchOrder, by api: APIName, at site: GCPSite) {
        let launch = Launch(order: order, site: site, lines: LaunchPermissions.body(order, by: api, at: site).lines)
        func needed(_ rows: [Row]) -> [String] {
            rows.filter { $0.apis.contains(api) && $0.isNeeded(launch) }.map(\.permission).eachOnce
        }
        let subnetwork = needed(LaunchPermissions.ofSubnetwork)
        let isNamed = order.offering.subnet != nil
        self.subnetwork = isNamed ? subnetwork : []
        project = needed(LaunchPermissions.ofProject) + (isNamed ? [] : subnetwork)
    }

    /// A machine as the API is told of it.
    private static func body(_ order: LaunchOrder, by api: APIName, at site: GCPSite) -> JSONBody {
        let spec = order.template.providerAPISpec.map { JSONBody($0) }
        switch api {
        case InstanceGroup.api: return InstanceTemplate(order, at: site).properties
        case BulkInsert.api:
            return InstanceBody(order, at: site, in: nil).json().merged(with: spec?["instanceProperties"])
        default: return InstanceBody(order, at: site, in: nil).json().merged(with: spec)
        }
    }

    /// One question for the project, and one for each subnetwork: a permission may be had on that alone.
    func lookUps(_ order: LaunchOrder, at site: GCPSite) -> [LookUp] {
        let subnets = order.offerings.compactMap(\.subnet).eachOnce.map(site.subnetwork)
        let named = subnets.filter { !subnetwork.isEmpty && $0.hasPrefix("projects/") }
        return [PermissionQuestion(project: site.project, project).lookUp]
            + named.map { PermissionQuestion(subnetwork: $0, subnetwork).lookUp }
    }
}
