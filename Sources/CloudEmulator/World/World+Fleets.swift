import Provisioning

/// A fleet as it is asked for.
package struct FleetOrder: Sendable {
    package var kind: Fleet.Kind
    package var mode: Fleet.Mode
    package var terms: Fleet.Terms
    package var configs: [Fleet.Config]
    package var candidates: [Fleet.Candidate]
    package var tags: [Launch.Tag]
    package var token: RecordedToken?
}

/// What is to be another way with a fleet; nil: as it is.
package struct FleetChange: Sendable {
    package var total: Int?
    package var onDemand: Int?
    package var endsExcess: Bool?
    package var context: String?
    package var ways: (configs: [Fleet.Config], candidates: [Fleet.Candidate])?
}

/// What came of ending a fleet.
package enum FleetEnding: Sendable {
    case done(before: Fleet.State, after: Fleet.State)
    case malformed, unknown, notInState, notWithoutInstances
}

extension World {
    package func fleet(_ id: String, _ kind: Fleet.Kind, in region: String) throws(EC2Error) -> Fleet {
        guard Fleet.isWellFormed(id, kind) else { throw .malformedFleet(id, kind) }
        guard let fleet = regions[region]?.fleets.first(where: { $0.id == id && $0.kind == kind })
        else { throw .unknownFleet(id, kind) }
        return fleet
    }

    /// Makes a fleet and gives it what there is, or answers a repeated token with the one it made the first time.
    package mutating func createFleet(
        _ order: FleetOrder, in region: String, at now: Timestamp, changing: Bool = true, chance: () -> UInt64
    ) throws(EC2Error) -> Fleet {
        for fleet in regions[region]?.fleets ?? [] where fleet.kind == order.kind {
            guard try fleet.token?.isRepeated(by: order.token) == true else { continue }
            if changing { return fleet } else { throw .dryRun }
        }
        if !changing { throw .dryRun }
        var fleet = Fleet(
            id: Fleet.id(order.kind, digits: freshDigits(chance).dropFirst() + freshDigits(chance).dropFirst()),
            number: (regions[region]?.fleets.last?.number ?? 0) + 1, kind: order.kind, mode: order.mode, createdAt: now,
            terms: order.terms, configs: order.configs, candidates: order.candidates, tags: order.tags,
            token: order.token)
        fleet.note(.fleetRequestChange, "submitted", at: now)
        fleet.note(.fleetRequestChange, "active", at: now)
        if fleet.terms.validFrom.map({ $0 <= now }) ?? true { fill(&fleet, in: region, at: now, chance: chance) }
        regions[region, default: Region()].fleets.append(fleet)
        touch()
        return fleet
    }

    package mutating func modifyFleet(
        _ id: String, _ kind: Fleet.Kind, _ change: FleetChange, in region: String, at now: Timestamp,
        changing: Bool = true, chance: () -> UInt64
    ) throws(EC2Error) {
        var fleet = try fleet(id, kind, in: region)
        guard fleet.mode == .maintain, fleet.ending == nil else { throw .unmodifiableFleet(id) }
        if let total = change.total {
            // What is not said of a market stays as it is, as far as the new total lets it.
            let spot = fleet.terms.target(.spot)
            fleet.terms.onDemand =
                change.onDemand
                ?? (fleet.terms.defaultMarket == .spot ? min(fleet.terms.onDemand, total) : total - min(spot, total))
            fleet.terms.total = total
        } else if let onDemand = change.onDemand {
            fleet.terms.onDemand = onDemand
        }
        guard fleet.terms.onDemand <= fleet.terms.total else { throw .invalidTarget }
        fleet.terms.endsExcess = change.endsExcess ?? fleet.terms.endsExcess
        fleet.terms.context = change.context ?? fleet.terms.context
        if let ways = change.ways { (fleet.configs, fleet.candidates) = (ways.configs, ways.candidates) }
        if !changing { throw .dryRun }
        fleet.note(.fleetRequestChange, "modify_in_progress", at: now)
        if fleet.terms.endsExcess { endExcess(of: &fleet, in: region, at: now) }
        // What was lost before is part of what is missing now.
        fleet.replacesAt = nil
        fill(&fleet, in: region, at: now, chance: chance)
        fleet.note(.fleetRequestChange, "modify_succeeded", at: now)
        keep(fleet, in: region)
    }

