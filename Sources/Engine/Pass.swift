import Cloud
import Logging
import Provisioning
import Store

/// One round of plan and perform on one leased request, until there is nothing to do but wait.
final class Pass: Sendable {
    let agent: Agent
    let request: Request.ID
    private let lease: Lock<Lease>

    /// Long enough for any call with its deadline; whoever is killed loses it at once all the same.
    static let leaseDuration: Duration = .seconds(90)

    init(agent: Agent, lease: Lease) {
        self.agent = agent
        self.request = lease.request
        self.lease = Lock(lease)
    }

    /// Plans and performs until nothing is left to do now, then says when to come back.
    ///
    /// Nothing that was made for its machines outlives the last of them.
    func run() async throws {
        var observedAt: Timestamp?
        var wakeAt: Timestamp?
        var version = 0
        while !Task.isCancelled {
            let now = agent.surroundings.now()
            guard let snapshot = try snapshot(at: now, observedAt: observedAt) else {
                return await agent.removeIdleScaffolds()
            }
            let plan = plan(snapshot, at: now)
            version = snapshot.request.version
            wakeAt = plan.wakeAt
            if plan.steps.isEmpty { break }
            agent.log.debug("planned", metadata: ["request.id": "\(request)", "plan.steps": "\(plan.steps.count)"])
            try record(plan, snapshot, at: now)
            if plan.steps.contains(.observe) { observedAt = now }
            try await perform(plan, snapshot)
        }
        // A request that waits for nothing known is looked at again all the same.
        let wake = wakeAt ?? agent.surroundings.now() + .seconds(5)
        try agent.database.transaction(.later) { sql in
            try RequestRepository(sql).sleep(request, until: wake, ifVersion: version)
            try release(sql)
        }
    }

    /// What the ledger says; nil if the request has settled.
    private func snapshot(at now: Timestamp, observedAt: Timestamp?) throws -> Snapshot? {
        try agent.database.read { sql in
            guard let request = try RequestRepository(sql).request(request), !request.isSettled else { return nil }
            let machines = try agent.machines(of: request, sql)
            let intents = try IntentLog(sql).open(of: request.id)
            let names = Set(machines.map(\.account)).union(intents.map(\.account)).union(
                request.accounts)
            var traits: [AccountName: APITraits] = [:]
            var blocks: [Block] = []
            for name in names.sorted() {
                guard let account = agent.accounts[name],
                    let api = account.api(request.template(at: name)?.api) ?? account.api(nil)
                else {
                    agent.log.error("account is not configured", metadata: ["account": "\(name)"])
                    continue
                }
                traits[name] = api.traits
                if request.template != nil { blocks += try BlockRepository(sql).blocks(at: name, now: now) }
            }
            return Snapshot(
                request: request, machines: machines, intents: intents, blocks: blocks, traits: traits,
                observedAt: observedAt)
        }
    }

    // MARK: - What is written

    /// Everything in a plan that is decided, in one transaction; calls come after it, from their open intents.
    private func record(_ plan: Plan, _ snapshot: Snapshot, at now: Timestamp) throws {
        let isWriting = plan.steps.contains {
            switch $0 {
            case .perform, .lookUp, .observe: false
            default: true
            }
        }
        guard isWriting else { return }
        try agent.database.transaction(plan.durability) { sql in
            try requireLease(sql)
            for step in plan.steps { try record(step, snapshot, at: now, sql) }
            // What has settled gets no other pass.
            if plan.isLast { try release(sql) }
        }
    }

