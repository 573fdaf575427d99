import Provisioning

extension XMLText {
    mutating func write(_ fleet: Fleet, _ state: Fleet.State) {
        let terms = fleet.terms
        element("fleetId", fleet.id)
        element("fleetState", state.word(.fleet))
        element("activityStatus", fleet.activity(state).rawValue)
        element("createTime", fleet.createdAt.description)
        element("clientToken", fleet.token?.token)
        element("context", terms.context)
        element("type", fleet.mode.rawValue)
        element("excessCapacityTerminationPolicy", terms.endsExcess ? "termination" : "no-termination")
        element("fulfilledCapacity", "\(fleet.fulfilled())")
        element("fulfilledOnDemandCapacity", "\(fleet.fulfilled(.onDemand))")
        element("launchTemplateConfigs") { $0.write(fleet.configs) }
        element("targetCapacitySpecification") { text in
            text.element("totalTargetCapacity", terms.total)
            text.element("onDemandTargetCapacity", terms.target(.onDemand))
            text.element("spotTargetCapacity", terms.target(.spot))
            text.element("defaultTargetCapacityType", terms.defaultMarket.rawValue)
            text.element("targetCapacityUnitType", terms.unit == .units ? nil : terms.unit.rawValue)
        }
        element("terminateInstancesWithExpiration", terms.endsInstancesOnExpiry)
        element("replaceUnhealthyInstances", terms.replacesUnhealthy)
        element("validFrom", terms.validFrom?.description)
        element("validUntil", terms.validUntil?.description)
        element("spotOptions") { text in
            text.write(terms.spot)
            text.element("instanceInterruptionBehavior", terms.interruption ?? "terminate")
            let pools = terms.spot.strategy == .lowestPrice ? terms.spot.poolCount ?? 1 : nil
            text.element("instancePoolsToUseCount", pools.map(String.init))
        }
        element("onDemandOptions") { $0.write(terms.demand) }
        if !fleet.tags.isEmpty { element("tagSet") { $0.write(fleet.tags) } }
        if fleet.mode == .instant {
            element("errorSet") { $0.write(refusalsOf: fleet) }
            element("fleetInstanceSet") { $0.write(launchedBy: fleet) }
        }
    }

    private mutating func write(_ plan: Fleet.Plan) {
        element("allocationStrategy", plan.strategy.rawValue)
        element("minTargetCapacity", plan.atLeast.map(String.init))
        element("singleInstanceType", plan.oneType ? "true" : nil)
        element("singleAvailabilityZone", plan.oneZone ? "true" : nil)
        element("maxTotalPrice", plan.maxPrice)
    }

    mutating func write(_ configs: [Fleet.Config]) {
        for config in configs {
            element("item") { text in
                text.write(config)
                guard !config.overrides.isEmpty else { return }
                text.element("overrides") { text in
                    for override in config.overrides {
                        text.element("item") { EC2LaunchData.write(override, into: &$0) }
                    }
                }
            }
        }
    }

    private mutating func write(_ config: Fleet.Config) {
        element("launchTemplateSpecification") { text in
            text.element("launchTemplateId", config.template)
            text.element("version", config.version)
        }
    }

    /// Each no to an override.
    mutating func write(refusalsOf fleet: Fleet) {
        for refusal in fleet.refusals {
            element("item") { text in
                text.write(fleet, candidate: refusal.candidate)
                text.element("lifecycle", refusal.market.rawValue)
                text.element("errorCode", refusal.flaw.code)
                text.element("errorMessage", refusal.flaw.message)
            }
        }
    }

    /// What an instant fleet launched, by override, type and market.
    mutating func write(launchedBy fleet: Fleet) {
        var groups: [(first: Fleet.Member, ids: [String])] = []
        for member in fleet.launched {
            let at = groups.firstIndex { group in
                group.first.candidate == member.candidate && group.first.type == member.type
                    && group.first.market == member.market
            }
            if let at { groups[at].ids.append(member.instance) } else { groups.append((member, [member.instance])) }
        }
        for group in groups {
            element("item") { text in
                text.write(fleet, candidate: group.first.candidate)
                text.element("lifecycle", group.first.market.rawValue)
                text.element("instanceIds") { text in
                    for id in group.ids { text.element("item", id) }
                }
                text.element("instanceType", group.first.type)
            }
        }
    }

    private mutating func write(_ fleet: Fleet, candidate number: Int) {
        // A saved world may hold anything.
        guard fleet.candidates.indices.contains(number) else { return }
        let candidate = fleet.candidates[number]
        guard fleet.configs.indices.contains(candidate.config) else { return }
        let config = fleet.configs[candidate.config]
        element("launchTemplateAndOverrides") { text in
            text.write(config)
            if let override = candidate.override, config.overrides.indices.contains(override) {
                text.element("overrides") { EC2LaunchData.write(config.overrides[override], into: &$0) }
            }
        }
    }

    mutating func write(_ members: [Fleet.Member]) {
        for member in members {
            element("item") { text in
                text.element("instanceId", member.instance)
                text.element("instanceType", member.type)
                if member.market == .spot {
                    text.element("spotInstanceRequestId", "sir-" + member.instance.suffix(8))
                }
                text.element("instanceHealth", "healthy")
            }
        }
    }

    mutating func write(_ events: [Fleet.Event]) {
        for event in events {
            element("item") { text in
                text.element("timestamp", event.at.description)
                // Fleets of both kinds write these words, whatever the model of EC2 Fleets says.
                text.element("eventType", event.kind.rawValue)
                text.element("eventInformation") { text in
                    text.element("eventSubType", event.what)
                    text.element("eventDescription", event.description)
                    text.element("instanceId", event.instance)
                }
            }
        }
    }
}
