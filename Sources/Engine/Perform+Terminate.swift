import Cloud
import Logging
import Provisioning
import Store

/// Terminations: of machines by themselves, and of members together with their group's target.
extension Pass {
    func terminate(_ intent: Intent, _ account: Account, _ api: AccountAPI) async throws {
        let now = agent.surroundings.now()
        guard let id = intent.group else {
            let instances = try instances(of: intent)
            let calls = try api.strategy.terminations(instances, token: intent.token)
            guard let first = calls.first, !instances.isEmpty else {
                return try record(.done(()), ofTermination: intent, of: [])
            }
            try await account.session.takeTurn(for: first) { try self.keepLease() }
            let begun: Intent
            do {
                begun = try begin(intent, api.traits)
            } catch {
                account.session.giveBackTurn(of: first)
                throw error
            }
            let outcomes = try await send(calls, at: account, api.traits) { try self.keepLease() }
            let outcome = merge(outcomes, of: instances)
            return try record(outcome, ofTermination: begun, of: instances)
        }
        // What is sent sets a group's target, so that of two at once the later to arrive would decide.
        let isBusy = try agent.database.read { try IntentLog($0).awaits(id, at: account.name, besides: intent.token) }
        if isBusy { return try wait(intent, until: now + .milliseconds(200)) }
        let begun = try begin(intent, api.traits)
        // A member may have come while the others were waited for.
        let instances = try instances(of: intent)
        let group = try agent.database.read { try ScaffoldRepository($0).scaffold(id, at: account.name) }
        let rest = try api.strategy.terminations(instances, token: intent.token)
        guard let group, group.state == .ready else {
            // It went with all that was in it, but not with what had left it before.
            let outcome = try await carryOut(rest, on: instances, at: account, api.traits)
            return try record(outcome, ofTermination: begun, of: instances)
        }
        let isOver = group.target == 0
        let removal = try api.strategy.removal(of: group)
        // Where there is nothing to be taken away there is no target either: members end side by side.
        let procedure = try isOver || removal == nil ? removal : api.strategy.shrink(group, by: instances)
        var outcome = Outcome<Void>.done(())
        if let procedure { outcome = try await carryOut(procedure, at: account, api.traits) }
        // An earlier attempt may have taken some out, and not have come to ending them.
        let mayLive = begun.attempts > 1 || !api.strategy.endsMembersWithGroup
        if removal == nil || (isOver && mayLive), case .done = outcome {
            outcome = try await carryOut(rest, on: instances, at: account, api.traits)
        }
        try record(outcome, ofTermination: begun, of: instances, gone: isOver ? group : nil)
    }

    /// Once a machine has an instance, it is that one; those whose end has been seen meanwhile need no more.
    private func instances(of intent: Intent) throws -> [Instance.ID] {
        try agent.database.read { try MachineRepository($0).machines(intent.machines) }
            .filter { !$0.state.isFinal }.compactMap(\.instance)
    }

    /// Makes the calls of a termination, none of which is its first.
    private func carryOut(
        _ calls: [Call<Void>], on instances: [Instance.ID], at account: Account, _ traits: APITraits
    ) async throws -> Outcome<Void> {
        guard !instances.isEmpty else { return .done(()) }
        return merge(try await sendInTurn(calls, at: account, traits), of: instances)
    }

    /// - Parameter group: what is gone with them.
    private func record(
        _ outcome: Outcome<Void>, ofTermination intent: Intent, of instances: [Instance.ID], gone group: Scaffold? = nil
    ) throws {
        let now = agent.surroundings.now()
        var answered = intent
        answered.answers += 1
        switch outcome {
        case .done:
            // Were it lost, what is ended would be ended again.
            try agent.database.transaction(.later) { sql in
                try requireLease(sql)
                try IntentLog(sql).close(intent.token, as: .done, at: now)
                if let group { try ScaffoldRepository(sql).delete(group, cause: "given back whole", at: now) }
                try agent.tell(intent, now, became: "done", cause: "\(instances.count) accepted", sql)
            }
        case .unknown(let error):
            try keepOpen(intent, retryAt: retryAt(intent, at: now), "\(error)", at: now)
        case .refused(let refusal)
        where refusal.mayBeAboutOne && instances.count > 1 && !(refusal.meaning == .absent && refusal.subjects.isEmpty):
            // EC2 refuses all for one it does not know, or may not terminate: ask for the others without it.
            try split(answered, around: refusal, at: now)
        case .refused(let refusal) where refusal.meaning == .absent && intent.group != nil:
            try endWithoutGroup(answered, refusal, at: now)
        case .refused(let refusal) where refusal.meaning == .absent:
            try agent.database.transaction { sql in
                try requireLease(sql)
                try IntentLog(sql).close(intent.token, as: .done, at: now)
                try agent.tell(intent, now, became: "done", cause: refusal.text, sql)
            }
        case .refused(let refusal):
            answered.refusal = refusal
            try keepOpen(
                answered, retryAt: retryAt(answered, after: refusal, at: now), refusal.text, at: now)
        }
    }

    /// The group is gone by somebody else's hand: its machines are ended one by one.
    private func endWithoutGroup(_ intent: Intent, _ refusal: Refusal, at now: Timestamp) throws {
        try agent.database.transaction { sql in
            try requireLease(sql)
            guard let id = intent.group, let request = try RequestRepository(sql).request(intent.request) else {
                return
            }
            if let group = try ScaffoldRepository(sql).scaffold(id, at: intent.account) {
                try ScaffoldRepository(sql).delete(group, cause: refusal.text, at: now)
            }
            let machines = try MachineRepository(sql).machines(intent.machines).filter { $0.state == .terminating }
            try IntentLog(sql).close(intent.token, as: .refused, at: now)
            try agent.tell(intent, now, became: "refused", cause: refusal.text, sql)
            guard !machines.isEmpty else { return }
            try agent.openTermination(
                of: machines, at: intent.account, group: nil, failure: nil, for: request, at: now, sql)
        }
    }

    /// Replaces a termination by smaller ones: without the instances the refusal names, or in two halves.
    ///
    /// Not being known is no proof of absence: such a one is only taken off the list, and observation ends it.
    private func split(_ intent: Intent, around refusal: Refusal, at now: Timestamp) throws {
        try agent.database.transaction { sql in
            try requireLease(sql)
            guard let request = try RequestRepository(sql).request(intent.request) else { return }
            let machines = try MachineRepository(sql).machines(intent.machines).filter { $0.state == .terminating }
            let named = Set(refusal.subjects)
            let rest = machines.filter { !named.contains($0.instance?.text ?? "") }
            let others = refusal.meaning == .absent ? [] : machines.filter { !rest.contains($0) }
            let parts =
                rest.isEmpty || rest.count == machines.count
                ? machines.chunked(by: (machines.count + 1) / 2) : [rest, others]
            try IntentLog(sql).close(intent.token, as: .refused, at: now)
            try agent.tell(intent, now, became: "refused", cause: refusal.text, sql)
            for part in parts where !part.isEmpty {
                try agent.openTermination(
                    of: part, at: intent.account, group: intent.group, failure: nil, for: request, at: now, sql)
            }
        }
    }
}

extension Refusal {
    /// Whether a termination of many may have been refused for one of them, or for being of so many.
    fileprivate var mayBeAboutOne: Bool {
        switch meaning {
        case .absent, .invalid, .oversized, .unclassified, .conflict: true
        case .capacity, .unoffered, .quota, .addresses, .throttled, .credentials, .stale, .unreachable: false
        }
    }
}
