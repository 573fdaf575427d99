import Provisioning

extension EC2Face {
    func describeRegions(_ parameters: QueryParameters, world: World) throws(EC2Error) -> (inout XMLText) -> Void {
        let wanted = parameters.list("RegionName")
        let all = world.conditions.zones.keys.sorted()
        if let unknown = wanted.first(where: { !all.contains($0) }) {
            throw EC2Error("InvalidParameterValue", "Invalid region names: [\(unknown)]")
        }
        var found = wanted.isEmpty ? all : all.filter(wanted.contains)
        for (name, values) in try filterTexts(parameters) {
            guard name == "region-name" else {
                throw EC2Error("InvalidParameterValue", "The filter '\(name)' is invalid")
            }
            found.removeAll { !values.contains($0) }
        }
        if try parameters.boolean("DryRun") == true { throw .dryRun }
        return { answer in
            answer.element("regionInfo") { answer in
                for region in found {
                    answer.element("item") { answer in
                        answer.element("regionName", region)
                        answer.element("regionEndpoint", "ec2.\(region).amazonaws.com")
                        answer.element("optInStatus", "opt-in-not-required")
                    }
                }
            }
        }
    }

    func describeAvailabilityZones(
        _ parameters: QueryParameters, in region: String, world: World
    ) throws(EC2Error) -> (inout XMLText) -> Void {
        let wanted = parameters.list("ZoneName")
        let all = world.conditions.zones[region] ?? []
        if let unknown = wanted.first(where: { !all.contains($0) }) { throw .invalidZone(unknown) }
        var found = wanted.isEmpty ? all : all.filter(wanted.contains)
        let ids = parameters.list("ZoneId")
        if !ids.isEmpty { found.removeAll { !ids.contains(zoneID($0, in: region)) } }
        for (name, values) in try filterTexts(parameters) {
            switch name {
            case "zone-name": found.removeAll { !values.contains($0) }
            case "zone-id": found.removeAll { !values.contains(zoneID($0, in: region)) }
            case "region-name": found.removeAll { _ in !values.contains(region) }
            case "state": found.removeAll { _ in !values.contains("available") }
            default: throw EC2Error("InvalidParameterValue", "The filter '\(name)' is invalid")
            }
        }
        if try parameters.boolean("DryRun") == true { throw .dryRun }
        return { answer in
            answer.element("availabilityZoneInfo") { answer in
                for zone in found {
                    answer.element("item") { answer in
                        answer.element("zoneName", zone)
                        answer.element("zoneId", zoneID(zone, in: region))
                        answer.element("zoneState", "available")
                        answer.element("regionName", region)
                        answer.element("groupName", region)
                        answer.element("networkBorderGroup", region)
                        answer.element("zoneType", "availability-zone")
                        answer.element("optInStatus", "opt-in-not-required")
                        answer.element("messageSet") { _ in }
                    }
                }
            }
        }
    }

    /// `us-east-1a` is `use1-az1`: here every account has the letters in the same order.
    func zoneID(_ zone: String, in region: String) -> String {
        let parts = region.split(separator: "-")
        let short = parts.count == 3 ? "\(parts[0])\(abbreviation(parts[1]))\(parts[2])" : region
        let letter = zone.utf8.last.map { Int($0) - 96 } ?? 0
        return "\(short)-az\(letter)"
    }

    private func abbreviation(_ direction: Substring) -> String {
        switch direction {
        case "northeast": "ne"
        case "southeast": "se"
        case "northwest": "nw"
        case "southwest": "sw"
        default: String(direction.prefix(1))
        }
    }
}
