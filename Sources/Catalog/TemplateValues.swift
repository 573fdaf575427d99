import Provisioning

/// What the values of a template's keys may be: the reader goes by it, and editors are told the same.
enum TemplateValues {
    static let clouds = FileNaming.clouds.map(\.text)
    static let priceTypes = ["ondemand", "on-demand", "spot", "heterogeneous"]
    static let tenancies = ["default", "dedicated", "host"]
    static let tokens = ["required", "optional"]

    /// What other tools call an API.
    static let foreignAPIs: [String: APIName] = [
        "RunInstances": "aws/run-instances", "EC2Fleet": "aws/ec2-fleet", "SpotFleet": "aws/spot-fleet",
        "ASG": "aws/auto-scaling-group", "AutoScalingGroup": "aws/auto-scaling-group",
    ]

    /// The zone that stands for all there are.
    static let allZones = "all"

    /// What a script never begins with, but the name of a file does.
    static let pathPrefixes = ["/", "./", "../", "~/", "file://"]

    /// And how it ends.
    static let scriptEndings = [".sh", ".bash", ".py", ".ps1", ".txt", ".cfg", ".yaml", ".yml"]

    /// In GiB.
    static let diskSizes = 1...65_536
    static let positive = 1...Int.max
    static let yearMinutes = 366 * 24 * 60
    /// What a cloud is asked for in one call is far less.
    static let offeringsMax = 10_000
    /// As a number of machines.
    static let noLimit = -1
    static let limitMax = 1_000_000_000

    /// AWS allows 50 tags on an instance; five are kept for our own and an order's.
    static let tagsMax = 45
    /// In any mixture of capitals.
    static let reservedTagPrefixes = [OurTag.prefix, "aws:"]

    /// What an API does without having the feature for it: to ask for that much is no mistake.
    static func happensAnyway(_ key: String, _ text: String?, markets: [Market]) -> Bool {
        switch (key, text) {
        // Types are tried in the order they are written.
        case (TemplateKeys.allocation.canonical, "prioritized"),
            (TemplateKeys.allocationOnDemand.canonical, "prioritized"):
            true
        // A launch returns its instances at once, and nothing is replaced behind our back.
        case (TemplateKeys.fleetKind.canonical, "instant"): true
        case (TemplateKeys.percentOnDemand.canonical, "0"): markets == [.spot]
        case (TemplateKeys.percentOnDemand.canonical, "100"): markets == [.onDemand]
        case (_, "false"): [TemplateKeys.monitoring.canonical, TemplateKeys.hibernation.canonical].contains(key)
        default: false
        }
    }
}