    /// Ends the youngest beyond the target; never so many that the rest would be too few.
    private mutating func endExcess(of fleet: inout Fleet, in region: String, at now: Timestamp) {
        var ended: Set<String> = []
        for market in Market.allCases {
            var excess = fleet.fulfilled(market) - Double(fleet.terms.target(market))
            for member in fleet.members.reversed() where member.market == market && member.weight <= excess {
                ended.insert(member.instance)
                excess -= member.weight
            }
        }
        guard !ended.isEmpty else { return }
        endMembers(of: &fleet, in: region, at: now) { ended.contains($0.instance) }
    }

    /// Ends fleets one by one: a mistake about one is no matter of the others.
    package mutating func endFleets(
        _ ids: [String], _ kind: Fleet.Kind, terminating: Bool, in region: String, at now: Timestamp
    ) -> [(id: String, ending: FleetEnding)] {
        ids.map { id in
            guard Fleet.isWellFormed(id, kind) else { return (id, .malformed) }
            guard var fleet = regions[region]?.fleets.first(where: { $0.id == id && $0.kind == kind })
            else { return (id, .unknown) }
            let before = state(of: fleet, in: region, at: now)
            guard before == .active || (before == .endedRunning && terminating) else { return (id, .notInState) }
            guard terminating || fleet.mode != .instant else { return (id, .notWithoutInstances) }
            end(&fleet, terminating: terminating, in: region, at: now)
            keep(fleet, in: region)
            return (id, .done(before: before, after: terminating ? .endedTerminating : .endedRunning))
        }
    }
}

extension Fleet {
    /// A UUID behind the word for its kind.
    fileprivate static func id(_ kind: Kind, digits: Substring) -> String {
        let text = Array(digits)
        return prefix(kind)
            + [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(text[$0]) }.joined(separator: "-")
    }

    static func isWellFormed(_ id: String, _ kind: Kind) -> Bool {
        guard id.hasPrefix(prefix(kind)) else { return false }
        let parts = id.dropFirst(prefix(kind).count).split(separator: "-", omittingEmptySubsequences: false)
        return parts.map(\.count) == [8, 4, 4, 4, 12] && parts.joined().allSatisfy(\.isHexDigit)
    }

    static func prefix(_ kind: Kind) -> String { kind == .fleet ? "fleet-" : "sfr-" }
}

extension EC2Error {
    static let invalidTarget = EC2Error(
        "InvalidTargetCapacitySpecification",
        "The on-demand and spot target capacities together must not exceed the total target capacity.")

    static func malformedFleet(_ id: String, _ kind: Fleet.Kind) -> EC2Error {
        EC2Error(
            kind == .fleet ? "InvalidFleetId.Malformed" : "InvalidSpotFleetRequestId.Malformed",
            "Invalid id: \"\(id)\" (expecting \"\(Fleet.prefix(kind))...\")")
    }

    static func unknownFleet(_ id: String, _ kind: Fleet.Kind) -> EC2Error {
        kind == .fleet
            ? EC2Error("InvalidFleetId.NotFound", "The fleet ID '\(id)' does not exist")
            : EC2Error("InvalidSpotFleetRequestId.NotFound", "The spot fleet request ID '\(id)' does not exist")
    }

    static func unmodifiableFleet(_ id: String) -> EC2Error {
        EC2Error("FleetNotInModifiableState", "Fleet Request: \(id) is not a modifiable fleet request type.")
    }
}
