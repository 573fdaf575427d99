import Cloud
import Provisioning
import Testing

@testable import CloudAWS

/// What fleets are asked for, held against EC2's published model.
@Suite struct FleetRequestTests {
    private let model: PublishedModel

    init() throws { model = try PublishedModel.ec2.get() }

    private func parameters(_ strategy: any OneCallStrategy, _ order: LaunchOrder) throws -> [String: String] {
        let call = try strategy.launch(order, token: Sample.token)
        #expect(call.effect == .changes)
        #expect(model.faults(in: call.form) == [])
        return Dictionary(uniqueKeysWithValues: call.form.map { ($0.name, $0.value) })
    }

    private func fleet(_ order: LaunchOrder) throws -> [String: String] { try parameters(EC2Fleet(), order) }

    private func spotFleet(_ order: LaunchOrder) throws -> [String: String] {
        let prefix = "SpotFleetRequestConfig."
        let config = try parameters(SpotFleet(), order).filter { $0.key.hasPrefix(prefix) }
        return Dictionary(uniqueKeysWithValues: config.map { (String($0.key.dropFirst(prefix.count)), $0.value) })
    }

    private func overrides(_ parameters: [String: String], _ part: String) -> [String?] {
        let start = "LaunchTemplateConfigs.1.Overrides."
        let numbers = parameters.keys.filter { $0.hasPrefix(start) }
            .compactMap { Int($0.dropFirst(start.count).prefix { $0 != "." }) }
        return (1...(numbers.max() ?? 1)).map { parameters["\(start)\($0).\(part)"] }
    }

    // MARK: Every one

