import Cloud
import Provisioning

// What becomes of a group after it was made.

extension AutoScalingGroup {
    /// Balancing zones launches new instances before it ends old ones, up to a tenth more than the most that a group
    /// may have, and protected ones it cannot end. It begins when members leave, or a zone has room again.
    ///
    /// https://docs.aws.amazon.com/autoscaling/ec2/userguide/understand-how-suspending-processes-affects-other-processes.html
    /// https://docs.aws.amazon.com/autoscaling/ec2/userguide/auto-scaling-benefits.html
    static let zoneBalancing = "AZRebalance"

    /// DetachInstances takes 20 ids.
    private static let detachedAtOnce = 20
    /// TerminateInstances takes 1,000.
    private static let endedAtOnce = 1000
    /// As many of the latest activities as are worth a look.
    private static let activitiesMax = 20

    package func find(_ group: Scaffold) throws -> Procedure<String?> {
        let name = AutoScalingGroup.name(group.token)
        return Procedure(only: describe(group).map { found in found.flatMap { $0.isGoing ? nil : name } })
    }

    /// Nobody else looks after a group's members, so its zones are kept from being balanced here too.
    package func report(on group: Scaffold) throws -> Procedure<GroupReport> {
        Procedure(
            describe(group).map { found in
                guard let found, !found.isGoing else { return .done(GroupReport(target: nil)) }
                let report = Procedure(only: activities(of: group, target: found.desired))
                guard found.balancesZones else { return .then(report) }
                return .then(Procedure(suspendBalancing(group).map { .then(report) }))
            })
    }

    /// AWS says that a group goes "along with all instances", and nothing of those that are protected from it.
    ///
    /// https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DeleteAutoScalingGroup.html
    package var endsMembersWithGroup: Bool { false }

    /// A group goes with its members.
    package func remove(_ scaffold: Scaffold) throws -> Procedure<Void> {
        guard scaffold.kind == AutoScalingGroup.kind else { return EC2LaunchTemplate.remove(scaffold) }
        var query = query("DeleteAutoScalingGroup", scaffold)
        query.set("ForceDelete", true)
        return Procedure(only: query.change)
    }

    /// Members are detached, which lowers the target in the same step, and ended as instances of their own.
    ///
    /// A thousand are detached by 50 calls and ended by one; ending them by way of the group takes a call for each.
    package func shrink(_ group: Scaffold, by members: [Instance.ID]) throws -> Procedure<Void> {
        let leaving = members.map(\.text).sorted()
        return Procedure(
            describe(group).map { found in
                let steps = found.map { changes(to: $0, group, without: Set(leaving)) } ?? []
                return try (steps + end(leaving, of: group)).oneAfterAnother
            })
    }

    /// Decides what to change about a group as it is.
    private func changes(
        to found: AutoScalingReply.Group, _ group: Scaffold, without leaving: Set<String>
    ) -> [Procedure<Void>] {
        if found.isGoing { return [] }
        let members = found.members.filter { leaving.contains($0.id) && !$0.isLeaving }
        let (settled, others) = (members.filter(\.isInService).map(\.id), members.filter { !$0.isInService }.map(\.id))
        // Each lowers the target by what it counts for, as far as that is known.
        let expected = found.desired - members.reduce(0) { $0 + ($1.weight ?? 1) }
        // Where the target was lowered before they came, it stays: a group refuses to be lowered below nothing, and
        // then they would never leave.
        let isLowered = !members.isEmpty && expected < group.target ?? 0
        var calls = found.balancesZones ? [suspendBalancing(group)] : []
        if isLowered, found.desired != group.target { calls.append(setTarget(of: group)) }
        // One by itself is as soon ended by way of the group, as is one that cannot be detached yet.
        calls += (settled.count == 1 ? settled + others : others).map { endInGroup($0, lowering: !isLowered) }
        if settled.count > 1 {
            calls += settled.chunked(by: AutoScalingGroup.detachedAtOnce).map {
                detach($0, group, lowering: !isLowered)
            }
        }
        let isWeighted = members.contains { $0.weight != nil }
        // This says it outright.
        if !isLowered, expected != group.target || isWeighted { calls.append(setTarget(of: group)) }
        return calls.map { Procedure(only: $0) }
    }

