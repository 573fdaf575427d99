import Provisioning

// Each element bears the name the model gives it.

extension XMLText {
    mutating func write(_ group: ScalingGroup, in region: String, _ zones: [String: String]) {
        element("AutoScalingGroupName", group.name)
        element("AutoScalingGroupARN", group.arn(in: region))
        element("CreatedTime", group.createdAt.description)
        element("MinSize", group.sizes.min)
        element("MaxSize", group.sizes.max)
        element("DesiredCapacity", group.sizes.desired)
        var said = group.said
        for (name, value) in XMLText.usual where said[name] == nil { said[name] = value }
        if said["TerminationPolicies.member.1"] == nil { said["TerminationPolicies.member.1"] = "Default" }
        let places = Set(group.plan.places.map(\.zone)).sorted()
        for name in said.keys where name.hasPrefix("AvailabilityZones.") || name.hasPrefix("AvailabilityZoneIds.") {
            said[name] = nil
        }
        for (number, zone) in places.enumerated() {
            said["AvailabilityZones.member.\(number + 1)"] = zone
            said["AvailabilityZoneIds.member.\(number + 1)"] = zones[zone]
        }
        write(tree: said)
        if group.isBeingDeleted { element("Status", "Delete in progress") }
        element("SuspendedProcesses") { text in
            for process in group.suspended.sorted(by: { $0.rawValue < $1.rawValue }) {
                text.element("member") { text in
                    text.element("ProcessName", process.rawValue)
                    text.element("SuspensionReason", "User suspended")
                }
            }
        }
        element("Tags") { text in
            for tag in group.tags { text.element("member") { $0.write(tag, of: group.name) } }
        }
    }

    /// What a group tells of itself where nobody said anything else.
    private static let usual: [String: String] = [
        "DefaultCooldown": "\(AutoScalingFace.cooldownSeconds)", "HealthCheckType": "EC2",
        "HealthCheckGracePeriod": "0", "NewInstancesProtectedFromScaleIn": "false", "CapacityRebalance": "false",
        "ServiceLinkedRoleARN": XMLText.role,
        "AvailabilityZoneDistribution.CapacityDistributionStrategy": "balanced-best-effort",
    ]

    private static let role =
        "arn:aws:iam::\(EmulatorSettings.accountNumber):role/aws-service-role/autoscaling.amazonaws.com/"
        + "AWSServiceRoleForAutoScaling"

    /// Parameters as the elements they come back as: `A.member.1.B` is a `B` in a `member` in an `A`.
    private mutating func write(tree parameters: [String: String]) {
        var groups: [String: [String: String]] = [:]
        for (name, value) in parameters {
            let parts = name.split(separator: ".", maxSplits: 1)
            groups[String(parts[0]), default: [:]][parts.count > 1 ? String(parts[1]) : ""] = value
        }
        // Numbers only stand in a list, and there they stand for its order.
        for (name, group) in groups.sorted(by: { (Int($0.key) ?? 0, $0.key) < (Int($1.key) ?? 0, $1.key) }) {
            if let value = group[""] {
                named(Int(name) == nil ? name : "member", value)
            } else if name == "member" {
                write(tree: group)
            } else {
                named(Int(name) == nil ? name : "member") { $0.write(tree: group) }
            }
        }
    }

    // MARK: - Members

    mutating func write(
        _ member: ScalingGroup.Member, _ instance: EmulatedInstance?, _ zones: [String: String], at now: Timestamp,
        inCapitals: Bool = false
    ) {
        let state = instance?.state(at: now) ?? .terminated
        let isHealthy = state == .pending || state == .running || member.isLeaving
        let health = isHealthy ? "Healthy" : "Unhealthy"
        element("InstanceId", member.instance)
        element("InstanceType", member.type)
        element("AvailabilityZone", member.zone)
        element("AvailabilityZoneId", zones[member.zone])
        element("LifecycleState", member.isLeaving ? "Terminating" : state == .pending ? "Pending" : "InService")
        element("HealthStatus", inCapitals ? health.uppercased() : health)
        if let template = member.template {
            element("LaunchTemplate") { text in
                text.element("LaunchTemplateId", template.id)
                text.element("LaunchTemplateName", template.name)
                text.element("Version", template.version)
            }
        }
        element("ProtectedFromScaleIn", member.isProtected)
        element("WeightedCapacity", member.weight.map(String.init))
        element("ImageId", member.image)
    }

    // MARK: - Activities

    mutating func write(_ activity: ScalingActivity, isOfDeleted: Bool, in region: String, at now: Timestamp) {
        let isOver = activity.isOver(at: now)
        element("ActivityId", activity.id)
        element("AutoScalingGroupName", activity.group)
        element(
            "AutoScalingGroupARN",
            "arn:aws:autoscaling:\(region):\(EmulatorSettings.accountNumber):autoScalingGroup:\(activity.groupMark):"
                + "autoScalingGroupName/\(activity.group)")
        if isOfDeleted { element("AutoScalingGroupState", "Deleted") }
        let failure = activity.failure.map { "\($0) Launching EC2 instance failed." }
        let rest = failure.map { ".  Status Reason: \($0)" } ?? activity.instance.map { ": \($0)" } ?? ""
        element("Description", activity.kind.rawValue + rest)
        element("Cause", activity.cause)
        element("StartTime", activity.startedAt.description)
        if isOver { element("EndTime", min(activity.endsAt, now).description) }
        let end = activity.isCancelled ? "Cancelled" : activity.failure != nil ? "Failed" : "Successful"
        element("StatusCode", isOver ? end : "InProgress")
        // Its model lets it be no longer.
        element("StatusMessage", failure.map { String($0.prefix(255)) })
        element("Progress", isOver ? 100 : 50)
        let subnet = activity.place.subnet.map { "\"Subnet ID\":\"\($0)\"," } ?? ""
        element("Details", "{\(subnet)\"Availability Zone\":\"\(activity.place.zone)\"}")
    }
}
