/// Parameters that are kept by their names and told back: what a launch template says, and what is required of types.
enum EC2LaunchData {
    /// Refuses values that are of the wrong kind, whatever they come with.
    static func check(_ parameters: QueryParameters) throws(EC2Error) {
        for (name, value) in parameters.all {
            switch kinds[pattern(of: name)] {
            case .flag: _ = try parameters.boolean(name)
            case .number: _ = try parameters.integer(name)
            case .decimal: guard Double(value) != nil else { throw .invalidValue(value, of: name) }
            case .word(let words): guard words.contains(value) else { throw .invalidValue(value, of: name) }
            case nil: break
            }
        }
        if let text = parameters["UserData"], sizeOfBase64(text) == nil {
            throw EC2Error("InvalidUserData.Malformed", "Invalid BASE64 encoding of user data.")
        }
        let needs = parameters.under("InstanceRequirements")
        if !needs.isEmpty {
            guard parameters["InstanceType"] == nil else {
                throw EC2Error(
                    "InvalidParameterCombination",
                    "InstanceType and InstanceRequirements may not be specified on the same request")
            }
            try checkRequirements(needs, under: "InstanceRequirements")
        }
    }

    static func checkRequirements(_ needs: [String: String], under name: String) throws(EC2Error) {
        for least in ["VCpuCount.Min", "MemoryMiB.Min"] where needs[least] == nil {
            throw .missingParameter("\(name).\(least)")
        }
        guard needs["AllowedInstanceType.1"] == nil || needs["ExcludedInstanceType.1"] == nil else {
            throw EC2Error(
                "InvalidParameterCombination",
                "Only one of AllowedInstanceTypes and ExcludedInstanceTypes may be specified")
        }
    }

    private enum Kind {
        case flag, number, decimal
        case word(Set<String>)
    }

    private static let kinds: [String: Kind] = {
        var kinds: [String: Kind] = [:]
        for name in [
            "BlockDeviceMapping.N.Ebs.DeleteOnTermination", "BlockDeviceMapping.N.Ebs.Encrypted",
            "DisableApiTermination", "EbsOptimized", "HibernationOptions.Configured", "Monitoring.Enabled",
            "NetworkInterface.N.AssociatePublicIpAddress", "NetworkInterface.N.DeleteOnTermination",
            "InstanceRequirements.RequireEncryptionInTransit", "InstanceRequirements.RequireHibernateSupport",
        ] { kinds[name] = .flag }
        for name in [
            "BlockDeviceMapping.N.Ebs.Iops", "BlockDeviceMapping.N.Ebs.Throughput",
            "BlockDeviceMapping.N.Ebs.VolumeSize", "CpuOptions.CoreCount", "CpuOptions.ThreadsPerCore",
            "MetadataOptions.HttpPutResponseHopLimit", "NetworkInterface.N.DeviceIndex",
            "NetworkInterface.N.Ipv6AddressCount", "Placement.PartitionNumber",
        ] { kinds[name] = .number }
        for name in EC2Parameters.instanceRequirements where kinds["InstanceRequirements.\(name)"] == nil {
            let isDecimal = ["GiBPerVCpu", "Gbps", "StorageGB"].contains { name.contains($0) }
            let isNumber = name.hasSuffix(".Min") || name.hasSuffix(".Max") || name.contains("Price")
            if isDecimal || isNumber { kinds["InstanceRequirements.\(name)"] = isDecimal ? .decimal : .number }
        }
        let onOff: Set = ["enabled", "disabled"], inOrOut: Set = ["included", "required", "excluded"]
        let words: [String: Set<String>] = [
            "BlockDeviceMapping.N.Ebs.VolumeType": ["standard", "io1", "io2", "gp2", "sc1", "st1", "gp3"],
            "CapacityReservationSpecification.CapacityReservationPreference": [
                "capacity-reservations-only", "open", "none",
            ],
            "InstanceInitiatedShutdownBehavior": ["stop", "terminate"],
            "InstanceMarketOptions.MarketType": ["spot"],
            "InstanceMarketOptions.SpotOptions.InstanceInterruptionBehavior": ["hibernate", "stop", "terminate"],
            "InstanceMarketOptions.SpotOptions.SpotInstanceType": ["one-time", "persistent"],
            "MetadataOptions.HttpEndpoint": onOff, "MetadataOptions.HttpTokens": ["optional", "required"],
            "MetadataOptions.InstanceMetadataTags": onOff, "Placement.Tenancy": ["default", "dedicated", "host"],
            "InstanceRequirements.BareMetal": inOrOut, "InstanceRequirements.BurstablePerformance": inOrOut,
            "InstanceRequirements.LocalStorage": inOrOut, "InstanceRequirements.LocalStorageType.N": ["hdd", "ssd"],
            "InstanceRequirements.InstanceGeneration.N": ["current", "previous"],
            "InstanceRequirements.AcceleratorType.N": ["gpu", "fpga", "inference", "media"],
            "InstanceRequirements.AcceleratorManufacturer.N": [
                "amazon-web-services", "amd", "nvidia", "xilinx", "habana",
            ],
            "InstanceRequirements.CpuManufacturer.N": ["intel", "amd", "amazon-web-services", "apple"],
        ]
        for (name, words) in words { kinds[name] = .word(words) }
        return kinds
    }()
}

// MARK: - Told back

extension EC2LaunchData {
    /// Writes parameters as the elements they come back as: a list becomes a set of items.
    static func write(_ parameters: [String: String], into text: inout XMLText, of list: String? = nil) {
        var groups: [String: [String: String]] = [:]
        for (name, value) in parameters {
            let parts = name.split(separator: ".", maxSplits: 1)
            groups[String(parts[0]), default: [:]][parts.count > 1 ? String(parts[1]) : ""] = value
        }
        for (name, group) in groups.sorted(by: { $0.key < $1.key }) {
            let lower = name.prefix(1).lowercased() + name.dropFirst()
            if let value = group[""] {
                text.named(lower, value)
            } else if group.keys.allSatisfy({ $0.utf8.first.map { (48...57).contains($0) } ?? false }) {
                // The groups of an interface are written otherwise than those of an instance.
                let isOfInterface = name == "SecurityGroupId" && list == "NetworkInterface"
                let set = isOfInterface ? "groupSet" : lower + "Set"
                text.named(set) { write(group, as: isOfInterface ? "groupId" : "item", of: name, into: &$0) }
            } else {
                text.named(lower) { write(group, into: &$0) }
            }
        }
    }

    private static func write(_ list: [String: String], as item: String, of name: String, into text: inout XMLText) {
        var items: [Int: [String: String]] = [:]
        for (place, value) in list {
            let parts = place.split(separator: ".", maxSplits: 1)
            items[Int(parts[0]) ?? 0, default: [:]][parts.count > 1 ? String(parts[1]) : ""] = value
        }
        for (_, parameters) in items.sorted(by: { $0.key < $1.key }) {
            if let value = parameters[""] {
                text.named(item, value)
            } else {
                text.named(item) { write(parameters, into: &$0, of: name) }
            }
        }
    }
}
