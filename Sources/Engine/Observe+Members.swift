import Cloud
import Provisioning
import Store

// Members with names that their group does not bring: they are taken out of it, and others are had elsewhere.

extension Pass {
    /// Gives up those that a group has no room for, or does not know of.
    ///
    /// A group that may choose among offerings finds room by itself if there is any, and is given time for that. Nobody
    /// takes the place of one that is still in it, for that one may yet come.
    func giveUpMembers(
        of group: Scaffold, as report: GroupReport, _ session: Session, _ traits: APITraits
    ) throws {
        guard let members = report.members else { return }
        let known = Dictionary(members.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let now = agent.surroundings.now()
        let isLate = group.since + traits.visibility <= now
        try agent.database.transaction { sql in
            try requireLease(sql)
            guard let order = try IntentLog(sql).intent(group.token)?.order,
                let request = try RequestRepository(sql).request(request),
                let found = try agent.group(group, sql)
            else { return }
            let choices = order.choices
            // The words tell one zone from another; what they come to is the same.
            var given: [String: (why: Refusal, members: [Machine])] = [:]
            for machine in found.machines where machine.isWaiting && machine.state == .pending {
                guard machine.request == request.id, let name = found.names[machine.id],
                    let why = known[name]?.refusal(session, isLate || choices.count == 1)
                        ?? (known[name] == nil && isLate ? .notMade(name, by: group) : nil)
                else { continue }
                var member = machine
                member.instance = known[name]?.instance
                given[why.code, default: (why, [])].members.append(member)
                try block(after: machine.lateRefusals(why, choices), request, at: now, sql)
            }
            for (_, part) in given.sorted(by: { $0.key < $1.key }) {
                try takeOut(part.members, of: group, part.why, request, at: now, sql)
            }
        }
    }

    /// They are called what they will be called should they come after all, so that they can be told from the others.
    private func takeOut(
        _ members: [Machine], of group: Scaffold, _ why: Refusal, _ request: Request, at now: Timestamp,
        _ sql: any SQL
    ) throws {
        let before = Dictionary(
            try MachineRepository(sql).machines(members.map(\.id)).map { ($0.id, $0) },
            uniquingKeysWith: { first, _ in first })
        let named = members.compactMap { member in
            before[member.id].map { Move($0, cause: why.text, at: now) { $0.instance = member.instance } }
        }
        try MachineRepository(sql).apply(named, at: now)
        let failure = Failure(.broken, why.text, meaning: why.meaning, code: why.code)
        try agent.openTermination(
            of: try MachineRepository(sql).machines(members.map(\.id)), at: group.account, group: group.id,
            failure: failure, for: request, at: now, sql)
    }
}

extension GroupMember {
    /// Nil: it may still come.
    ///
    /// - Parameter isHopeless: whether whoever had no room for it will not look elsewhere.
    fileprivate func refusal(_ session: Session, _ isHopeless: Bool) -> Refusal? {
        guard isHopeless, let refusal = fault.flatMap({ session.refusal(for: $0) }), refusal.meaning.isAboutOffering
        else { return nil }
        return refusal
    }
}

extension Refusal {
    fileprivate static func notMade(_ name: String, by group: Scaffold) -> Refusal {
        Refusal(.unclassified, code: "NoMember", message: "\(group.kind) \(group.name ?? "") knows of no \(name)")
    }
}
