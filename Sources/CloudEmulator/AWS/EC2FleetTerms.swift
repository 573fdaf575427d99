import Provisioning

extension EC2Face {
    /// What a CreateFleet wants, but for what it is made of.
    func terms(_ parameters: QueryParameters, mode: Fleet.Mode, at now: Timestamp) throws(EC2Error) -> Fleet.Terms {
        var terms = try target(parameters, mode: mode)
        terms.spot = try plan(parameters, "SpotOptions", of: mode)
        terms.demand = try plan(parameters, "OnDemandOptions", of: mode)
        guard terms.spot.strategy != .prioritized else {
            throw .invalidValue("prioritized", of: "SpotOptions.AllocationStrategy")
        }
        guard [.lowestPrice, .prioritized].contains(terms.demand.strategy) else {
            throw .invalidValue(terms.demand.strategy.rawValue, of: "OnDemandOptions.AllocationStrategy")
        }
        if terms.spot.poolCount != nil, terms.spot.strategy != .lowestPrice {
            throw EC2Error(
                "InvalidParameterCombination",
                "InstancePoolsToUseCount can only be specified with the allocation strategy lowest-price")
        }
        terms.interruption = try parameters.word(
            "SpotOptions.InstanceInterruptionBehavior", of: ["hibernate", "stop", "terminate"])
        terms.endsExcess =
            try excess(parameters, "ExcessCapacityTerminationPolicy", yes: "termination", no: "no-termination") ?? true
        terms.context = parameters["Context"]
        try readDates(parameters, into: &terms, at: now)
        return terms
    }

    private func target(_ parameters: QueryParameters, mode: Fleet.Mode) throws(EC2Error) -> Fleet.Terms {
        let name = "TargetCapacitySpecification"
        _ = try parameters.required("\(name).TotalTargetCapacity")
        let total = try parameters.integer("\(name).TotalTargetCapacity", atLeast: mode == .maintain ? 0 : 1) ?? 0
        guard total <= 10_000 else {
            throw EC2Error(
                "InvalidTargetCapacitySpecification", "The target capacity of a fleet must not exceed 10000.")
        }
        let word = try parameters.word("\(name).DefaultTargetCapacityType", of: ["spot", "on-demand"])
        let market = word.flatMap(Market.init) ?? .onDemand
        let onDemand = try parameters.integer("\(name).OnDemandTargetCapacity", atLeast: 0)
        let spot = try parameters.integer("\(name).SpotTargetCapacity", atLeast: 0)
        let said = (onDemand ?? 0).addingReportingOverflow(spot ?? 0)
        guard !said.overflow, said.partialValue <= total else { throw .invalidTarget }
        let rest = total - said.partialValue
        var terms = Fleet.Terms(
            total: total, onDemand: (onDemand ?? 0) + (market == .onDemand ? rest : 0), defaultMarket: market)
        terms.unit = try unit(parameters, "\(name).TargetCapacityUnitType")
        return terms
    }

    func unit(_ parameters: QueryParameters, _ name: String) throws(EC2Error) -> Fleet.Unit {
        guard let text = parameters[name] else { return .units }
        guard let unit = Fleet.Unit(rawValue: text) else { throw .invalidValue(text, of: name) }
        return unit
    }

    private func plan(
        _ parameters: QueryParameters, _ name: String, of mode: Fleet.Mode
    ) throws(EC2Error) -> Fleet.Plan {
        var plan = Fleet.Plan()
        if let text = parameters["\(name).AllocationStrategy"] {
            guard let strategy = Fleet.Strategy(rawValue: text) else {
                throw .invalidValue(text, of: "\(name).AllocationStrategy")
            }
            plan.strategy = strategy
        }
        plan.poolCount = try parameters.integer("\(name).InstancePoolsToUseCount", atLeast: 1)
        plan.atLeast = try parameters.integer("\(name).MinTargetCapacity", atLeast: 1)
        plan.oneType = try parameters.boolean("\(name).SingleInstanceType") ?? false
        plan.oneZone = try parameters.boolean("\(name).SingleAvailabilityZone") ?? false
        plan.maxPrice = try parameters.decimal("\(name).MaxTotalPrice").map { "\($0)" }
        guard mode == .instant || (plan.atLeast == nil && !plan.oneType && !plan.oneZone) else {
            throw EC2Error(
                "InvalidParameterCombination",
                "MinTargetCapacity, SingleInstanceType and SingleAvailabilityZone are only supported for fleets of "
                    + "type instant")
        }
        guard plan.atLeast == nil || plan.oneType || plan.oneZone else {
            throw EC2Error(
                "InvalidParameterCombination",
                "MinTargetCapacity requires SingleInstanceType or SingleAvailabilityZone to be specified")
        }
        guard plan.atLeast ?? 0 <= 1000 else {
            throw .invalidValue("\(plan.atLeast ?? 0)", of: "\(name).MinTargetCapacity")
        }
        return plan
    }

    /// When a fleet begins and ends, and what becomes of its instances then.
    func readDates(
        _ parameters: QueryParameters, under prefix: String = "", into terms: inout Fleet.Terms, at now: Timestamp
    ) throws(EC2Error) {
        terms.validFrom = try parameters.moment("\(prefix)ValidFrom")
        terms.validUntil = try parameters.moment("\(prefix)ValidUntil")
        if let until = terms.validUntil, until <= max(now, terms.validFrom ?? now) {
            throw .invalidValue(until.description, of: "ValidUntil")
        }
        terms.endsInstancesOnExpiry = try parameters.boolean("\(prefix)TerminateInstancesWithExpiration") ?? false
        terms.replacesUnhealthy = try parameters.boolean("\(prefix)ReplaceUnhealthyInstances") ?? false
    }
}

extension QueryParameters {
    func moment(_ name: String) throws(EC2Error) -> Timestamp? {
        guard let text = self[name] else { return nil }
        guard let moment = Timestamp(text) else { throw .invalidValue(text, of: name) }
        return moment
    }
}
