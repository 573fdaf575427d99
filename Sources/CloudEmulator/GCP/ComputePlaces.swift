import Provisioning

/// Projects, regions, zones, and what a project may have in them.
extension ComputeFace {
    func places(_ call: GCPCall, world: World) throws(GCPError) -> JSONValue {
        switch call.method.name {
        case "projects.get": return project(call, world)
        case "regions.get", "regions.list":
            let items = world.conditions.googleZones.keys.sorted().map { region($0, call, world) }
            return try call.oneOrList("region", "region", of: "Region", items)
        case "zones.get", "zones.list":
            return try call.oneOrList("zone", "zone", of: "Zone", world.googleZones().map { zone($0, call) })
        default:
            // Nobody has reserved anything.
            return try call.oneOrList("reservation", "reservation", of: "Reservation", [])
        }
    }

    private func project(_ call: GCPCall, _ world: World) -> JSONValue {
        [
            "kind": "compute#project", "id": .id(UInt64(projectNumber(call.project))),
            "creationTimestamp": .string(GCPInventory.madeAt), "name": .string(call.project),
            "commonInstanceMetadata": ["kind": "compute#metadata", "fingerprint": GCPNames.fingerprint([])],
            "quotas": quotas(
                in: "global", call, world,
                [
                    ("CPUS_ALL_REGIONS", 100_000), ("GPUS_ALL_REGIONS", 10_000), ("INSTANCE_TEMPLATES", 1_000),
                    ("NETWORKS", 50), ("FIREWALLS", 1_000), ("IMAGES", 2_000), ("SNAPSHOTS", 10_000),
                ]),
            "selfLink": .link("projects/\(call.project)"),
            "defaultServiceAccount": .string(gcpDefaultAccount(of: call.project)),
            "xpnProjectStatus": "UNSPECIFIED_XPN_PROJECT_STATUS", "defaultNetworkTier": "PREMIUM",
            "vmDnsSetting": "ZONAL_ONLY",
        ]
    }

    private func region(_ name: String, _ call: GCPCall, _ world: World) -> GCPListing.Item {
        let path = call.path("regions/\(name)")
        let zones = world.googleZones(name)
        return GCPListing.Item(
            key: name, createdAt: nil,
            json: [
                "kind": "compute#region", "id": .id(1_000 + GCPInventory.id("regions/\(name)") % 10_000),
                "creationTimestamp": .string(GCPInventory.madeAt), "name": .string(name), "description": .string(name),
                "status": "UP", "zones": .array(zones.map { .link(call.path("zones/\($0)")) }),
                "quotas": quotas(in: name, call, world, ComputeFace.regional), "selfLink": .link(path),
                "supportsPzs": false,
            ])
    }

    private func zone(_ name: String, _ call: GCPCall) -> GCPListing.Item {
        GCPListing.Item(
            key: name, createdAt: nil,
            json: [
                "kind": "compute#zone", "id": .id(2_000 + GCPInventory.id("zones/\(name)") % 10_000),
                "creationTimestamp": .string(GCPInventory.madeAt), "name": .string(name), "description": .string(name),
                "status": "UP", "region": .link(call.path("regions/\(gcpRegion(ofZone: name))")),
                "selfLink": .link(call.path("zones/\(name)")),
                "availableCpuPlatforms": ["Intel Skylake", "Intel Cascade Lake", "Intel Ice Lake", "AMD Milan"],
                "supportsPzs": false,
            ])
    }

    // MARK: - Quotas

    /// What is told of a region whether or not it is limited; nothing is that nobody has set a limit for. The newest
    /// families have quotas that Compute Engine does not tell of.
    private static let regional: [(String, Int)] =
        [("CPUS", 10_000), ("PREEMPTIBLE_CPUS", 0), ("INSTANCES", 100_000), ("IN_USE_ADDRESSES", 100_000)]
        + ["A2", "C2", "C2D", "C3", "M1", "M2", "M3", "N2", "N2D", "T2A", "T2D"].map { ("\($0)_CPUS", 10_000) }
        + ["T4", "V100", "P100", "L4", "A100", "A100_80GB"].flatMap {
            [("NVIDIA_\($0)_GPUS", 1_000), ("PREEMPTIBLE_NVIDIA_\($0)_GPUS", 1_000)]
        }

    private func quotas(
        in region: String, _ call: GCPCall, _ world: World, _ standard: [(String, Int)]
    ) -> JSONValue {
        var usage: [String: Int] = [:]
        for instance in world.project(call.project).instances.values where instance.takesRoom(at: call.now) {
            for (metric, amount) in instance.demand where metric.region == region {
                usage[metric.name, default: 0] += amount
            }
        }
        return .array(
            standard.map { name, most in
                let limit = world.limits.quota(GCPMetric(name: name, region: region)) ?? most
                return [
                    "metric": .string(name), "limit": .integer(limit), "usage": .integer(usage[name, default: 0]),
                ]
            })
    }
}
