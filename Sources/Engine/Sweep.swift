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
        do { try database.transaction { try ScaffoldRepository($0).forgetPastUses() } } catch {
            log.warning("past uses were not forgotten", metadata: ["reason": "\(error)"])
        }
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
            var findings = try compare(listing, account, suspects, sql)
            try record(findings.reconciliation, at: surroundings.now(), sql)
            if !findings.reconciliation.replacements.isEmpty {
                // What replaces one that was lost may be there already: it is known now what to know it by.
                findings = try compare(listing, account, suspects, sql)
                try record(findings.reconciliation, at: surroundings.now(), sql)
            }
            return findings
        }
        try await end(findings.orphans, at: account)
        try await keepTargets(of: account)
        return findings.suspects
    }

    private func compare(
        _ listing: Listing, _ account: Account, _ suspects: Set<Instance.ID>, _ sql: any SQL
    ) throws -> SweepFindings {
        let living = try MachineRepository(sql).living(at: account.name)
        // Whoever sees first that a member runs says when it is to end.
        let lifetimes = try lifetimes(of: living.filter { $0.group != nil && $0.state == .pending }, sql)
        let ledger = SweepLedger(
            machines: living,
            groups: try ScaffoldRepository(sql).groups(at: account.name).compactMap { try group($0, sql) },
            claimed: try MachineRepository(sql).claimedInstances(),
            openTokens: try IntentLog(sql).openTokens())
        return Provisioning.sweep(
            listing, against: ledger, suspects: suspects, isOurs: owner.isProved,
            lifetime: { lifetimes[$0] ?? nil }, at: surroundings.now())
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
            guard let outcome = try await end(members, of: groups[token], IntentToken(token), at: account, api)
            else { continue }
            log.warning(
                "orphans terminated",
                metadata: [
                    "account": "\(account.name)", "instances": "\(members.map(\.id.text).joined(separator: " "))",
                    "outcome": "\(outcome)",
                ])
        }
    }

    /// Nil: it is not for now.
    private func end(
        _ members: [Instance], of group: Scaffold?, _ token: IntentToken, at account: Account, _ usual: AccountAPI
    ) async throws -> Outcome<Void>? {
        let ids = members.map(\.id)
        if let group, group.state == .ready, let api = account.strategies[group.api] {
            // What is merely terminated, its group would replace.
            return try await change(group, by: api.strategy.shrink(group, by: ids), at: account, api.traits)
        }
        // A call that was on its way for long may have made a group again that was over.
        if group == nil, let launch = try database.read({ try launchOfNobody(token, at: account.name, $0) }),
            let order = launch.order, let api = account.strategies[launch.api],
            let plan = api.strategy.group(for: order)
        {
            let revived = Scaffold(
                id: token.group, kind: plan.kind, account: account.name, api: launch.api, since: launch.openedAt,
                target: 0, upkeep: plan.upkeep)
            if let procedure = try api.strategy.removal(of: revived) {
                let outcome = await account.session.perform(procedure, within: api.traits.callDeadline)
                guard case .done = outcome else { return outcome }
            }
        }
        for call in try usual.strategy.terminations(ids, token: freshToken()) {
            let outcome = await account.session.perform(call, within: usual.traits.callDeadline)
            guard case .done = outcome else { return outcome }
        }
        return .done(())
    }

    /// The launch of a token, if all machines that it was for are over.
    private func launchOfNobody(_ token: IntentToken, at account: AccountName, _ sql: any SQL) throws -> Intent? {
        guard let intent = try IntentLog(sql).intent(token), intent.verb == .launch, intent.account == account else {
            return nil
        }
        let machines =
            try MachineRepository(sql).machines(intent.machines)
            + MachineRepository(sql).machines(ofGroup: token.group, at: account)
        return machines.allSatisfy(\.state.isFinal) ? intent : nil
    }
}
