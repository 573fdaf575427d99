// Fleets as a caller asks for them.

extension EmulatedCloud {
    /// A template whose instances are somebody's.
    func makeTemplate(_ name: String = "workers", _ more: [String: String] = [:]) {
        let data = [
            "LaunchTemplateName": name, "LaunchTemplateData.ImageId": "ami-0123456789abcdef0",
            "LaunchTemplateData.TagSpecification.1.ResourceType": "instance",
            "LaunchTemplateData.TagSpecification.1.Tag.1.Key": "team",
            "LaunchTemplateData.TagSpecification.1.Tag.1.Value": "blue",
        ]
        let made = call("CreateLaunchTemplate", data.merging(more) { $1 })
        precondition(made.status == 200, made.text)
    }

    func fleet(_ total: Int, _ mode: String, _ parameters: [String: String]...) -> Answer {
        call("CreateFleet", parameters.reduce(EmulatedCloud.fleetParameters(total, mode)) { $0.merging($1) { $1 } })
    }

    static func fleetParameters(
        _ total: Int, _ mode: String, _ parameters: [String: String] = [:]
    ) -> [String: String] {
        ["Type": mode, "TargetCapacitySpecification.TotalTargetCapacity": "\(total)"].merging(parameters) { $1 }
    }

    /// One override a type.
    static func overrides(
        _ types: [String], template: String = "workers", under name: String = "LaunchTemplateConfigs.1"
    ) -> [String: String] {
        var parameters = [
            "\(name).LaunchTemplateSpecification.LaunchTemplateName": template,
            "\(name).LaunchTemplateSpecification.Version": "$Latest",
        ]
        for (number, type) in types.enumerated() {
            parameters["\(name).Overrides.\(number + 1).InstanceType"] = type
        }
        return parameters
    }

    func members(_ fleet: String) -> [String] {
        fleet.hasPrefix("sfr-")
            ? call("DescribeSpotFleetInstances", ["SpotFleetRequestId": fleet]).instances
            : call("DescribeFleetInstances", ["FleetId": fleet]).instances
    }

    /// The events of a fleet, by their short names.
    func history(_ fleet: String) -> [String] {
        let since = ["StartTime": "2020-01-01T00:00:00Z"]
        return fleet.hasPrefix("sfr-")
            ? call("DescribeSpotFleetRequestHistory", since.merging(["SpotFleetRequestId": fleet]) { $1 })
                .all("eventSubType")
            : call("DescribeFleetHistory", since.merging(["FleetId": fleet]) { $1 }).all("eventSubType")
    }
}

extension Answer {
    var fleet: String { (all("fleetId") + all("spotFleetRequestId")).first ?? "" }
}

extension String {
    /// The texts of all elements of a name.
    func components(_ name: String) -> [String] {
        split(separator: "<\(name)>", omittingEmptySubsequences: false).dropFirst().compactMap { part in
            part.firstRange(of: "</\(name)>").map { String(part[..<$0.lowerBound]) }
        }
    }
}
