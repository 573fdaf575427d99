import Cloud
import Provisioning

// The parts of a RunInstances that have rules of their own.

extension EC2Face {
    /// The subnet and the groups are said either for the instance or for its network interface, never for both.
    func network(_ parameters: QueryParameters, into launch: inout Launch) throws(EC2Error) {
        let interfaces = parameters.prefixes("NetworkInterface")
        launch.subnet = parameters["SubnetId"]
        launch.groups = parameters.list("SecurityGroupId")
        let names = parameters.list("SecurityGroup")
        if let first = interfaces.first {
            guard launch.subnet == nil, launch.groups.isEmpty, names.isEmpty else {
                throw EC2Error(
                    "InvalidParameterCombination",
                    "Network interfaces and an instance-level subnet ID or security groups may not be specified on the "
                        + "same request")
            }
            for interface in interfaces {
                guard try parameters.integer("\(interface).DeviceIndex") != nil else {
                    throw .missingParameter("\(interface).DeviceIndex")
                }
            }
            launch.subnet = parameters["\(first).SubnetId"]
            launch.groups = parameters.list("\(first).SecurityGroupId")
            launch.publicAddress = try parameters.boolean("\(first).AssociatePublicIpAddress")
            if launch.publicAddress != nil, interfaces.count > 1 {
                throw EC2Error(
                    "InvalidParameterCombination",
                    "The associatePublicIPAddress parameter cannot be specified when launching with multiple network "
                        + "interfaces.")
            }
        }
        if !names.isEmpty, launch.subnet != nil {
            throw EC2Error(
                "InvalidParameterCombination",
                "The parameter groupName cannot be used with the parameter subnet")
        }
        if let subnet = launch.subnet, !isWellFormed(subnet, prefix: "subnet-") {
            throw EC2Error("InvalidSubnetID.Malformed", "Invalid id: \"\(subnet)\" (expecting \"subnet-...\")")
        }
        if let group = launch.groups.first(where: { !isWellFormed($0, prefix: "sg-") }) {
            throw EC2Error("InvalidGroupId.Malformed", "Invalid id: \"\(group)\" (expecting \"sg-...\")")
        }
    }

    func disks(_ parameters: QueryParameters, into launch: inout Launch) throws(EC2Error) {
        let types: Set = ["standard", "io1", "io2", "gp2", "sc1", "st1", "gp3"]
        var devices: Set<String> = []
        for disk in parameters.prefixes("BlockDeviceMapping") {
            guard let device = parameters["\(disk).DeviceName"], !device.isEmpty else {
                throw .missingParameter("\(disk).DeviceName")
            }
            guard devices.insert(device).inserted else {
                throw EC2Error("InvalidBlockDeviceMapping", "The device '\(device)' is used in more than one mapping")
            }
            if let snapshot = parameters["\(disk).Ebs.SnapshotId"], !isWellFormed(snapshot, prefix: "snap-") {
                throw EC2Error(
                    "InvalidSnapshotID.Malformed", "Invalid id: \"\(snapshot)\" (expecting \"snap-...\")")
            }
            if parameters["\(disk).Ebs.KmsKeyId"] != nil, try parameters.boolean("\(disk).Ebs.Encrypted") != true {
                throw EC2Error(
                    "InvalidParameterDependency",
                    "The parameter KmsKeyId requires the parameter Encrypted to be set.")
            }
            if let type = parameters["\(disk).Ebs.VolumeType"], !types.contains(type) {
                throw .invalidValue(type, of: "volumeType")
            }
            for (name, range) in [("VolumeSize", 1...65536), ("Iops", 100...256_000), ("Throughput", 125...2000)] {
                if let value = try parameters.integer("\(disk).Ebs.\(name)"), !range.contains(value) {
                    throw .invalidValue("\(value)", of: name)
                }
            }
            _ = try parameters.boolean("\(disk).Ebs.Encrypted")
            _ = try parameters.boolean("\(disk).Ebs.DeleteOnTermination")
            if launch.rootDevice == nil { launch.rootDevice = device }
        }
    }

