import Cloud
import Logging
import Provisioning
import Store

/// Calls, and what came of them.
extension Pass {
    /// Makes the call of an open intent: counts the attempt, sends, records the outcome.
    func perform(_ intent: Intent) async throws {
        guard let account = agent.accounts[intent.account], let api = account.strategies[intent.api] else {
            let now = agent.surroundings.now()
            return try keepOpen(
                intent, retryAt: now + .seconds(60), "account \(intent.account) has no \(intent.api)", at: now)
        }
        // The turn first, however long the queue: the lease and the attempt are for a call that leaves at once.
        try await account.session.takeTurn(for: .changes)
        let (begun, instances) = try begin(intent, api.traits)
        switch intent.verb {
        case .launch:
            guard let order = intent.order else { throw LedgerError.damaged("intent \(intent.token) has no order") }
            let call = try api.strategy.launch(order, token: intent.token)
            let outcome = await account.session.send(call, within: api.traits.callDeadline)
            try record(outcome, ofLaunch: begun, api.traits)
        case .terminate:
            let call = try api.strategy.terminate(instances, token: intent.token)
            let outcome = await account.session.send(call, within: api.traits.callDeadline)
            try record(outcome, ofTermination: begun, of: instances)
        }
    }

    /// Counts an attempt before it is made, so that one nobody heard of is never forgotten.
    private func begin(_ intent: Intent, _ traits: APITraits) throws -> (Intent, [Instance.ID]) {
        var begun = intent
        begun.attempts += 1
        begun.attemptedAt = agent.surroundings.now()
        begun.retryAt = nil
        let instances = try agent.database.transaction { sql in
            // With some time for whatever credentials must be fetched first.
            try requireLease(for: traits.callDeadline + .seconds(30), sql)
            try IntentLog(sql).update(begun, attemptsBefore: intent.attempts)
            guard intent.verb == .terminate else { return [Instance.ID]() }
            return try MachineRepository(sql).machines(intent.machines).compactMap(\.instance)
        }
        agent.log.trace(
            "call begun",
            metadata: [
                "intent": "\(intent.token)", "attempt": "\(begun.attempts)", "cloud.api": "\(intent.api)",
                "machines": "\(intent.machines.count)",
            ])
        return (begun, instances)
    }

    // MARK: - A launch

    private func record(_ outcome: Outcome<LaunchReceipt>, ofLaunch intent: Intent, _ traits: APITraits) throws {
        let now = agent.surroundings.now()
        switch outcome {
        case .done(let receipt):
            try close(intent, with: receipt.instances, at: now)
        case .unknown(let error):
            try keepOpen(intent, retryAt: now + intent.backoff(agent.surroundings), "\(error)", at: now)
        case .refused(let refusal):
            // Something may have come of an earlier attempt that nobody heard of. What is decided before a
            // token is looked at (who we are, how fast we go) says nothing about that one.
            let mayHaveActed = intent.attempts - 1 > intent.answers
            var answered = intent
            answered.answers += 1
            answered.refusal = refusal
            switch refusal.meaning {
            case .throttled:
                try keepOpen(
                    answered, retryAt: now + answered.backoff(agent.surroundings, after: refusal), refusal.text, at: now
                )
            case .credentials, .unreachable:
                guard mayHaveActed else { return try close(answered, with: refusal, at: now) }
                try keepOpen(answered, retryAt: now + answered.backoff(agent.surroundings), refusal.text, at: now)
            case .capacity, .unoffered, .quota, .addresses, .invalid, .absent, .unclassified, .conflict:
                guard mayHaveActed || refusal.meaning == .conflict else {
                    return try close(answered, with: refusal, at: now)
                }
                try keepOpen(answered, retryAt: now, refusal.text, at: now)
            }
        }
    }

    /// Finds out by its token what became of a launch that calling again cannot settle.
    ///
    /// Fewer instances than asked for are believed only once nothing sent earlier can still arrive.
    func lookUp(_ intent: Intent) async throws {
        guard let account = agent.accounts[intent.account], let api = account.strategies[intent.api],
            let observer = agent.observers[intent.account]
        else { return }
        let found = await observer.listing(of: .token(intent.token))
        let now = agent.surroundings.now()
        guard case .done(let listing) = found, listing.isComplete else {
            return try keepOpen(
                intent, retryAt: now + intent.backoff(agent.surroundings), "could not be looked up", at: now)
        }
        let instances = listing.instances.filter { $0.tags[OurTag.token] == intent.token.text }
        let settledBy = intent.settledBy(api.traits)
        if instances.count < intent.machines.count, listing.askedAt < settledBy {
            try keepOpen(intent, retryAt: settledBy, "looked up: \(instances.count) so far", at: now)
        } else if instances.isEmpty {
            let nothing = Refusal(
                .conflict, code: "NothingFound", message: "no instance carries the token \(intent.token)")
            try close(intent, with: intent.refusal ?? nothing, at: now)
        } else {
            try close(intent, with: instances, at: now)
        }
    }

