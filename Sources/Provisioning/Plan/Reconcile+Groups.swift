/// A group, and every machine it was ever to bring, as the ledger has them.
package struct Group: Sendable {
    package var scaffold: Scaffold
    package var machines: [Machine]
    /// Whose weights count.
    package var template: Template

    package init(scaffold: Scaffold, machines: [Machine], template: Template) {
        self.scaffold = scaffold
        self.machines = machines
        self.template = template
    }
}

extension Reconciliation {
    /// Compares groups with a listing that was asked for all of their members, after what it says of single machines.
    ///
    /// New members go to the machines that wait for one. A machine that waits while heavier ones already make up the
    /// target is spare; what a maintained group replaces is promised before it is seen.
    package mutating func add(
        _ groups: [Group], with listing: Listing, lifetime: (Request.ID) -> Duration?, at now: Timestamp
    ) {
        let seen = Dictionary(moves.enumerated().map { ($1.after.id, $0) }, uniquingKeysWith: { first, _ in first })
        let newcomers = Dictionary(grouping: listing.instances) { $0.tags[OurTag.token] ?? "" }
        for group in groups where group.scaffold.state == .ready {
            var members = group.machines.map { machine in seen[machine.id].map { moves[$0].after } ?? machine }
            let claimed = Set(members.compactMap(\.instance))
            var unclaimed = (newcomers[group.scaffold.id.text] ?? [])
                .filter { !claimed.contains($0.id) && ($0.state == .pending || $0.state == .running) }
                .sorted { $0.id < $1.id }[...]
            // What is wanted first: a machine that is given back gets only what nobody else waits for.
            let waiting = members.indices.filter { members[$0].isWaiting }.sorted {
                (members[$0].state == .terminating ? 1 : 0, members[$0].id)
                    < (members[$1].state == .terminating ? 1 : 0, members[$1].id)
            }
            for index in waiting {
                guard let instance = unclaimed.popFirst() else { break }
                let machine = members[index]
                var bound = machine
                bound.bind(to: instance, weighing: group.template.weight(of: instance.type, in: instance.market))
                // What fills up once may take back what it has brought, and says so itself.
                if group.scaffold.upkeep == .fill { bound.operation = bound.operation ?? group.scaffold.name }
                if let move = bound.seen(as: instance, lifetime: lifetime, at: now) { bound = move.after }
                if bound.state == .terminating { insist.append(machine.id) }
                members[index] = bound
                let cause = "\(instance.id) came from \(group.scaffold.kind)"
                record(Move(machine, cause: cause, at: now) { $0 = bound }, seen[machine.id])
            }
            balance(group, members)
        }
    }

    private mutating func record(_ move: Move, _ earlier: Int?) {
        guard let earlier else { return moves.append(move) }
        moves[earlier].after = move.after
        moves[earlier].cause = move.cause
    }

    /// The machines of a group add up to its target: no more of them wait than it has room for, and no fewer than a
    /// maintained one will bring.
    private mutating func balance(_ group: Group, _ members: [Machine]) {
        guard let target = group.scaffold.target else { return }
        let alive = members.filter { $0.instance != nil && ($0.state == .pending || $0.state == .running) }
        let room = max(0, target - alive.reduce(0) { $0 + $1.weight })
        let waiting = members.filter { $0.isWaiting && $0.state == .pending }.sorted { $0.id < $1.id }
        let spare = waiting.dropFirst(room)
        let moved = Set(spare.map(\.id))
        moves.removeAll { moved.contains($0.after.id) }
        self.spare += group.machines.filter { moved.contains($0.id) }
        if group.scaffold.upkeep == .maintain, waiting.count < room {
            replacements.append(
                Replacement(group: group.scaffold.id, account: group.scaffold.account, count: room - waiting.count))
        }
    }
}

extension Machine {
    /// Whether it is for its group to bring an instance for it.
    package var isWaiting: Bool {
        group != nil && instance == nil && (state == .pending || state == .terminating)
    }
}
