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
                try record(listing, of: machines.map(\.id), snapshot.request, at: name)
            case .refused(let refusal):
                warn(name, refusal.text)
            case .unknown(let error):
                warn(name, "\(error)")
            }
        }
    }

    /// The cloud's list first, the ledger second: a machine recorded while we were listing must not look lost.
    private func record(
        _ listing: Listing, of ids: [Machine.ID], _ request: Request, at account: AccountName
    ) throws {
        let now = agent.surroundings.now()
        try agent.database.transaction { sql in
            try requireLease(sql)
            let machines = try MachineRepository(sql).machines(ids)
            var lifetimes: [Request.ID: Duration?] = [:]
            for id in Set(machines.map(\.request)) {
                lifetimes[id] = try RequestRepository(sql).request(id)?.lifetime
            }
            let found = reconcile(machines, with: listing, lifetime: { lifetimes[$0] ?? nil }, at: now)
            try MachineRepository(sql).apply(found.moves, at: now)
            guard !found.insist.isEmpty else { return }
            // One open termination is enough: it is repeated by itself until it is answered.
            let asked = try IntentLog(sql).machinesBeingTerminated(at: account)
            let insisted = machines.filter { found.insist.contains($0.id) && !asked.contains($0.id) }
            if !insisted.isEmpty {
                try agent.openTermination(of: insisted, at: account, failure: nil, for: request, at: now, sql)
            }
        }
    }

    private func warn(_ account: AccountName, _ why: String) {
        agent.log.warning(
            "listing failed", metadata: ["request.id": "\(request)", "account": "\(account)", "reason": "\(why)"])
    }
}

extension Request {
    /// How long its machines may run, if limited.
    var lifetime: Duration? {
        (order?.lifetimeSeconds ?? template?.lifetimeSeconds).map { .seconds($0) }
    }
}
