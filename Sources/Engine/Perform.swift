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
        switch intent.verb {
        case .launch: try await launch(intent, account, api)
        case .terminate: try await terminate(intent, account, api)
        }
    }

    private func launch(_ intent: Intent, _ account: Account, _ api: AccountAPI) async throws {
        guard let order = intent.order else { throw LedgerError.damaged("intent \(intent.token) has no order") }
        if let unready = try await prepare(intent, order, account, api) {
            return try record(unready, of: intent)
        }
        let call = try api.strategy.launch(order, token: intent.token)
        // The turn first, however long the queue: the lease and the attempt are for a call that leaves at once.
        guard try await account.session.takeTurn(for: call, while: { try isWanted(intent) }) else { return }
        let begun: Intent
        do {
            begun = try begin(intent, api.traits).0
        } catch {
            account.session.giveBackTurn(of: call)
            throw error
        }
        let outcome = await account.session.send(call, within: api.traits.callDeadline)
        if case .refused(let refusal) = outcome, refusal.meaning == .stale {
            return try makeAnew(begun, order, account, api, refusal)
        }
        try record(outcome, ofLaunch: begun, account.session)
    }

    private func terminate(_ intent: Intent, _ account: Account, _ api: AccountAPI) async throws {
        let now = agent.surroundings.now()
        guard let id = intent.group else {
            let machines = try agent.database.read { try MachineRepository($0).machines(intent.machines) }
            let call = try api.strategy.terminate(machines.compactMap(\.instance), token: intent.token)
            try await account.session.takeTurn(for: call) {
                try agent.database.transaction { try requireLease(for: .seconds(30), $0) }
                return true
            }
            let (begun, instances): (Intent, [Instance.ID])
            do {
                (begun, instances) = try begin(intent, api.traits)
            } catch {
                account.session.giveBackTurn(of: call)
                throw error
            }
            let outcome = await account.session.send(
                try api.strategy.terminate(instances, token: intent.token), within: api.traits.callDeadline)
            return try record(outcome, ofTermination: begun, of: instances)
        }
        // What is sent sets a group's target, so that of two at once the later to arrive would decide.
        let isBusy = try agent.database.read { try IntentLog($0).awaits(id, at: account.name, besides: intent.token) }
        if isBusy { return try wait(intent, until: now + .milliseconds(200)) }
        let (begun, instances) = try begin(intent, api.traits)
        let group = try agent.database.read { try ScaffoldRepository($0).scaffold(id, at: account.name) }
        let rest = try Procedure(only: api.strategy.terminate(instances, token: intent.token))
        guard let group, group.state == .ready else {
            // It went with all that was in it, but not with what had left it before.
            let outcome = instances.isEmpty ? .done(()) : try await carryOut(rest, at: account, api.traits)
            return try record(outcome, ofTermination: begun, of: instances)
        }
        let isOver = group.target == 0
        let procedure = try isOver ? api.strategy.remove(group) : api.strategy.shrink(group, by: instances)
        var outcome = try await carryOut(procedure, at: account, api.traits)
        // An earlier attempt may have taken some out, and not have come to ending them.
        if isOver, begun.attempts > 1, !instances.isEmpty, case .done = outcome {
            outcome = try await carryOut(rest, at: account, api.traits)
        }
        try record(outcome, ofTermination: begun, of: instances, gone: isOver ? group : nil)
    }

    /// Whether a launch that waits for its turn is still to be made; the lease is kept for as long as it waits.
    private func isWanted(_ intent: Intent) throws -> Bool {
        let now = agent.surroundings.now()
        return try agent.database.transaction { sql in
            try requireLease(for: .seconds(30), sql)
            guard !intent.isDoubtful, let request = try RequestRepository(sql).request(intent.request) else {
                return true
            }
            return request.cancelledAt == nil && request.deadline > now
        }
    }

    /// What was to be there before a launch could not be made.
    private func record(_ unready: Unready, of intent: Intent) throws {
        let now = agent.surroundings.now()
        switch unready {
        case .refused(let refusal) where refusal.meaning != .throttled:
            // The launch itself was perhaps made before, and its answer lost.
            guard !intent.isDoubtful else {
                return try keepOpen(intent, retryAt: retryAt(intent, at: now), refusal.text, at: now)
            }
            try close(intent, with: refusal, at: now)
        case .refused(let refusal):
            try keepOpen(intent, retryAt: retryAt(intent, after: refusal, at: now), refusal.text, at: now)
        case .unknown(let error):
            try keepOpen(intent, retryAt: retryAt(intent, at: now), "\(error)", at: now)
        case .waiting:
            try wait(intent, until: now + .milliseconds(500))
        }
    }

    /// What a launch goes by was not found: it is made again, once.
    private func makeAnew(
        _ intent: Intent, _ order: LaunchOrder, _ account: Account, _ api: AccountAPI, _ refusal: Refusal
    ) throws {
        let now = agent.surroundings.now()
        let isOurs = try !api.strategy.scaffolds(for: order).isEmpty
        guard isOurs, intent.refusal?.meaning != .stale else {
            var final = refusal
            final.meaning = .invalid
            return try record(.refused(final), ofLaunch: intent, account.session)
        }
        var answered = intent
        answered.answers += 1
        answered.refusal = refusal
        try agent.database.transaction { try forget(order, account, api, $0) }
        try keepOpen(answered, retryAt: now, refusal.text, at: now)
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
            if let group = intent.group, try IntentLog(sql).awaits(group, at: intent.account, besides: intent.token) {
                throw LedgerError.stale("group \(group)")
            }
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

    private func record(_ outcome: Outcome<LaunchReceipt>, ofLaunch intent: Intent, _ session: Session) throws {
        let now = agent.surroundings.now()
        switch outcome {
        case .done(let receipt):
            try close(intent, with: receipt, session.refusals(in: receipt.faults), at: now)
        case .unknown(let error):
            try keepOpen(intent, retryAt: retryAt(intent, at: now), "\(error)", at: now)
        case .refused(let refusal):
            // Something may have come of an earlier attempt that nobody heard of. What is decided before a
            // token is looked at (who we are, how fast we go) says nothing about that one.
            let mayHaveActed = intent.attempts - 1 > intent.answers
            var answered = intent
            answered.answers += 1
            answered.refusal = refusal
            switch refusal.meaning {
            case .throttled:
                try keepOpen(answered, retryAt: retryAt(answered, after: refusal, at: now), refusal.text, at: now)
            case .credentials, .unreachable:
                guard mayHaveActed else { return try close(answered, with: refusal, at: now) }
                try keepOpen(answered, retryAt: retryAt(answered, at: now), refusal.text, at: now)
            case .capacity, .unoffered, .quota, .addresses, .invalid, .oversized, .stale, .absent, .unclassified,
                .conflict:
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
        if let order = intent.order, api.strategy.group(for: order) != nil {
            return try await lookUpGroup(intent, account, api)
        }
        let found = await observer.listing(of: .token(intent.token))
        let now = agent.surroundings.now()
        guard case .done(let listing) = found, listing.isComplete else {
            return try keepOpen(
                intent, retryAt: retryAt(intent, at: now), "could not be looked up", at: now)
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
            try close(intent, with: LaunchReceipt(instances: instances), [], at: now)
        }
    }

    private func lookUpGroup(_ intent: Intent, _ account: Account, _ api: AccountAPI) async throws {
        let askedAt = agent.surroundings.now()
        let group = try agent.database.read {
            try ScaffoldRepository($0).scaffold(intent.token.group, at: account.name)
        }
        guard let group else { throw LedgerError.damaged("intent \(intent.token) has no group") }
        let outcome = try await carryOut(try api.strategy.find(group), at: account, api.traits)
        let now = agent.surroundings.now()
        let settledBy = intent.settledBy(api.traits)
        switch outcome {
        case .done(let name?):
            try close(intent, with: LaunchReceipt(instances: [], group: name), [], at: now)
        case .done(nil) where askedAt >= settledBy:
            let nothing = Refusal(.conflict, code: "NothingFound", message: "no \(group.kind) carries \(intent.token)")
            try close(intent, with: intent.refusal ?? nothing, at: now)
        case .done(nil):
            try keepOpen(intent, retryAt: settledBy, "looked up: nothing so far", at: now)
        case .refused, .unknown:
            try keepOpen(
                intent, retryAt: retryAt(intent, at: now), "could not be looked up", at: now)
        }
    }

    private func close(
        _ intent: Intent, with receipt: LaunchReceipt, _ refusals: [OfferingRefusal], at now: Timestamp
    ) throws {
        let instances = receipt.instances
        try agent.database.transaction { sql in
            try requireLease(sql)
            let machines = try launching(intent, sql)
            try IntentLog(sql).close(intent.token, as: .done, at: now)
            if let name = receipt.group {
                try ready(intent, name, at: now, sql)
                let closing = Provisioning.close(machines, of: intent, asMembersOf: intent.token.group, at: now)
                try MachineRepository(sql).apply(closing.moves, at: now)
                return try agent.tell(intent, now, became: "done", cause: "\(name) is to bring \(machines.count)", sql)
            }
            let closing = Provisioning.close(
                machines, of: intent, with: instances, refusals: refusals, counting: families(of: intent), at: now)
            try record(closing, at: now, sql)
            let why = refusals.map { "\($0.offering.map { "\($0): " } ?? "")\($0.refusal.text)" }.eachOnce
            let cause = (["\(instances.count) of \(machines.count) came"] + why.prefix(8)).joined(separator: "; ")
            try agent.tell(intent, now, became: "done", cause: cause, sql)
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
            let closing = Provisioning.close(
                try launching(intent, sql), of: intent, with: refusal, counting: families(of: intent), at: now)
            try IntentLog(sql).close(intent.token, as: .refused, at: now)
            try record(closing, at: now, sql)
            if let group = try ScaffoldRepository(sql).scaffold(intent.token.group, at: intent.account) {
                try ScaffoldRepository(sql).delete(group, cause: refusal.text, at: now)
            }
            try agent.tell(intent, now, became: "refused", cause: refusal.text, sql)
        }
        agent.log.warning(
            "launch refused",
            metadata: [
                "request.id": "\(request)", "refusal.meaning": "\(refusal.meaning.rawValue)",
                "refusal.code": "\(refusal.code)", "offering": "\(intent.order?.offering.description ?? "")",
            ])
    }

    private func record(_ closing: Closing, at now: Timestamp, _ sql: any SQL) throws {
        try MachineRepository(sql).apply(closing.moves, at: now)
        try MachineRepository(sql).drop(closing.spare, cause: "heavier machines make up for it", at: now)
        for block in closing.blocks { try BlockRepository(sql).put(block) }
    }

    private func ready(_ intent: Intent, _ name: String, at now: Timestamp, _ sql: any SQL) throws {
        guard var group = try ScaffoldRepository(sql).scaffold(intent.token.group, at: intent.account) else {
            throw LedgerError.damaged("intent \(intent.token) has no group")
        }
        group.state = .ready
        group.name = name
        group.since = now
        try ScaffoldRepository(sql).update(group, was: .making)
    }

    private func launching(_ intent: Intent, _ sql: any SQL) throws -> [Machine] {
        try MachineRepository(sql).machines(intent.machines).filter { $0.state == .launching }
    }

    /// What the cloud that an intent is for counts against one allowance.
    private func families(of intent: Intent) -> QuotaFamilies {
        agent.accounts[intent.account]?.strategies[intent.api]?.traits.quotaFamilies ?? QuotaFamilies()
    }

    /// When to call again; much later where all that is tried again is too much for the account.
    private func retryAt(_ intent: Intent, after refusal: Refusal? = nil, at now: Timestamp) -> Timestamp {
        let backoff = intent.backoff(agent.surroundings, after: refusal)
        return now + (agent.accounts[intent.account]?.session.delayBeforeRetry(after: backoff) ?? backoff)
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

    /// Somebody else has a hand on what it is about. That is no news, however often it is looked at.
    private func wait(_ intent: Intent, until moment: Timestamp) throws {
        var intent = intent
        intent.retryAt = moment
        try agent.database.transaction { sql in
            try requireLease(sql)
            try IntentLog(sql).update(intent, attemptsBefore: intent.attempts)
        }
    }

    // MARK: - A termination

    /// - Parameter group: what is gone with them.
    private func record(
        _ outcome: Outcome<Void>, ofTermination intent: Intent, of instances: [Instance.ID], gone group: Scaffold? = nil
    ) throws {
        let now = agent.surroundings.now()
        var answered = intent
        answered.answers += 1
        switch outcome {
        case .done:
            try agent.database.transaction { sql in
                try requireLease(sql)
                try IntentLog(sql).close(intent.token, as: .done, at: now)
                if let group { try ScaffoldRepository(sql).delete(group, cause: "given back whole", at: now) }
                try agent.tell(intent, now, became: "done", cause: "\(instances.count) accepted", sql)
            }
        case .unknown(let error):
            try keepOpen(intent, retryAt: retryAt(intent, at: now), "\(error)", at: now)
        case .refused(let refusal)
        where refusal.mayBeAboutOne && instances.count > 1 && !(refusal.meaning == .absent && refusal.subjects.isEmpty):
            // EC2 refuses all for one it does not know, or may not terminate: ask for the others without it.
            try split(answered, around: refusal, at: now)
        case .refused(let refusal) where refusal.meaning == .absent && intent.group != nil:
            try endWithoutGroup(answered, refusal, at: now)
        case .refused(let refusal) where refusal.meaning == .absent:
            try agent.database.transaction { sql in
                try requireLease(sql)
                try IntentLog(sql).close(intent.token, as: .done, at: now)
                try agent.tell(intent, now, became: "done", cause: refusal.text, sql)
            }
        case .refused(let refusal):
            answered.refusal = refusal
            try keepOpen(
                answered, retryAt: retryAt(answered, after: refusal, at: now), refusal.text, at: now)
        }
    }

    /// The group is gone by somebody else's hand: its machines are ended one by one.
    private func endWithoutGroup(_ intent: Intent, _ refusal: Refusal, at now: Timestamp) throws {
        try agent.database.transaction { sql in
            try requireLease(sql)
            guard let id = intent.group, let request = try RequestRepository(sql).request(intent.request) else {
                return
            }
            if let group = try ScaffoldRepository(sql).scaffold(id, at: intent.account) {
                try ScaffoldRepository(sql).delete(group, cause: refusal.text, at: now)
            }
            let machines = try MachineRepository(sql).machines(intent.machines).filter { $0.state == .terminating }
            try IntentLog(sql).close(intent.token, as: .refused, at: now)
            try agent.tell(intent, now, became: "refused", cause: refusal.text, sql)
            guard !machines.isEmpty else { return }
            try agent.openTermination(
                of: machines, at: intent.account, group: nil, failure: nil, for: request, at: now, sql)
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
                try agent.openTermination(
                    of: part, at: intent.account, group: intent.group, failure: nil, for: request, at: now, sql)
            }
        }
    }
}

extension Refusal {
    /// Whether a termination of many may have been refused for one of them, or for being of so many.
    fileprivate var mayBeAboutOne: Bool {
        switch meaning {
        case .absent, .invalid, .oversized, .unclassified, .conflict: true
        case .capacity, .unoffered, .quota, .addresses, .throttled, .credentials, .stale, .unreachable: false
        }
    }
}

extension Session {
    /// What single offerings were refused for; what leaves doubt says nothing about them.
    func refusals(in faults: [OfferingFault]) -> [OfferingRefusal] {
        faults.compactMap { fault in refusal(for: fault.fault).map { OfferingRefusal(fault.offering, $0) } }
    }

    /// What the end of an instance comes to; nil: the cloud gives no reason for it, or one that says nothing.
    func refusal(of instance: Instance) -> Refusal? {
        guard let code = instance.stateCode else { return nil }
        let words = instance.stateReason ?? ""
        let message = words.hasPrefix("\(code): ") ? String(words.dropFirst(code.count + 2)) : words
        return refusal(for: Fault(status: 200, code: code, message: message))
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
