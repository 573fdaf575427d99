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
            return try deleteFleets(parameters, in: region, world: &world, at: now)
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

    private func deleteFleets(
        _ parameters: QueryParameters, in region: String, world: inout World, at now: Timestamp
    ) throws(EC2Error) -> (inout XMLText) -> Void {
        let ids = parameters.list("FleetId")
        guard !ids.isEmpty else { throw .missingParameter("FleetId") }
        guard ids.count <= 100 else { throw .invalidValue("\(ids.count)", of: "FleetId") }
        _ = try parameters.required("TerminateInstances")
        let terminating = try parameters.boolean("TerminateInstances") ?? true
        if try parameters.boolean("DryRun") == true { throw .dryRun }
        let endings = world.endFleets(ids, .fleet, terminating: terminating, in: region, at: now)
        return { answer in
            answer.element("successfulFleetDeletionSet") { answer in
                for case (let id, .done(let before, let after)) in endings {
                    answer.element("item") { answer in
                        answer.element("currentFleetState", after.word(.fleet))
                        answer.element("previousFleetState", before.word(.fleet))
                        answer.element("fleetId", id)
                    }
                }
            }
            answer.element("unsuccessfulFleetDeletionSet") { answer in
                for (id, ending) in endings {
                    guard let (code, message) = ending.refusal(of: id, .fleet) else { continue }
                    answer.element("item") { answer in
                        answer.element("error") { answer in
                            answer.element("code", code)
                            answer.element("message", message)
                        }
                        answer.element("fleetId", id)
                    }
                }
            }
        }
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

extension FleetEnding {
    /// Why a fleet was not ended; nil: it was.
    func refusal(of id: String, _ kind: Fleet.Kind) -> (code: String, message: String)? {
        let start = kind == .fleet ? "fleet" : "fleetRequest"
        return switch self {
        case .done: nil
        case .malformed: ("\(start)IdMalformed", EC2Error.malformedFleet(id, kind).message)
        case .unknown: ("\(start)IdDoesNotExist", EC2Error.unknownFleet(id, kind).message)
        case .notInState:
            (
                kind == .fleet ? "fleetNotInDeletableState" : "fleetRequestNotInCancellableState",
                "The fleet '\(id)' is not in a state in which it can be ended"
            )
        case .notWithoutInstances:
            ("unexpectedError", "NoTerminateInstances option is not supported for instant fleet")
        }
    }
}

extension Fleet.State {
    /// EC2 Fleets are deleted, Spot Fleets are cancelled.
    func word(_ kind: Fleet.Kind) -> String {
        let ended = kind == .fleet ? "deleted" : "cancelled"
        return switch self {
        case .active: "active"
        case .ended: ended
        case .endedRunning: "\(ended)_running"
        case .endedTerminating: "\(ended)_terminating"
        }
    }
}
