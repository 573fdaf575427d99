import Provisioning

// What is said of a machine in the same words by every call that describes one.

extension EC2Query {
    /// What a template says of its machines, wherever they are and whatever their type, but for network and disks.
    mutating func setMachine(_ template: Template, in zone: String? = nil) {
        set("KeyName", template.keyName)
        set("UserData", template.userData.map { base64(Array($0.utf8)) })
        set("Monitoring.Enabled", template.monitoring)
        set("Placement.AvailabilityZone", zone)
        set(template.placement)
        set(template.metadataOptions)
        set("CpuOptions.CoreCount", template.cpu?.cores)
        set("CpuOptions.ThreadsPerCore", template.cpu?.threadsPerCore)
        set("HibernationOptions.Configured", template.mayHibernate)
        if let role = template.role {
            set(role.hasPrefix("arn:") ? "IamInstanceProfile.Arn" : "IamInstanceProfile.Name", role)
        }
    }

    /// Names of launch templates cannot begin as their ids do.
    mutating func set(_ launchTemplate: LaunchTemplate?, as name: String = "LaunchTemplate") {
        guard let launchTemplate else { return }
        let isID = launchTemplate.id.hasPrefix("lt-")
        set("\(name).\(isID ? "LaunchTemplateId" : "LaunchTemplateName")", launchTemplate.id)
        set("\(name).Version", launchTemplate.version)
    }

    mutating func set(_ placement: Placement?) {
        guard let placement else { return }
        set("Placement.GroupName", placement.group)
        set("Placement.PartitionNumber", placement.partition)
        // A host is only taken together with its tenancy.
        set("Placement.Tenancy", placement.tenancy ?? placement.host.map { _ in "host" })
        set("Placement.HostId", placement.host)
        guard let reservation = placement.capacityReservation else { return }
        let specification = "CapacityReservationSpecification"
        switch reservation {
        case "open", "none": set("\(specification).CapacityReservationPreference", reservation)
        case _ where reservation.hasPrefix("arn:"):
            set("\(specification).CapacityReservationTarget.CapacityReservationResourceGroupArn", reservation)
        default: set("\(specification).CapacityReservationTarget.CapacityReservationId", reservation)
        }
    }

    mutating func set(_ options: MetadataOptions?) {
        guard let options else { return }
        func word(_ isEnabled: Bool) -> String { isEnabled ? "enabled" : "disabled" }
        set("MetadataOptions.HttpEndpoint", options.isEnabled.map(word))
        set("MetadataOptions.HttpTokens", options.needsToken.map { $0 ? "required" : "optional" })
        set("MetadataOptions.HttpPutResponseHopLimit", options.hopLimit)
        set("MetadataOptions.InstanceMetadataTags", options.showsTags.map(word))
    }

    /// A wish about addresses or adapters needs an interface of its own, which then carries subnet and groups.
    mutating func setNetwork(_ template: Template, subnet: String? = nil) {
        let isFabricAdapter = template.network?.isFabricAdapter ?? false
        guard template.publicAddress != nil || template.network?.ipv6Addresses != nil || isFabricAdapter else {
            set("SubnetId", subnet)
            list("SecurityGroupId", template.securityGroups)
            return
        }
        set("NetworkInterface.1.DeviceIndex", 0)
        set("NetworkInterface.1.InterfaceType", isFabricAdapter ? "efa" : nil)
        set("NetworkInterface.1.AssociatePublicIpAddress", template.publicAddress)
        set("NetworkInterface.1.Ipv6AddressCount", template.network?.ipv6Addresses)
        set("NetworkInterface.1.DeleteOnTermination", true)
        set("NetworkInterface.1.SubnetId", subnet)
        list("NetworkInterface.1.SecurityGroupId", template.securityGroups)
    }

    // MARK: - Disks

    mutating func setDisks(root: Disk?, data: [Disk]) {
        var number = 0
        if let root {
            number += 1
            set(root, device: root.device ?? "/dev/xvda", as: "BlockDeviceMapping.\(number)")
        }
        var free = EC2DeviceNames(taken: [root?.device ?? "/dev/xvda"] + data.compactMap(\.device))
        for disk in data {
            number += 1
            set(disk, device: disk.device ?? free.next(), as: "BlockDeviceMapping.\(number)")
        }
    }

    private mutating func set(_ disk: Disk, device: String?, as prefix: String) {
        set("\(prefix).DeviceName", device)
        set("\(prefix).Ebs.SnapshotId", disk.snapshot)
        set("\(prefix).Ebs.VolumeSize", disk.sizeGiB)
        set("\(prefix).Ebs.VolumeType", disk.type)
        set("\(prefix).Ebs.Iops", disk.iops)
        set("\(prefix).Ebs.Throughput", disk.throughputMiBps)
        // A key is only taken together with the wish to use it.
        set("\(prefix).Ebs.Encrypted", disk.isEncrypted ?? disk.encryptionKey.map { _ in true })
        set("\(prefix).Ebs.KmsKeyId", disk.encryptionKey)
        set("\(prefix).Ebs.DeleteOnTermination", !(disk.outlivesMachine ?? false))
    }
}

/// Device names for the disks that have none, as EC2 recommends them: `/dev/sdf` and on.
///
/// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/device_naming.html
struct EC2DeviceNames: IteratorProtocol {
    private var names: ArraySlice<String>

    init(taken: [String]) {
        let letters = "abcdefghijklmnopqrstuvwxyz".map(String.init)
        let all =
            letters.dropFirst(5).map { "/dev/sd\($0)" }
            + letters.prefix(4).flatMap { first in letters.map { "/dev/xvd\(first)\($0)" } }
        let taken = Set(taken.map(EC2DeviceNames.end))
        names = all.filter { !taken.contains(EC2DeviceNames.end(of: $0)) }[...]
    }

    /// Nil: more disks than EC2 has names for; it will say so.
    mutating func next() -> String? { names.popFirst() }

    /// `f` for `/dev/sdf` as for `/dev/xvdf`: to EC2 they are the same.
    private static func end(of name: String) -> String {
        for start in ["/dev/xvd", "/dev/sd"] where name.hasPrefix(start) { return String(name.dropFirst(start.count)) }
        return name
    }
}