    private func close(_ intent: Intent, with instances: [Instance], at now: Timestamp) throws {
        try agent.database.transaction { sql in
            try requireLease(sql)
            let machines = try launching(intent, sql)
            try IntentLog(sql).close(intent.token, as: .done, at: now)
            try MachineRepository(sql).apply(Provisioning.close(machines, with: instances, at: now).moves, at: now)
            try agent.tell(intent, now, became: "done", cause: "\(instances.count) of \(machines.count) came", sql)
        }
        agent.log.info(
            "machines launched",
            metadata: [
                "request.id": "\(request)", "cloud.api": "\(intent.api)", "machines": "\(instances.count)",
                "asked": "\(intent.machines.count)",
            ])
    }

    private func close(_ intent: Intent, with refusal: Refusal, at now: Timestamp) throws {
        try agent.database.transaction { sql in
            try requireLease(sql)
            let closing = Provisioning.close(try launching(intent, sql), of: intent, with: refusal, at: now)
            try IntentLog(sql).close(intent.token, as: .refused, at: now)
            try MachineRepository(sql).apply(closing.moves, at: now)
            if let block = closing.block { try BlockRepository(sql).put(block) }
            try agent.tell(intent, now, became: "refused", cause: refusal.text, sql)
        }
        agent.log.warning(
            "launch refused",
            metadata: [
                "request.id": "\(request)", "refusal.meaning": "\(refusal.meaning.rawValue)",
                "refusal.code": "\(refusal.code)", "offering": "\(intent.order?.offering.description ?? "")",
            ])
    }

    private func launching(_ intent: Intent, _ sql: any SQL) throws -> [Machine] {
        try MachineRepository(sql).machines(intent.machines).filter { $0.state == .launching }
    }

    private func keepOpen(_ intent: Intent, retryAt: Timestamp, _ why: String, at now: Timestamp) throws {
        var intent = intent
        intent.retryAt = retryAt
        try agent.database.transaction { sql in
            try requireLease(sql)
            try IntentLog(sql).update(intent, attemptsBefore: intent.attempts)
            try agent.tell(intent, now, became: "open", cause: why, sql)
        }
        agent.log.warning(
            "intent stays open",
            metadata: [
                "request.id": "\(request)", "intent": "\(intent.token)", "attempts": "\(intent.attempts)",
                "reason": "\(why)",
            ])
    }

    // MARK: - A termination

    private func record(_ outcome: Outcome<Void>, ofTermination intent: Intent, of instances: [Instance.ID]) throws {
        let now = agent.surroundings.now()
        var answered = intent
        answered.answers += 1
        switch outcome {
        case .done:
            try agent.database.transaction { sql in
                try requireLease(sql)
                try IntentLog(sql).close(intent.token, as: .done, at: now)
                try agent.tell(intent, now, became: "done", cause: "\(instances.count) accepted", sql)
            }
        case .unknown(let error):
            try keepOpen(intent, retryAt: now + intent.backoff(agent.surroundings), "\(error)", at: now)
        case .refused(let refusal) where refusal.mayBeAboutOne && instances.count > 1:
            // EC2 refuses all for one it does not know, or may not terminate: ask for the others without it.
            try split(answered, around: refusal, at: now)
        case .refused(let refusal) where refusal.meaning == .absent:
            try agent.database.transaction { sql in
                try requireLease(sql)
                try IntentLog(sql).close(intent.token, as: .done, at: now)
                try agent.tell(intent, now, became: "done", cause: refusal.text, sql)
            }
        case .refused(let refusal):
            answered.refusal = refusal
            try keepOpen(
                answered, retryAt: now + answered.backoff(agent.surroundings, after: refusal), refusal.text, at: now)
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
                try agent.openTermination(of: part, at: intent.account, failure: nil, for: request, at: now, sql)
            }
        }
    }
}

extension Refusal {
    /// Whether a termination of many may have been refused for one of them.
    fileprivate var mayBeAboutOne: Bool {
        switch meaning {
        case .absent, .invalid, .unclassified, .conflict: true
        case .capacity, .unoffered, .quota, .addresses, .throttled, .credentials, .unreachable: false
        }
    }
}

extension Intent {
    /// 0.5 s, 1 s, 2 s … up to a minute, each within a quarter of itself by chance so that many do not come
    /// back at once; never sooner than the cloud asked for.
    fileprivate func backoff(_ surroundings: Surroundings, after refusal: Refusal? = nil) -> Duration {
        let base = Int64(500) << Int64(min(max(attempts - 1, 0), 7))
        let jitter = Int64(surroundings.random() % UInt64(base / 2 + 1)) - base / 4
        let wait = Duration.milliseconds(min(base, 60_000) + jitter)
        return max(wait, .seconds(refusal?.holdsSeconds ?? 0))
    }
}
