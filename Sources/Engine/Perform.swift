import Cloud
import Logging
import Provisioning
import Store

/// Calls, and what every one of them has in common.
extension Pass {
    /// Makes the call of an open intent: counts the attempt, sends, records the outcome.
    func perform(_ intent: Intent) async throws {
        guard let account = agent.accounts[intent.account], let api = account.strategies[intent.api] else {
            let now = agent.surroundings.now()
            return try keepOpen(
                intent, retryAt: now + .seconds(60), "account \(intent.account) has no \(intent.api)", at: now)
        }
        switch intent.verb {
        case .launch: try await launch(intent, account, api)
        case .terminate: try await terminate(intent, account, api)
        }
    }

    /// Counts an attempt before it is made, so that one nobody heard of is never forgotten.
    func begin(_ intent: Intent, _ traits: APITraits) throws -> Intent {
        var begun = intent
        begun.attempts += 1
        begun.attemptedAt = agent.surroundings.now()
        begun.retryAt = nil
        try agent.database.transaction { sql in
            // With some time for whatever credentials must be fetched first.
            try requireLease(for: traits.callDeadline + .seconds(30), sql)
            if let group = intent.group, try IntentLog(sql).awaits(group, at: intent.account, besides: intent.token) {
                throw LedgerError.stale("group \(group)")
            }
            try IntentLog(sql).update(begun, attemptsBefore: intent.attempts)
        }
        agent.log.trace(
            "call begun",
            metadata: [
                "intent": "\(intent.token)", "attempt": "\(begun.attempts)", "cloud.api": "\(intent.api)",
                "machines": "\(intent.machines.count)",
            ])
        return begun
    }

    /// When to call again; much later where all that is tried again is too much for the account.
    func retryAt(_ intent: Intent, after refusal: Refusal? = nil, at now: Timestamp) -> Timestamp {
        let backoff = intent.backoff(agent.surroundings, after: refusal)
        return now + (agent.accounts[intent.account]?.session.delayBeforeRetry(after: backoff) ?? backoff)
    }

    func keepOpen(_ intent: Intent, retryAt: Timestamp, _ why: String, at now: Timestamp) throws {
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

    /// Somebody else has a hand on what it is about. That is no news, however often it is looked at.
    func wait(_ intent: Intent, until moment: Timestamp) throws {
        var intent = intent
        intent.retryAt = moment
        try agent.database.transaction { sql in
            try requireLease(sql)
            try IntentLog(sql).update(intent, attemptsBefore: intent.attempts)
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
