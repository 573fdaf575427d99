/// What the outcome of a launch means for its machines: what to record with it.
package struct Closing: Sendable, Hashable {
    package var moves: [Move]
    package var blocks: [Block]
    /// Those whose part was done by heavier ones.
    package var spare: [Machine]

    package init(moves: [Move], blocks: [Block] = [], spare: [Machine] = []) {
        self.moves = moves
        self.blocks = blocks
        self.spare = spare
    }
}

/// One machine's change, and why.
package struct Move: Sendable, Hashable {
    /// As it was when the change was decided; the repository refuses the move if it is so no longer.
    package var before: Machine
    package var after: Machine
    package var cause: String

    package init(_ before: Machine, cause: String, at now: Timestamp, change: (inout Machine) -> Void) {
        self.before = before
        self.cause = cause
        var after = before
        change(&after)
        if after.state != before.state { after.since = now }
        self.after = after
    }
}

/// What a cloud said about one offering of many that were asked for at once.
package struct OfferingRefusal: Sendable, Hashable {
    /// Nil: it is about whatever the cloud picked by itself.
    package var offering: Offering?
    package var refusal: Refusal

    package init(_ offering: Offering?, _ refusal: Refusal) {
        self.offering = offering
        self.refusal = refusal
    }
}

/// A launch brought these instances: each goes to a machine, and machines left over are planned again.
///
/// Which instance belongs to which machine must not depend on when we ask, so both are sorted and paired. A refusal of
/// one offering is never taken for a machine's: it says what not to ask for, and why some are missing. Should a cloud
/// ever bring more than asked, the rest belong to no machine, and the sweep ends them.
package func close(
    _ machines: [Machine], of intent: Intent, with instances: [Instance], refusals: [OfferingRefusal] = [],
    counting families: QuotaFamilies = QuotaFamilies(), at now: Timestamp
) -> Closing {
    let (machines, instances) = (machines.sorted { $0.id < $1.id }, instances.sorted { $0.id < $1.id })
    var closing = Closing(moves: [], blocks: refusals.compactMap { $0.block(of: intent, counting: families, at: now) })
    var missing = machines.count
    for (machine, instance) in zip(machines, instances) {
        let weight = intent.order?.template.weight(of: instance.type, in: instance.market) ?? 1
        missing -= weight
        closing.moves.append(Move(machine, cause: "launched", at: now) { $0.bind(to: instance, weighing: weight) })
    }
    let left = machines.dropFirst(instances.count)
    let fate = intent.fate(
        of: refusals, afterAttempts: left.first?.attempt ?? 0, asked: machines.count, nothingCame: instances.isEmpty)
    for machine in left.prefix(max(0, missing)) {
        let cause = fate.failure?.detail ?? "the launch brought \(instances.count) of \(machines.count)"
        closing.moves.append(
            Move(machine, cause: cause, at: now) {
                $0.state = fate.isFinal ? .failed : .planned
                $0.failure = fate.failure
            })
    }
    closing.spare = Array(left.dropFirst(max(0, missing)))
    return closing
}

/// A launch brought a group, whose members are still to come.
package func close(_ machines: [Machine], of intent: Intent, asMembersOf group: Scaffold.ID, at now: Timestamp)
    -> Closing
{
    Closing(
        moves: machines.sorted { $0.id < $1.id }.map { machine in
            Move(machine, cause: "to come from \(group)", at: now) {
                $0.state = .pending
                $0.group = group
                $0.failure = nil
            }
        })
}