    private func record(_ step: Plan.Step, _ snapshot: Snapshot, at now: Timestamp, _ sql: any SQL) throws {
        let request = snapshot.request
        func machines(_ ids: [Machine.ID]) -> [Machine] {
            let wanted = Set(ids)
            return snapshot.machines.filter { wanted.contains($0.id) }
        }
        switch step {
        case .perform, .lookUp, .observe: break
        case .abandon(let token):
            guard let intent = snapshot.intents.first(where: { $0.token == token }) else { return }
            try IntentLog(sql).close(token, as: .refused, at: now)
            try MachineRepository(sql).apply(abandon(machines(intent.machines), at: now).moves, at: now)
            try forgetGroup(of: intent, cause: "never asked for", at: now, sql)
            try agent.tell(intent, now, became: "abandoned", cause: "the request is over", sql)
        case .fail(let ids, let failure):
            let moves = machines(ids).map { machine in
                Move(machine, cause: failure.detail, at: now) {
                    $0.state = .failed
                    $0.failure = failure.after($0.failure)
                }
            }
            try MachineRepository(sql).apply(moves, at: now)
        case .move(let ids, let account, let refusal):
            let moves = machines(ids).map { machine in
                let cause = "to be asked of \(account), for \(machine.account) has none: \(refusal.text)"
                return Move(machine, cause: cause, at: now) {
                    $0.account = account
                    $0.offering = nil
                    $0.failure = nil
                    $0.attempt = 0
                }
            }
            try MachineRepository(sql).move(moves, at: now)
        case .replace(let count, let account, let offering):
            let first = try MachineRepository(sql).lastNumber(of: request) + 1
            let replacements = (first..<(first + count)).map { number in
                var machine = Machine(
                    id: request.machineID(number: number), request: request.id, account: account, at: now)
                machine.offering = offering
                return machine
            }
            try MachineRepository(sql).insert(replacements, cause: "in place of one that was lost before it ran")
        case .launch(let ids, let offerings):
            try agent.openLaunch(of: machines(ids), as: offerings, for: request, at: now, sql)
        case .terminate(let ids, let account, let group, let failure):
            try agent.openTermination(
                of: machines(ids), at: account, group: group, failure: failure, for: request, at: now, sql)
        case .settle(let state):
            var settled = request
            settled.state = state
            settled.settledAt = now
            settled.wakeAt = nil
            try RequestRepository(sql).update(settled, was: request.state, at: now, cause: "settled")
            agent.log.info("request settled", metadata: ["request.id": "\(request.id)", "state": "\(state.rawValue)"])
        }
    }

    // MARK: - What is sent

    /// Calls of one request go out side by side; each records its own outcome.
    private func perform(_ plan: Plan, _ snapshot: Snapshot) async throws {
        let failure = Lock<(any Error)?>(nil)
        @Sendable func attempt(_ body: () async throws -> Void) async {
            do { try await body() } catch { failure.withLock { $0 = $0 ?? error } }
        }
        await withTaskGroup(of: Void.self) { group in
            for step in plan.steps {
                switch step {
                case .perform(let token):
                    guard let intent = snapshot.intents.first(where: { $0.token == token }) else { continue }
                    group.addTask { await attempt { try await self.perform(intent) } }
                case .lookUp(let token):
                    guard let intent = snapshot.intents.first(where: { $0.token == token }) else { continue }
                    group.addTask { await attempt { try await self.lookUp(intent) } }
                case .observe:
                    group.addTask { await attempt { try await self.observe(snapshot) } }
                case .abandon, .fail, .move, .replace, .launch, .terminate, .settle: break
                }
            }
        }
        // Only now: one that found its facts changed must not cut the others' calls short.
        if let error = failure.withLock({ $0 }) { throw error }
    }

    // MARK: - The lease

    /// - Throws: `LedgerError.stale` if somebody else has the request now.
    func requireLease(_ sql: any SQL) throws {
        guard try Leases(sql).holds(lease.withLock { $0 }) else { throw LedgerError.stale("the lease of \(request)") }
    }

    /// Makes sure that the lease outlives a call begun now.
    func requireLease(for deadline: Duration, _ sql: any SQL) throws {
        let now = agent.surroundings.now()
        try lease.withLock { lease in
            if lease.until > now + deadline {
                guard try Leases(sql).holds(lease) else { throw LedgerError.stale("the lease of \(request)") }
                return
            }
            guard try Leases(sql).renew(&lease, at: now, lasting: Pass.leaseDuration + deadline) else {
                throw LedgerError.stale("the lease of \(request)")
            }
        }
    }

    /// The same, without asking the ledger while there is time enough.
    func renewLease(for deadline: Duration) throws {
        let now = agent.surroundings.now()
        if lease.withLock({ $0.until > now + deadline }) { return }
        try agent.database.transaction { try requireLease(for: deadline, $0) }
    }

    /// Gives the lease back; nothing is written where that was done before.
    func release() throws { try agent.database.transaction(.later) { try release($0) } }

    private func release(_ sql: any SQL) throws { try Leases(sql).release(lease.withLock { $0 }) }
}

extension Plan {
    /// An intent may wait for the disk: its attempt is counted there before its call leaves, and takes it along.
    fileprivate var durability: Durability {
        let isOfCallsOnly = steps.allSatisfy { step in
            switch step {
            case .launch, .terminate, .perform, .lookUp, .observe: true
            case .abandon, .fail, .move, .replace, .settle: false
            }
        }
        return isOfCallsOnly ? .later : .atOnce
    }

    fileprivate var isLast: Bool {
        steps.contains { if case .settle = $0 { true } else { false } }
    }
}
