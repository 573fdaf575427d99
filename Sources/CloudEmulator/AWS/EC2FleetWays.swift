import Provisioning

// How a fleet may be fulfilled: launch templates, and what each override says over them.

extension EC2Face {
    typealias Ways = (configs: [Fleet.Config], candidates: [Fleet.Candidate])

    /// - Parameter tags: What the call puts on its instances besides what the templates do.
    func ways(
        _ parameters: QueryParameters, under name: String, tags: [Launch.Tag] = [], in region: String, world: World
    ) throws(EC2Error) -> Ways {
        var configs: [Fleet.Config] = [], candidates: [Fleet.Candidate] = []
        var seen: Set<[String]> = []
        for prefix in parameters.prefixes(name) {
            let specification = "\(prefix).LaunchTemplateSpecification."
            let template = try world.template(templateName(parameters, under: specification), in: region)
            let said = try parameters.required("\(specification)Version")
            let version = try template.version(said)
            let overrides = parameters.prefixes("\(prefix).Overrides").map { override(parameters.under($0)) }
            // Without overrides there is one way, the template as it is.
            let all: [(number: Int?, own: [String: String])] =
                overrides.isEmpty ? [(nil, [:])] : overrides.enumerated().map { ($0, $1) }
            for (number, own) in all {
                var candidate = try candidate(over: version.data, own, tags: tags, marks: template.marks(of: version))
                (candidate.config, candidate.override) = (configs.count, number)
                guard seen.insert([template.id] + pool(of: candidate, own)).inserted else {
                    throw EC2Error(
                        "InvalidParameterValue", "The fleet configuration contains duplicate instance pools")
                }
                candidates.append(candidate)
            }
            configs.append(Fleet.Config(template: template.id, version: said, overrides: overrides))
        }
        guard !configs.isEmpty else { throw .missingParameter(name) }
        let needs = configs.flatMap(\.overrides).count { $0.keys.contains { $0.hasPrefix("InstanceRequirements.") } }
        guard needs <= 4 else {
            throw EC2Error(
                "InvalidParameterValue",
                "Your request contains more than the maximum allowed number of InstanceRequirements (4)")
        }
        return (configs, candidates)
    }

    /// Spot Fleets call a list of requirements a set.
    private func override(_ said: [String: String]) -> [String: String] {
        var override: [String: String] = [:]
        for (name, value) in said {
            let parts = name.split(separator: ".").map(String.init)
            let isSet = parts.count == 3 && parts[0] == "InstanceRequirements" && parts[1].hasSuffix("Set")
            override[isSet ? "\(parts[0]).\(parts[1].dropLast(3)).\(parts[2])" : name] = value
        }
        return override
    }

    private func candidate(
        over data: LaunchData, _ own: [String: String], tags: [Launch.Tag], marks: [Launch.Tag]
    ) throws(EC2Error) -> Fleet.Candidate {
        let said = QueryParameters(own)
        try EC2LaunchData.check(said)
        let weight = try said.decimal("WeightedCapacity"), priority = try said.decimal("Priority")
        guard weight.map({ (1...999).contains($0) }) ?? true else {
            throw .invalidValue(own["WeightedCapacity"] ?? "", of: "WeightedCapacity")
        }
        guard priority.map({ $0 >= 0 }) ?? true else { throw .invalidValue(own["Priority"] ?? "", of: "Priority") }
        for name in ["MaxPrice", "SpotPrice"] {
            if let price = try said.decimal(name), price <= 0 { throw .invalidValue("\(price)", of: name) }
        }
        var whole = laid(own, over: data)
        let needs = QueryParameters(whole).under("InstanceRequirements")
        whole = whole.filter { !$0.key.hasPrefix("InstanceRequirements.") }
        var types = [whole["InstanceType"]].compactMap(\.self)
        if !needs.isEmpty { types = InstanceNeeds(needs).types(forImage: whole["ImageId"] ?? "") }
        guard !needs.isEmpty || !types.isEmpty else { throw .missingParameter("InstanceType") }

        var candidate = Fleet.Candidate(config: 0, override: nil, types: types, weight: weight, priority: priority)
        do throws(EC2Error) {
            guard let first = types.first else {
                throw EC2Error(
                    "InvalidParameterValue", "No instance types satisfy the instance requirements of the request")
            }
            whole["InstanceType"] = first
            var launch = try launch(QueryParameters(whole))
            launch.tags = launch.tags.filter { old in !tags.contains { $0.key == old.key } } + tags + marks
            candidate.launch = launch
        } catch {
            candidate.flaw = Fleet.Flaw(error)
        }
        return candidate
    }

    /// What a template and an override say of a launch together; the market is the fleet's to say.
    private func laid(_ own: [String: String], over data: LaunchData) -> [String: String] {
        var lower = data.parameters.filter { !$0.key.hasPrefix("InstanceMarketOptions.") }
        for name in lower.keys where name.hasSuffix(".ResourceType") && lower[name] == "spot-instances-request" {
            let specification = name.dropLast("ResourceType".count)
            for tag in lower.keys where tag.hasPrefix(specification) { lower[tag] = nil }
        }
        let isOpen = own.keys.contains { $0.hasPrefix("InstanceRequirements.") }
        if isOpen { lower["InstanceType"] = nil }
        // A subnet lies in a zone of its own.
        if own["SubnetId"] != nil { lower["Placement.AvailabilityZone"] = nil }
        var upper = own
        for name in ["AvailabilityZone", "SubnetId", "WeightedCapacity", "Priority", "MaxPrice", "SpotPrice"] {
            upper[name] = nil
        }
        upper["Placement.AvailabilityZone"] = own["AvailabilityZone"]
        var whole = LaunchData(lower).overlaid(by: upper)
        if let subnet = own["SubnetId"] {
            // It is said where the template says the network.
            let interface = QueryParameters(whole).prefixes("NetworkInterface").first
            whole[interface.map { "\($0).SubnetId" } ?? "SubnetId"] = subnet
        }
        return whole
    }

    /// What makes two overrides the same to a fleet.
    private func pool(of candidate: Fleet.Candidate, _ own: [String: String]) -> [String] {
        let needs = own.filter { $0.key.hasPrefix("InstanceRequirements.") }.map { "\($0.key)=\($0.value)" }.sorted()
        return ["SubnetId", "AvailabilityZone", "ImageId"].map { own[$0] ?? "" } + candidate.types + needs
    }
}
