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
    /// - Throws: `Stuck` where no further waiting can help, such as refused credentials; the request stays open.
    package func settle(
        _ id: Request.ID, watch: @escaping @Sendable (RequestReport) -> Void = { _ in }
    ) async throws -> RequestReport {
        let last = Lock<(news: Int64, report: RequestReport?)>((-1, nil))
        let stuck = Lock<Stuck?>(nil)
        try await loop(until: {
            // Looked at often, read in full only when anything has happened at all.
            let news = try database.read { try History($0).lastNumber() }
            guard news != last.withLock({ $0.news }) else { return false }
            let report = try request(id)
            let isNews = last.withLock { last in
                defer { last = (news, report) }
                return last.report != report
            }
            if isNews { watch(report) }
            if report.request.isSettled { return true }
            guard let refusal = try await trouble(with: report) else { return false }
            // Not thrown here: passes under way are let finish first.
            stuck.withLock { $0 = Stuck(report: report, refusal: refusal) }
            return true
        })
        if let stuck = stuck.withLock({ $0 }) { throw stuck }
        return try request(id)
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
        try await withThrowingTaskGroup(of: Void.self) { group in
            var failures = 0
            while !Task.isCancelled {
                do {
                    try expireMachines()
                    for lease in try takeDue() { group.addTask { await pass(lease) } }
                    if try await isDone() { break }
                    failures = 0
                } catch let error as LedgerError {
                    // A ledger that cannot be used for a moment, such as on a full disk, is no reason to stop
                    // keeping promises; one that cannot be used for longer is.
                    failures += 1
                    log.error("ledger failed", metadata: ["reason": "\(error)", "times": "\(failures)"])
                    if failures == Agent.ledgerFailuresMax { throw error }
                }
                do { try await surroundings.sleep(Agent.tick) } catch is CancellationError { break }
            }
            // A pass under way is let finish: a call cut short would only have to be made again.
            try await group.waitForAll()
        }
    }

    private func takeDue() throws -> [Lease] {
        let now = surroundings.now()
        let candidates = try database.read { try RequestRepository($0).due(at: now) }
        if candidates.isEmpty { return [] }
        return try database.transaction { sql in
            try candidates.compactMap {
                try Leases(sql).take(
                    $0, for: presence.owner, at: now, lasting: Pass.leaseDuration, isGone: presence.isGone)
            }
        }
    }

    /// Runs a pass and gives its lease back, whatever happened in it.
    private func pass(_ lease: Lease) async {
        let pass = Pass(agent: self, lease: lease)
        do {
            try await pass.run()
        } catch let error as LedgerError {
            // Somebody else changed what this pass had read: what it meant to do rests on what is true no longer.
            log.debug("pass dropped", metadata: ["request.id": "\(lease.request)", "reason": "\(error)"])
        } catch {
            log.error("pass failed", metadata: ["request.id": "\(lease.request)", "reason": "\(error)"])
        }
        try? pass.release()
    }

    /// A lifetime that runs out creates a return: there is no second way to die.
    private func expireMachines() throws {
        let now = surroundings.now()
        let expired = try database.read { try MachineRepository($0).expired(at: now) }
        if !expired.isEmpty { _ = try giveBack(expired, cause: "lifetime over") }
    }

    /// What keeps a request from settling, where only a person can help.
    private func trouble(with report: RequestReport) async throws -> Refusal? {
        let intents = try database.read { try IntentLog($0).open(of: report.request.id) }
        for intent in intents {
            guard let refusal = intent.refusal else { continue }
            switch refusal.meaning {
            case .credentials, .invalid: return refusal
            case .unreachable, .unclassified: if intent.answers >= 4 { return refusal }
            default: continue
            }
        }
        for account in Set(report.machines.filter { $0.state == .pending || $0.state == .terminating }.map(\.account)) {
            if let refusal = await observers[account]?.trouble, refusal.meaning == .credentials { return refusal }
        }
        return nil
    }
}

/// A request that stays open because of something only a person can mend; any agent will carry it on.
package struct Stuck: Error, Sendable {
    package let report: RequestReport
    package let refusal: Refusal
}
