import Cloud
import Logging
import Provisioning
import Store

extension Pass {
    /// Asks the clouds what became of the machines under way, and records what they say.
    func observe(_ snapshot: Snapshot) async throws {
        let underWay = snapshot.machines.filter { $0.state == .pending || $0.state == .terminating }
        for (name, machines) in Dictionary(grouping: underWay, by: \.account).sorted(by: { $0.key < $1.key }) {
            guard let observer = agent.observers[name] else { continue }
            let requests = Set(machines.map(\.request))
            switch await observer.listing(of: .requests(requests.sorted())) {
            case .done(let listing):
                let found = try record(listing, of: machines, snapshot.request, at: name)
                try await askForReasons(of: found, snapshot.request, at: name)
                try await askWhy(machines, snapshot.request, at: name)
            case .refused(let refusal):
                warn(name, refusal.text)
            case .unknown(let error):
                warn(name, "\(error)")
            }
        }
    }

    /// The cloud's list first, the ledger second: a machine recorded while we were listing must not look lost.
    private func record(
        _ listing: Listing, of underWay: [Machine], _ request: Request, at account: AccountName
    ) throws -> Reconciliation {
        let now = agent.surroundings.now()
        // Were it lost, whoever looks again would see it.
        return try agent.database.transaction(.later) { sql in
            try requireLease(sql)
            let machines = try MachineRepository(sql).machines(underWay.map(\.id))
            let groups = try agent.groups(Set(underWay.compactMap(\.group)), at: account, sql)
            let lifetimes = try agent.lifetimes(of: machines + groups.flatMap(\.machines), sql)
            let vanishing = agent.accounts[account]?.api(nil)?.traits.vanishes ?? false
            var found = reconcile(
                machines, with: listing, vanishing: vanishing, lifetime: { lifetimes[$0] ?? nil },
                refusal: { agent.accounts[account]?.session.refusal(of: $0) }, at: now)
            found.add(groups, with: listing, lifetime: { lifetimes[$0] ?? nil }, at: now)
            try agent.record(found, at: now, sql)
            try block(after: found.late, request, at: now, sql)
            guard !found.insist.isEmpty else { return found }
            // One open termination is enough: it is repeated by itself until it is answered.
            let asked = try IntentLog(sql).machinesBeingTerminated(at: account)
            let insisted = found.insist.filter { !asked.contains($0) }
            for (group, ids) in Dictionary(grouping: insisted, by: { id in underWay.first { $0.id == id }?.group }) {
                try agent.openTermination(
                    of: try MachineRepository(sql).machines(ids), at: account, group: group, failure: nil,
                    for: request, at: now, sql)
            }
            return found
        }
    }

    /// What died as it came up had no room, or no allowance, just as if it had been told so at once.
    func block(after late: [LateRefusal], _ request: Request, at now: Timestamp, _ sql: any SQL) throws {
        for late in late {
            guard let template = request.template(at: late.machine.account),
                let account = agent.accounts[late.machine.account]
            else { continue }
            let families = account.api(template.api)?.traits.quotaFamilies ?? QuotaFamilies()
            guard let block = late.block(of: template, counting: families, at: now) else { continue }
            try BlockRepository(sql).put(block)
        }
    }

    /// What a group should have brought by now and has not, it is asked about.
    private func askWhy(_ underWay: [Machine], _ request: Request, at name: AccountName) async throws {
        let now = agent.surroundings.now()
        let late = underWay.filter { $0.isWaiting && $0.state == .pending && $0.since + Pass.groupPatience < now }
        for id in Set(late.compactMap(\.group)).sorted() {
            let group = try agent.database.read { try ScaffoldRepository($0).scaffold(id, at: name) }
            guard let group, group.state == .ready, let account = agent.accounts[name],
                let api = account.strategies[group.api]
            else { continue }
            guard
                case .done(let report) = try await carryOut(
                    try api.strategy.report(on: group), at: account, api.traits)
            else { continue }
            if report.isFinal {
                // What it brought last may have come after the listing that lacks it.
                guard case .done(let listing)? = await agent.observers[name]?.listing(of: .token(group.token)) else {
                    continue
                }
                _ = try record(listing, of: underWay.filter { $0.group == id }, request, at: name)
            }
            try record(report, of: group, account.session)
            try giveUpMembers(of: group, as: report, account.session, api.traits)
        }
    }

    /// How long a group may take to bring its members before anybody asks why.
    private static let groupPatience: Duration = .seconds(5)

