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
        await removeIdleScaffolds()
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
            try record(findings.reconciliation, at: surroundings.now(), sql)
            return findings
        }
        try await end(findings.orphans, at: account)
        try await keepTargets(of: account)
        return findings.suspects
    }

    private func compare(
        _ listing: Listing, _ account: Account, _ suspects: Set<Instance.ID>, _ sql: any SQL
    ) throws -> SweepFindings {
        let ledger = SweepLedger(
            machines: try MachineRepository(sql).living(at: account.name),
            groups: try ScaffoldRepository(sql).groups(at: account.name).compactMap { try group($0, sql) },
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
        // No intent is needed: what does not come of these calls is seen by the next sweep.
        let groups = Dictionary(
            try database.read { try ScaffoldRepository($0).groups(at: account.name) }.map { ($0.id.text, $0) },
            uniquingKeysWith: { first, _ in first })
        for (token, members) in Dictionary(grouping: orphans, by: { $0.tags[OurTag.token] ?? "" }) {
            let outcome: Outcome<Void>
            if let group = groups[token], group.state == .ready, let api = account.strategies[group.api] {
                // What is merely terminated, its group would replace.
                outcome = await account.session.perform(
                    try api.strategy.shrink(group, by: members.map(\.id)), within: api.traits.callDeadline)
            } else {
                let call = try api.strategy.terminate(members.map(\.id), token: freshToken())
                outcome = await account.session.perform(call, within: api.traits.callDeadline)
            }
            log.warning(
                "orphans terminated",
                metadata: [
                    "account": "\(account.name)", "instances": "\(members.map(\.id.text).joined(separator: " "))",
                    "outcome": "\(outcome)",
                ])
        }
    }

    /// A group that is kept up has the target that the ledger says, whatever became of the call that was to set it.
    private func keepTargets(of account: Account) async throws {
        for group in try database.read({ try ScaffoldRepository($0).groups(at: account.name) })
        where group.state == .ready && group.upkeep == .maintain {
            guard let api = account.strategies[group.api],
                case .done(let report) = await account.session.perform(
                    try api.strategy.report(on: group), within: api.traits.callDeadline),
                let target = report.target, target != group.target
            else { continue }
            // What is being given back at this moment has not been told to the cloud yet.
            let isBusy = try database.read {
                try IntentLog($0).isOpen(on: group.id, at: account.name)
                    || ScaffoldRepository($0).scaffold(group.id, at: account.name) != group
            }
            if isBusy { continue }
            let outcome = await account.session.perform(
                try api.strategy.shrink(group, by: []), within: api.traits.callDeadline)
            log.warning(
                "target of a group set right",
                metadata: [
                    "account": "\(account.name)", "group": "\(group.id)", "was": "\(target)",
                    "outcome": "\(outcome)",
                ])
        }
    }
}
