import Provisioning

// A group grows and shrinks to the size it wants.

extension World {
    /// Launches what is missing; false: the cloud did not give all of it.
    mutating func fill(
        _ index: Int, in region: String, at now: Timestamp, reading read: LaunchReader, chance: () -> UInt64
    ) -> Bool {
        guard let group = regions[region]?.groups[index] else { return true }
        let missing = group.sizes.desired - group.units
        // A slip of the keyboard must not fill the memory.
        guard missing > 0, group.units < Conditions.launchMax else { return true }
        guard let distribution = group.plan.distribution else {
            return grow(index, by: missing, on: nil, in: region, at: now, reading: read, chance: chance)
        }
        let lasting = group.staying.filter { $0.market == .onDemand }.reduce(0) { $0 + $1.units }
        let onDemand = min(missing, max(0, distribution.onDemand(of: group.sizes.desired) - lasting))
        var isFilled = true
        if onDemand > 0 {
            isFilled = grow(index, by: onDemand, on: .onDemand, in: region, at: now, reading: read, chance: chance)
        }
        // A heavy machine may have brought more than was asked for.
        let rest = min(missing - onDemand, group.sizes.desired - (regions[region]?.groups[index].units ?? 0))
        guard rest > 0 else { return isFilled }
        return grow(index, by: rest, on: .spot, in: region, at: now, reading: read, chance: chance) && isFilled
    }

    /// - Parameter market: nil: whichever the template names.
    private mutating func grow(
        _ index: Int, by units: Int, on market: Market?, in region: String, at now: Timestamp,
        reading read: LaunchReader, chance: () -> UInt64
    ) -> Bool {
        guard let plan = regions[region]?.groups[index].plan, let anywhere = plan.places.first else { return true }
        var left = units
        var refusal: (error: EC2Error, place: ScalingPlan.Place)?
        for choice in ordered(plan.choices, of: plan, on: market, in: region, at: now, reading: read) {
            guard left > 0 else { break }
            var what: ReadLaunch
            do throws(EC2Error) { what = try read(choice, self, region) } catch {
                refusal = (error, anywhere)
                continue
            }
            if let market { what.launch.market = market }
            let weight = max(1, choice.weight ?? 1)
            let (count, error) = launch(
                (left + weight - 1) / weight, of: what, choice, index, in: region, at: now, chance: chance)
            left -= count * weight
            if let error { refusal = error }
        }
        guard left > 0, let refusal else { return left <= 0 }
        noteFailure(refusal.error, on: market, at: refusal.place, of: index, in: region, at: now, chance: chance)
        return false
    }

    /// In the order given, unless spot capacity is to be had where most of it is left.
    private func ordered(
        _ choices: [ScalingPlan.Choice], of plan: ScalingPlan, on market: Market?, in region: String,
        at now: Timestamp, reading read: LaunchReader
    ) -> [ScalingPlan.Choice] {
        let strategies: Set = ["capacity-optimized", "price-capacity-optimized"]
        guard market == .spot, let strategy = plan.distribution?.spotStrategy, strategies.contains(strategy)
        else { return choices }
        let rooms = choices.map { choice in
            guard let type = try? read(choice, self, region).launch.type else { return 0 }
            return plan.places.map { free(type: type, zone: $0.zone, market: .spot, at: now) }.max() ?? 0
        }
        return zip(choices, rooms).enumerated()
            .sorted { ($1.element.1, $0.offset) < ($0.element.1, $1.offset) }.map(\.element.0)
    }