    // MARK: - Calls

    private func query(_ action: String, _ group: Scaffold) -> EC2Query {
        var query = EC2Query(autoScaling: action)
        query.set("AutoScalingGroupName", AutoScalingGroup.name(group.token))
        return query
    }

    /// One answer has all members of a group, however many.
    private func describe(_ group: Scaffold) -> Call<AutoScalingReply.Group?> {
        var query = EC2Query(autoScaling: "DescribeAutoScalingGroups")
        query.members("AutoScalingGroupNames", [AutoScalingGroup.name(group.token)])
        return query.autoScalingCall(.reads, read: AutoScalingReply.group)
    }

    private func activities(of group: Scaffold, target: Int) -> Call<GroupReport> {
        var query = query("DescribeScalingActivities", group)
        query.set("MaxRecords", AutoScalingGroup.activitiesMax)
        var call = query.autoScalingCall(.reads) { root in
            GroupReport(target: target, faults: try AutoScalingReply.faults(in: root))
        }
        call.consent = { $0.saysNotFound ? GroupReport(target: nil) : nil }
        return call
    }

    private func suspendBalancing(_ group: Scaffold) -> Call<Void> {
        var query = query("SuspendProcesses", group)
        query.members("ScalingProcesses", [AutoScalingGroup.zoneBalancing])
        return query.change
    }

    private func detach(_ ids: [String], _ group: Scaffold, lowering: Bool) -> Call<Void> {
        var query = query("DetachInstances", group)
        query.members("InstanceIds", ids)
        query.set("ShouldDecrementDesiredCapacity", lowering)
        return query.change
    }

    private func endInGroup(_ id: String, lowering: Bool) -> Call<Void> {
        var query = EC2Query(autoScaling: "TerminateInstanceInAutoScalingGroup")
        query.set("InstanceId", id)
        query.set("ShouldDecrementDesiredCapacity", lowering)
        return query.change
    }

    private func setTarget(of group: Scaffold) -> Call<Void> {
        var query = query("UpdateAutoScalingGroup", group)
        query.set("MinSize", 0)
        query.set("MaxSize", group.target ?? 0)
        query.set("DesiredCapacity", group.target ?? 0)
        return query.change
    }

    private func end(_ ids: [String], of group: Scaffold) throws -> [Procedure<Void>] {
        try ids.chunked(by: AutoScalingGroup.endedAtOnce).map { try end($0, group.token) }
    }

    /// EC2 refuses all for those it does not know; the others are then ended without them.
    private func end(_ ids: [String], _ token: IntentToken) throws -> Procedure<Void> {
        var call = try terminate(ids.map { Instance.ID($0) }, token: token).map { Procedure<Void>.Step.done(()) }
        call.consent = { fault in
            let known = ids.filter { !fault.subjects.contains($0) }
            guard fault.code == "InvalidInstanceID.NotFound", known.count < ids.count else { return nil }
            if known.isEmpty { return .done(()) }
            return (try? end(known, token)).map { .then($0) }
        }
        return Procedure(call)
    }
}

extension AutoScalingReply.Member {
    fileprivate var isInService: Bool { state == "InService" }
    /// On its way out already.
    fileprivate var isLeaving: Bool { state.hasPrefix("Terminat") || state.hasPrefix("Detach") }
}

extension EC2Query {
    /// A change to something; where that is not there, nothing is left to change.
    fileprivate var change: Call<Void> {
        var call = accepted(as: ())
        call.consent = { $0.saysNotFound ? () : nil }
        return call
    }
}

extension [Procedure<Void>] {
    fileprivate var oneAfterAnother: Procedure<Void>.Step {
        guard let first else { return .done(()) }
        return .then(first.followed(by: Array(dropFirst())))
    }
}

extension Procedure<Void> {
    fileprivate func followed(by rest: [Procedure<Void>]) -> Procedure<Void> {
        if rest.isEmpty { return self }
        return Procedure(
            call.map { step in
                switch step {
                case .done: rest.oneAfterAnother
                case .then(let next): .then(next.followed(by: rest))
                }
            })
    }
}
