/// What the outcome of a launch means for its machines: the moves to record with it.
package struct Closing: Sendable, Hashable {
    package var moves: [Move]
    package var block: Block?

    package init(moves: [Move], block: Block? = nil) {
        self.moves = moves
        self.block = block
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

/// A launch brought these instances: each goes to a machine, and machines left over are planned again.
///
/// Which instance belongs to which machine must not depend on when we ask, so both are sorted and paired.
/// Should a cloud ever bring more than asked, the rest belong to no machine, and the sweep ends them.
package func close(_ machines: [Machine], with instances: [Instance], at now: Timestamp) -> Closing {
    let instances = instances.sorted { $0.id < $1.id }
    let moves = machines.sorted { $0.id < $1.id }.enumerated().map { index, machine in
        if index < instances.count {
            Move(machine, cause: "launched", at: now) { $0.bind(to: instances[index]) }
        } else {
            Move(machine, cause: "the launch brought \(instances.count) of \(machines.count)", at: now) {
                $0.state = .planned
                $0.failure = nil
            }
        }
    }
    return Closing(moves: moves)
}

/// A launch was refused: planned again where something else may help, failed where nothing will.
package func close(_ machines: [Machine], of intent: Intent, with refusal: Refusal, at now: Timestamp) -> Closing {
    let failure = Failure(.refused, refusal.text, meaning: refusal.meaning)
    let moves = machines.sorted { $0.id < $1.id }.map { machine in
        Move(machine, cause: refusal.text, at: now) {
            $0.state = refusal.endsHope(afterAttempts: machine.attempt) ? .failed : .planned
            $0.failure = failure
        }
    }
    let scope = intent.order.flatMap { refusal.blocks($0.offering, at: intent.account) }
    let block = scope.map { Block(scope: $0, since: now, until: now + refusal.holds, refusal: refusal) }
    return Closing(moves: moves, block: block)
}

/// A launch that certainly brought nothing is given up: its machines are where they were before it.
package func abandon(_ machines: [Machine], at now: Timestamp) -> Closing {
    Closing(
        moves: machines.map { Move($0, cause: "given up before anything came of it", at: now) { $0.state = .planned } })
}

extension Refusal {
    /// How often in a row to try after a no that no table knows.
    static let patience = 4

    fileprivate func endsHope(afterAttempts attempts: Int) -> Bool {
        switch meaning {
        case .credentials, .invalid: true
        case .unclassified, .absent: attempts >= Refusal.patience
        // A network that is down comes back, or the deadline ends it.
        case .capacity, .unoffered, .quota, .addresses, .throttled, .conflict, .unreachable: false
        }
    }
}

extension Machine {
    package mutating func bind(to instance: Instance) {
        state = .pending
        self.instance = instance.id
        failure = nil
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
