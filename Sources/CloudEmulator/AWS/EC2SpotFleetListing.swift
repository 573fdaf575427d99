import Provisioning

extension EC2Face {
    func describeSpotFleetRequests(
        _ parameters: QueryParameters, in region: String, world: World, at now: Timestamp
    ) throws(EC2Error) -> (inout XMLText) -> Void {
        let ids = parameters.list("SpotFleetRequestId")
        for id in ids { _ = try world.fleet(id, .spotFleet, in: region) }
        let fleets = (world.regions[region]?.fleets ?? []).filter { fleet in
            fleet.kind == .spotFleet && (ids.isEmpty || ids.contains(fleet.id))
        }
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
        let page = try members(of: fleet, parameters)
        return { answer in
            answer.element("spotFleetRequestId", fleet.id)
            answer.element("activeInstanceSet") { $0.write(page.items) }
            answer.element("nextToken", page.next)
        }
    }

    func describeSpotFleetRequestHistory(
        _ parameters: QueryParameters, in region: String, world: World, at now: Timestamp
    ) throws(EC2Error) -> (inout XMLText) -> Void {
        let fleet = try world.fleet(parameters.required("SpotFleetRequestId"), .spotFleet, in: region)
        let start = try start(parameters)
        let words: [String: Fleet.Event.Kind] = [
            "instanceChange": .instanceChange, "fleetRequestChange": .fleetRequestChange, "error": .error,
            "information": .information,
        ]
        let page = try events(of: fleet, since: start, parameters, words: words)
        return { answer in
            answer.element("spotFleetRequestId", fleet.id)
            answer.element("startTime", start.description)
            answer.element("lastEvaluatedTime", now.description)
            answer.element("historyRecordSet") { $0.write(page.items) }
            answer.element("nextToken", page.next)
        }
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
