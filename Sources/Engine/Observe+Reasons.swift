import Cloud
import Provisioning
import Store

// What a cloud granted and did not bring: why, and what follows from it.

extension Pass {
    /// Asks what became of instances that a listing shows broken, or does not show.
    ///
    /// What is broken is taken away in any case; what is merely not seen is believed gone only if the cloud says so.
    func askForReasons(of found: Reconciliation, _ request: Request, at name: AccountName) async throws {
        let asked = found.broken + found.unseen
        guard !asked.isEmpty, let account = agent.accounts[name], let api = account.api(request.template(at: name)?.api)
        else {
            return
        }
        let calls = try api.strategy.reasons(
            for: asked.compactMap { machine in
                machine.instance.map { Granted($0, operation: machine.operation) }
            })
        var faults: [Instance.ID: Fault] = [:]
        for case .done(let part)? in try await sendInTurn(calls, at: account, api.traits) {
            for fault in part { faults[fault.instance] = fault.fault }
        }
        let now = agent.surroundings.now()
        try agent.database.transaction { sql in
            try requireLease(sql)
            for machine in try MachineRepository(sql).machines(found.broken.map(\.id)) where machine.state == .pending {
                let fault = machine.instance.flatMap { faults[$0] }
                try end(machine, fault, account.session, request, at: now, sql)
            }
            for machine in try MachineRepository(sql).machines(found.unseen.map(\.id)) where machine.state == .pending {
                guard let fault = machine.instance.flatMap({ faults[$0] }),
                    let refusal = account.session.refusal(for: fault)
                else { continue }
                try MachineRepository(sql).apply([machine.lost(to: refusal, at: now)], at: now)
                try block(after: [LateRefusal(machine: machine, refusal: refusal)], request, at: now, sql)
            }
        }
    }

    /// What there is of it is taken away, and another takes its place.
    private func end(
        _ machine: Machine, _ fault: Fault?, _ session: Session, _ request: Request, at now: Timestamp, _ sql: any SQL
    ) throws {
        let refusal = fault.flatMap { session.refusal(for: $0) }
        let words = fault.map { [$0.code, $0.message].compactMap(\.self).joined(separator: ": ") }
        let failure = Failure(
            .broken, words ?? "it did not come up, and the cloud does not say why", meaning: refusal?.meaning,
            code: fault?.code)
        try agent.openTermination(
            of: [machine], at: machine.account, group: machine.group, failure: failure, for: request, at: now, sql)
        guard let refusal else { return }
        try block(after: [LateRefusal(machine: machine, refusal: refusal)], request, at: now, sql)
    }

    /// A group that has come to an end brings nothing more: whoever still waits is to be had elsewhere.
    func expectNoMore(of group: Scaffold, _ refusal: Refusal?) throws {
        let now = agent.surroundings.now()
        let none = Refusal(
            .unclassified, code: "NothingCame", message: "\(group.kind) \(group.name ?? "") brought no more")
        let why = refusal ?? none
        try agent.database.transaction { sql in
            try requireLease(sql)
            let waiting = try MachineRepository(sql).machines(ofGroup: group.id, at: group.account)
                .filter { $0.isWaiting && $0.state == .pending && $0.request == request }
            guard !waiting.isEmpty, let request = try RequestRepository(sql).request(request) else { return }
            try MachineRepository(sql).apply(waiting.map { $0.lost(to: why, at: now) }, at: now)
            let choices = try IntentLog(sql).intent(group.token)?.order?.choices ?? []
            try block(after: waiting.flatMap { $0.lateRefusals(why, choices) }, request, at: now, sql)
        }
    }
}

extension Machine {
    /// What had a choice and found no room was refused all of it.
    func lateRefusals(_ why: Refusal, _ choices: [Offering]) -> [LateRefusal] {
        guard offering == nil else { return [LateRefusal(machine: self, refusal: why)] }
        return choices.map { choice in
            var asked = self
            asked.offering = choice
            return LateRefusal(machine: asked, refusal: why)
        }
    }
}

extension Machine {
    fileprivate func lost(to refusal: Refusal, at now: Timestamp) -> Move {
        Move(self, cause: refusal.text, at: now) {
            $0.state = .lost
            $0.failure = Failure(.gone, refusal.text, meaning: refusal.meaning, code: refusal.code)
        }
    }
}
