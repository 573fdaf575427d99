import Provisioning

// What a group launches and where, read from what was said of it.

extension AutoScalingFace {
    /// Also writes down what was left to a default, as the group will tell it.
    func plan(_ said: inout [String: String], in region: String, world: World) throws(EC2Error) -> ScalingPlan {
        try checkWords(said)
        let parameters = QueryParameters(said)
        let hasPolicy = !parameters.under("MixedInstancesPolicy").isEmpty
        guard hasPolicy != !parameters.under("LaunchTemplate").isEmpty else {
            throw .validation(
                "Valid requests must contain either LaunchTemplate, LaunchConfigurationName, InstanceId or "
                    + "MixedInstancesPolicy parameter.")
        }
        let prefix = hasPolicy ? "MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification" : "LaunchTemplate"
        let main = try template(&said, under: prefix, in: region, world: world)
        var plan = ScalingPlan(choices: [main], distribution: nil, places: [])
        if hasPolicy {
            plan.distribution = try distribution(&said)
            plan.choices = try overrides(&said, over: main, in: region, world: world)
        }
        plan.places = try places(parameters, for: plan.choices[0], in: region, world: world)
        plan.isBalancedOnly =
            parameters["AvailabilityZoneDistribution.CapacityDistributionStrategy"] == "balanced-only"
        plan.protectsNew = try parameters.boolean("NewInstancesProtectedFromScaleIn") ?? false
        for choice in plan.choices { try checkLaunch(choice, hasPolicy: hasPolicy, in: region, world: world) }
        return plan
    }

    private func template(
        _ said: inout [String: String], under prefix: String, in region: String, world: World
    ) throws(EC2Error) -> ScalingPlan.Choice {
        let name: LaunchTemplate.Name
        switch (said["\(prefix).LaunchTemplateId"], said["\(prefix).LaunchTemplateName"]) {
        case (let id?, let other):
            name = .id(id)
            // As a group tells both, both may be said of the same one.
            if let other, try world.template(name, in: region).name != other {
                throw .validation("Only one of launchTemplateId and launchTemplateName may be specified")
            }
        case (nil, let other?): name = .name(other)
        case (nil, nil):
            throw .validation("Valid requests must contain either launchTemplateId or LaunchTemplateName")
        }
        let template: LaunchTemplate
        do { template = try world.template(name, in: region) } catch { throw .badTemplate(error) }
        said["\(prefix).LaunchTemplateId"] = template.id
        said["\(prefix).LaunchTemplateName"] = template.name
        let version = said["\(prefix).Version"] ?? "$Default"
        said["\(prefix).Version"] = version
        return ScalingPlan.Choice(template: template.id, version: version, type: nil, image: nil, weight: nil)
    }

    private func overrides(
        _ said: inout [String: String], over main: ScalingPlan.Choice, in region: String, world: World
    ) throws(EC2Error) -> [ScalingPlan.Choice] {
        let parameters = QueryParameters(said)
        var choices: [ScalingPlan.Choice] = []
        let overrides = parameters.prefixes("MixedInstancesPolicy.LaunchTemplate.Overrides.member")
        for prefix in overrides {
            var choice = main
            let specification = "\(prefix).LaunchTemplateSpecification"
            if !parameters.under(specification).isEmpty {
                choice = try template(&said, under: specification, in: region, world: world)
            }
            choice.image = parameters["\(prefix).ImageId"]
            choice.type = parameters["\(prefix).InstanceType"]
            if let type = choice.type, !isInstanceType(type) {
                throw .validation("The instance type '\(type)' is not valid")
            }
            choice.weight = try parameters.number("\(prefix).WeightedCapacity", in: 1...999)
            let needs = EC2LaunchData.names(parameters.under("\(prefix).InstanceRequirements"))
            if !needs.isEmpty {
                guard choice.type == nil else {
                    throw .validation("InstanceType and InstanceRequirements may not be specified for one override")
                }
                try EC2LaunchData.checkRequirements(needs, under: "InstanceRequirements")
            }
            choices += try expanded(choice, needs, in: region, world: world)
        }
        if overrides.isEmpty { choices = try expanded(main, [:], in: region, world: world) }
        let weighted = choices.count { $0.weight != nil }
        guard weighted == 0 || weighted == choices.count else {
            throw .validation("WeightedCapacity must be given for each override, or for none")
        }
        return choices
    }

