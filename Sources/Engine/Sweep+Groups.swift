import Cloud
import Logging
import Provisioning
import Store

/// What a sweep does about groups: it makes the cloud's targets the ledger's again.
extension Agent {
    /// Makes calls on a group that no intent speaks of; none once the ledger says something else of it.
    func change(
        _ group: Scaffold, by procedure: Procedure<Void>, at account: Account, _ traits: APITraits
    ) async throws -> Outcome<Void>? {
        do {
            return try await account.session.perform(procedure, within: traits.callDeadline) {
                // What is being given back at this moment sets a target of its own.
                guard try database.read({ try isAtRest(group, $0) }) else {
                    throw LedgerError.stale("group \(group.id)")
                }
            }
        } catch LedgerError.stale {
            return nil
        }
    }

    private func isAtRest(_ group: Scaffold, _ sql: any SQL) throws -> Bool {
        try !IntentLog(sql).isOpen(on: group.id, at: group.account)
            && ScaffoldRepository(sql).scaffold(group.id, at: group.account) == group
    }

    /// A group that is kept up has the target that the ledger says, whatever became of the call that was to set it.
    func keepTargets(of account: Account) async throws {
        for group in try database.read({ try ScaffoldRepository($0).groups(at: account.name) })
        where group.state == .ready && group.upkeep == .maintain {
            guard let api = account.strategies[group.api],
                case .done(let report) = await account.session.perform(
                    try api.strategy.report(on: group), within: api.traits.callDeadline)
            else { continue }
            guard let target = report.target else {
                try expectNothing(of: group)
                continue
            }
            if target == group.target { continue }
            guard
                let outcome = try await change(
                    group, by: api.strategy.shrink(group, by: []), at: account, api.traits)
            else { continue }
            log.warning(
                "target of a group set right",
                metadata: [
                    "account": "\(account.name)", "group": "\(group.id)", "was": "\(target)",
                    "outcome": "\(outcome)",
                ])
        }
    }

    /// The cloud has no such group any more: what it was to bring in place of what was lost is promised no longer.
    ///
    /// Its row stays while a member lives: should the group be there after all, it is to have those and no more.
    private func expectNothing(of gone: Scaffold) throws {
        let now = surroundings.now()
        guard gone.since + sweepGrace <= now else { return }
        try database.transaction { sql in
            guard try isAtRest(gone, sql), let group = try group(gone, sql), let first = group.machines.first,
                // What an open request waits for ends with its deadline, and says why.
                try RequestRepository(sql).request(first.request)?.isSettled ?? false
            else { return }
            let waiting = group.machines.filter { $0.isWaiting && $0.state == .pending }
            let left = group.machines.filter { $0.instance != nil && ($0.state == .pending || $0.state == .running) }
            var lowered = gone
            lowered.target = left.reduce(0) { $0 + $1.weight }
            guard lowered != gone || !waiting.isEmpty else { return }
            try ScaffoldRepository(sql).update(lowered, was: .ready)
            try MachineRepository(sql).drop(waiting, cause: "the cloud has no \(gone.kind) of theirs any more", at: now)
        }
    }
}
