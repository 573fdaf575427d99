import Cloud
import CloudAWS
import Provisioning
import Testing

/// What is written to Auto Scaling, held against its published model.
@Suite struct AutoScalingRequestTests {
    private let model: PublishedModel
    private let strategy = AutoScalingGroup()

    init() throws { model = try PublishedModel.autoScaling.get() }

    private func expectValid<Reply>(
        _ call: Call<Reply>, _ name: String, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        model.expectValid(call, name, sourceLocation: sourceLocation)
        #expect(call.service == "autoscaling" && call.method == "POST", "\(name)", sourceLocation: sourceLocation)
    }

    private func parameters(of order: LaunchOrder) throws -> [String: String] {
        let call = try strategy.launch(order, token: Sample.token)
        #expect(call.effect == .changes)
        return Dictionary(call.form.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    }

    /// Of several offerings.
    private func order(
        _ types: [String] = ["m6i.large", "c6i.large"], zones: [String] = [], subnets: [String] = [],
        markets: [Market] = [.onDemand], count: Int = 3, _ change: (inout Template) -> Void = { _ in }
    ) -> LaunchOrder {
        let offerings = Offering.all(types: types, zones: zones, subnets: subnets, markets: markets)
        var order = Sample.order(count: count, offering: offerings[0], change)
        order.template.offerings = offerings
        order.others = Array(offerings.dropFirst())
        return order
    }

    private static func fleet(_ change: @escaping (inout FleetOptions) -> Void) -> (inout Template) -> Void {
        { template in
            var fleet = FleetOptions()
            change(&fleet)
            template.fleet = fleet
        }
    }

    /// Every wish about a group, by itself and together.
    private var wishes: [(name: String, change: (inout Template) -> Void)] {
        var wishes: [(String, (inout Template) -> Void)] = [
            ("plain", { _ in }), ("rich", Sample.richTemplate), ("max price", { $0.maxPrice = "0.1" }),
            ("weights", Self.fleet { $0.weights = ["m6i.large": 1, "c6i.large": 4] }),
            ("priorities", Self.fleet { $0.priorities = ["m6i.large": 9, "c6i.large": 0] }),
            ("context", Self.fleet { $0.context = "ctx-1" }),
            ("pinned", { $0.launchTemplate = LaunchTemplate(id: "lt-0123456789abcdef0", version: "7") }),
            (
                "pinned alone",
                {
                    $0.image = ""; $0.launchTemplate = LaunchTemplate(id: "workers")
                }
            ),
            ("attributes", { $0.requirements = Self.attributes }),
        ]
        for percent in [0, 1, 50, 100] { wishes.append(("\(percent) %", Self.fleet { $0.percentOnDemand = percent })) }
        for allocation in AllocationStrategy.allCases {
            wishes.append(
                (
                    "spot \(allocation)",
                    Self.fleet {
                        $0.allocation = allocation; $0.pools = 3; $0.percentOnDemand = 50
                    }
                ))
            wishes.append(("on-demand \(allocation)", Self.fleet { $0.onDemandAllocation = allocation }))
        }
        return wishes
    }

    /// Every attribute of EC2's there is, some written in each way.
    static let attributes: Requirements = {
        func bounds(_ min: Int?, _ max: Int?) -> RawValue {
            .map([min.map { .init("min", .integer($0)) }, max.map { .init("Max", .integer($0)) }].compactMap(\.self))
        }
        let fields: [(String, RawValue)] = [
            ("vcpu_count", bounds(2, 8)), ("MemoryMiB", bounds(4096, nil)),
            ("memory_gib_per_vcpu", .map([.init("min", .number(1.5)), .init("max", .integer(8))])),
            ("cpu_manufacturers", .list([.text("intel"), .text("amazon-web-services")])),
            ("ExcludedInstanceTypes", .text("t*, m5.large")), ("instance_generations", .list([.text("current")])),
            ("bare_metal", .text("excluded")), ("BurstablePerformance", .text("included")),
            ("local_storage", .text("required")), ("local_storage_types", .list([.text("ssd")])),
            ("total_local_storage_gb", .integer(100)), ("require_hibernate_support", .boolean(true)),
            ("spot_max_price_percentage_over_lowest_price", .integer(50)),
            ("on_demand_max_price_percentage_over_lowest_price", .integer(20)),
            ("network_interface_count", bounds(1, 2)), ("network_bandwidth_gbps", .map([.init("Min", .number(0.5))])),
            ("baseline_ebs_bandwidth_mbps", bounds(nil, 1000)), ("accelerator_types", .list([.text("gpu")])),
            ("accelerator_count", bounds(0, 1)), ("accelerator_manufacturers", .list([.text("nvidia")])),
            ("accelerator_names", .list([.text("t4")])), ("accelerator_total_memory_mib", bounds(1, nil)),
            (
                "baseline_performance_factors",
                .map([
                    .init(
                        "cpu",
                        .map([.init("references", .list([.map([.init("instance_family", .text("m6i"))])]))]))
                ])
            ),
        ]
        var requirements = Requirements()
        requirements.native = .map(fields.map { .init($0.0, $0.1) })
        return requirements
    }()

    @Test func everyLaunchIsOneThatAutoScalingDescribes() throws {
        var number = 0
        for (name, change) in wishes {
            for markets in [[Market.onDemand], [.spot], [.spot, .onDemand]] {
                for (zones, subnets) in [(["us-east-1a", "us-east-1b"], []), ([], ["subnet-1", "subnet-2"])] {
                    let order = order(zones: zones, subnets: subnets, markets: markets, change)
                    expectValid(try strategy.launch(order, token: Sample.token), "\(name), \(markets), \(zones)")
                    number += 1
                }
            }
        }
        for (name, order) in Sample.orders {
            expectValid(try strategy.launch(order, token: Sample.token), name)
            number += 1
        }
        #expect(number > 250)
    }

    @Test func whatATemplateSaysInTheCloudsOwnWordsIsLaidOver() throws {
        var order = order(zones: ["us-east-1a", "us-east-1b"])
        order.rawCall = RawParameters(
            replaces: ["AvailabilityZones."],
            values: [
                .init("AvailabilityZones.member.1", "us-east-1c"), .init("DefaultCooldown", "60"),
                .init("CapacityRebalance", "true"),
            ])
        expectValid(try strategy.launch(order, token: Sample.token), "raw")
        let parameters = try parameters(of: order)
        #expect(parameters["AvailabilityZones.member.1"] == "us-east-1c")
        #expect(parameters["AvailabilityZones.member.2"] == nil)
        #expect(parameters["DefaultCooldown"] == "60")
        #expect(parameters["CapacityRebalance"] == "true")
    }

    // MARK: What a launch says

    @Test func aGroupHasTheNumberThatIsAskedForAndNoMore() throws {
        let parameters = try parameters(of: order(zones: ["us-east-1a"], count: 1000))
        #expect(parameters["MinSize"] == "0")
        #expect(parameters["MaxSize"] == "1000")
        #expect(parameters["DesiredCapacity"] == "1000")
        #expect(parameters["NewInstancesProtectedFromScaleIn"] == "true")
        #expect(parameters["CapacityRebalance"] == "false")
    }

    @Test func theTokenIsInTheNameSoThatAGroupIsMadeOnce() throws {
        let call = try strategy.launch(order(zones: ["us-east-1a"]), token: Sample.token)
        let name = "muster-\(Sample.token)"
        #expect(call.form.contains { $0 == ("AutoScalingGroupName", name) })
        let again = call.consent?(Fault(status: 400, code: "AlreadyExists", message: "A group with the name exists"))
        #expect(again == LaunchReceipt(instances: [], group: name))
        #expect(call.consent?(Fault(status: 400, code: "LimitExceeded", message: "")) == nil)
        #expect(strategy.group(for: order()) == GroupPlan(kind: "auto-scaling-group", upkeep: .maintain))
    }

    @Test func everyTagReachesTheInstancesAtTheirCreation() throws {
        var order = order(zones: ["us-east-1a"])
        order.tags = Sample.oddTags
        let parameters = try parameters(of: order)
        var tags: [String: String] = [:]
        for number in 1...Sample.oddTags.count {
            let prefix = "Tags.member.\(number)"
            #expect(parameters["\(prefix).PropagateAtLaunch"] == "true")
            tags[try #require(parameters["\(prefix).Key"])] = parameters["\(prefix).Value"]
        }
        #expect(tags == Sample.oddTags)
    }

    @Test func aGroupGoesByTheLaunchTemplateThatWasMadeForIt() throws {
        let order = order(zones: ["us-east-1a"])
        let plans = try strategy.scaffolds(for: order)
        #expect(plans.map(\.kind) == ["launch-template"])
        let parameters = try parameters(of: order)
        let prefix = "MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification"
        #expect(parameters["\(prefix).LaunchTemplateName"] == plans[0].id.text)
        #expect(parameters["\(prefix).Version"] == "1")
        // Volumes and interfaces carry the tags too, which a group gives to its instances alone.
        #expect(
            (plans[0].make?.call.parameters ?? []).filter { $0.name.hasSuffix(".ResourceType") }.map(\.value)
                == ["volume", "network-interface", "launch-template"])
    }

    @Test func subnetsComeBeforeZones() throws {
        let subnets = try parameters(of: order(subnets: ["subnet-2", "subnet-1"]))
        #expect(subnets["VPCZoneIdentifier"] == "subnet-2,subnet-1")
        #expect(subnets.keys.allSatisfy { !$0.hasPrefix("AvailabilityZones") })
        let zones = try parameters(of: order(zones: ["us-east-1b", "us-east-1a"]))
        #expect(zones["AvailabilityZones.member.1"] == "us-east-1b")
        #expect(zones["AvailabilityZones.member.2"] == "us-east-1a")
        #expect(zones["VPCZoneIdentifier"] == nil)
    }

    @Test func typesComeInTheOrderOfPreferenceOrOfPriority() throws {
        func types(_ parameters: [String: String]) -> [String?] {
            (1...2).map { parameters["MixedInstancesPolicy.LaunchTemplate.Overrides.member.\($0).InstanceType"] }
        }
        #expect(types(try parameters(of: order(zones: ["us-east-1a"]))) == ["m6i.large", "c6i.large"])
        let ranked = order(zones: ["us-east-1a"], Self.fleet { $0.priorities = ["m6i.large": 9, "c6i.large": 0] })
        #expect(types(try parameters(of: ranked)) == ["c6i.large", "m6i.large"])
    }

    @Test func allTypesHaveAWeightOrNoneHas() throws {
        func weights(_ parameters: [String: String]) -> [String?] {
            (1...2).map { parameters["MixedInstancesPolicy.LaunchTemplate.Overrides.member.\($0).WeightedCapacity"] }
        }
        #expect(weights(try parameters(of: order(zones: ["us-east-1a"]))) == [nil, nil])
        let weighted = order(zones: ["us-east-1a"], Self.fleet { $0.weights = ["c6i.large": 4] })
        #expect(weights(try parameters(of: weighted)) == ["1", "4"])
    }

    @Test func attributesStandInForTypes() throws {
        let parameters = try parameters(of: order(zones: ["us-east-1a"]) { $0.requirements = Self.attributes })
        let prefix = "MixedInstancesPolicy.LaunchTemplate.Overrides.member.1"
        #expect(parameters["\(prefix).InstanceType"] == nil)
        let said = parameters.filter { $0.key.hasPrefix("\(prefix).InstanceRequirements.") }
        #expect(said["\(prefix).InstanceRequirements.VCpuCount.Min"] == "2")
        #expect(said["\(prefix).InstanceRequirements.CpuManufacturers.member.2"] == "amazon-web-services")
        #expect(said["\(prefix).InstanceRequirements.ExcludedInstanceTypes.member.2"] == "m5.large")
        #expect(said["\(prefix).InstanceRequirements.TotalLocalStorageGB.Max"] == "100")
        #expect(said.count == 30)
    }

    @Test func onDemandMachinesHaveTwoWays() throws {
        let key = "MixedInstancesPolicy.InstancesDistribution.OnDemandAllocationStrategy"
        func way(_ change: @escaping (inout FleetOptions) -> Void, byAttributes: Bool = false) throws -> String? {
            let order = order(zones: ["us-east-1a"], markets: [.onDemand]) { template in
                Self.fleet(change)(&template)
                if byAttributes { template.requirements = Self.attributes }
            }
            return try parameters(of: order)[key]
        }
        #expect(try way { $0.percentOnDemand = 100 } == nil)
        #expect(try way { $0.onDemandAllocation = .prioritized } == "prioritized")
        #expect(try way { $0.onDemandAllocation = .capacityOptimizedPrioritized } == "prioritized")
        for other in [AllocationStrategy.lowestPrice, .capacityOptimized, .priceCapacityOptimized, .diversified] {
            #expect(try way { $0.onDemandAllocation = other } == "lowest-price")
        }
        // There is no preferred one among types that EC2 chooses.
        #expect(try way({ $0.onDemandAllocation = .prioritized }, byAttributes: true) == "lowest-price")
    }

    @Test func theShareOfMarketsIsThatOfWhatIsOffered() throws {
        func percent(_ markets: [Market], _ percent: Int?) throws -> String? {
            let order = order(zones: ["us-east-1a"], markets: markets, Self.fleet { $0.percentOnDemand = percent })
            return try parameters(of: order)[
                "MixedInstancesPolicy.InstancesDistribution.OnDemandPercentageAboveBaseCapacity"]
        }
        #expect(try percent([.onDemand], nil) == "100")
        #expect(try percent([.spot], nil) == "0")
        #expect(try percent([.spot, .onDemand], 30) == "30")
        #expect(try percent([.spot, .onDemand], nil) == "0")
        // What is left of an order when one market has nothing to give.
        #expect(try percent([.onDemand], 30) == "100")
    }

    @Test func whatIsForSpotIsSaidForSpotAlone() throws {
        func spot(_ markets: [Market], _ allocation: AllocationStrategy?) throws -> [String?] {
            let order = order(zones: ["us-east-1a", "us-east-1b"], markets: markets) { template in
                template.maxPrice = "0.1"
                template.fleet = FleetOptions()
                template.fleet?.allocation = allocation
                template.fleet?.percentOnDemand = 50
            }
            let parameters = try parameters(of: order)
            return ["SpotAllocationStrategy", "SpotInstancePools", "SpotMaxPrice"].map {
                parameters["MixedInstancesPolicy.InstancesDistribution.\($0)"]
            }
        }
        #expect(try spot([.onDemand], .lowestPrice) == [nil, nil, nil])
        #expect(try spot([.spot], nil) == ["price-capacity-optimized", nil, "0.1"])
        #expect(try spot([.spot], .lowestPrice) == ["lowest-price", nil, "0.1"])
        #expect(try spot([.spot], .diversified) == ["lowest-price", "4", "0.1"])
        #expect(try spot([.spot, .onDemand], .prioritized) == ["capacity-optimized-prioritized", nil, "0.1"])
    }

    @Test func theSameOrderAndTokenAreTheSameBytes() throws {
        for _ in 0..<20 {
            let order = order(zones: ["us-east-1a"], Self.fleet { $0.weights = ["c6i.large": 4] })
            #expect(
                try strategy.launch(order, token: Sample.token).body
                    == strategy.launch(order, token: Sample.token).body)
        }
    }

