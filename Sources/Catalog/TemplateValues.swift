import Provisioning

/// What the values of a template's keys may be: the reader goes by it, and editors are told the same.
enum TemplateValues {
    static let clouds = FileNaming.clouds.map(\.text)
    static let priceTypes = ["ondemand", "on-demand", "spot", "heterogeneous"]

    /// What other tools call an API.
    static let foreignAPIs: [String: APIName] = [
        "RunInstances": "aws/run-instances", "EC2Fleet": "aws/ec2-fleet", "SpotFleet": "aws/spot-fleet",
        "ASG": "aws/auto-scaling-group", "AutoScalingGroup": "aws/auto-scaling-group",
    ]

    /// What a script never begins with, but the name of a file does.
    static let pathPrefixes = ["/", "./", "../", "~/", "file://"]

    /// In GiB.
    static let diskSizes = 1...65_536
    static let positive = 1...Int.max
    /// As a number of machines.
    static let noLimit = -1

    /// AWS allows 50 tags on an instance; five are kept for our own and an order's.
    static let tagsMax = 45
    /// In any mixture of capitals.
    static let reservedTagPrefixes = [OurTag.prefix, "aws:"]
}
