/// A group, and every machine it was ever to bring, as the ledger has them.
package struct Group: Sendable {
    package var scaffold: Scaffold
    package var machines: [Machine]
    /// Whose weights count.
    package var template: Template
    /// What their instances are called, where we name them; such a group brings nobody under a new name.
    package var names: [Machine.ID: String]

    package init(
        scaffold: Scaffold, machines: [Machine], template: Template, names: [Machine.ID: String] = [:]
    ) {
        self.scaffold = scaffold
        self.machines = machines
        self.template = template
        self.names = names
    }
}

extension Reconciliation {
    /// Compares groups with a listing that was asked for all of their members, after what it says of single machines.
    ///
    /// New members go to the machines that wait for one, by their names where they have any. A machine that waits while
    /// heavier ones already make up the target is spare; what a maintained group replaces is promised before it is seen,
    /// and what one lost that brings no other is wanted no longer.
    package mutating func add(
        _ groups: [Group], with listing: Listing, lifetime: (Request.ID) -> Duration?, at now: Timestamp
    ) {
        let seen = Dictionary(moves.enumerated().map { ($1.after.id, $0) }, uniquingKeysWith: { first, _ in first })
        let newcomers = Dictionary(grouping: listing.instances) { $0.tags[OurTag.token] ?? "" }
        for group in groups where group.scaffold.state == .ready {
            var members = group.machines.map { machine in seen[machine.id].map { moves[$0].after } ?? machine }
            let claimed = Set(members.compactMap(\.instance))
            let unclaimed = (newcomers[group.scaffold.id.text] ?? [])
                .filter { !claimed.contains($0.id) && ($0.state == .pending || $0.state == .running) }
                .sorted { $0.id < $1.id }
            // What is wanted first: a machine that is given back gets only what nobody else waits for.
            let waiting = members.indices.filter { members[$0].isWaiting }.sorted {
                (members[$0].state == .terminating ? 1 : 0, members[$0].id)
                    < (members[$1].state == .terminating ? 1 : 0, members[$1].id)
            }
            for (index, instance) in group.pairs(waiting.map { ($0, members[$0].id) }, with: unclaimed) {
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
        guard group.scaffold.upkeep == .maintain, waiting.count < room else { return }
        if group.names.isEmpty {
            replacements.append(
                Replacement(group: group.scaffold.id, account: group.scaffold.account, count: room - waiting.count))
        } else {
            lowered.append(
                Lowered(
                    group: group.scaffold.id, account: group.scaffold.account, target: target - room + waiting.count))
        }
    }
}

extension Group {
    /// Which machine gets which instance: the one that bears its name, so that it does not matter when we look.
    ///
    /// What bears the name of nobody who waits goes to whoever is left.
    fileprivate func pairs(
        _ waiting: [(index: Int, machine: Machine.ID)], with instances: [Instance]
    ) -> [(Int, Instance)] {
        let wanted = Set(waiting.compactMap { names[$0.machine] })
        let named = Dictionary(
            instances.compactMap { instance in instance.name.map { ($0, instance) } },
            uniquingKeysWith: { first, _ in first }
        ).filter { wanted.contains($0.key) }
        let taken = Set(named.values.map(\.id))
        var others = instances.filter { !taken.contains($0.id) }[...]
        return waiting.compactMap { index, machine in
            let own = names[machine].flatMap { named[$0] }
            return (own ?? others.popFirst()).map { (index, $0) }
        }
    }
}

extension Machine {
    /// Whether it is for its group to bring an instance for it.
    package var isWaiting: Bool {
        group != nil && instance == nil && (state == .pending || state == .terminating)
    }
}
