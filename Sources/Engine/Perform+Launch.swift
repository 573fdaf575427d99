import Cloud
import Logging
import Provisioning
import Store

/// Launches: what must be there first, the call, and what came of it.
extension Pass {
    func launch(_ intent: Intent, _ account: Account, _ api: AccountAPI) async throws {
        guard let order = intent.order else { throw LedgerError.damaged("intent \(intent.token) has no order") }
        if let unready = try await prepare(intent, order, account, api) {
            if case .refused(let refusal) = unready, refusal.meaning == .stale {
                return try prepareAnew(intent, order, account, api, refusal)
            }
            return try record(unready, of: intent)
        }
        // What has a name of its own is asked for again only if it is not there.
        let found = try await brought(by: intent, api)
        let calls = try api.strategy.launches(order, token: intent.token, besides: Set(found.map(\.id)))
        guard let first = calls.first else {
            return try close(intent, with: LaunchReceipt(instances: found), [], at: agent.surroundings.now())
        }
        // The turn first, however long the queue: the lease and the attempt are for a call that leaves at once.
        guard try await account.session.takeTurn(for: first, while: { try isWanted(intent) }) else { return }
        let begun: Intent
        do {
            begun = try begin(intent, api.traits)
        } catch {
            account.session.giveBackTurn(of: first)
            throw error
        }
        let outcomes = try await send(calls, at: account, api.traits) { try self.isWanted(intent) }
        let outcome = merge(
            outcomes, with: found, as: order.offering, isDoubtful: intent.isDoubtful, account.session)
        if case .refused(let refusal) = outcome, refusal.meaning == .stale {
            return try makeAnew(begun, order, account, api, refusal)
        }
        try record(outcome, ofLaunch: begun)
    }

    /// What an earlier attempt has brought, as far as it can be seen.
    private func brought(by intent: Intent, _ api: AccountAPI) async throws -> [Instance] {
        guard intent.attempts > 0, api.traits.namesMachines, let order = intent.order,
            // A group is asked for all of them or for none.
            api.strategy.group(for: order) == nil, let observer = agent.observers[intent.account],
            case .done(let listing) = await observer.listing(of: .token(intent.token))
        else { return [] }
        return listing.instances.filter { $0.tags[OurTag.token] == intent.token.text }
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
            return try record(.refused(final), ofLaunch: intent)
        }
        var answered = intent
        answered.answers += 1
        answered.refusal = refusal
        try agent.database.transaction { try forget(order, account, api, $0) }
        try keepOpen(answered, retryAt: now, refusal.text, at: now)
    }

    /// What a part of the preparations goes by was not found: that is made again, once. The launch was not called.
    private func prepareAnew(
        _ intent: Intent, _ order: LaunchOrder, _ account: Account, _ api: AccountAPI, _ refusal: Refusal
    ) throws {
        var final = refusal
        final.meaning = .invalid
        guard intent.refusal?.meaning != .stale else { return try record(.refused(final), of: intent) }
        let now = agent.surroundings.now()
        var answered = intent
        answered.refusal = refusal
        try agent.database.transaction { try forget(order, account, api, $0) }
        try keepOpen(answered, retryAt: now, refusal.text, at: now)
    }

    private func record(_ outcome: LaunchOutcome, ofLaunch intent: Intent) throws {
        let now = agent.surroundings.now()
        switch outcome {
        case .done(let receipt, let refusals):
            try close(intent, with: receipt, refusals, at: now)
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

    func close(
        _ intent: Intent, with receipt: LaunchReceipt, _ refusals: [OfferingRefusal], at now: Timestamp
    ) throws {
        let instances = receipt.instances
        // Were it lost, the same call would bring the same.
        try agent.database.transaction(.later) { sql in
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
            if refusals.contains(where: { $0.refusal.meaning == .stale }) { try forgetScaffolds(of: intent, sql) }
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

    func close(_ intent: Intent, with refusal: Refusal, at now: Timestamp) throws {
        try agent.database.transaction { sql in
            try requireLease(sql)
            let closing = Provisioning.close(
                try launching(intent, sql), of: intent, with: refusal, counting: families(of: intent), at: now)
            try IntentLog(sql).close(intent.token, as: .refused, at: now)
            try record(closing, at: now, sql)
            try forgetGroup(of: intent, cause: refusal.text, at: now, sql)
            try agent.tell(intent, now, became: "refused", cause: refusal.text, sql)
        }
        agent.log.warning(
            "launch refused",
            metadata: [
                "request.id": "\(request)", "refusal.meaning": "\(refusal.meaning.rawValue)",
                "refusal.code": "\(refusal.code)", "offering": "\(intent.order?.offering.description ?? "")",
            ])
    }

    /// What was refused inside an answer cannot be asked for again by the same token: the next launch makes it anew.
    private func forgetScaffolds(of intent: Intent, _ sql: any SQL) throws {
        guard let order = intent.order, let account = agent.accounts[intent.account],
            let api = account.strategies[intent.api]
        else { return }
        try forget(order, account, api, sql)
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
