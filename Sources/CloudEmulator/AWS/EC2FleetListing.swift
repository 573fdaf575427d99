import Provisioning

extension EC2Face {
    func describeFleets(
        _ parameters: QueryParameters, in region: String, world: World, at now: Timestamp
    ) throws(EC2Error) -> (inout XMLText) -> Void {
        let fleets = try fleets(.fleet, parameters, in: region, world: world)
        func state(_ fleet: Fleet) -> Fleet.State { world.state(of: fleet, in: region, at: now) }
        let listing = EC2Listing<Fleet>(
            fields: [
                "activity-status": { [$0.activity(state($0)).rawValue] },
                "excess-capacity-termination-policy": { [$0.terms.endsExcess ? "termination" : "no-termination"] },
                "fleet-state": { [state($0).word(.fleet)] },
                "replace-unhealthy-instances": { ["\($0.terms.replacesUnhealthy)"] }, "type": { [$0.mode.rawValue] },
            ], pageSizes: 1...1000, number: { $0.number })
        let page = try listing.page(of: fleets, parameters, filterTexts(parameters))
        return { answer in
            answer.element("fleetSet") { answer in
                for fleet in page.items {
                    answer.element("item") { $0.write(fleet, state(fleet)) }
                }
            }
            answer.element("nextToken", page.next)
        }
    }

    func describeFleetInstances(
        _ parameters: QueryParameters, in region: String, world: World
    ) throws(EC2Error) -> (inout XMLText) -> Void {
        let fleet = try world.fleet(parameters.required("FleetId"), .fleet, in: region)
        try refuseInstant(fleet)
        return try members(of: fleet, parameters)
    }

    func describeFleetHistory(
        _ parameters: QueryParameters, in region: String, world: World, at now: Timestamp
    ) throws(EC2Error) -> (inout XMLText) -> Void {
        let fleet = try world.fleet(parameters.required("FleetId"), .fleet, in: region)
        try refuseInstant(fleet)
        return try history(
            of: fleet, parameters, at: now,
            words: [
                "instance-change": .instanceChange, "fleet-change": .fleetRequestChange, "service-error": .error,
            ])
    }

    // MARK: - What Spot Fleets tell too

    /// Those that are asked for by their ids, or else all.
    func fleets(
        _ kind: Fleet.Kind, _ parameters: QueryParameters, in region: String, world: World
    ) throws(EC2Error) -> [Fleet] {
        let ids = parameters.list(kind.idName)
        for id in ids { _ = try world.fleet(id, kind, in: region) }
        return (world.regions[region]?.fleets ?? []).filter { fleet in
            // Instant fleets are told of only to who knows them.
            fleet.kind == kind && (ids.isEmpty ? fleet.mode != .instant : ids.contains(fleet.id))
        }
    }

    func members(
        of fleet: Fleet, _ parameters: QueryParameters
    ) throws(EC2Error) -> (inout XMLText) -> Void {
        let listing = EC2Listing<Fleet.Member>(fields: ["instance-type": { [$0.type] }], pageSizes: 1...1000)
        let page = try listing.page(of: fleet.members, parameters, filterTexts(parameters))
        return { answer in
            answer.element(fleet.kind.idElement, fleet.id)
            answer.element("activeInstanceSet") { $0.write(page.items) }
            answer.element("nextToken", page.next)
        }
    }

    func history(
        of fleet: Fleet, _ parameters: QueryParameters, at now: Timestamp, words: [String: Fleet.Event.Kind]
    ) throws(EC2Error) -> (inout XMLText) -> Void {
        _ = try parameters.required("StartTime")
        let start = try parameters.moment("StartTime") ?? Timestamp(seconds: 0)
        let word = try parameters.word("EventType", of: Set(words.keys))
        let found = fleet.events.filter { $0.at >= start && (word == nil || $0.kind == words[word ?? ""]) }
        let page = try EC2Listing<Fleet.Event>(fields: [:], pageSizes: 1...1000).page(of: found, parameters, [])
        return { answer in
            answer.element(fleet.kind.idElement, fleet.id)
            answer.element("startTime", start.description)
            answer.element("lastEvaluatedTime", now.description)
            answer.element("historyRecordSet") { $0.write(page.items) }
            answer.element("nextToken", page.next)
        }
    }

    /// Of instant fleets, nobody keeps a list or a history.
    private func refuseInstant(_ fleet: Fleet) throws(EC2Error) {
        guard fleet.mode != .instant else {
            throw EC2Error("UnsupportedOperation", "The operation is not supported for fleets of type instant.")
        }
    }
}
