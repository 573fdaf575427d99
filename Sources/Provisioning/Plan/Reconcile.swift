/// What a listing says of machines that have an instance: the moves to record.
package struct Reconciliation: Sendable, Hashable {
    package var moves: [Move] = []
    /// Still running long after they were to be terminated: to be asked again.
    package var insist: [Machine.ID] = []
    /// What never ran, and what that says of what was asked for.
    package var late: [LateRefusal] = []
    /// Granted, and not coming up: what there is of them is to be taken away.
    package var broken: [Machine] = []
    /// Granted, not listed, and with somewhere to ask what became of them.
    package var unseen: [Machine] = []
    /// Waiting for what heavier ones have brought already: not promised any more.
    package var spare: [Machine] = []
    /// What maintained groups bring in place of what was lost.
    package var replacements: [Replacement] = []
    /// What is left to be wanted of groups that have lost what they do not replace by another.
    package var lowered: [Lowered] = []

    package init() {}

    package struct Replacement: Sendable, Hashable {
        package var group: Scaffold.ID
        package var account: AccountName
        package var count: Int
    }

    package struct Lowered: Sendable, Hashable {
        package var group: Scaffold.ID
        package var account: AccountName
        package var target: Int
    }
}

/// How long absence from complete listings must last before it is believed.
///
/// A terminated instance is soon forgotten; a running one that vanishes is believed gone only after a time
/// in which no cloud leaves one out of its lists.
package enum Patience {
    package static let terminating: Duration = .seconds(30)
    package static let alive: Duration = .seconds(5 * 60)
    /// After this long, a machine that still runs is asked to terminate once more.
    package static let insisting: Duration = .seconds(60)
}

/// Compares machines with a listing that was asked for all of their instances.
///
/// `lifetime` is how long the machines of a request may run, if limited.
///
/// - Parameters:
///   - vanishing: whether the cloud no longer lists what is terminated.
///   - refusal: what the reason that a cloud gives for an instance's end comes to; nil: it says nothing.
package func reconcile(
    _ machines: [Machine], with listing: Listing, vanishing: Bool = false, lifetime: (Request.ID) -> Duration?,
    refusal: (Instance) -> Refusal? = { _ in nil }, at now: Timestamp
) -> Reconciliation {
    let instances = Dictionary(listing.instances.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    var result = Reconciliation()
    for machine in machines {
        guard !machine.state.isFinal else { continue }
        guard let id = machine.instance else {
            // A member that was given up before it came: what never appears has never been.
            if machine.state == .terminating, listing.isComplete,
                let move = machine.missed(at: listing.askedAt, vanishing: false, now: now)
            {
                result.moves.append(move)
            }
            continue
        }
        if let instance = instances[id] {
            if instance.state == .broken, machine.state == .pending {
                result.broken.append(machine)
                continue
            }
            let why = machine.state == .pending ? refusal(instance) : nil
            if let move = machine.seen(as: instance, because: why, lifetime: lifetime, at: now) {
                result.moves.append(move)
                if move.after.state == .lost, let why {
                    result.late.append(LateRefusal(machine: machine, refusal: why))
                }
            }
            // One that is stopped costs something, too, and no cloud leaves it so that has been told to end it.
            let isAlive = [.running, .pending, .broken, .stopped].contains(instance.state)
            if machine.state == .terminating, isAlive, now - machine.since >= Patience.insisting {
                result.insist.append(machine.id)
            }
        } else if listing.isComplete {
            if machine.state == .pending, machine.operation != nil { result.unseen.append(machine) }
            if let move = machine.missed(at: listing.askedAt, vanishing: vanishing, now: now) {
                result.moves.append(move)
            }
        }
    }
    return result
}

extension Machine {
    func seen(
        as instance: Instance, because refusal: Refusal? = nil, lifetime: (Request.ID) -> Duration?, at now: Timestamp
    ) -> Move? {
        let reason = instance.endReason
        var cause = "seen \(instance.state.rawValue)"
        var next = self
        next.missingSince = nil
        switch (state, instance.state) {
        case (.pending, .running), (.pending, .stopping), (.pending, .stopped):
            next.state = .running
            next.ranAt = now
            next.expiresAt = lifetime(request).map { now + $0 }
            next.learn(from: instance)
        case (.pending, .terminating), (.pending, .terminated), (.running, .terminating), (.running, .terminated):
            next.state = .lost
            next.failure = Failure(.gone, reason, meaning: refusal?.meaning, code: instance.stateCode)
            cause = reason
        case (.terminating, .terminated):
            next.state = .terminated
        case (.pending, .pending), (.pending, .broken), (.running, _), (.terminating, _):
            next.learn(from: instance)
        case (.planned, _), (.launching, _), (.terminated, _), (.failed, _), (.lost, _):
            return nil
        }
        if next == self { return nil }
        return Move(self, cause: cause, at: now) { $0 = next }
    }

    /// Absence of evidence is no evidence: only a machine missing from two complete listings, a good while
    /// apart, is gone.
    ///
    /// Where the cloud forgets what is terminated, one that was listed until it was given back is gone once it is not
    /// listed: its termination was accepted, and should it live all the same the sweep ends it.
    fileprivate func missed(at askedAt: Timestamp, vanishing: Bool, now: Timestamp) -> Move? {
        if vanishing, state == .terminating, ranAt != nil, askedAt > since {
            return Move(self, cause: "no longer listed", at: now) { $0.state = .terminated }
        }
        guard let missingSince else {
            return Move(self, cause: "missing from a complete listing", at: now) { $0.missingSince = askedAt }
        }
        let patience = state == .terminating ? Patience.terminating : Patience.alive
        guard askedAt - missingSince >= patience, askedAt - since >= patience else { return nil }
        return Move(self, cause: "missing from complete listings for \(patience.text)", at: now) {
            if state == .terminating {
                $0.state = .terminated
            } else {
                $0.state = .lost
                $0.failure = Failure(.gone, "the cloud no longer lists it")
            }
        }
    }
}

extension Instance {
    /// As far as the cloud says: `Server.InsufficientInstanceCapacity: …`.
    fileprivate var endReason: String {
        switch (stateCode, stateReason) {
        case (let code?, let reason?): reason.hasPrefix(code) ? reason : "\(code): \(reason)"
        case (let said?, nil), (nil, let said?): said
        case (nil, nil): "the cloud says \(state.rawValue)"
        }
    }
}
