import Cloud
import Provisioning

@testable import CloudAWS

/// Orders of fleets of every kind.
enum FleetSample {
    static let group: Scaffold.ID = Sample.token.group
    static let acceptedAt = Timestamp("2026-11-21T12:40:43Z")!
    static let types = ["m6i.large", "m6a.large", "c7g.xlarge"]

    /// - Parameter kind: nil: the template names none.
    static func order(
        _ kind: FleetKind? = nil, count: Int = 10, markets: [Market] = [.onDemand], types: [String] = types,
        zones: [String] = [], subnets: [String] = [], _ change: (inout Template) -> Void = { _ in }
    ) -> LaunchOrder {
        let offerings = Offering.all(types: types, zones: zones, subnets: subnets, markets: markets)
        var order = Sample.order(count: count, offering: offerings[0]) { template in
            template.offerings = offerings
            template.fleet = FleetOptions()
            template.fleet?.kind = kind
            change(&template)
        }
        order.others = Array(offerings.dropFirst())
        order.acceptedAt = acceptedAt
        return order
    }

    static func scaffold(
        _ name: String? = "fleet-1", target: Int? = 10, upkeep: Scaffold.Upkeep? = .maintain
    ) -> Scaffold {
        var scaffold = Scaffold(
            id: group, kind: "fleet", account: "a", api: EC2Fleet.api, state: .ready, since: acceptedAt, target: target,
            upkeep: upkeep)
        scaffold.name = name
        return scaffold
    }

    static func requirements(_ change: (inout Requirements) -> Void = { _ in }) -> Requirements {
        var wanted = Requirements()
        wanted.vcpus = .init(min: 2, max: 8)
        wanted.memoryMiB = .init(min: 4096)
        change(&wanted)
        return wanted
    }

    /// All that can be said of types, said.
    static func everything(_ wanted: inout Requirements) {
        wanted.memoryMiB.max = 65536
        wanted.memoryPerVCPU = .init(min: 1536, max: 8192)
        wanted.architecture = .x86
        wanted.makers = ["intel", "aws"]
        wanted.localDiskGiB = .init(min: 100, max: 1000)
        wanted.localDisk = .required
        wanted.burstable = .included
        wanted.bareMetal = .excluded
        wanted.exclude = ["t*", "m5.large"]
        wanted.gpu = Requirements.GPU()
        wanted.gpu?.name = "A10G"
        wanted.gpu?.count = .init(min: 2, max: 4)
        wanted.gpu?.memoryGiB = .init(min: 16, max: 24)
    }

    /// In EC2's own words, in either spelling.
    static let native = RawValue.map([
        .init("vcpu_count", .map([.init("min", .integer(2)), .init("max", .integer(8))])),
        .init("MemoryMiB", .map([.init("Min", .integer(4096))])),
        .init("memory_gib_per_vcpu", .map([.init("min", .number(1.5))])),
        .init("cpu_manufacturers", .list([.text("intel"), .text("amd")])),
        .init("instance_generations", .text("current")), .init("excluded_instance_types", .text("t*, m5.large")),
        .init("BurstablePerformance", .text("excluded")),
        .init("require_hibernate_support", .boolean(true)),
        .init("network_interface_count", .integer(2)),
        .init("total_local_storage_gb", .map([.init("max", .number(100.5))])),
        .init("baseline_ebs_bandwidth_mbps", .map([.init("min", .integer(1000))])),
        .init("network_bandwidth_gbps", .map([.init("min", .number(2.5))])),
        .init("accelerator_total_memory_mib", .map([.init("max", .integer(1))])),
        .init("max_spot_price_as_percentage_of_optimal_on_demand_price", .integer(80)),
        .init("spot_max_price_percentage_over_lowest_price", .null),
        .init(
            "baseline_performance_factors",
            .map([.init("cpu", .map([.init("references", .list([.map([.init("instance_family", .text("c6i"))])]))]))])),
    ])

    /// Each wish alone.
    private static var wishes: [(String, (inout Template) -> Void)] {
        var wishes: [(String, (inout Template) -> Void)] = [
            ("plain", { _ in }), ("rich", Sample.richTemplate),
            ("weights", { $0.fleet?.weights = ["m6i.large": 2, "c7g.xlarge": 4] }),
            ("priorities", { $0.fleet?.priorities = ["m6a.large": 1, "c7g.xlarge": 0] }),
            ("types on demand", { $0.fleet?.onDemandWeights = ["m6i.large": 1, "r6i.large": 2] }),
            ("price", { $0.maxPrice = "0.25" }), ("context", { $0.fleet?.context = "ctx" }),
            ("expiry", { $0.fleet?.expiryMinutes = 30 }),
            ("role", { $0.fleet?.role = "arn:aws:iam::123456789012:role/fleet" }),
            ("requirements", { $0.requirements = requirements() }),
            ("all requirements", { $0.requirements = requirements(everything) }),
            ("only some types", { $0.requirements = requirements { $0.only = ["m6*", "c7g.*"] } }),
            ("native", { $0.requirements = requirements { $0.native = native } }),
            (
                "pinned",
                {
                    $0.image = ""
                    $0.launchTemplate = LaunchTemplate(id: "lt-0a")
                }
            ),
        ]
        for strategy in AllocationStrategy.allCases {
            wishes.append(
                (
                    "\(strategy)",
                    {
                        $0.fleet?.allocation = strategy
                        $0.fleet?.pools = 3
                    }
                ))
            wishes.append(("\(strategy) on demand", { $0.fleet?.onDemandAllocation = strategy }))
        }
        for percent in [0, 1, 35, 100] { wishes.append(("\(percent) %", { $0.fleet?.percentOnDemand = percent })) }
        return wishes
    }

    /// Every wish with every kind, in every market and kind of place.
    static var orders: [(name: String, order: LaunchOrder)] {
        var orders: [(name: String, order: LaunchOrder)] = []
        let places: [(zones: [String], subnets: [String])] = [
            ([], []), (["us-east-1a", "us-east-1b"], []), ([], ["subnet-1", "subnet-2"]),
        ]
        for (name, wish) in wishes {
            for kind in [nil] + FleetKind.allCases.map(Optional.some) {
                for markets in [[Market.onDemand], [.spot], [.spot, .onDemand]] {
                    for place in name == "plain" ? places : Array(places.dropFirst()) {
                        var order = order(
                            kind, markets: markets, zones: place.zones, subnets: place.subnets, wish)
                        if name == "plain" { order.atLeast = 5 }
                        orders.append(("\(name), \(kind?.rawValue ?? "any kind"), \(markets), \(place)", order))
                    }
                }
            }
        }
        return orders
    }
}