    /// One choice for each type that meets what is required, by the override or else by the template.
    private func expanded(
        _ choice: ScalingPlan.Choice, _ needs: [String: String], in region: String, world: World
    ) throws(EC2Error) -> [ScalingPlan.Choice] {
        let said: [String: String]
        do {
            said = try world.template(.id(choice.template), in: region).version(choice.version).data.parameters
        } catch {
            throw .badTemplate(error)
        }
        let needs = needs.isEmpty ? QueryParameters(said).under("InstanceRequirements") : needs
        guard choice.type == nil, !needs.isEmpty else { return [choice] }
        let types = InstanceNeeds(needs).types(forImage: choice.image ?? said["ImageId"] ?? "")
        guard !types.isEmpty else { throw .validation("No instance type meets the InstanceRequirements") }
        return types.map { type in
            var one = choice
            one.type = type
            return one
        }
    }

    private func distribution(_ said: inout [String: String]) throws(EC2Error) -> ScalingPlan.Distribution {
        let prefix = "MixedInstancesPolicy.InstancesDistribution"
        let usual = [
            "OnDemandAllocationStrategy": "prioritized", "OnDemandBaseCapacity": "0",
            "OnDemandPercentageAboveBaseCapacity": "100", "SpotAllocationStrategy": "lowest-price",
        ]
        for (name, value) in usual where said["\(prefix).\(name)"] == nil { said["\(prefix).\(name)"] = value }
        let parameters = QueryParameters(said)
        let strategies: Set = [
            "lowest-price", "capacity-optimized", "capacity-optimized-prioritized", "price-capacity-optimized",
        ]
        let strategy = try parameters.required("\(prefix).SpotAllocationStrategy")
        guard strategies.contains(strategy) else { throw .validation("'\(strategy)' is no spot allocation strategy") }
        guard ["prioritized", "lowest-price"].contains(said["\(prefix).OnDemandAllocationStrategy"]) else {
            throw .validation("An on-demand allocation strategy is one of prioritized and lowest-price")
        }
        _ = try parameters.number("\(prefix).SpotInstancePools", in: 0...20)
        return ScalingPlan.Distribution(
            onDemandBase: try parameters.number("\(prefix).OnDemandBaseCapacity", in: 0...Int(Int32.max)) ?? 0,
            onDemandPercent: try parameters.number(
                "\(prefix).OnDemandPercentageAboveBaseCapacity", in: 0...100) ?? 100, spotStrategy: strategy)
    }

    private func places(
        _ parameters: QueryParameters, for choice: ScalingPlan.Choice, in region: String, world: World
    ) throws(EC2Error) -> [ScalingPlan.Place] {
        let all = world.conditions.zones[region] ?? []
        let ids = parameters.list("AvailabilityZoneIds.member")
        let wanted =
            parameters.list("AvailabilityZones.member")
            + all.filter { ids.contains(ec2.zoneID($0, in: region)) }
        if let wrong = wanted.first(where: { !all.contains($0) }) {
            throw .validation("Invalid availability zones: [\(wrong)]")
        }
        var subnets = (parameters["VPCZoneIdentifier"] ?? "").split(separator: ",").map { text in
            String(text.filter { $0 != " " })
        }
        if subnets.isEmpty, wanted.isEmpty, let own = try? read(choice, world, region).launch.subnet { subnets = [own] }
        var places: [ScalingPlan.Place] = []
        for subnet in subnets {
            guard isWellFormed(subnet, prefix: "subnet-") else {
                throw .validation("The subnet ID '\(subnet)' does not exist")
            }
            var probe = Launch(image: "", type: "")
            probe.subnet = subnet
            guard let zone = try world.wantedZone(of: probe, in: region) else { continue }
            guard wanted.isEmpty || wanted.contains(zone) else {
                throw .validation(
                    "The availability zones of the specified subnets and the AutoScalingGroup do not match")
            }
            places.append(ScalingPlan.Place(zone: zone, subnet: subnet))
        }
        if subnets.isEmpty { places = wanted.map { ScalingPlan.Place(zone: $0) } }
        guard !places.isEmpty else { throw .validation("At least one Availability Zone or VPC Subnet is required.") }
        return places
    }