    @Test func nothingIsRehearsedThatAutoScalingCannotSay() throws {
        let rehearsal = try strategy.rehearse(order(zones: ["us-east-1a"]), token: Sample.token)
        #expect(rehearsal.map(\.call.action) == nil)
    }

    /// Were the validator blind, the tests above would prove nothing.
    @Test(arguments: [
        ("Colour=red", "DetachInstances has no Colour"),
        ("InstanceIds.1=i-1", "DetachInstances.InstanceIds is a list and has no 1"),
        ("InstanceIds.member.2=i-1", "DetachInstances.InstanceIds is not numbered from 1 without gaps"),
        ("InstanceIds=i-1", "DetachInstances.InstanceIds is a list, not a value"),
        ("AutoScalingGroupName.1=a", "DetachInstances.AutoScalingGroupName is a value and has no 1"),
        ("InstanceIds.member.1=i-0123456789abcdef0123", "DetachInstances.InstanceIds.1 is no string of its size: "),
    ])
    func theModelFindsWhatIsWrong(parameter: String, fault: String) {
        let parts = parameter.split(separator: "=").map(String.init)
        let faults = model.faults(in: [
            ("Action", "DetachInstances"), ("Version", "2011-01-01"), ("ShouldDecrementDesiredCapacity", "true"),
            (parts[0], parts[1]),
        ])
        #expect(faults.contains { $0.hasPrefix(fault) }, "\(faults)")
    }

    @Test func theModelMissesWhatMustBeGiven() {
        let faults = model.faults(in: [("Action", "DetachInstances"), ("Version", "2016-11-15")])
        #expect(
            Set(faults) == [
                "the version is not the model's", "DetachInstances needs AutoScalingGroupName",
                "DetachInstances needs ShouldDecrementDesiredCapacity",
            ])
    }
}