/// A launch was refused: planned again where something else may help, failed where nothing will.
///
/// - Parameter families: what its cloud counts against one allowance.
package func close(
    _ machines: [Machine], of intent: Intent, with refusal: Refusal, counting families: QuotaFamilies = QuotaFamilies(),
    at now: Timestamp
) -> Closing {
    let moves = machines.sorted { $0.id < $1.id }.map { machine in
        Move(machine, cause: refusal.text, at: now) {
            let isOver = refusal.endsHope(afterAttempts: machine.attempt, askingFor: machines.count)
            $0.state = isOver ? .failed : .planned
            $0.failure = Failure(refusal, of: machines.count)
            // It was no matter of time, then.
            if isOver, refusal.retriesSeconds != nil { $0.failure?.meaning = .invalid }
        }
    }
    // What is said of a call that asked for many is said of all of them.
    let blocks = (intent.order?.offerings ?? []).compactMap {
        OfferingRefusal($0, refusal).block(of: intent, counting: families, at: now)
    }
    return Closing(moves: moves, blocks: blocks)
}

/// A launch that certainly brought nothing is given up: its machines are where they were before it.
package func abandon(_ machines: [Machine], at now: Timestamp) -> Closing {
    Closing(
        moves: machines.map { Move($0, cause: "given up before anything came of it", at: now) { $0.state = .planned } })
}

extension OfferingRefusal {
    fileprivate func block(of intent: Intent, counting families: QuotaFamilies, at now: Timestamp) -> Block? {
        guard let offering,
            let scope = refusal.blocks(
                offering, of: intent.order?.template, at: intent.account, counting: families)
        else { return nil }
        return Block(scope: scope, since: now, until: now + refusal.holds, refusal: refusal)
    }
}

extension Intent {
    /// What becomes of machines that a launch of several offerings did not bring.
    fileprivate func fate(
        of refusals: [OfferingRefusal], afterAttempts attempts: Int, asked: Int, nothingCame: Bool
    ) -> (failure: Failure?, isFinal: Bool) {
        let hopeful = refusals.first { !$0.refusal.endsHope(afterAttempts: attempts, askingFor: asked) }
        guard let worst = hopeful ?? refusals.first else {
            guard nothingCame, order?.others != nil else { return (nil, false) }
            let silence = Refusal(
                .unclassified, code: "NothingCame", message: "the launch brought nothing, and no reason")
            return (Failure(silence), silence.endsHope(afterAttempts: attempts, askingFor: asked))
        }
        return (Failure(worst.refusal, of: asked), hopeful == nil)
    }
}

extension Refusal {
    /// How often in a row to try after a no that no table knows.
    static let patience = 4

    /// - Parameter count: for how many machines it was refused.
    fileprivate func endsHope(afterAttempts attempts: Int, askingFor count: Int) -> Bool {
        // Who we are was accepted, only not for that.
        if reach != nil { return false }
        // Each wait is twice as long as the one before: after 1 s, 3 s, 7 s … in all.
        if let retriesSeconds { return (1 << min(attempts, 32)) - 1 > retriesSeconds }
        return switch meaning {
        case .credentials, .invalid: true
        // Made anew once; what is gone again then is not for us to make.
        case .stale: attempts >= 2
        case .unclassified, .absent: attempts >= Refusal.patience
        // One alone is too much: there is no smaller part of it.
        case .oversized: count <= 1
        // A network that is down comes back, or the deadline ends it.
        case .capacity, .unoffered, .quota, .addresses, .throttled, .conflict, .unreachable: false
        }
    }
}

extension Machine {
    package mutating func bind(to instance: Instance, weighing weight: Int) {
        if state != .terminating { state = .pending }
        self.instance = instance.id
        self.weight = weight
        failure = state == .terminating ? failure : nil
        operation = instance.operation
        learn(from: instance)
    }

    /// Takes over what the cloud says of its instance; an answer that lacks an address takes none away.
    mutating func learn(from instance: Instance) {
        offering = Offering(
            type: instance.type, zone: instance.zone ?? offering?.zone, subnet: offering?.subnet,
            market: instance.market)
        privateIP = instance.privateIP ?? privateIP
        publicIP = instance.publicIP ?? publicIP
        launchedAt = instance.launchedAt ?? launchedAt
    }
}
