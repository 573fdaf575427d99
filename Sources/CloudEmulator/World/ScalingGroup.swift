import Provisioning

/// A number of instances that the cloud keeps up by itself: an Auto Scaling group.
package struct ScalingGroup: Sendable, Codable, Hashable {
    package let name: String
    /// Part of its ARN; another group of the same name has another.
    package let mark: String
    /// Rises from group to group within a region; pages of a listing go by it.
    package let number: Int
    package let createdAt: Timestamp
    package var sizes: Sizes
    package var plan: ScalingPlan
    /// What was said of it, by the names that a call gives it; much of it is told back and has no effect here.
    package var said: [String: String]
    package var tags: [ScalingTag]
    package var members: [Member] = []
    /// What it was told not to do, and by whom.
    package var suspended: Set<Process> = []
    /// When it looks next whether it has what it wants; nil: when something happens to it.
    package var looksAt: Timestamp?
    /// Why it wants what it wants, as its activities tell it.
    package var reason: String
    package var scaledAt: Timestamp?
    package var isBeingDeleted = false

    /// In machines, or in units where types are weighted.
    package struct Sizes: Sendable, Codable, Hashable {
        package var min, max, desired: Int
    }

    /// An instance that belongs to it, and what the group knows of it.
    package struct Member: Sendable, Codable, Hashable {
        package let instance: String
        package let type, zone, image: String
        package let market: Market
        /// Nil: it counts for one, and nobody said so.
        package let weight: Int?
        package let template: TemplateVersion?
        package let joinedAt: Timestamp
        package var isProtected: Bool
        /// It is on its way out, and counts no more.
        package var isLeaving = false

        package var units: Int { weight ?? 1 }
    }

    package struct TemplateVersion: Sendable, Codable, Hashable {
        package let id, name, version: String
    }

    package enum Process: String, Sendable, Codable, CaseIterable {
        case launch = "Launch"
        case terminate = "Terminate"
        case healthCheck = "HealthCheck"
        case replaceUnhealthy = "ReplaceUnhealthy"
        case rebalance = "AZRebalance"
        case alarms = "AlarmNotification"
        case scheduledActions = "ScheduledActions"
        case loadBalancer = "AddToLoadBalancer"
        case refresh = "InstanceRefresh"
    }

    /// Those that count.
    package var staying: [Member] { members.filter { !$0.isLeaving } }
    package var units: Int { staying.reduce(0) { $0 + $1.units } }

    func arn(in region: String) -> String {
        "arn:aws:autoscaling:\(region):\(EmulatorSettings.accountNumber):autoScalingGroup:\(mark):"
            + "autoScalingGroupName/\(name)"
    }
}

/// A tag of a group, which its instances may be given too.
package struct ScalingTag: Sendable, Codable, Hashable {
    package let key: String
    package var value: String
    package var isPropagated: Bool
}

/// What a group launches, and where.
package struct ScalingPlan: Sendable, Codable, Hashable {
    package var choices: [Choice]
    /// Nil: on the market that the template names.
    package var distribution: Distribution?
    package var places: [Place]
    /// It would rather have fewer than lean to one zone.
    package var isBalancedOnly = false
    package var protectsNew = false

    /// One way to get a machine, in the order in which they are tried.
    package struct Choice: Sendable, Codable, Hashable {
        /// Its id, for another may be given its name.
        package var template: String
        /// A number, `$Latest` or `$Default`: which one that is shows at each launch.
        package var version: String
        /// Nil: the template's own.
        package var type: String?
        package var image: String?
        package var weight: Int?
    }

    /// How much of it is to last, and how much may be taken away.
    package struct Distribution: Sendable, Codable, Hashable {
        package var onDemandBase: Int
        package var onDemandPercent: Int
        package var spotStrategy: String

        /// How many of so many units last.
        package func onDemand(of units: Int) -> Int {
            let rest = max(0, units - onDemandBase)
            return min(units, onDemandBase) + (rest * onDemandPercent + 99) / 100
        }
    }

    package struct Place: Sendable, Codable, Hashable {
        package var zone: String
        package var subnet: String?
    }
}
