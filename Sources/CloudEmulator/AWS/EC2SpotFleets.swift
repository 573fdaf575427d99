import Provisioning

// Spot Fleets: the older way to say what an EC2 Fleet says.

extension EC2Face {
    /// Nil: the action is about something else.
    func spotFleetAction(
        _ action: String, _ parameters: QueryParameters, in region: String, world: inout World, at now: Timestamp,
        chance: () -> UInt64
    ) throws(EC2Error) -> ((inout XMLText) -> Void)? {
        switch action {
        case "RequestSpotFleet":
            return try requestSpotFleet(parameters, in: region, world: &world, at: now, chance: chance)
        case "ModifySpotFleetRequest":
            return try modifySpotFleetRequest(parameters, in: region, world: &world, at: now, chance: chance)
        case "CancelSpotFleetRequests":
            return try endFleets(.spotFleet, parameters, in: region, world: &world, at: now)
        case "DescribeSpotFleetRequests":
            return try describeSpotFleetRequests(parameters, in: region, world: world, at: now)
        case "DescribeSpotFleetInstances":
            return try describeSpotFleetInstances(parameters, in: region, world: world)
        case "DescribeSpotFleetRequestHistory":
            return try describeSpotFleetRequestHistory(parameters, in: region, world: world, at: now)
        default:
            return nil
        }
    }

    private func requestSpotFleet(
        _ parameters: QueryParameters, in region: String, world: inout World, at now: Timestamp, chance: () -> UInt64
    ) throws(EC2Error) -> (inout XMLText) -> Void {
        let said = QueryParameters(parameters.under("SpotFleetRequestConfig"))
        guard said.prefixes("LaunchSpecifications").isEmpty else {
            throw EC2Error(
                "InvalidParameterCombination",
                "LaunchSpecifications are not served here; use LaunchTemplateConfigs instead")
        }
        guard let mode = Fleet.Mode(rawValue: said["Type"] ?? "maintain"), mode != .instant else {
            throw .invalidSpotFleet("Type")
        }
        let role = try said.required("IamFleetRole")
        guard isFleetRole(role) else { throw .invalidSpotFleet("IamFleetRole") }
        let tags = try tagSets(said, under: "TagSpecification", of: ["spot-fleet-request"])
        var terms = try spotTerms(said, mode: mode)
        terms.role = role
        try readDates(said, into: &terms, at: now)
        guard !said.prefixes("LaunchTemplateConfigs").isEmpty else { throw .invalidSpotFleet("LaunchTemplateConfigs") }
        let ways = try ways(said, under: "LaunchTemplateConfigs", in: region, world: world)
        try checkUnit(terms.unit, ways)
        let token = try clientToken(said).map { RecordedToken(token: $0, fingerprint: fingerprint(said)) }
        let order = FleetOrder(
            kind: .spotFleet, mode: mode, terms: terms, configs: ways.configs, candidates: ways.candidates,
            tags: tags["spot-fleet-request"] ?? [], token: token)
        let fleet = try world.createFleet(
            order, in: region, at: now, changing: parameters.boolean("DryRun") != true, chance: chance)
        return { $0.element("spotFleetRequestId", fleet.id) }
    }

    private func spotTerms(_ said: QueryParameters, mode: Fleet.Mode) throws(EC2Error) -> Fleet.Terms {
        _ = try said.required("TargetCapacity")
        let total = try said.integer("TargetCapacity", atLeast: mode == .maintain ? 0 : 1) ?? 0
        let onDemand = try said.integer("OnDemandTargetCapacity", atLeast: 0) ?? 0
        guard total <= 10_000, onDemand <= total else { throw .invalidSpotFleet("TargetCapacity") }
        var terms = Fleet.Terms(total: total, onDemand: onDemand, defaultMarket: .spot)
        terms.unit = try unit(said, "TargetCapacityUnitType")
        terms.spot.strategy = try strategy(said, "AllocationStrategy")
        terms.demand.strategy = try strategy(said, "OnDemandAllocationStrategy")
        guard terms.spot.strategy != .prioritized else { throw .invalidSpotFleet("AllocationStrategy") }
        guard [.lowestPrice, .prioritized].contains(terms.demand.strategy) else {
            throw .invalidSpotFleet("OnDemandAllocationStrategy")
        }
        terms.spot.poolCount = try said.integer("InstancePoolsToUseCount", atLeast: 1)
        guard terms.spot.poolCount == nil || terms.spot.strategy == .lowestPrice else {
            throw .invalidSpotFleet("InstancePoolsToUseCount")
        }
        for name in ["SpotPrice", "SpotMaxTotalPrice", "OnDemandMaxTotalPrice"] {
            if let price = try said.decimal(name), price <= 0 { throw .invalidSpotFleet(name) }
        }
        terms.spot.maxPrice = said["SpotMaxTotalPrice"]
        terms.demand.maxPrice = said["OnDemandMaxTotalPrice"]
        terms.interruption = try said.word("InstanceInterruptionBehavior", of: ["hibernate", "stop", "terminate"])
        terms.endsExcess =
            try excess(said, "ExcessCapacityTerminationPolicy", yes: "default", no: "noTermination") ?? true
        terms.context = said["Context"]
        return terms
    }

    private func strategy(_ said: QueryParameters, _ name: String) throws(EC2Error) -> Fleet.Strategy {
        guard let text = said[name] else { return .lowestPrice }
        guard let strategy = Fleet.Strategy.allCases.first(where: { $0.camel == text }) else {
            throw .invalidSpotFleet(name)
        }
        return strategy
    }

    /// `arn:aws:iam::123456789012:role/…`, with a path perhaps.
    private func isFleetRole(_ text: String) -> Bool {
        let parts = text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        return parts.count == 6 && parts[0] == "arn" && parts[1].hasPrefix("aws") && parts[2] == "iam" && parts[3] == ""
            && parts[4].utf8.count == 12 && parts[4].utf8.allSatisfy { (48...57).contains($0) }
            && parts[5].hasPrefix("role/") && parts[5].utf8.count > 5
    }

    private func modifySpotFleetRequest(
        _ parameters: QueryParameters, in region: String, world: inout World, at now: Timestamp, chance: () -> UInt64
    ) throws(EC2Error) -> (inout XMLText) -> Void {
        let id = try parameters.required("SpotFleetRequestId")
        var change = FleetChange()
        change.total = try parameters.integer("TargetCapacity", atLeast: 0)
        change.onDemand = try parameters.integer("OnDemandTargetCapacity", atLeast: 0)
        change.endsExcess = try excess(
            parameters, "ExcessCapacityTerminationPolicy", yes: "default", no: "noTermination")
        change.context = parameters["Context"]
        if !parameters.prefixes("LaunchTemplateConfig").isEmpty {
            change.ways = try ways(parameters, under: "LaunchTemplateConfig", in: region, world: world)
        }
        try world.modifyFleet(id, .spotFleet, change, in: region, at: now, chance: chance)
        return { $0.element("return", true) }
    }
}

extension Fleet.Strategy {
    /// As Spot Fleets write it.
    var camel: String {
        let words = rawValue.split(separator: "-")
        return words[0] + words.dropFirst().map(\.capitalized).joined()
    }
}

extension Substring {
    fileprivate var capitalized: String { prefix(1).uppercased() + dropFirst() }
}

extension EC2Error {
    static func invalidSpotFleet(_ parameter: String) -> EC2Error {
        EC2Error(
            "InvalidSpotFleetRequestConfig", "Parameter: SpotFleetRequestConfig.\(parameter) is invalid.")
    }
}