    /// Launches machines of one kind, spread over the group's places as evenly as there is room.
    private mutating func launch(
        _ count: Int, of what: ReadLaunch, _ choice: ScalingPlan.Choice, _ index: Int, in region: String,
        at now: Timestamp, chance: () -> UInt64
    ) -> (count: Int, refusal: (EC2Error, ScalingPlan.Place)?) {
        guard let plan = regions[region]?.groups[index].plan, let anywhere = plan.places.first else { return (0, nil) }
        let count = min(count, Conditions.launchMax)
        var shares = shares(of: count, among: plan.places, for: index, in: region)
        var launched = 0
        var refusal: (EC2Error, ScalingPlan.Place)?
        // What one place does not give, the others may.
        for round in 0..<(plan.isBalancedOnly ? 1 : 2) {
            for (number, place) in plan.places.enumerated() {
                let wanted = round == 0 ? shares[number] : count - launched
                guard wanted > 0 else { continue }
                do throws(EC2Error) {
                    let got = try launch(
                        wanted, of: what, choice, at: place, index, in: region, now: now, chance: chance)
                    launched += got
                    shares[number] = 0
                } catch {
                    refusal = (error, place)
                }
            }
        }
        if launched < count, refusal == nil {
            refusal = (.insufficientCapacity(type: what.launch.type, zone: anywhere.zone), anywhere)
        }
        return (launched, launched < count ? refusal : nil)
    }

    /// The emptiest places first, one machine at a time.
    private func shares(of count: Int, among places: [ScalingPlan.Place], for index: Int, in region: String) -> [Int] {
        let staying = regions[region]?.groups[index].staying ?? []
        let there = places.map { place in staying.count { $0.zone == place.zone } }
        var shares = places.map { _ in 0 }
        for _ in 0..<count {
            let emptiest = places.indices.min { there[$0] + shares[$0] < there[$1] + shares[$1] }
            if let emptiest { shares[emptiest] += 1 }
        }
        return shares
    }

    private mutating func launch(
        _ count: Int, of what: ReadLaunch, _ choice: ScalingPlan.Choice, at place: ScalingPlan.Place, _ index: Int,
        in region: String, now: Timestamp, chance: () -> UInt64
    ) throws(EC2Error) -> Int {
        guard let group = regions[region]?.groups[index] else { return 0 }
        var launch = what.launch
        launch.zone = place.zone
        if let subnet = place.subnet { launch.subnet = subnet }
        let propagated = group.tags.filter(\.isPropagated).map { Launch.Tag(key: $0.key, value: $0.value) }
        launch.tags.removeAll { old in propagated.contains { $0.key == old.key } }
        launch.tags += propagated + [Launch.Tag(key: ScalingGroup.tagKey, value: group.name)]
        let call = LaunchCall(launch: launch, atLeast: 1, atMost: count, fingerprint: "")
        let reservation = try self.launch(call, in: region, at: now, chance: chance)
        for instance in reservation.instances {
            let before = regions[region]?.groups[index].units ?? 0
            let member = ScalingGroup.Member(
                instance: instance.id, type: launch.type, zone: reservation.zone, image: launch.image,
                market: launch.market, weight: choice.weight, template: what.template, joinedAt: now,
                isProtected: group.plan.protectsNew)
            regions[region]?.groups[index].members.append(member)
            note(
                .launch, of: group, instance: instance.id, place: place,
                cause: group.growth(at: now, from: before, to: before + member.units), at: now,
                until: instance.runsAt, in: region, chance: chance)
        }
        regions[region]?.groups[index].scaledAt = now
        return reservation.instances.count
    }

    private mutating func noteFailure(
        _ error: EC2Error, on market: Market?, at place: ScalingPlan.Place, of index: Int, in region: String,
        at now: Timestamp, chance: () -> UInt64
    ) {
        guard let group = regions[region]?.groups[index] else { return }
        // With a mixed policy it is told which half failed, and by which code.
        let half = market.map { "Could not launch \($0 == .spot ? "Spot" : "On-Demand") Instances. \(error.code) - " }
        note(
            .launch, of: group, place: place,
            cause: group.growth(at: now, from: group.units, to: group.sizes.desired), at: now,
            failure: (half ?? "") + error.message, in: region, chance: chance)
    }
}

extension ScalingGroup {
    fileprivate func growth(at now: Timestamp, from: Int, to: Int) -> String {
        "\(reason)  At \(now.toTheSecond) an instance was started in response to a difference between desired and "
            + "actual capacity, increasing the capacity from \(from) to \(to)."
    }
}

// MARK: - Shrinking

