import Provisioning

extension EC2Face {
    func runInstances(
        _ parameters: QueryParameters, in region: String, world: inout World, at now: Timestamp, chance: () -> UInt64
    ) throws(EC2Error) -> (inout XMLText) -> Void {
        let call = try launchCall(parameters, in: region, world: world)
        _ = try world.wantedZone(of: call.launch, in: region)
        if try parameters.boolean("DryRun") == true { throw .dryRun }
        try world.takeRate("RunInstances instances", amount: call.atMost, at: now)
        let reservation = try world.launch(call, in: region, at: now, chance: chance)
        return { answer in
            answer.write(reservation, at: now)
        }
    }

    /// An id, or a parameter of Systems Manager that stands for one.
    private func image(_ parameters: QueryParameters) throws(EC2Error) -> String {
        let image = try parameters.required("ImageId")
        let prefix = "resolve:ssm:"
        if image.hasPrefix(prefix) {
            if let id = Inventory.parameters[String(image.dropFirst(prefix.count))] { return id }
            throw EC2Error("InvalidParameterValue", "The parameter of \(image) does not exist")
        }
        guard isWellFormed(image, prefix: "ami-") else {
            throw EC2Error("InvalidAMIID.Malformed", "Invalid id: \"\(image)\" (expecting \"ami-...\")")
        }
        return image
    }

    /// What a RunInstances asks for, once every parameter has been looked at.
    private func launchCall(
        _ parameters: QueryParameters, in region: String, world: World
    ) throws(EC2Error) -> LaunchCall {
        let (whole, template) = try overlaid(parameters, in: region, world: world)
        _ = try image(whole)
        let (atLeast, atMost) = try counts(parameters)
        var launch = try launch(whole)
        launch.tags += template?.tags ?? []
        launch.clientToken = try clientToken(parameters)
        return LaunchCall(launch: launch, atLeast: atLeast, atMost: atMost, fingerprint: fingerprint(parameters))
    }

    /// What parameters say of the instances of a launch, whoever asks for it.
    func launch(_ parameters: QueryParameters) throws(EC2Error) -> Launch {
        let image = try image(parameters)
        let type = parameters["InstanceType"] ?? "m1.small"
        guard isInstanceType(type) else {
            throw EC2Error("InvalidParameterValue", "Invalid value '\(type)' for InstanceType.")
        }

        var launch = Launch(image: image, type: type, market: try market(parameters))
        launch.zone = parameters["Placement.AvailabilityZone"]
        launch.keyName = parameters["KeyName"]
        launch.isMonitored = try parameters.boolean("Monitoring.Enabled") ?? false
        launch.isEBSOptimized = try parameters.boolean("EbsOptimized") ?? false
        launch.profile = try profile(parameters)
        launch.requiresTokens = parameters["MetadataOptions.HttpTokens"] == "required"
        launch.tags = try tags(parameters, market: launch.market)
        try network(parameters, into: &launch)
        try disks(parameters, into: &launch)
        launch.options = try options(parameters, of: launch)
        if launch.options?.mayHibernate == true, try parameters.boolean("BlockDeviceMapping.1.Ebs.Encrypted") == false {
            throw EC2Error(
                "UnsupportedHibernationConfiguration", "Hibernation needs a root volume that is encrypted")
        }
        try checkUserData(parameters)
        return launch
    }

    private func counts(_ parameters: QueryParameters) throws(EC2Error) -> (atLeast: Int, atMost: Int) {
        _ = try parameters.required("MinCount")
        _ = try parameters.required("MaxCount")
        let atLeast = try parameters.integer("MinCount") ?? 0
        let atMost = try parameters.integer("MaxCount") ?? 0
        guard atLeast >= 1 else {
            throw EC2Error(
                "InvalidParameterValue", "Value (\(atLeast)) for parameter minCount is invalid. Must be at least 1.")
        }
        guard atMost >= atLeast else {
            throw EC2Error(
                "InvalidParameterValue",
                "Value (\(atMost)) for parameter maxCount is invalid. Must be at least the value of minCount.")
        }
        return (atLeast, atMost)
    }

    private func market(_ parameters: QueryParameters) throws(EC2Error) -> Market {
        let spotOptions = parameters.all.first { $0.name.hasPrefix("InstanceMarketOptions.SpotOptions.") }
        switch parameters["InstanceMarketOptions.MarketType"] {
        case "spot":
            return .spot
        case nil:
            if let spotOptions {
                throw EC2Error(
                    "InvalidParameterCombination",
                    "The parameter \(spotOptions.name) needs InstanceMarketOptions.MarketType to be spot")
            }
            return .onDemand
        case let other?:
            throw .invalidValue(other, of: "InstanceMarketOptions.MarketType")
        }
    }

    private func profile(_ parameters: QueryParameters) throws(EC2Error) -> String? {
        switch (parameters["IamInstanceProfile.Name"], parameters["IamInstanceProfile.Arn"]) {
        case (_?, _?):
            throw EC2Error(
                "InvalidParameterCombination",
                "The parameter 'iamInstanceProfile.name' may not be used in combination with 'iamInstanceProfile.arn'")
        case (let name?, nil):
            return "arn:aws:iam::\(EmulatorSettings.accountNumber):instance-profile/\(name)"
        case (nil, let arn?):
            guard arn.hasPrefix("arn:aws"), arn.contains(":instance-profile/") else {
                throw EC2Error(
                    "InvalidIamInstanceProfileArn.Malformed", "The instance profile ARN '\(arn)' is malformed")
            }
            return arn
        case (nil, nil):
            return nil
        }
    }

    /// A token has at most 64 ASCII characters.
    func clientToken(_ parameters: QueryParameters) throws(EC2Error) -> String? {
        guard let token = parameters["ClientToken"], !token.isEmpty else { return nil }
        guard token.utf8.count <= 64, token.utf8.allSatisfy({ (33...126).contains($0) }) else {
            throw EC2Error("InvalidParameterValue", "Invalid value '\(token)' for clientToken")
        }
        return token
    }

    /// User data are at most 16 KiB once base64 has been taken off.
    private func checkUserData(_ parameters: QueryParameters) throws(EC2Error) {
        guard let text = parameters["UserData"], !text.isEmpty else { return }
        guard let size = sizeOfBase64(text) else {
            throw EC2Error("InvalidParameterValue", "Invalid BASE64 encoding of user data")
        }
        guard size <= 16384 else {
            throw EC2Error("InvalidParameterValue", "User data is limited to 16384 bytes")
        }
    }
}
