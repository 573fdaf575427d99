/// What comes next for one request, as a value.
package struct Plan: Sendable, Hashable {
    package var steps: [Step] = []
    /// When to look again if nothing else happens; nil: there is nothing to wait for.
    package var wakeAt: Timestamp?

    package enum Step: Sendable, Hashable {
        /// Make the call of an open intent, with its own token and order.
        case perform(IntentToken)
        /// Find out by its token what became of an intent that calling again cannot settle.
        case lookUp(IntentToken)
        /// Close an intent that certainly brought nothing and is no longer wanted.
        case abandon(IntentToken)
        case fail([Machine.ID], Failure)
        /// Ask another account for these; nothing has been asked for them that is not known to have brought nothing.
        case move([Machine.ID], to: AccountName, because: Refusal)
        /// Promise this many more machines in place of those lost before they ever ran, not beginning with the
        /// offering that brought the last of them.
        case replace(Int, at: AccountName, after: Offering?)
        /// By the first of the offerings, or by whichever of them the cloud picks; never none.
        case launch([Machine.ID], [Offering])
        /// Members of a group are taken out of it too.
        case terminate([Machine.ID], AccountName, group: Scaffold.ID?, Failure?)
        /// Ask the clouds what became of the machines under way.
        case observe
        case settle(Request.State)
    }
}

/// Decides what comes next: the same for a new request, a slow one and one found after a crash.
///
/// Open intents come first: until their outcome is known, nothing new is begun for their machines.
package func plan(_ snapshot: Snapshot, at now: Timestamp) -> Plan {
    guard !snapshot.request.isSettled else { return Plan() }
    var planner = Planner(snapshot: snapshot, now: now)
    planner.takeUpIntents()
    switch snapshot.request.kind {
    case .launch(let order, let template): planner.planLaunch(order, template)
    case .giveBack: planner.planReturn()
    }
    planner.observe()
    return planner.plan
}

/// A plan in the making.
struct Planner {
    let snapshot: Snapshot
    let now: Timestamp
    var plan = Plan()

    var request: Request { snapshot.request }

    /// Whether nothing new is to be begun.
    var isOver: Bool { request.cancelledAt != nil || request.deadline <= now }

    func machines(_ states: Machine.State...) -> [Machine] {
        snapshot.machines.filter { states.contains($0.state) }
    }

    mutating func takeUpIntents() {
        for intent in snapshot.intents.sorted(by: { $0.token < $1.token }) {
            guard let traits = snapshot.traits[intent.account] else { continue }
            if intent.verb == .launch, !intent.isDoubtful, isOver {
                plan.steps.append(.abandon(intent.token))
            } else if let retryAt = intent.retryAt, retryAt > now {
                wake(by: retryAt)
            } else {
                let step = intent.wantsLookUp(at: now, traits) ? Plan.Step.lookUp : Plan.Step.perform
                plan.steps.append(step(intent.token))
            }
        }
    }

    /// Looks at what is under way ever less often: after a quarter of the time it has already taken. Many
    /// machines make long answers, so they are looked at less often from the start.
    mutating func observe() {
        // Those whose end is asked for in this very round are looked at in the next: a look beside the call may come
        // before it, and would then only find that nothing has happened.
        let performed = snapshot.intents.filter { $0.verb == .terminate && plan.steps.contains(.perform($0.token)) }
        let ending = Set(performed.flatMap(\.machines))
        let underWay = machines(.pending, .terminating).filter { !ending.contains($0.id) }
        guard let youngest = underWay.map(\.since).max() else { return }
        guard let observedAt = snapshot.observedAt else {
            plan.steps.append(.observe)
            return
        }
        let quarter = Duration.microseconds((now - youngest).wholeMicroseconds / 4)
        let least = Duration.milliseconds(max(200, min(underWay.count, 2000)))
        let next = observedAt + min(max(quarter, least), .seconds(5))
        if next <= now { plan.steps.append(.observe) } else { wake(by: next) }
    }

    mutating func wake(by moment: Timestamp) {
        plan.wakeAt = plan.wakeAt.map { min($0, moment) } ?? moment
    }

    mutating func fail(_ machines: [Machine], _ failure: Failure) {
        if !machines.isEmpty { plan.steps.append(.fail(machines.map(\.id), failure)) }
    }

    mutating func terminate(_ machines: [Machine], _ failure: Failure?) {
        let homes = Dictionary(grouping: machines, by: Home.init).sorted { $0.key < $1.key }
        for (home, machines) in homes {
            guard let traits = snapshot.traits[home.account] else { continue }
            for part in machines.map(\.id).sorted().chunked(by: traits.terminateBatch) {
                plan.steps.append(.terminate(part, home.account, group: home.group, failure))
            }
        }
    }
}

/// Where machines are that can be terminated by one call.
private struct Home: Hashable, Comparable {
    let account: AccountName
    let group: Scaffold.ID?

    static func < (a: Home, b: Home) -> Bool {
        (a.account, a.group?.text ?? "") < (b.account, b.group?.text ?? "")
    }

    init(_ machine: Machine) {
        account = machine.account
        group = machine.group
    }
}

extension Array {
    /// The same elements in the same order, in arrays of at most `size`.
    package func chunked(by size: Int) -> [[Element]] {
        stride(from: 0, to: count, by: Swift.max(1, size)).map {
            Array(self[$0..<Swift.min($0 + Swift.max(1, size), count)])
        }
    }
}
