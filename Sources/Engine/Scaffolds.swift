import Cloud
import Logging
import Provisioning
import Store

// What launches need that is not a machine: made before it is used, shared where equal, gone with its last machine.

extension Pass {
    /// Makes sure that all that a launch needs is there.
    ///
    /// Nil: it is. Otherwise what became of the call that was to make it.
    func prepare(_ intent: Intent, _ order: LaunchOrder, _ account: Account, _ api: AccountAPI) async throws -> Unready?
    {
        for plan in try api.strategy.scaffolds(for: order) {
            let now = agent.surroundings.now()
            let found = try agent.database.transaction { sql in
                try requireLease(sql)
                return try claim(plan, api.name, account.name, for: intent.request, at: now, sql)
            }
            switch found.state {
            case .ready: continue
            case .removing:
                return .waiting
            case .making: break
            }
            let outcome = try await make(plan, at: account, api.traits)
            switch outcome {
            case .refused(let refusal): return .refused(refusal)
            case .unknown(let error): return .unknown(error)
            case .done where plan.id == intent.token.group:
                // It is ready when its launch is done, and not before.
                continue
            case .done(let name):
                // Were it lost, it would be made again, and what is there counts as made.
                try agent.database.transaction(.later) { sql in
                    try requireLease(sql)
                    var made = found
                    made.state = .ready
                    made.name = name
                    made.since = agent.surroundings.now()
                    // Whoever else was making the same may have come first.
                    if try ScaffoldRepository(sql).scaffold(plan.id, at: account.name)?.state == .making {
                        try ScaffoldRepository(sql).update(made, was: .making)
                    }
                }
            }
        }
        return nil
    }

    private func make(_ plan: ScaffoldPlan, at account: Account, _ traits: APITraits) async throws -> Outcome<String> {
        guard let make = plan.make else { return .done(plan.name ?? plan.id.text) }
        return try await carryOut(make, at: account, traits)
    }

    enum Unready {
        case refused(Refusal)
        case unknown(any Error)
        /// Somebody else has a hand on it.
        case waiting
    }

    private func claim(
        _ plan: ScaffoldPlan, _ api: APIName, _ account: AccountName, for request: Request.ID, at now: Timestamp,
        _ sql: any SQL
    ) throws -> Scaffold {
        let repository = ScaffoldRepository(sql)
        if var found = try repository.scaffold(plan.id, at: account) {
            try repository.use(plan.id, at: account, for: request)
            // Whoever began to take it away has not come to an end of it, and now that it is needed nobody else will:
            // it is made again, and what is still there counts as made.
            if found.state == .removing, agent.hasGivenUp(on: found, at: now) {
                found.state = .making
                found.remover = nil
                found.since = now
                try repository.update(found, was: .removing)
            }
            return found
        }
        var scaffold = Scaffold(id: plan.id, kind: plan.kind, account: account, api: api, since: now)
        if plan.make == nil {
            scaffold.state = .ready
            scaffold.name = plan.name
        }
        try repository.insert(scaffold, for: request)
        return scaffold
    }

    /// Nothing came of a launch: its group is no more than a row, unless it is made before anybody is asked to come. Then
    /// it is taken away like all that nobody needs any more.
    func forgetGroup(of intent: Intent, cause: String, at now: Timestamp, _ sql: any SQL) throws {
        guard let group = try ScaffoldRepository(sql).scaffold(intent.token.group, at: intent.account) else { return }
        let strategy = agent.accounts[intent.account]?.strategies[intent.api]?.strategy
        let plans = try intent.order.flatMap { try strategy?.scaffolds(for: $0) } ?? []
        if plans.contains(where: { $0.id == group.id }) { return }
        try ScaffoldRepository(sql).delete(group, cause: cause, at: now)
    }

    /// What a launch was made by is gone, or was never seen: it is to be made anew.
    func forget(_ order: LaunchOrder, _ account: Account, _ api: AccountAPI, _ sql: any SQL) throws {
        for plan in try api.strategy.scaffolds(for: order) {
            guard var found = try ScaffoldRepository(sql).scaffold(plan.id, at: account.name), found.state == .ready
            else { continue }
            found.state = .making
            try ScaffoldRepository(sql).update(found, was: .ready)
        }
    }

