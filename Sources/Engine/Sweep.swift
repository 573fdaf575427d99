import Cloud
import Logging
import Provisioning
import Store

/// What sweeps remember of each other: one sighting of an orphan is not enough to end it.
package struct SweepMemory: Sendable {
    fileprivate var suspects: [AccountName: Set<Instance.ID>] = [:]

    package init() {}
}

extension Agent {
    /// How often the clouds and the ledger are compared.
    static let sweepInterval: Duration = .seconds(5 * 60)
    /// Never more than this at once: should it be a mistake of ours after all, somebody has time to see it.
    static let orphansMax = 50

    /// Compares what every account lists with the ledger: records machines that are gone, and terminates
    /// instances that are provably ours and that nothing claims.
    package func sweep(_ memory: inout SweepMemory) async {
        for account in accounts.values.sorted(by: { $0.name < $1.name }) {
            let suspects = memory.suspects[account.name] ?? []
            do {
                memory.suspects[account.name] = try await sweep(account, suspects: suspects)
            } catch {
                log.warning("sweep failed", metadata: ["account": "\(account.name)", "reason": "\(error)"])
            }
        }
    }

    /// Sweeps at once and then every so often, until told to stop.
    func sweepRegularly(until isStopped: @Sendable () -> Bool) async {
        var memory = SweepMemory()
        var next = surroundings.now()
        while !isStopped(), !Task.isCancelled {
            if surroundings.now() >= next {
                await sweep(&memory)
                next = surroundings.now() + Agent.sweepInterval
            }
            do { try await surroundings.sleep(.milliseconds(200)) } catch { return }
        }
    }

    /// Returns the suspects to remember.
    private func sweep(_ account: Account, suspects: Set<Instance.ID>) async throws -> Set<Instance.ID> {
        // An account that nothing was ever launched at is not asked.
        guard try database.read({ try MachineRepository($0).hasMachines(at: account.name) }) else { return [] }
        // The cloud's list first, the ledger second: what is recorded meanwhile must not look like an orphan.
        guard let observer = observers[account.name] else { return suspects }
        let listing: Listing
        switch await observer.listing(of: .ours) {
        case .done(let complete): listing = complete
        case .refused(let refusal): throw refusal
        case .unknown(let error): throw error
        }
        let findings = try database.transaction { sql in
            let findings = try compare(listing, account, suspects, sql)
            try MachineRepository(sql).apply(findings.moves, at: surroundings.now())
            return findings
        }
        try await end(findings.orphans, at: account)
        return findings.suspects
    }

    private func compare(
        _ listing: Listing, _ account: Account, _ suspects: Set<Instance.ID>, _ sql: any SQL
    ) throws -> SweepFindings {
        let ledger = SweepLedger(
            machines: try MachineRepository(sql).living(at: account.name),
            claimed: try MachineRepository(sql).claimedInstances(),
            openTokens: try IntentLog(sql).openTokens())
        return Provisioning.sweep(
            listing, against: ledger, suspects: suspects, isOurs: owner.isProved, lifetime: { _ in nil },
            at: surroundings.now())
    }

    private func end(_ orphans: [Instance], at account: Account) async throws {
        guard !orphans.isEmpty, let api = account.api(nil) else { return }
        if orphans.count > Agent.orphansMax {
            log.error(
                "more orphans than are ended at once",
                metadata: ["account": "\(account.name)", "instances": "\(orphans.count)"])
        }
        let orphans = Array(orphans.prefix(Agent.orphansMax))
        let now = surroundings.now()
        try database.transaction { sql in
            for orphan in orphans {
                try History(sql).append(
                    .init(
                        at: now, request: Request.ID(orphan.tags[OurTag.request] ?? ""), subject: orphan.id.text,
                        was: orphan.state.rawValue, became: "terminating", cause: "ours, and nothing claims it"))
            }
        }
        // No intent is needed: what does not come of this call is seen by the next sweep.
        let call = try api.strategy.terminate(orphans.map(\.id), token: freshToken())
        let outcome = await account.session.perform(call, within: api.traits.callDeadline)
        log.warning(
            "orphans terminated",
            metadata: [
                "account": "\(account.name)", "instances": "\(orphans.map(\.id.text).joined(separator: " "))",
                "outcome": "\(outcome)",
            ])
    }
}