extension World {
    /// Takes out what is too much, as far as it may be taken out.
    mutating func shrink(_ index: Int, in region: String, at now: Timestamp, chance: () -> UInt64) {
        guard let group = regions[region]?.groups[index] else { return }
        var staying = group.staying
        var leaving: [ScalingGroup.Member] = []
        var excess = group.units - group.sizes.desired
        while excess > 0, let next = group.nextOut(of: staying, excess: excess) {
            let member = staying.remove(at: next)
            leaving.append(member)
            excess -= member.units
        }
        for member in leaving {
            let before = regions[region]?.groups[index].units ?? 0
            let cause =
                "\(group.reason)  At \(now.toTheSecond) an instance was taken out of service in response to a "
                + "difference between desired and actual capacity, shrinking the capacity from \(before) to "
                + "\(before - member.units).  At \(now.toTheSecond) instance \(member.instance) was selected for "
                + "termination."
            takeOut(member, from: index, in: region, at: now, cause: cause, chance: chance)
        }
        if !leaving.isEmpty { regions[region]?.groups[index].scaledAt = now }
    }

    /// Ends a member's instance and notes why.
    @discardableResult
    mutating func takeOut(
        _ member: ScalingGroup.Member, from index: Int, in region: String, at now: Timestamp, cause: String,
        chance: () -> UInt64
    ) -> ScalingActivity? {
        guard let group = regions[region]?.groups[index] else { return nil }
        endInstance(member.instance, in: region, at: now)
        remove(member.instance, from: index, in: region)
        cancelLaunch(of: member.instance, in: region, at: now)
        return note(
            .termination, of: group, instance: member.instance, place: ScalingPlan.Place(zone: member.zone),
            cause: cause, at: now, until: now + .seconds(conditions.shutdownSeconds), in: region, chance: chance)
    }

    /// One that is gone already needs no ending.
    private mutating func endInstance(_ id: String, in region: String, at now: Timestamp) {
        for (number, reservation) in (regions[region]?.reservations ?? []).enumerated() {
            guard let index = reservation.instances.firstIndex(where: { $0.id == id }) else { continue }
            guard reservation.instances[index].isAlive(at: now) else { return }
            return end(number, index, in: region, at: now, because: .asked)
        }
    }

    private mutating func cancelLaunch(of instance: String, in region: String, at now: Timestamp) {
        guard
            let at = regions[region]?.activities.lastIndex(where: { $0.instance == instance && $0.kind == .launch }),
            regions[region]?.activities[at].isOver(at: now) == false
        else { return }
        regions[region]?.activities[at].isCancelled = true
    }
}

extension ScalingGroup {
    /// Who goes first: of the market there is too much of, of the zone with most, and then by age.
    fileprivate func nextOut(of staying: [Member], excess: Int) -> Int? {
        let mayGo = staying.indices.filter { !staying[$0].isProtected && staying[$0].units <= excess }
        let inZone = staying.reduce(into: [:]) { $0[$1.zone, default: 0] += 1 }
        let policy = said["TerminationPolicies.member.1"] ?? "Default"
        let tooMany = marketInExcess(among: staying)
        func rank(_ at: Int) -> (Int, Int, Timestamp, Int) {
            let member = staying[at]
            let crowd = ["NewestInstance", "OldestInstance"].contains(policy) ? 0 : -(inZone[member.zone] ?? 0)
            let isNewestFirst = policy == "NewestInstance"
            let age = isNewestFirst ? Timestamp(microseconds: -member.joinedAt.microseconds) : member.joinedAt
            return (tooMany == nil || member.market == tooMany ? 0 : 1, crowd, age, isNewestFirst ? -at : at)
        }
        return mayGo.min { rank($0) < rank($1) }
    }

    private func marketInExcess(among staying: [Member]) -> Market? {
        guard let distribution = plan.distribution else { return nil }
        let lasting = staying.filter { $0.market == .onDemand }.reduce(0) { $0 + $1.units }
        return lasting > distribution.onDemand(of: sizes.desired) ? .onDemand : .spot
    }
}
