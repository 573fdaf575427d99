import Cloud
import Provisioning

/// Fleets that go on asking for machines, as groups: both APIs say the same in their own words.
protocol FleetGroups: EC2Instances {
    static var words: FleetWords { get }
}

extension FleetGroups {
    /// The target first, then the members.
    ///
    /// A fleet that fills up once cannot be changed. Where it is still to bring more than is wanted now it is told to
    /// bring nothing more, even if then something else is missing: too few is put right, too many is paid for.
    package func shrink(_ group: Scaffold, by members: [Instance.ID]) throws -> Procedure<Void> {
        let target = group.target ?? 0
        let endMembers: Procedure<Void>.Step = members.isEmpty ? .done(()) : .then(Self.end(members))
        return describe(group) { state in
            guard let state, !state.isOver else { return endMembers }
            if group.upkeep == .maintain {
                if state.total == target { return endMembers }
                guard state.isMixed, !members.isEmpty else {
                    return .then(Self.modify(state.name, state.target(of: target, without: []), then: endMembers))
                }
                return .then(
                    Self.instances(members) { leaving in
                        .then(Self.modify(state.name, state.target(of: target, without: leaving), then: endMembers))
                    })
            }
            let isComplete = state.fulfilled >= state.total
            if isComplete || state.total - members.count <= target { return endMembers }
            return .then(Self.end(fleet: state.name, andMembers: false, of: group, then: endMembers))
        }
    }

    /// With all its members.
    package func remove(_ scaffold: Scaffold) throws -> Procedure<Void> {
        if scaffold.kind == EC2LaunchTemplate.kind { return EC2LaunchTemplate.remove(scaffold) }
        if let name = scaffold.name { return Self.end(fleet: name, andMembers: true, of: scaffold, then: .done(())) }
        // Whether it was ever made is not known.
        return search(scaffold) { name in
            guard let name else { return .done(()) }
            return .then(Self.end(fleet: name, andMembers: true, of: scaffold, then: .done(())))
        }
    }

    package func find(_ group: Scaffold) throws -> Procedure<String?> { search(group) { .done($0) } }

    package func report(on group: Scaffold) throws -> Procedure<GroupReport> {
        // It is known here a little later than it was made there, by another clock, and what was refused at once is told
        // once. Nothing of a fleet is older than the fleet.
        describe(group) { state in
            guard let state, !state.isOver else { return .done(GroupReport(target: nil)) }
            return .then(Self.faults(of: state, since: group.since + .seconds(-3_600)))
        }
    }

    // MARK: - Looking

    /// Nil: there is none.
    private func describe<Reply>(
        _ group: Scaffold, then next: @escaping @Sendable (FleetState?) throws -> Procedure<Reply>.Step
    ) -> Procedure<Reply> {
        guard let name = group.name else {
            return search(group) { name in try name.map { .then(Self.describe($0, then: next)) } ?? next(nil) }
        }
        return Self.describe(name, then: next)
    }

    private static func describe<Reply>(
        _ name: String, then next: @escaping @Sendable (FleetState?) throws -> Procedure<Reply>.Step
    ) -> Procedure<Reply> {
        var query = EC2Query(words.describe)
        query.list(words.id, [name])
        var call: Call<Procedure<Reply>.Step> = query.call(.reads) { response in
            let item = try EC2Reply.items(words.set, of: response).first { $0.text(words.answeredID) == name }
            return try next(try item.map { try FleetState($0, words) })
        }
        call.consent = { $0.code == words.absent ? try? next(nil) : nil }
        return Procedure(call)
    }

    /// The fleet that carries a group's token and may still launch something, by its name.
    private func search<Reply>(
        _ group: Scaffold, after cursor: String? = nil,
        then next: @escaping @Sendable (String?) throws -> Procedure<Reply>.Step
    ) -> Procedure<Reply> {
        let words = Self.words
        var query = EC2Query(words.describe)
        if let states = words.activeStates { query.filter("fleet-state", states) }
        query.set("MaxResults", 100)
        query.set("NextToken", cursor)
        return Procedure(
            query.call(.reads) { response in
                let (items, more) = try EC2Reply.page(words.set, of: response)
                let found = try items.map { try FleetState($0, words) }
                    .first { !$0.isOver && $0.token == group.token.text }
                if found == nil, let more { return .then(search(group, after: more, then: next)) }
                return try next(found?.name)
            })
    }

    /// What there is to know of some instances; those that are not there are left out.
    private static func instances(
        _ ids: [Instance.ID], found: [Instance] = [], after cursor: String? = nil,
        then next: @escaping @Sendable ([Instance]) -> Procedure<Void>.Step
    ) -> Procedure<Void> {
        var query = EC2Query("DescribeInstances")
        // A filter leaves out what a list of ids would be refused for.
        query.filter("instance-id", ids.map(\.text).sorted())
        query.set("MaxResults", 1000)
        query.set("NextToken", cursor)
        return Procedure(
            query.call(.reads) { response in
                let page = try EC2Reply.page(response)
                // What is on its way out already counts no longer.
                let found = found + page.instances.filter { $0.state == .pending || $0.state == .running }
                guard let more = page.next else { return next(found) }
                return .then(instances(ids, found: found, after: more, then: next))
            })
    }

    // MARK: - Changing

    private static func modify(
        _ name: String, _ target: FleetTarget, then next: Procedure<Void>.Step
    ) -> Procedure<Void> {
        Procedure(
            words.modify(name, target).call(.changes) { response in
                let root = try XMLTree.parse(response.body)
                guard root.text("return") == "true" else { throw Unreadable("<\(root.name)> says no `true`") }
                return next
            })
    }

    /// What is ended already, or was never there, counts as ended.
    private static func end(
        fleet name: String, andMembers: Bool, of group: Scaffold, then next: Procedure<Void>.Step
    ) -> Procedure<Void> {
        var query = EC2Query(words.end)
        query.list(words.id, [name])
        query.set("TerminateInstances", andMembers)
        var call: Call<Procedure<Void>.Step> = query.call(.changes) { response in
            let root = try XMLTree.parse(response.body)
            func has(_ set: String) -> XMLElement? {
                root[set]?.children("item").first { $0.text(words.answeredID) == name }
            }
            if has(words.ended) != nil { return next }
            guard let error = has(words.unended)?["error"], let code = error.text("code") else {
                throw Unreadable("<\(root.name)> says nothing of \(name)")
            }
            if code.hasSuffix("DoesNotExist") { return next }
            // It was ended before, perhaps without its members.
            if code.contains("NotIn") { return andMembers ? .then(endAll(with: group.token, then: next)) : next }
            throw Unreadable("\(name) was not ended: \(code): \(error.text("message") ?? "")")
        }
        call.consent = { $0.code == words.absent ? next : nil }
        return Procedure(call)
    }

    /// Ends whatever carries a token.
    private static func endAll(
        with token: IntentToken, found: [Instance.ID] = [], after cursor: String? = nil, then next: Procedure<Void>.Step
    ) -> Procedure<Void> {
        var query = EC2Query("DescribeInstances")
        query.filter("tag:\(OurTag.token)", [token.text])
        query.set("MaxResults", 1000)
        query.set("NextToken", cursor)
        return Procedure(
            query.call(.reads) { response in
                let page = try EC2Reply.page(response)
                let found = found + page.instances.filter { !$0.state.isEnding }.map(\.id)
                if let more = page.next { return .then(endAll(with: token, found: found, after: more, then: next)) }
                return found.isEmpty ? next : .then(end(found, then: next))
            })
    }
}

extension Instance.State {
    fileprivate var isEnding: Bool { self == .terminating || self == .terminated }
}
