import Provisioning

extension EC2Face {
    func describeSpotFleetRequests(
        _ parameters: QueryParameters, in region: String, world: World, at now: Timestamp
    ) throws(EC2Error) -> (inout XMLText) -> Void {
        let fleets = try fleets(.spotFleet, parameters, in: region, world: world)
        let page = try EC2Listing<Fleet>(fields: [:], pageSizes: 1...1000, number: { $0.number })
            .page(of: fleets, parameters, [])
        return { answer in
            answer.element("spotFleetRequestConfigSet") { answer in
                for fleet in page.items {
                    let state = world.state(of: fleet, in: region, at: now)
                    answer.element("item") { $0.write(spotFleet: fleet, state) }
                }
            }
            answer.element("nextToken", page.next)
        }
    }

    func describeSpotFleetInstances(
        _ parameters: QueryParameters, in region: String, world: World
    ) throws(EC2Error) -> (inout XMLText) -> Void {
        let fleet = try world.fleet(parameters.required("SpotFleetRequestId"), .spotFleet, in: region)
        return try members(of: fleet, parameters)
    }

    func describeSpotFleetRequestHistory(
        _ parameters: QueryParameters, in region: String, world: World, at now: Timestamp
    ) throws(EC2Error) -> (inout XMLText) -> Void {
        let fleet = try world.fleet(parameters.required("SpotFleetRequestId"), .spotFleet, in: region)
        return try history(
            of: fleet, parameters, at: now,
            words: [
                "instanceChange": .instanceChange, "fleetRequestChange": .fleetRequestChange, "error": .error,
                "information": .information,
            ])
    }
}

extension XMLText {
    fileprivate mutating func write(spotFleet fleet: Fleet, _ state: Fleet.State) {
        let terms = fleet.terms
        element("spotFleetRequestId", fleet.id)
        element("spotFleetRequestState", state.word(.spotFleet))
        element("activityStatus", fleet.activity(state).rawValue)
        element("createTime", fleet.createdAt.description)
        element("spotFleetRequestConfig") { text in
            text.element("allocationStrategy", terms.spot.strategy.camel)
            text.element("onDemandAllocationStrategy", terms.demand.strategy.camel)
            text.element("clientToken", fleet.token?.token)
            text.element("context", terms.context)
            text.element("excessCapacityTerminationPolicy", terms.endsExcess ? "default" : "noTermination")
            text.element("fulfilledCapacity", "\(fleet.fulfilled())")
            text.element("onDemandFulfilledCapacity", "\(fleet.fulfilled(.onDemand))")
            text.element("iamFleetRole", terms.role)
            text.element("instanceInterruptionBehavior", terms.interruption ?? "terminate")
            text.element("instancePoolsToUseCount", terms.spot.poolCount.map(String.init))
            text.element("launchTemplateConfigs") { $0.write(fleet.configs) }
            text.element("onDemandMaxTotalPrice", terms.demand.maxPrice)
            text.element("onDemandTargetCapacity", terms.onDemand)
            text.element("replaceUnhealthyInstances", terms.replacesUnhealthy)
            text.element("spotMaxTotalPrice", terms.spot.maxPrice)
            text.element("targetCapacity", terms.total)
            text.element("targetCapacityUnitType", terms.unit == .units ? nil : terms.unit.rawValue)
            text.element("terminateInstancesWithExpiration", terms.endsInstancesOnExpiry)
            text.element("type", fleet.mode.rawValue)
            text.element("validFrom", terms.validFrom?.description)
            text.element("validUntil", terms.validUntil?.description)
        }
        if !fleet.tags.isEmpty { element("tagSet") { $0.write(fleet.tags) } }
    }
}
