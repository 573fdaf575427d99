import Provisioning

/// What an API calls the lists in `InstanceRequirements`: each has a way of its own.
enum InstanceRequirementsLists: Sendable {
    /// `ExcludedInstanceType.1`
    case fleet
    /// `ExcludedInstanceTypeSet.1`
    case spotFleet
    /// `ExcludedInstanceTypes.member.1`
    case group

    fileprivate func name(_ plural: String) -> String {
        let singular = String(plural.dropLast())
        return switch self {
        case .fleet: singular
        case .spotFleet: "\(singular)Set"
        // The one list there whose items have a word of their own.
        case .group where plural == "References": "Reference.item"
        case .group: plural + ".member"
        }
    }
}

extension EC2Query {
    /// What machines must have, for EC2 to choose their types by.
    ///
    /// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceRequirementsRequest.html
    mutating func set(_ wanted: Requirements, lists: InstanceRequirementsLists) {
        if let native = wanted.native { return set(native, lists: lists) }
        // These two must be said, if only that anything will do.
        set("VCpuCount", .init(min: wanted.vcpus.min ?? 0, max: wanted.vcpus.max))
        set("MemoryMiB", .init(min: wanted.memoryMiB.min ?? 0, max: wanted.memoryMiB.max))
        set("MemoryGiBPerVCpu.Min", wanted.memoryPerVCPU.min.map { decimal($0, per: 1024) })
        set("MemoryGiBPerVCpu.Max", wanted.memoryPerVCPU.max.map { decimal($0, per: 1024) })
        list(lists.name("CpuManufacturers"), wanted.makersAsEC2Names)
        set("BareMetal", wanted.bareMetal.rawValue)
        set("BurstablePerformance", wanted.burstable.rawValue)
        set("LocalStorage", wanted.localDisk.rawValue)
        // In units of a thousand thousand thousand: a GiB is a little more, so the least is never rounded below it.
        set("TotalLocalStorageGB.Min", wanted.localDiskGiB?.min.map { decimal($0 * 1_073_742, per: 1_000_000) })
        set("TotalLocalStorageGB.Max", wanted.localDiskGiB?.max.map { decimal($0 * 1_073_741, per: 1_000_000) })
        setAccelerators(wanted.gpu, lists: lists)
        list(lists.name("ExcludedInstanceTypes"), wanted.exclude)
        list(lists.name("AllowedInstanceTypes"), wanted.only ?? [])
    }

    private mutating func set(_ name: String, _ bounds: Requirements.Bounds) {
        set("\(name).Min", bounds.min)
        set("\(name).Max", bounds.max)
    }

    private mutating func setAccelerators(_ gpu: Requirements.GPU?, lists: InstanceRequirementsLists) {
        // Where nothing is said of them, EC2 takes machines with accelerators too.
        guard let gpu else { return set("AcceleratorCount.Max", 0) }
        list(lists.name("AcceleratorTypes"), ["gpu"])
        set("AcceleratorCount", gpu.count)
        let name = gpu.name?.lowercased().split { $0 == " " || $0 == "_" }.joined(separator: "-")
        list(lists.name("AcceleratorNames"), [name].compactMap(\.self))
        // It counts the memory of all together.
        let (count, each) = (gpu.count, gpu.memoryGiB)
        set("AcceleratorTotalMemoryMiB.Min", each.min.map { $0 * max(1, count.min ?? 1) * 1024 })
        if let most = count.max { set("AcceleratorTotalMemoryMiB.Max", each.max.map { $0 * most * 1024 }) }
    }

    // MARK: - In EC2's own words

    /// As a template says them: in either spelling, a number standing for both bounds.
    private mutating func set(_ native: RawValue, lists: InstanceRequirementsLists) {
        guard case .map(let fields) = native else { return }
        for field in fields { set(field.key.asEC2Name, field.value, lists: lists) }
    }

    private mutating func set(_ name: String, _ value: RawValue, lists: InstanceRequirementsLists) {
        switch value {
        case .null: break
        case .map(let fields):
            within(name) { part in fields.forEach { part.set($0.key.asEC2Name, $0.value, lists: lists) } }
        case .list(let items):
            let list = lists.name(name)
            for (index, item) in items.enumerated() { set("\(list).\(index + 1)", item, lists: lists) }
        case .boolean, .integer, .number, .text:
            if EC2Query.bounded.contains(name) {
                set("\(name).Min", value.asEC2Value)
                set("\(name).Max", value.asEC2Value)
            } else if EC2Query.listed.contains(name) {
                // Names with commas between them are read as a list.
                let names = value.asEC2Value?.split(separator: ",").map { $0.split(separator: " ").joined() }
                list(lists.name(name), names ?? [])
            } else {
                set(name, value.asEC2Value)
            }
        }
    }

    private static let bounded: Set = [
        "VCpuCount", "MemoryMiB", "MemoryGiBPerVCpu", "NetworkInterfaceCount", "NetworkBandwidthGbps",
        "TotalLocalStorageGB", "BaselineEbsBandwidthMbps", "AcceleratorCount", "AcceleratorTotalMemoryMiB",
    ]

    private static let listed: Set = [
        "CpuManufacturers", "InstanceGenerations", "LocalStorageTypes", "AcceleratorTypes", "AcceleratorManufacturers",
        "AcceleratorNames", "ExcludedInstanceTypes", "AllowedInstanceTypes", "References",
    ]
}

extension Requirements {
    /// Nobody says which image it is for, so that its processor is said by who makes such.
    fileprivate var makersAsEC2Names: [String] {
        let makers = makers ?? (architecture == .arm ? ["aws"] : architecture == .x86 ? ["intel", "amd"] : [])
        return makers.map { $0 == "aws" ? "amazon-web-services" : $0 }
    }
}

extension String {
    /// `memory_gib_per_vcpu` is `MemoryGiBPerVCpu` to EC2.
    fileprivate var asEC2Name: String {
        if first?.isUppercase == true { return self }
        return split(separator: "_").map { word in
            switch word {
            case "vcpu": "VCpu"
            case "mib": "MiB"
            case "gib": "GiB"
            case "gb": "GB"
            default: word.prefix(1).uppercased() + word.dropFirst()
            }
        }.joined()
    }
}

extension RawValue {
    fileprivate var asEC2Value: String? {
        switch self {
        case .boolean(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .number(let value): value.description
        case .text(let value): value
        case .null, .list, .map: nil
        }
    }
}

/// A fraction as EC2 reads one: `1.5`.
private func decimal(_ value: Int, per unit: Int) -> String {
    value % unit == 0 ? "\(value / unit)" : "\(Double(value) / Double(unit))"
}
