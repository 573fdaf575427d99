/// What comes next for an order.
extension Planner {
    mutating func planLaunch(_ order: Order, _ template: Template) {
        if request.cancelledAt != nil {
            giveUp(keeping: [], Failure(.cancelled, "the request was cancelled"))
        } else if request.deadline <= now {
            giveUp(keeping: [.running], Failure(.deadline, "the deadline of the request passed"))
        } else {
            launch()
            giveUpHopeless()
            replaceLost(upTo: order.count)
        }
        if plan.steps.isEmpty { settle(order) }
        if !machines(.planned, .launching, .pending).isEmpty, request.deadline > now { wake(by: request.deadline) }
    }

    /// Ends what has not begun and terminates what has; what is launching first finds out what it brought.
    private mutating func giveUp(keeping: [Machine.State], _ failure: Failure) {
        fail(machines(.planned), failure)
        terminate(machines(.pending, .running).filter { !keeping.contains($0.state) }, failure)
    }

    private mutating func launch() {
        let groups = Dictionary(grouping: machines(.planned), by: Waiting.init).values
        for group in groups.sorted(by: { $0[0].id < $1[0].id }) {
            if let retryAt = group[0].retryAt, retryAt > now {
                wake(by: retryAt)
                continue
            }
            guard let traits = snapshot.traits[group[0].account] else { continue }
            switch choose(for: group[0]) {
            case .offerings(let offerings):
                let most = min(traits.launchBatch, group[0].failure?.atMost ?? .max)
                for part in group.map(\.id).chunked(by: most) {
                    plan.steps.append(.launch(part, traits.takesManyOfferings ? offerings : [offerings[0]]))
                }
            case .account(let other, let refusal):
                plan.steps.append(.move(group.map(\.id), to: other, because: refusal))
            case .later(let moment):
                wake(by: moment)
            case .none(let refusal):
                fail(group, Failure(refusal))
            }
        }
    }

    /// What a group cannot bring, because what it asks for makes no sense to the cloud, is waited for no longer.
    private mutating func giveUpHopeless() {
        let hopeless = machines(.pending).filter {
            $0.instance == nil && ($0.failure?.meaning == .invalid || $0.failure?.meaning == .credentials)
        }
        terminate(hopeless, hopeless.first?.failure)
    }

    /// A machine lost before it ever ran leaves its slot to a new one; a failed one keeps it.
    ///
    /// What keeps dying as it comes up is replaced ever more slowly, from the next offering, and not for ever.
    private mutating func replaceLost(upTo count: Int) {
        // What has not been taken out of its group may still come.
        let held = Set(snapshot.intents.filter { $0.verb == .terminate && $0.group != nil }.flatMap(\.machines))
        let lost = snapshot.machines.filter { $0.leavesItsSlot && !held.contains($0.id) }
        let missing = count - (units(of: snapshot.machines) - units(of: lost))
        guard missing > 0, lost.count < count * Planner.lossesMax, let latest = lost.max(by: { $0.since < $1.since })
        else { return }
        let rounds = (lost.count + count - 1) / count
        let why = latest.failure?.meaning
        // What had no room late is blocked like what had none at once: the next is asked without waiting.
        let isElsewhere = why?.isAboutOffering ?? false
        let again = rounds == 1 || isElsewhere ? latest.since : latest.since + .seconds(5 << min(rounds, 6))
        if again > now { return wake(by: again) }
        // What makes no sense here makes none elsewhere.
        let isHopeless = why == .invalid || why == .credentials
        plan.steps.append(.replace(missing, at: latest.account, after: isHopeless ? nil : latest.offering))
    }

    /// How many machines may be lost as they come up for each one asked for.
    private static let lossesMax = 4

    private mutating func settle(_ order: Order) {
        let underWay = machines(.planned, .launching, .pending, .terminating)
        guard snapshot.intents.isEmpty, underWay.isEmpty, plan.wakeAt == nil else { return }
        let ran = units(of: snapshot.machines.filter { $0.ranAt != nil })
        let least = max(1, request.atLeast ?? 1)
        if request.cancelledAt != nil {
            // What runs on is still to be terminated, if only by somebody who knows its account.
            if machines(.running).isEmpty { plan.steps.append(.settle(.cancelled)) }
        } else if ran >= order.count {
            plan.steps.append(.settle(.fulfilled))
        } else if ran >= least {
            plan.steps.append(.settle(.partial))
        } else if !machines(.running).isEmpty {
            terminate(machines(.running), Failure(.tooFew, "only \(ran) of at least \(least) could be had"))
        } else {
            plan.steps.append(.settle(.failed))
        }
    }
}

