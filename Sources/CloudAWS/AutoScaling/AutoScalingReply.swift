import Cloud
import Provisioning

/// How Auto Scaling's XML answers are read.
enum AutoScalingReply {
    /// A group as DescribeAutoScalingGroups tells of it.
    struct Group: Sendable, Hashable {
        var desired: Int
        /// Told to go, and not gone yet.
        var isGoing: Bool
        var balancesZones: Bool
        var members: [Member]
    }

    struct Member: Sendable, Hashable {
        var id: String
        /// `InService`, `Pending:Wait`
        var state: String
        /// Nil: the group counts instances.
        var weight: Int?
    }

    /// The only group that was asked for; nil: there is none.
    static func group(in root: XMLElement) throws -> Group? {
        guard let groups = root["DescribeAutoScalingGroupsResult"]?["AutoScalingGroups"] else {
            throw Unreadable("<\(root.name)> has no groups")
        }
        return try groups.children("member").first.map(group)
    }

    private static func group(_ item: XMLElement) throws -> Group {
        guard let desired = item.text("DesiredCapacity").flatMap({ Int($0) }) else {
            throw Unreadable("a group has no desired capacity")
        }
        let suspended = item["SuspendedProcesses"]?.children("member").compactMap { $0.text("ProcessName") } ?? []
        return Group(
            desired: desired, isGoing: item.text("Status")?.isEmpty == false,
            balancesZones: !suspended.contains(AutoScalingGroup.zoneBalancing),
            members: try (item["Instances"]?.children("member") ?? []).map { member in
                guard let id = member.text("InstanceId"), let state = member.text("LifecycleState") else {
                    throw Unreadable("a member of a group has no id or no state")
                }
                return Member(id: id, state: state, weight: member.text("WeightedCapacity").flatMap { Int($0) })
            })
    }

    // MARK: - What went wrong

    /// Why the latest launches came to nothing, the newest first; what came before a launch that worked is over.
    static func faults(in root: XMLElement) throws -> [OfferingFault] {
        guard let activities = root["DescribeScalingActivitiesResult"]?["Activities"] else {
            throw Unreadable("<\(root.name)> has no activities")
        }
        return activities.children("member").prefix { $0.text("StatusCode") != "Successful" }
            .filter { $0.text("StatusCode") == "Failed" || $0.text("StatusCode") == "Cancelled" }
            .compactMap { activity in
                guard let message = activity.text("StatusMessage"), !message.isEmpty else { return nil }
                let refusal = LaunchRefusal(message)
                let fault = Fault(
                    status: 400, code: refusal.code ?? "LaunchFailed", message: message,
                    exchange: activity.text("ActivityId"))
                return OfferingFault(refusal.offering, fault)
            }
    }

    /// Reads `<ErrorResponse><Error>`. A `ValidationError` says in words what EC2 has codes for.
    @Sendable static func fault(_ response: HTTPResponse) -> Fault {
        var fault = EC2Reply.fault(response)
        if fault.code == "ValidationError", let code = LaunchRefusal(fault.message).code { fault.code = code }
        return fault
    }
}

extension Fault {
    /// Auto Scaling has no code for what is not there.
    var saysNotFound: Bool { code == "ValidationError" && message.contains("not found") }
}
