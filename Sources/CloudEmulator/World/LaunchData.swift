/// What a launch template says of launches, kept by the names that a launch gives it.
///
/// The cloud checks little of it before somebody launches by it, as one half of a launch may make sense only with
/// the other; so it is kept as it came.
package struct LaunchData: Sendable, Codable, Hashable {
    package var parameters: [String: String]

    package init(_ parameters: [String: String]) { self.parameters = parameters }

    /// What a new version says that was made from this one: what is said anew replaces what was.
    package func replaced(by newer: LaunchData) -> LaunchData {
        var whole = parameters
        let said = Set(newer.parameters.keys.map(LaunchData.unit))
        for name in whole.keys where said.contains(LaunchData.unit(of: name)) { whole[name] = nil }
        return LaunchData(whole.merging(newer.parameters) { $1 })
    }

    /// What a launch says that lays its own parameters over these; tags of both are kept, and its own win.
    package func overlaid(by own: [String: String]) -> [String: String] {
        var whole = replaced(by: LaunchData(own)).parameters
        // A type of one's own is said in place of requirements for one.
        if own["InstanceType"] != nil {
            for name in whole.keys where name.hasPrefix("InstanceRequirements.") { whole[name] = nil }
        }
        for name in whole.keys where name.hasPrefix("TagSpecification.") { whole[name] = nil }
        var merged = TagsByKind(parameters)
        merged.lay(TagsByKind(own))
        return whole.merging(merged.parameters) { $1 }
    }

    /// The part of a launch that is said as a whole: a list, a structure of alternatives, or a single value.
    private static func unit(of name: String) -> String {
        let parts = name.split(separator: ".")
        guard let first = parts.first.map(String.init) else { return name }
        let isList = parts.count > 1 && Int(parts[1]) != nil
        return isList || wholes.contains(first) ? first : name
    }

    private static let wholes: Set = [
        "IamInstanceProfile", "CapacityReservationSpecification", "InstanceRequirements",
    ]
}

/// The tags of a launch by what they are for, in the order given.
struct TagsByKind {
    private var kinds: [(kind: String, tags: [(key: String, value: String)])] = []

    init(_ parameters: [String: String]) {
        for spec in TagsByKind.numbers(parameters, under: "TagSpecification") {
            guard let kind = parameters["\(spec).ResourceType"] else { continue }
            let tags = TagsByKind.numbers(parameters, under: "\(spec).Tag").map {
                (key: parameters["\($0).Key"] ?? "", value: parameters["\($0).Value"] ?? "")
            }
            kinds.append((kind, tags))
        }
    }

    mutating func lay(_ upper: TagsByKind) {
        for (kind, tags) in upper.kinds {
            guard let at = kinds.firstIndex(where: { $0.kind == kind }) else {
                kinds.append((kind, tags))
                continue
            }
            kinds[at].tags.removeAll { old in tags.contains { $0.key == old.key } }
            kinds[at].tags += tags
        }
    }

    var parameters: [String: String] {
        var parameters: [String: String] = [:]
        for (number, (kind, tags)) in kinds.enumerated() {
            parameters["TagSpecification.\(number + 1).ResourceType"] = kind
            for (place, tag) in tags.enumerated() {
                parameters["TagSpecification.\(number + 1).Tag.\(place + 1).Key"] = tag.key
                parameters["TagSpecification.\(number + 1).Tag.\(place + 1).Value"] = tag.value
            }
        }
        return parameters
    }

    private static func numbers(_ parameters: [String: String], under name: String) -> [String] {
        let start = name + "."
        let found = parameters.keys.compactMap { key in
            key.hasPrefix(start) ? Int(key.dropFirst(start.count).prefix { $0 != "." }) : nil
        }
        return Set(found).sorted().map { "\(start)\($0)" }
    }
}
