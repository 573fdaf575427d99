import Logging
import Provisioning
import Store

/// The loop: which requests get a pass, and when.
extension Agent {
    /// How often the ledger is asked what is due; a wake carries no data, so asking is all there is to it.
    static let tick: Duration = .milliseconds(20)

    /// Keeps promises, whoever wrote them, and sweeps, until told to stop; calls under way are let finish.
    package func run(until isStopped: @escaping @Sendable () -> Bool = { false }) async throws {
        async let sweeping: Void = sweepRegularly(until: isStopped)
        try await loop(until: isStopped)
        await sweeping
    }

    /// Keeps promises until one request has settled.
    ///
    /// `watch` hears of it whenever it or its machines change.
    ///
    /// - Throws: `Stuck` where no further waiting can help, such as refused credentials, or a deadline that is
    ///   over while nobody can tell what became of a call; the request stays open.
    package func settle(
        _ id: Request.ID, watch: @escaping @Sendable (RequestReport) -> Void = { _ in }
    ) async throws -> RequestReport {
        let seen = Lock(
            try database.read { sql in
                try Seen(news: History(sql).lastNumber(), report: report(known(id, sql), sql))
            })
        watch(seen.withLock { $0.report })
        let stuck = Lock<Stuck?>(nil)
        try await loop(until: {
            // Looked at often, read in full only when anything has happened at all.
            let news = try database.read { try History($0).lastNumber() }
            if news != seen.withLock({ $0.news }) {
                let report = try request(id)
                let isNews = seen.withLock { seen in
                    defer { (seen.news, seen.report) = (news, report) }
                    return seen.report != report
                }
                if isNews { watch(report) }
            }
            let report = seen.withLock { $0.report }
            if report.request.isSettled { return true }
            let now = surroundings.now()
            guard seen.withLock({ $0.mayAsk(at: now) }) else { return false }
            guard let refusal = try await trouble(with: report) else { return false }
            // Not thrown here: passes under way are let finish first.
            stuck.withLock { $0 = Stuck(report: report, refusal: refusal) }
            return true
        })
        if let stuck = stuck.withLock({ $0 }) { throw stuck }
        let last = seen.withLock { $0.report }
        return last.request.isSettled ? last : try request(id)
    }

    private struct Seen {
        var news: Int64
        var report: RequestReport
        private var askedAt: Timestamp?

        init(news: Int64, report: RequestReport) {
            self.news = news
            self.report = report
        }

        /// Whether to look for trouble again; twice a second is soon enough for a person.
        mutating func mayAsk(at now: Timestamp) -> Bool {
            if let askedAt, now - askedAt < .milliseconds(500) { return false }
            askedAt = now
            return true
        }
    }

    /// One pass on everything that is due now, and no waiting for what comes later.
    package func carryOn() async throws {
        try expireMachines()
        let leases = try takeDue()
        await withTaskGroup(of: Void.self) { group in
            for lease in leases { group.addTask { await pass(lease) } }
        }
    }

    // MARK: - Parts

    /// In a row; at a tick each, with SQLite's own waiting on top.
    private static let ledgerFailuresMax = 100

    private func loop(until isDone: @Sendable () async throws -> Bool) async throws {
        // Whoever waits for a request hears of its end at once.
        let nap = Nap(surroundings)
        // The group lets passes under way finish: a call cut short would only have to be made again.
        let failure = await withDiscardingTaskGroup { group -> (any Error)? in
            var failures = 0
            while !Task.isCancelled {
                do {
                    try expireMachines()
                    for lease in try takeDue() {
                        group.addTask {
                            await pass(lease)
                            nap.end()
                        }
                    }
                    if try await isDone() { return nil }
                    failures = 0
                } catch let error as LedgerError {
                    // A ledger that cannot be used for a moment, such as on a full disk, is no reason to stop
                    // keeping promises; one that cannot be used for longer is.
                    failures += 1
                    log.error("ledger failed", metadata: ["reason": "\(error)", "times": "\(failures)"])
                    if failures == Agent.ledgerFailuresMax { return error }
                } catch {
                    return error
                }
                await nap.take(Agent.tick)
            }
            return nil
        }
        if let failure { throw failure }
    }

    /// Leases everything that is due and that this process has no pass on already.
    private func takeDue() throws -> [Lease] {
        let now = surroundings.now()
        let due = try database.read { try RequestRepository($0).due(at: now) }
        let candidates = due.filter { candidate in !underWay.withLock { $0.contains(candidate.request) } }
        if candidates.isEmpty { return [] }
        // A power cut that takes it back takes us with it.
        let leases = try database.transaction(.later) { sql in
            try candidates.compactMap {
                try Leases(sql).take(
                    $0, for: presence.owner, at: now, lasting: Pass.leaseDuration, isGone: presence.isGone)
            }
        }
        underWay.withLock { $0.formUnion(leases.map(\.request)) }
        return leases
    }

    /// Runs a pass and gives its lease back, whatever happened in it.
    private func pass(_ lease: Lease) async {
        let pass = Pass(agent: self, lease: lease)
        do {
            try await pass.run()
        } catch LedgerError.stale(let what) {
            // Somebody else changed what this pass had read: what it meant to do rests on what is true no longer.
            log.debug("pass dropped", metadata: ["request.id": "\(lease.request)", "reason": "\(what) changed"])
        } catch {
            log.error("pass failed", metadata: ["request.id": "\(lease.request)", "reason": "\(error)"])
            // What fails at once would fail again at once.
            try? await surroundings.sleep(.seconds(1))
        }
        try? pass.release()
        underWay.withLock { _ = $0.remove(lease.request) }
    }

    /// A lifetime that runs out creates a return: there is no second way to die.
    private func expireMachines() throws {
        let now = surroundings.now()
        let expired = try database.read { try MachineRepository($0).expired(at: now) }
        if !expired.isEmpty { _ = try giveBack(expired, cause: "lifetime over") }
    }

    /// What keeps a request from settling, where only a person can help.
    private func trouble(with report: RequestReport) async throws -> Refusal? {
        let machines = report.machines.filter { !$0.state.isFinal }
        if let missing = machines.first(where: { accounts[$0.account] == nil }) {
            return Refusal(
                .invalid, code: "AccountNotConfigured", message: "the settings have no account `\(missing.account)`")
        }
        for failure in machines.compactMap(\.failure) where failure.meaning == .unreachable {
            let tries = machines.map(\.attempt).max() ?? 0
            if tries >= Agent.patience { return Refusal(.unreachable, code: "Unreachable", message: failure.detail) }
        }
        for intent in try database.read({ try IntentLog($0).open(of: report.request.id) }) {
            switch intent.refusal?.meaning {
            case .credentials, .invalid: return intent.refusal
            case .unreachable, .unclassified: if intent.answers >= Agent.patience { return intent.refusal }
            default: break
            }
            // The deadline is over, and still nobody has heard what became of a call.
            if intent.isDoubtful, intent.attempts >= Agent.patience, surroundings.now() > report.request.deadline {
                return intent.refusal
                    ?? Refusal(.unreachable, code: "NoAnswer", message: "\(intent.attempts) calls were not answered")
            }
        }
        for account in Set(machines.filter { $0.state == .pending || $0.state == .terminating }.map(\.account)) {
            if let refusal = await observers[account]?.trouble, refusal.meaning == .credentials { return refusal }
        }
        return nil
    }

    /// How many vain tries in a row are enough to tell the person who waits.
    private static let patience = 4
}

/// A request that stays open because of something only a person can mend; any agent will carry it on.
package struct Stuck: Error, Sendable {
    package let report: RequestReport
    package let refusal: Refusal
}