    /// Makes the calls of a procedure; each only while the lease outlives it.
    func carryOut<Reply>(
        _ procedure: Procedure<Reply>, at account: Account, _ traits: APITraits
    ) async throws -> Outcome<Reply> {
        try await account.session.perform(procedure, within: traits.callDeadline) {
            try agent.database.transaction { try requireLease(for: traits.callDeadline + .seconds(30), $0) }
        }
    }
}

extension Agent {
    /// How long whoever began to take something away has before another takes it over.
    private static let removalTime: Duration = .seconds(60)

    /// Whether whoever began to take it away will not come to an end of it.
    ///
    /// A call of a dead process may still arrive: what it takes away then is made again by whoever misses it.
    fileprivate func hasGivenUp(on scaffold: Scaffold, at now: Timestamp) -> Bool {
        scaffold.since + Agent.removalTime <= now || scaffold.remover.map(presence.isGone) ?? false
    }

    /// Takes away what was made for machines that are all over.
    ///
    /// What cannot be taken away now is tried again with the next sweep; it keeps nobody waiting.
    func removeIdleScaffolds() async {
        do {
            let now = surroundings.now()
            let idle = try database.read { try ScaffoldRepository($0).idle() }
                .filter { $0.state != .removing || hasGivenUp(on: $0, at: now) }
            guard !idle.isEmpty else { return }
            // What they no longer need, they leave at once: with a group goes what it was made by, and not before it.
            let taken = try database.transaction { sql in
                let still = Set(try ScaffoldRepository(sql).idle())
                return try idle.filter { still.contains($0) }.map { scaffold in
                    var taken = scaffold
                    taken.state = .removing
                    taken.since = now
                    taken.remover = presence.owner
                    try ScaffoldRepository(sql).update(taken, was: scaffold.state)
                    return taken
                }
            }
            for scaffold in taken { try await remove(scaffold) }
        } catch {
            log.warning("scaffolds were not taken away", metadata: ["reason": "\(error)"])
        }
    }

    private func remove(_ scaffold: Scaffold) async throws {
        guard let account = accounts[scaffold.account], let api = account.strategies[scaffold.api] else { return }
        guard let procedure = try api.strategy.removal(of: scaffold) else {
            return try forget(scaffold, cause: "its last machine is over")
        }
        let outcome: Outcome<Void>
        do {
            outcome = try await account.session.perform(procedure, within: api.traits.callDeadline) {
                // However long it waited for its turn: what another has made anew meanwhile is not ours to take away.
                guard try database.read({ try isStillOurs(scaffold, $0) }) else {
                    throw LedgerError.stale("\(scaffold.kind) \(scaffold.id)")
                }
            }
        } catch LedgerError.stale {
            return
        }
        switch outcome {
        case .done: try forget(scaffold, cause: "its last machine is over")
        case .refused(let refusal) where refusal.meaning == .absent || refusal.meaning == .stale:
            try forget(scaffold, cause: refusal.text)
        case .refused(let refusal):
            try keep(scaffold)
            warn(scaffold, refusal.text)
        case .unknown(let error): warn(scaffold, "\(error)")
        }
    }

    private func isStillOurs(_ taken: Scaffold, _ sql: any SQL) throws -> Bool {
        try ScaffoldRepository(sql).scaffold(taken.id, at: taken.account) == taken
    }

    private func forget(_ scaffold: Scaffold, cause: String) throws {
        let now = surroundings.now()
        try database.transaction(.later) { sql in
            guard try isStillOurs(scaffold, sql) else { return }
            try ScaffoldRepository(sql).delete(scaffold, cause: cause, at: now)
        }
    }

    /// It certainly still stands: whoever has come to need it meanwhile need not wait.
    private func keep(_ scaffold: Scaffold) throws {
        try database.transaction { sql in
            guard try isStillOurs(scaffold, sql), try !ScaffoldRepository(sql).idle().contains(scaffold) else { return }
            var kept = scaffold
            kept.state = scaffold.name == nil ? .making : .ready
            kept.remover = nil
            try ScaffoldRepository(sql).update(kept, was: .removing)
        }
    }

    private func warn(_ scaffold: Scaffold, _ why: String) {
        log.warning(
            "scaffold was not taken away",
            metadata: [
                "scaffold": "\(scaffold.id)", "kind": "\(scaffold.kind)", "account": "\(scaffold.account)",
                "reason": "\(why)",
            ])
    }
}