extension Machine {
    /// Whether it is over before it ran, by no wish of ours, so that another may take its place.
    ///
    /// One that was granted and did not come up must be gone first, unless it never had any room.
    fileprivate var leavesItsSlot: Bool {
        guard ranAt == nil else { return false }
        return switch state {
        case .lost: true
        case .terminated: failure?.cause == .broken
        case .terminating: failure?.cause == .broken && failure?.meaning?.isAboutOffering ?? false
        case .planned, .launching, .pending, .running, .failed: false
        }
    }
}

/// What machines count for of what was asked.
private func units(of machines: [Machine]) -> Int { machines.reduce(0) { $0 + $1.weight } }

// MARK: - Which offering

extension Planner {
    private enum Choice {
        /// Never none.
        case offerings([Offering])
        /// Its own has none, by this refusal above all.
        case account(AccountName, Refusal)
        case later(Timestamp)
        case none(Refusal)
    }

    /// What is worth asking: the offerings of the account that a machine is asked of, else those of the next account.
    private func choose(for machine: Machine) -> Choice {
        let here = request.accounts.firstIndex(of: machine.account) ?? 0
        let others = request.accounts[here...].dropFirst() + request.accounts[..<here]
        let home = offers(at: machine.account, for: machine)
        if !home.open.isEmpty { return .offerings(home.open) }
        let refusal = home.refusal ?? Refusal(.invalid, code: "NoOffering", message: "the template offers nothing")
        let elsewhere = others.filter { $0 != machine.account }.map { ($0, offers(at: $0, for: machine)) }
        if let other = elsewhere.first(where: { !$0.1.open.isEmpty }) { return .account(other.0, refusal) }
        let earliest = ([home] + elsewhere.map(\.1)).compactMap(\.earliest).min()
        if let earliest, earliest < request.deadline { return .later(earliest) }
        return .none(refusal)
    }

    /// The offerings of one account worth asking, in the template's order from the next one on.
    ///
    /// An offering refused since this request was made is out. One refused before is asked again once its block
    /// is over, so that every request gets an answer of its own time while its deadline lasts.
    private func offers(
        at account: AccountName, for machine: Machine
    ) -> (open: [Offering], earliest: Timestamp?, refusal: Refusal?) {
        var earliest: Timestamp?
        var refusal: Refusal?
        var open: [Offering] = []
        guard let template = request.template(at: account), let traits = snapshot.traits[account] else {
            return (open, earliest, refusal)
        }
        let offerings = template.offerings
        let start = machine.account == account ? machine.nextOffering(in: offerings) : 0
        for index in offerings.indices {
            let offering = offerings[(start + index) % offerings.count]
            let blocks = snapshot.blocks.filter {
                $0.scope.account == account && $0.until > now
                    && $0.scope.covers(offering, of: template, counting: traits.quotaFamilies)
            }
            guard let until = blocks.map(\.until).max() else {
                open.append(offering)
                continue
            }
            refusal = blocks[0].refusal
            if blocks.allSatisfy({ $0.since < request.createdAt }) { earliest = min(earliest ?? until, until) }
        }
        return (open, earliest, refusal)
    }
}

extension Machine {
    /// Where to begin looking among the offerings: at the one asked last, or after it where it was granted
    /// but did not go round (a refused one is blocked, and passed over as such).
    fileprivate func nextOffering(in offerings: [Offering]) -> Int {
        guard let offering, let last = offerings.index(asking: offering) else { return 0 }
        return failure == nil ? last + 1 : last
    }

    /// When to try again after a no that says nothing about offerings: after 1 s, 2 s, 4 s …
    fileprivate var retryAt: Timestamp? {
        failure.isUnclear ? since + .seconds(1 << min(max(attempt - 1, 0), 6)) : nil
    }
}

/// What planned machines must have in common to be launched by one call.
private struct Waiting: Hashable {
    let account: AccountName
    let offering: Offering?
    let failure: Failure?
    let retryAt: Timestamp?

    init(_ machine: Machine) {
        account = machine.account
        offering = machine.offering
        failure = machine.failure
        retryAt = machine.retryAt
    }
}