    /// The tags of the instances; those of what comes with them are checked and not kept.
    func tags(_ parameters: QueryParameters, market: Market) throws(EC2Error) -> [Launch.Tag] {
        let kinds: Set = ["instance", "volume", "network-interface", "spot-instances-request"]
        var onInstances: [Launch.Tag] = []
        var seen: Set<String> = []
        for specification in parameters.prefixes("TagSpecification") {
            let kind = try parameters.required("\(specification).ResourceType")
            guard kinds.contains(kind) else {
                throw EC2Error(
                    "InvalidParameterValue", "'\(kind)' is not a valid taggable resource type for this operation.")
            }
            guard seen.insert(kind).inserted else {
                throw EC2Error(
                    "InvalidParameterValue",
                    "The same resource type may not be specified more than once in tag specifications")
            }
            if kind == "spot-instances-request", market != .spot {
                throw EC2Error(
                    "InvalidParameterCombination",
                    "You cannot specify tags for spot-instances-request when the instance market is not spot.")
            }
            let tags = try tagList(parameters, under: "\(specification).Tag")
            if kind == "instance" { onInstances = tags }
        }
        return onInstances
    }

    func tagList(_ parameters: QueryParameters, under name: String) throws(EC2Error) -> [Launch.Tag] {
        var tags: [Launch.Tag] = []
        var keys: Set<String> = []
        for prefix in parameters.prefixes(name) {
            let key = try parameters.required("\(prefix).Key")
            let value = parameters["\(prefix).Value"] ?? ""
            guard !key.lowercased().hasPrefix("aws:") else {
                throw EC2Error(
                    "InvalidParameterValue",
                    "Tag keys starting with 'aws:' are reserved for internal use")
            }
            guard key.unicodeScalars.count <= 128 else {
                throw EC2Error("InvalidParameterValue", "Tag key exceeds the maximum length of 128 characters")
            }
            guard value.unicodeScalars.count <= 256 else {
                throw EC2Error("InvalidParameterValue", "Tag value exceeds the maximum length of 256 characters")
            }
            guard keys.insert(key).inserted else {
                throw EC2Error("InvalidParameterValue", "Duplicate tag key '\(key)' specified.")
            }
            tags.append(Launch.Tag(key: key, value: value))
        }
        guard tags.count <= 50 else {
            throw EC2Error("TagLimitExceeded", "You have reached the maximum number of tags: 50")
        }
        return tags
    }

    /// A digest of everything that must be the same when a client token comes again.
    ///
    /// Not of the token, nor of the zone: a token in another zone stands for another launch.
    func fingerprint(_ parameters: QueryParameters) -> String {
        let apart: Set = ["ClientToken", "DryRun", "Placement.AvailabilityZone"]
        let lines = parameters.all.filter { !apart.contains($0.name) }.flatMap {
            // Lengths keep a value that looks like a parameter from being taken for one.
            ["\($0.name.utf8.count) \($0.name)", "\($0.value.utf8.count) \($0.value)"]
        }
        return hex(sha256(Array(lines.joined(separator: "\n").utf8)))
    }
}

/// Whether a text could be an instance type: a family with a generation, a dot, a size.
package func isInstanceType(_ text: String) -> Bool {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, let first = parts[0].utf8.first, (97...122).contains(first),
        parts[0].utf8.contains(where: { (48...57).contains($0) }),
        parts[0].utf8.allSatisfy({ (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "-") })
    else { return false }
    switch parts[1] {
    case "nano", "micro", "small", "medium", "large", "xlarge", "metal": return true
    case let size where size.hasPrefix("metal-") && size.hasSuffix("xl"):
        return Int(size.dropFirst(6).dropLast(2)).map { (1...instanceSizeMax).contains($0) } ?? false
    case let size where size.hasSuffix("xlarge"):
        return Int(size.dropLast(6)).map { (1...instanceSizeMax).contains($0) } ?? false
    default: return false
    }
}

/// How many bytes a base64 text stands for; nil: it is none. Line breaks may stand anywhere in it.
func sizeOfBase64(_ text: String) -> Int? {
    let bytes = text.utf8.filter { $0 != 10 && $0 != 13 }
    let padding = bytes.reversed().prefix { $0 == UInt8(ascii: "=") }.count
    guard bytes.count % 4 == 0, padding <= 2 else { return nil }
    let isClean = bytes.dropLast(padding).allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"):
            true
        default: false
        }
    }
    return isClean ? bytes.count / 4 * 3 - padding : nil
}