    private func record(_ report: GroupReport, of group: Scaffold, _ session: Session) throws {
        let refusals = session.refusals(in: report.faults)
        // What a listing may not show yet is not missed yet, unless there is nothing to show.
        let visibility = agent.accounts[group.account]?.strategies[group.api]?.traits.visibility ?? .zero
        if report.isFinal, report.target == 0 || group.since + visibility <= agent.surroundings.now() {
            return try expectNoMore(of: group, refusals.first?.refusal)
        }
        let gone = Refusal(
            .absent, code: "GroupGone", message: "the cloud has no \(group.kind) \(group.name ?? "") any more")
        guard let refusal = report.target == nil ? gone : refusals.first?.refusal else { return }
        let failure = Failure(refusal)
        let now = agent.surroundings.now()
        try agent.database.transaction { sql in
            try requireLease(sql)
            let waiting = try MachineRepository(sql).machines(ofGroup: group.id, at: group.account).filter {
                $0.state == .pending && $0.instance == nil && $0.request == request && $0.failure != failure
            }
            // The same no in other words is no news.
            if waiting.contains(where: { $0.failure?.code != failure.code }) {
                try History(sql).append(
                    .init(
                        at: now, request: request, subject: group.id.text, was: nil, became: "waiting",
                        cause: refusal.text))
            }
            try MachineRepository(sql).apply(
                waiting.map { Move($0, cause: refusal.text, at: now) { $0.failure = failure } }, at: now)
        }
    }

    private func warn(_ account: AccountName, _ why: String) {
        agent.log.warning(
            "listing failed", metadata: ["request.id": "\(request)", "account": "\(account)", "reason": "\(why)"])
    }
}

extension Agent {
    /// The groups of these names, each with every machine it was ever to bring.
    func groups(_ ids: Set<Scaffold.ID>, at account: AccountName, _ sql: any SQL) throws -> [Group] {
        try ids.sorted().compactMap { id in
            guard let scaffold = try ScaffoldRepository(sql).scaffold(id, at: account) else { return nil }
            return try group(scaffold, sql)
        }
    }

    func group(_ scaffold: Scaffold, _ sql: any SQL) throws -> Group? {
        let machines = try MachineRepository(sql).machines(ofGroup: scaffold.id, at: scaffold.account)
        guard let first = machines.first, let template = try RequestRepository(sql).request(first.request)?.template
        else { return nil }
        var group = Group(scaffold: scaffold, machines: machines, template: template)
        if accounts[scaffold.account]?.strategies[scaffold.api]?.traits.namesMachines ?? false {
            group.names = try IntentLog(sql).intent(scaffold.token)?.instanceNames ?? [:]
        }
        return group
    }

    /// How long the machines of each request may run, if limited.
    func lifetimes(of machines: [Machine], _ sql: any SQL) throws -> [Request.ID: Duration?] {
        var lifetimes: [Request.ID: Duration?] = [:]
        for id in Set(machines.map(\.request)) { lifetimes[id] = try RequestRepository(sql).request(id)?.lifetime }
        return lifetimes
    }

    /// What a listing brought to light.
    func record(_ found: Reconciliation, at now: Timestamp, _ sql: any SQL) throws {
        let repository = MachineRepository(sql)
        try repository.apply(found.moves, at: now)
        try repository.drop(found.spare, cause: "heavier machines make up for it", at: now)
        for lowered in found.lowered {
            guard var group = try ScaffoldRepository(sql).scaffold(lowered.group, at: lowered.account),
                group.state == .ready
            else { continue }
            group.target = lowered.target
            try ScaffoldRepository(sql).update(group, was: .ready)
        }
        for replacement in found.replacements {
            guard let like = try repository.machines(ofGroup: replacement.group, at: replacement.account).first,
                let request = try RequestRepository(sql).request(like.request)
            else { continue }
            let first = try repository.lastNumber(of: request) + 1
            let promised = (first..<(first + replacement.count)).map { number in
                var machine = Machine(
                    id: request.machineID(number: number), request: request.id, account: like.account, at: now)
                machine.state = .pending
                machine.group = replacement.group
                return machine
            }
            try repository.insert(promised, cause: "its group replaces one that was lost")
        }
    }
}

extension Request {
    /// How long its machines may run, if limited.
    var lifetime: Duration? {
        (order?.lifetimeSeconds ?? template?.lifetimeSeconds).map { .seconds($0) }
    }
}