    /// A template that cannot be launched by is refused when a group is made, not when it first tries.
    private func checkLaunch(
        _ choice: ScalingPlan.Choice, hasPolicy: Bool, in region: String, world: World
    ) throws(EC2Error) {
        let launch: Launch
        do { launch = try read(choice, world, region).launch } catch { throw .badTemplate(error) }
        if hasPolicy, launch.market == .spot {
            throw .validation(
                "Incompatible launch template: a launch template that asks for the spot market may not be used with a "
                    + "MixedInstancesPolicy")
        }
    }

    private func checkWords(_ said: [String: String]) throws(EC2Error) {
        let parameters = QueryParameters(said)
        let words: [String: Set<String>] = [
            "AvailabilityZoneDistribution.CapacityDistributionStrategy": ["balanced-only", "balanced-best-effort"],
            "CapacityReservationSpecification.CapacityReservationPreference": [
                "capacity-reservations-only", "capacity-reservations-first", "none", "default",
            ],
            "DeletionProtection": ["none", "prevent-force-deletion", "prevent-all-deletion"],
            "DesiredCapacityType": ["units", "vcpu", "memory-mib"],
        ]
        for (name, words) in words {
            if let word = said[name], !words.contains(word) {
                throw .constraint(word, of: name, "satisfy enum value set")
            }
        }
        for name in ["CapacityRebalance", "NewInstancesProtectedFromScaleIn"] { _ = try parameters.boolean(name) }
        for name in ["DefaultCooldown", "DefaultInstanceWarmup", "HealthCheckGracePeriod", "MaxInstanceLifetime"] {
            _ = try parameters.number(name, in: -1...Int(Int32.max))
        }
        let policies: Set = [
            "Default", "OldestInstance", "NewestInstance", "OldestLaunchConfiguration", "OldestLaunchTemplate",
            "ClosestToNextInstanceHour", "AllocationStrategy",
        ]
        for policy in parameters.list("TerminationPolicies.member") where !policies.contains(policy) {
            throw .validation("'\(policy)' is not a valid termination policy")
        }
    }
}

// MARK: - A launch by it

extension AutoScalingFace {
    /// What a choice comes to with the template as it is now.
    func read(_ choice: ScalingPlan.Choice, _ world: World, _ region: String) throws(EC2Error) -> ReadLaunch {
        let template = try world.template(.id(choice.template), in: region)
        let version = try template.version(choice.version)
        var own: [String: String] = [:]
        own["InstanceType"] = choice.type
        own["ImageId"] = choice.image
        let whole = version.data.overlaid(by: own)
        guard !whole.keys.contains(where: { $0.hasPrefix("InstanceRequirements.") }) else {
            throw .validation("A launch template with InstanceRequirements needs overrides that name types")
        }
        var launch = try ec2.launch(QueryParameters(whole))
        launch.tags += template.marks(of: version)
        return ReadLaunch(
            launch: launch,
            template: ScalingGroup.TemplateVersion(
                id: template.id, name: template.name, version: "\(version.number)"))
    }
}

extension EC2LaunchData {
    /// What EC2 calls `AllowedInstanceType.1`, Auto Scaling calls `AllowedInstanceTypes.member.1`.
    fileprivate static func names(_ needs: [String: String]) -> [String: String] {
        needs.reduce(into: [:]) { named, need in
            let parts = need.key.split(separator: ".")
            let isList = parts.count == 3 && parts[1] == "member"
            named[isList ? "\(parts[0].dropLast()).\(parts[2])" : need.key] = need.value
        }
    }
}

extension EC2Error {
    fileprivate static func badTemplate(_ why: EC2Error) -> EC2Error {
        .validation("You must use a valid fully-formed launch template. \(why.message)")
    }
}
