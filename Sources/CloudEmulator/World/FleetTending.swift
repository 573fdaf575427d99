import Provisioning

extension World {
    /// Does what the cloud would have done by itself until now: replaces what fleets lost, and ends those whose time is
    /// over. What has been done is not done again, so that asking twice is asking once.
    mutating func tendFleets(at now: Timestamp, chance: () -> UInt64) {
        for (region, place) in regions.sorted(by: { $0.key < $1.key }) where !place.fleets.isEmpty {
            for fleet in place.fleets { tend(fleet, in: region, at: now, chance: chance) }
            forgetFleets(in: region, at: now)
        }
    }

    private mutating func tend(_ before: Fleet, in region: String, at now: Timestamp, chance: () -> UInt64) {
        var fleet = before
        // One thing after another, in the order of their moments; a replacement may be lost in its turn.
        for _ in 0..<100 {
            let isDone = noteLosses(of: &fleet, in: region, at: now)
            guard fleet.ending == nil, fleet.mode != .instant else { break }
            let moment = momentOfFilling(&fleet, at: now)
            if let until = fleet.terms.validUntil, until <= moment ?? now {
                fleet.note(.fleetRequestChange, "expired", at: until)
                end(&fleet, terminating: fleet.terms.endsInstancesOnExpiry, in: region, at: until)
                continue
            }
            guard let moment else {
                if isDone { break } else { continue }
            }
            let count = fleet.members.count
            fleet.replacesAt = nil
            fill(&fleet, in: region, at: moment, chance: chance)
            if isDone, fleet.members.count == count { break }
        }
        keep(fleet, ifChangedFrom: before, in: region)
    }

    /// Those that have ended by themselves or by somebody's hand leave the fleet; false: those lost later than the next
    /// replacement are still to be noted.
    @discardableResult
    private func noteLosses(of fleet: inout Fleet, in region: String, at now: Timestamp) -> Bool {
        var losses: [String: (at: Timestamp, why: String)] = [:]
        for member in fleet.members {
            guard let place = place(of: member, in: region) else {
                losses[member.instance] = (now, "it is not known any more")
                continue
            }
            let instance = regions[region]!.reservations[place.reservation].instances[place.index]
            guard let endsAt = instance.endsAt, endsAt <= now else { continue }
            losses[member.instance] = (endsAt, instance.ending?.code ?? "")
        }
        if fleet.members.isEmpty != (fleet.emptySince != nil) { fleet.emptySince = fleet.members.isEmpty ? now : nil }
        guard let first = losses.values.map(\.at).min() else { return true }
        let count = losses.count
        if fleet.mode == .maintain, fleet.ending == nil {
            let replacesAt = fleet.replacesAt ?? first + Fleet.replacementDelay
            fleet.replacesAt = replacesAt
            losses = losses.filter { $0.value.at <= replacesAt }
        }
        for member in fleet.members {
            guard let loss = losses[member.instance] else { continue }
            fleet.note(.instanceChange, "terminated", loss.why, of: member.instance, at: loss.at)
        }
        fleet.members.removeAll { losses[$0.instance] != nil }
        if fleet.members.isEmpty { fleet.emptySince = losses.values.map(\.at).max() }
        return losses.count == count
    }

    /// When it is a fleet's turn to launch what it misses; nil: not yet, or there is nothing to do.
    private func momentOfFilling(_ fleet: inout Fleet, at now: Timestamp) -> Timestamp? {
        guard Market.allCases.contains(where: { fleet.missing($0) > 0 }) else {
            fleet.replacesAt = nil
            return nil
        }
        if let from = fleet.terms.validFrom, from > now { return nil }
        if let at = fleet.replacesAt { return at <= now ? at : nil }
        // It tries at fixed moments, so that it does not matter how often somebody looks.
        let interval = Fleet.retryInterval.wholeMicroseconds
        let passed = (now - fleet.createdAt).wholeMicroseconds / interval * interval
        return fleet.createdAt + .microseconds(passed)
    }

    /// Fleets that are over are remembered for a while.
    private mutating func forgetFleets(in region: String, at now: Timestamp) {
        func isForgotten(_ fleet: Fleet) -> Bool {
            guard fleet.ending != nil || fleet.mode == .instant, let since = fleet.emptySince else { return false }
            return max(since, fleet.ending?.at ?? since) + Conditions.remembrance <= now
        }
        guard regions[region]?.fleets.contains(where: isForgotten) == true else { return }
        regions[region]?.fleets.removeAll(where: isForgotten)
        touch()
    }

    private mutating func keep(_ fleet: Fleet, ifChangedFrom before: Fleet, in region: String) {
        let isSame =
            fleet.members == before.members && fleet.refusals == before.refusals && fleet.ending == before.ending
            && fleet.replacesAt == before.replacesAt && fleet.emptySince == before.emptySince
            && fleet.events.count == before.events.count
        if !isSame { keep(fleet, in: region) }
    }

    /// Puts a changed fleet in the place of what it was.
    mutating func keep(_ fleet: Fleet, in region: String) {
        guard let at = regions[region]?.fleets.firstIndex(where: { $0.id == fleet.id }) else { return }
        regions[region]?.fleets[at] = fleet
        touch()
    }

    /// Ends a fleet, with its instances or without.
    mutating func end(_ fleet: inout Fleet, terminating: Bool, in region: String, at now: Timestamp) {
        fleet.ending = Fleet.Ending(at: now, terminates: terminating)
        fleet.replacesAt = nil
        let word = fleet.kind == .fleet ? "deleted" : "cancelled"
        if terminating {
            endMembers(of: &fleet, in: region, at: now) { _ in true }
            fleet.note(.fleetRequestChange, "\(word)_terminating", at: now)
        } else {
            fleet.note(.fleetRequestChange, fleet.members.isEmpty ? word : "\(word)_running", at: now)
        }
    }

    /// Ends those members of a fleet that are named.
    mutating func endMembers(
        of fleet: inout Fleet, in region: String, at now: Timestamp, where isMeant: (Fleet.Member) -> Bool
    ) {
        for member in fleet.members where isMeant(member) {
            guard let place = place(of: member, in: region) else { continue }
            end(place.reservation, place.index, in: region, at: now, because: .asked)
        }
        noteLosses(of: &fleet, in: region, at: now)
    }
}
