import Provisioning

extension EC2Face {
    /// Nil: the action is about something else.
    func fleetAction(
        _ action: String, _ parameters: QueryParameters, in region: String, world: inout World, at now: Timestamp,
        chance: () -> UInt64
    ) throws(EC2Error) -> ((inout XMLText) -> Void)? {
        switch action {
        case "CreateFleet":
            return try createFleet(parameters, in: region, world: &world, at: now, chance: chance)
        case "ModifyFleet":
            return try modifyFleet(parameters, in: region, world: &world, at: now, chance: chance)
        case "DeleteFleets":
            return try endFleets(.fleet, parameters, in: region, world: &world, at: now)
        case "DescribeFleets":
            return try describeFleets(parameters, in: region, world: world, at: now)
        case "DescribeFleetInstances":
            return try describeFleetInstances(parameters, in: region, world: world)
        case "DescribeFleetHistory":
            return try describeFleetHistory(parameters, in: region, world: world, at: now)
        default:
            return nil
        }
    }

    private func createFleet(
        _ parameters: QueryParameters, in region: String, world: inout World, at now: Timestamp, chance: () -> UInt64
    ) throws(EC2Error) -> (inout XMLText) -> Void {
        guard let mode = Fleet.Mode(rawValue: parameters["Type"] ?? "maintain") else {
            throw .invalidValue(parameters["Type"] ?? "", of: "Type")
        }
        // Only what is launched before the call is answered can have tags that the call gives.
        let kinds: Set = mode == .instant ? ["fleet", "instance", "volume", "network-interface"] : ["fleet"]
        let tags = try tagSets(parameters, under: "TagSpecification", of: kinds)
        let terms = try terms(parameters, mode: mode, at: now)
        let ways = try ways(
            parameters, under: "LaunchTemplateConfigs", tags: tags["instance"] ?? [], in: region, world: world)
        try checkUnit(terms.unit, ways)
        let order = FleetOrder(
            kind: .fleet, mode: mode, terms: terms, configs: ways.configs, candidates: ways.candidates,
            tags: tags["fleet"] ?? [], token: try token(parameters))
        let fleet = try world.createFleet(
            order, in: region, at: now, changing: parameters.boolean("DryRun") != true, chance: chance)
        return { answer in
            answer.element("fleetId", fleet.id)
            if fleet.mode == .instant {
                answer.element("errorSet") { $0.write(refusalsOf: fleet) }
                answer.element("fleetInstanceSet") { $0.write(launchedBy: fleet) }
            }
        }
    }

    private func modifyFleet(
        _ parameters: QueryParameters, in region: String, world: inout World, at now: Timestamp, chance: () -> UInt64
    ) throws(EC2Error) -> (inout XMLText) -> Void {
        let id = try parameters.required("FleetId")
        let target = parameters.under("TargetCapacitySpecification")
        var change = FleetChange()
        if !target.isEmpty {
            _ = try parameters.required("TargetCapacitySpecification.TotalTargetCapacity")
            change.total = try parameters.integer("TargetCapacitySpecification.TotalTargetCapacity", atLeast: 0)
            change.onDemand = try parameters.integer("TargetCapacitySpecification.OnDemandTargetCapacity", atLeast: 0)
            if let spot = try parameters.integer("TargetCapacitySpecification.SpotTargetCapacity", atLeast: 0) {
                let total = change.total ?? 0
                guard spot + (change.onDemand ?? 0) <= total else { throw .invalidTarget }
                change.onDemand = change.onDemand ?? total - spot
            }
        }
        change.endsExcess = try excess(
            parameters, "ExcessCapacityTerminationPolicy", yes: "termination", no: "no-termination")
        change.context = parameters["Context"]
        if !parameters.prefixes("LaunchTemplateConfig").isEmpty {
            change.ways = try ways(parameters, under: "LaunchTemplateConfig", in: region, world: world)
        }
        try world.modifyFleet(
            id, .fleet, change, in: region, at: now, changing: parameters.boolean("DryRun") != true, chance: chance)
        return { $0.element("return", true) }
    }

    /// Whether what is too much is ended; nil: it is not said.
    func excess(_ parameters: QueryParameters, _ name: String, yes: String, no: String) throws(EC2Error) -> Bool? {
        try parameters.word(name, of: [yes, no]).map { $0 == yes }
    }

    /// Capacity is counted in something else only where the types are chosen by what they have.
    func checkUnit(_ unit: Fleet.Unit, _ ways: Ways) throws(EC2Error) {
        guard unit != .units else { return }
        let hasNeeds = ways.configs.flatMap(\.overrides).contains { override in
            override.keys.contains { $0.hasPrefix("InstanceRequirements.") }
        }
        guard hasNeeds else {
            throw EC2Error(
                "InvalidParameterCombination",
                "TargetCapacityUnitType can only be specified when InstanceRequirements is specified")
        }
    }
}