    @Test(arguments: ["ec2-fleet", "spot-fleet"])
    func everyFleetIsOneThatEC2Describes(api: String) throws {
        let strategy: any OneCallStrategy = api == "ec2-fleet" ? EC2Fleet() : SpotFleet()
        let orders = FleetSample.orders
        #expect(orders.count > 500)
        for (name, order) in orders {
            let call = try strategy.launch(order, token: Sample.token)
            model.expectValid(call, name)
            #expect(try strategy.launch(order, token: Sample.token).body == call.body, "\(name)")
            for scaffold in try strategy.scaffolds(for: order) {
                model.expectValid(try #require(scaffold.make).call, name)
                #expect(call.parameters.contains { $0.value == scaffold.id.text }, "\(name)")
            }
            let rehearsal = try #require(try strategy.rehearse(order, token: Sample.token))
            #expect(rehearsal.call.effect == .reads)
            model.expectValid(rehearsal.call, name)
        }
    }

    @Test func whatIsAskedForAddsUpToTheCount() throws {
        for (name, order) in FleetSample.orders {
            let given = try fleet(order)
            let target = "TargetCapacitySpecification"
            #expect(given["\(target).TotalTargetCapacity"] == "10", "\(name)")
            let parts = ["OnDemand", "Spot"].compactMap { given["\(target).\($0)TargetCapacity"] }.compactMap {
                Int($0)
            }
            #expect(parts.isEmpty || parts.reduce(0, +) == 10, "\(name)")
            // A pool twice is refused.
            let pools = (1...400).prefix { given["LaunchTemplateConfigs.1.Overrides.\($0).InstanceType"] != nil }.map {
                number in
                ["InstanceType", "SubnetId", "AvailabilityZone"].map {
                    given["LaunchTemplateConfigs.1.Overrides.\(number).\($0)"] ?? ""
                }
            }
            #expect(Set(pools).count == pools.count, "\(name)")
        }
    }

    // MARK: Markets

    @Test(arguments: [(0, 0), (1, 0), (35, 3), (99, 9), (100, 10)])
    func aPercentageIsRoundedDown(percent: Int, onDemand: Int) throws {
        let order = FleetSample.order(markets: [.spot, .onDemand]) { $0.fleet?.percentOnDemand = percent }
        let given = try fleet(order)
        #expect(given["TargetCapacitySpecification.OnDemandTargetCapacity"] == "\(onDemand)")
        #expect(given["TargetCapacitySpecification.SpotTargetCapacity"] == "\(10 - onDemand)")
        // A Spot Fleet's share is at least one machine.
        let least = percent == 0 ? nil : "\(max(1, onDemand))"
        #expect(try spotFleet(order)["OnDemandTargetCapacity"] == least)
    }

    @Test func withoutAPercentageTheFirstMarketIsAskedAndTheOtherIsWhatIsLeft() throws {
        var order = FleetSample.order(markets: [.spot, .onDemand])
        var given = try fleet(order)
        #expect(given["TargetCapacitySpecification.DefaultTargetCapacityType"] == "spot")
        #expect(given["TargetCapacitySpecification.OnDemandTargetCapacity"] == nil)
        #expect(given["OnDemandOptions.AllocationStrategy"] == nil)
        #expect(try spotFleet(order)["OnDemandTargetCapacity"] == nil)
        // Spot has nothing left.
        let left = order.offerings.filter { $0.market == .onDemand }
        (order.offering, order.others) = (left[0], Array(left.dropFirst()))
        given = try fleet(order)
        #expect(given["TargetCapacitySpecification.DefaultTargetCapacityType"] == "on-demand")
        #expect(given["SpotOptions.AllocationStrategy"] == nil)
        #expect(try spotFleet(order)["OnDemandTargetCapacity"] == "10")
    }

    @Test func whatNoMarketHasIsLeftOutAndWhatOneHasIsNot() throws {
        var order = FleetSample.order(markets: [.spot, .onDemand]) { $0.fleet?.percentOnDemand = 50 }
        order.others?.removeAll { $0.type == "m6a.large" || ($0.type == "c7g.xlarge" && $0.market == .spot) }
        #expect(overrides(try fleet(order), "InstanceType") == ["m6i.large", "c7g.xlarge"])
    }

    @Test func aMaximumPriceIsForSpotAlone() throws {
        for (markets, price) in [([Market.spot], "0.2"), ([.onDemand], nil)] {
            let order = FleetSample.order(markets: markets) { $0.maxPrice = "0.2" }
            #expect(overrides(try fleet(order), "MaxPrice") == [price, price, price])
            #expect(overrides(try spotFleet(order), "SpotPrice") == [price, price, price])
        }
    }

    // MARK: Pools

    @Test func everyTypeIsAskedForInEveryPlace() throws {
        let given = try fleet(FleetSample.order(types: ["m6i.large", "m6a.large"], subnets: ["subnet-1", "subnet-2"]))
        #expect(overrides(given, "InstanceType") == ["m6i.large", "m6i.large", "m6a.large", "m6a.large"])
        #expect(overrides(given, "SubnetId") == ["subnet-1", "subnet-2", "subnet-1", "subnet-2"])
        #expect(overrides(given, "AvailabilityZone") == [nil, nil, nil, nil])
        #expect(overrides(given, "WeightedCapacity") == [nil, nil, nil, nil])
        #expect(overrides(given, "Priority") == ["0", "0", "1", "1"])
    }

    @Test func weightsAndPrioritiesAreSaid() throws {
        let order = FleetSample.order(markets: [.spot]) {
            $0.fleet?.weights = ["m6i.large": 2, "c7g.xlarge": 4]
            $0.fleet?.priorities = ["c7g.xlarge": 0, "m6i.large": 5]
        }
        for given in [try fleet(order), try spotFleet(order)] {
            #expect(overrides(given, "WeightedCapacity") == ["2", "1", "4"])
            #expect(overrides(given, "Priority") == ["5", nil, "0"])
        }
        #expect(try fleet(order)["SpotOptions.AllocationStrategy"] == "capacity-optimized-prioritized")
    }

    @Test func typesForTheOnDemandPartAreTheOnlyOnesWhereAllIsOnDemandAndTheFirstElsewhere() throws {
        func types(_ markets: [Market], _ percent: Int?) throws -> [String?] {
            let order = FleetSample.order(markets: markets) {
                $0.fleet?.percentOnDemand = percent
                $0.fleet?.onDemandWeights = ["r6i.large": 2, "m6a.large": 1]
            }
            return overrides(try fleet(order), "InstanceType")
        }
        #expect(try types([.onDemand], nil) == ["m6a.large", "r6i.large"])
        #expect(try types([.spot], nil) == ["m6i.large", "m6a.large", "c7g.xlarge"])
        // The only one that will do is out of stock.
        var left = FleetSample.order { $0.fleet?.onDemandWeights = ["m6i.large": 1] }
        (left.offering, left.others) = (left.offerings[1], [left.offerings[2]])
        #expect(overrides(try fleet(left), "InstanceType") == ["m6i.large"])
        #expect(try types([.spot, .onDemand], 40) == ["m6a.large", "r6i.large", "m6i.large", "c7g.xlarge"])
    }

    @Test func aFleetThatGoesOnAskingHasNoMorePoolsThanEC2Takes() throws {
        let subnets = (1...200).map { "subnet-\($0)" }
        #expect(overrides(try fleet(FleetSample.order(.maintain, subnets: subnets)), "SubnetId").count == 300)
        // One that asks once may have any number.
        #expect(overrides(try fleet(FleetSample.order(.instant, subnets: subnets)), "SubnetId").count == 600)
    }

    // MARK: By attributes

    @Test func attributesStandInPlaceOfTypes() throws {
        let order = FleetSample.order(subnets: ["subnet-1", "subnet-2"]) {
            $0.requirements = FleetSample.requirements(FleetSample.everything)
            $0.fleet?.allocation = .prioritized
        }
        let given = try fleet(order)
        #expect(overrides(given, "InstanceType") == [nil, nil])
        #expect(overrides(given, "Priority") == [nil, nil])
        #expect(overrides(given, "SubnetId") == ["subnet-1", "subnet-2"])
        let prefix = "LaunchTemplateConfigs.1.Overrides.1.InstanceRequirements."
        let said = given.filter { $0.key.hasPrefix(prefix) }.map { "\($0.key.dropFirst(prefix.count))=\($0.value)" }
        #expect(
            said.sorted() == [
                "AcceleratorCount.Max=4", "AcceleratorCount.Min=2", "AcceleratorName.1=a10g",
                "AcceleratorTotalMemoryMiB.Max=98304", "AcceleratorTotalMemoryMiB.Min=32768", "AcceleratorType.1=gpu",
                "BareMetal=excluded", "BurstablePerformance=included", "CpuManufacturer.1=intel",
                "CpuManufacturer.2=amazon-web-services", "ExcludedInstanceType.1=t*",
                "ExcludedInstanceType.2=m5.large", "LocalStorage=required", "MemoryGiBPerVCpu.Max=8",
                "MemoryGiBPerVCpu.Min=1.5", "MemoryMiB.Max=65536", "MemoryMiB.Min=4096",
                "TotalLocalStorageGB.Max=1073.741", "TotalLocalStorageGB.Min=107.3742", "VCpuCount.Max=8",
                "VCpuCount.Min=2",
            ])
        #expect(
            try spotFleet(order)["LaunchTemplateConfigs.1.Overrides.2.InstanceRequirements.ExcludedInstanceTypeSet.2"]
                == "m5.large")
    }

    @Test func whereNoAcceleratorIsWantedNoneIsTaken() throws {
        let given = try fleet(FleetSample.order { $0.requirements = FleetSample.requirements() })
        #expect(given["LaunchTemplateConfigs.1.Overrides.1.InstanceRequirements.AcceleratorCount.Max"] == "0")
    }

    @Test func whatIsSaidInEC2sWordsIsSaidSo() throws {
        let given = try fleet(
            FleetSample.order { $0.requirements = FleetSample.requirements { $0.native = FleetSample.native } })
        let prefix = "LaunchTemplateConfigs.1.Overrides.1.InstanceRequirements."
        let said = given.filter { $0.key.hasPrefix(prefix) }.map { "\($0.key.dropFirst(prefix.count))=\($0.value)" }
        #expect(
            said.sorted() == [
                "AcceleratorTotalMemoryMiB.Max=1", "BaselineEbsBandwidthMbps.Min=1000",
                "BaselinePerformanceFactors.Cpu.Reference.1.InstanceFamily=c6i", "BurstablePerformance=excluded",
                "CpuManufacturer.1=intel", "CpuManufacturer.2=amd", "ExcludedInstanceType.1=t*",
                "ExcludedInstanceType.2=m5.large", "InstanceGeneration.1=current",
                "MaxSpotPriceAsPercentageOfOptimalOnDemandPrice=80", "MemoryGiBPerVCpu.Min=1.5", "MemoryMiB.Min=4096",
                "NetworkBandwidthGbps.Min=2.5", "NetworkInterfaceCount.Max=2", "NetworkInterfaceCount.Min=2",
                "RequireHibernateSupport=true", "TotalLocalStorageGB.Max=100.5", "VCpuCount.Max=8", "VCpuCount.Min=2",
            ])
    }

    // MARK: Preferences

    @Test(arguments: AllocationStrategy.allCases)
    func everyStrategyIsSaidAsTheFleetKnowsIt(strategy: AllocationStrategy) throws {
        let known = ["lowest-price", "capacity-optimized", "price-capacity-optimized", "diversified"]
        let spot = FleetSample.order(markets: [.spot]) {
            $0.fleet?.allocation = strategy
            $0.fleet?.pools = 4
        }
        let expected = known.contains(strategy.rawValue) ? strategy.rawValue : "capacity-optimized-prioritized"
        #expect(try fleet(spot)["SpotOptions.AllocationStrategy"] == expected)
        #expect(try fleet(spot)["SpotOptions.InstancePoolsToUseCount"] == (strategy == .lowestPrice ? "4" : nil))
        let onDemand = FleetSample.order { $0.fleet?.onDemandAllocation = strategy }
        let given = try fleet(onDemand)["OnDemandOptions.AllocationStrategy"]
        #expect(given == (known.contains(strategy.rawValue) ? "lowest-price" : "prioritized"))
    }

    // MARK: Kinds

    @Test func theLeastIsSaidWhereEC2CanKeepIt() throws {
        func least(_ order: LaunchOrder, _ least: Int? = 5) throws -> [String: String] {
            var order = order
            order.atLeast = least
            return try fleet(order).filter {
                $0.key.hasSuffix("MinTargetCapacity") || $0.key.contains(".Single")
            }
        }
        let oneZone = FleetSample.order(zones: ["us-east-1a"])
        #expect(
            try least(oneZone) == [
                "OnDemandOptions.MinTargetCapacity": "5", "OnDemandOptions.SingleAvailabilityZone": "true",
            ])
        let oneType = FleetSample.order(markets: [.spot], types: ["m6i.large"])
        #expect(
            try least(oneType)
                == ["SpotOptions.MinTargetCapacity": "5", "SpotOptions.SingleInstanceType": "true"])
        // Several zones and types, several markets, too many, nothing to keep, or nobody there to keep it.
        #expect(try least(FleetSample.order(zones: ["us-east-1a", "us-east-1b"])) == [:])
        #expect(
            try least(
                FleetSample.order(markets: [.spot, .onDemand], zones: ["us-east-1a"]) {
                    $0.fleet?.percentOnDemand = 50
                }) == [:])
        #expect(try least(FleetSample.order(count: 2000, zones: ["us-east-1a"]), 1500) == [:])
        #expect(try least(oneZone, 1) == [:])
        #expect(try least(oneZone, nil) == [:])
        #expect(try least(FleetSample.order(.maintain, zones: ["us-east-1a"])) == [:])
    }

    @Test func onlyAFleetThatAsksOnceTagsItsMachinesItself() throws {
        for kind in FleetKind.allCases {
            let given = try fleet(FleetSample.order(kind))
            let kinds = (1...5).compactMap { given["TagSpecification.\($0).ResourceType"] }
            let made = try #require(try EC2Fleet().scaffolds(for: FleetSample.order(kind)).first?.make).call.parameters
            let ofTemplate = made.filter { $0.name.hasSuffix(".ResourceType") }.map(\.value)
            if kind == .instant {
                #expect(kinds == ["fleet", "instance", "volume", "network-interface"])
                #expect(ofTemplate == ["launch-template"])
            } else {
                #expect(kinds == ["fleet"])
                #expect(ofTemplate == ["instance", "volume", "network-interface", "launch-template"])
            }
        }
    }

    @Test func theKindSaysWhetherItIsAGroup() {
        #expect(EC2Fleet().group(for: FleetSample.order()) == nil)
        #expect(EC2Fleet().group(for: FleetSample.order(.instant)) == nil)
        #expect(EC2Fleet().group(for: FleetSample.order(.request)) == GroupPlan(kind: "fleet", upkeep: .fill))
        #expect(EC2Fleet().group(for: FleetSample.order(.maintain)) == GroupPlan(kind: "fleet", upkeep: .maintain))
        for kind in [nil, .instant, .request] as [FleetKind?] {
            #expect(SpotFleet().group(for: FleetSample.order(kind)) == GroupPlan(kind: "spot-fleet", upkeep: .fill))
        }
        #expect(
            SpotFleet().group(for: FleetSample.order(.maintain)) == GroupPlan(kind: "spot-fleet", upkeep: .maintain))
    }

    @Test func theAskingEndsSoLongAfterTheOrderAndTheMachinesDoNot() throws {
        for kind in [FleetKind.request, .maintain] {
            let order = FleetSample.order(kind) { $0.fleet?.expiryMinutes = 90 }
            for given in [try fleet(order), try spotFleet(order)] {
                #expect(given["ValidUntil"] == "2026-11-21T14:10:43.000Z")
                #expect(given["TerminateInstancesWithExpiration"] == "false")
            }
        }
        #expect(try fleet(FleetSample.order(.instant) { $0.fleet?.expiryMinutes = 90 })["ValidUntil"] == nil)
    }

    // MARK: The launch template

    @Test func aPinnedTemplateThatSaysAllIsUsedByAFleetThatAsksOnce() throws {
        func pinned(_ kind: FleetKind) -> LaunchOrder {
            FleetSample.order(kind) {
                $0.image = ""
                $0.launchTemplate = LaunchTemplate(id: "workers", version: "7")
            }
        }
        let specification = "LaunchTemplateConfigs.1.LaunchTemplateSpecification"
        let given = try fleet(pinned(.instant))
        #expect(given["\(specification).LaunchTemplateName"] == "workers")
        #expect(given["\(specification).Version"] == "7")
        #expect(try EC2Fleet().scaffolds(for: pinned(.instant)).isEmpty)
        #expect(try EC2Fleet().scaffolds(for: pinned(.maintain)).count == 1)
        #expect(try SpotFleet().scaffolds(for: pinned(.instant)).count == 1)
    }

    @Test func requestsForTheSameMachinesShareALaunchTemplateWhereTheyCan() throws {
        var (one, two) = (FleetSample.order(.instant), FleetSample.order(.instant, count: 3))
        two.tags[OurTag.token] = "int-other"
        #expect(try EC2Fleet().scaffolds(for: one).map(\.id) == EC2Fleet().scaffolds(for: two).map(\.id))
        one.template.fleet?.kind = .maintain
        two.template.fleet?.kind = .maintain
        #expect(try EC2Fleet().scaffolds(for: one).map(\.id) != EC2Fleet().scaffolds(for: two).map(\.id))
    }

    @Test func theSitesOwnParametersAreLaidOver() throws {
        var order = FleetSample.order()
        order.rawCall = RawParameters(values: [.init("Context", "raw")])
        #expect(try fleet(order)["Context"] == "raw")
        // They are about that call, and not about the one that is tried in its place.
        let rehearsal = try #require(try EC2Fleet().rehearse(order, token: Sample.token))
        #expect(rehearsal.call.action == "RunInstances")
        #expect(!rehearsal.call.parameters.contains { $0.value == "raw" })
    }

    // MARK: A Spot Fleet's role

    @Test(arguments: [
        (nil, "arn:aws:iam::123456789012:role/aws-service-role/spotfleet.amazonaws.com/AWSServiceRoleForEC2SpotFleet"),
        ("fleet", "arn:aws:iam::123456789012:role/fleet"), ("/ops/fleet", "arn:aws:iam::123456789012:role/ops/fleet"),
    ])
    func aRoleIsNamedForTheAccountOfWhoeverAsks(name: String?, arn: String) {
        let role = SpotFleetRole(FleetSample.order { $0.fleet?.role = name }.template)
        #expect(!role.isARN)
        #expect(role.arn(asSeenBy: "arn:aws:sts::123456789012:assumed-role/a/b") == arn)
        #expect(
            role.arn(asSeenBy: "arn:aws-cn:iam::1:user/a")?.hasPrefix("arn:aws-cn:iam::1:role/") == true)
        for strange in ["", "arn", "arn:aws:iam:::root", "x:y:z:a:b:c"] { #expect(role.arn(asSeenBy: strange) == nil) }
    }

    @Test func anARNIsSaidAsItIs() throws {
        let arn = "arn:aws:iam::1:role/fleet"
        let order = FleetSample.order { $0.fleet?.role = arn }
        #expect(SpotFleetRole(order.template).isARN)
        #expect(try spotFleet(order)["IamFleetRole"] == arn)
    }

    // MARK: Golden files

    @Test func theCallsAreThoseAPersonHasRead() throws {
        let mixed = FleetSample.order(
            .maintain, markets: [.spot, .onDemand], types: ["m6i.large", "m6a.large"],
            subnets: ["subnet-1", "subnet-2"]
        ) { template in
            template.maxPrice = "0.25"
            template.fleet?.percentOnDemand = 35
            template.fleet?.weights = ["m6i.large": 1, "m6a.large": 2]
            template.fleet?.expiryMinutes = 60
            template.fleet?.role = "arn:aws:iam::123456789012:role/fleet"
        }
        try Golden.expect(
            EC2Fleet().launch(FleetSample.order(zones: ["us-east-1a"]), token: Sample.token).listing,
            "fleet-plain.txt")
        try Golden.expect(EC2Fleet().launch(mixed, token: Sample.token).listing, "fleet-mixed.txt")
        try Golden.expect(SpotFleet().launch(mixed, token: Sample.token).listing, "spot-fleet-mixed.txt")
        let template = try #require(try EC2Fleet().scaffolds(for: mixed).first)
        try Golden.expect(try #require(template.make).call.listing, "launch-template.txt")
    }
}
