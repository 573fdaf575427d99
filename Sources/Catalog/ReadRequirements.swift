import Documents
import Provisioning

/// What a machine must have, in our words or in those of EC2's attribute-based selection.
func readRequirements(_ reader: inout FieldReader) -> Requirements? {
    let abis = reader.field(TemplateKeys.abis)
    guard let field = reader.field(TemplateKeys.requirements) else {
        return abis.map { readABIS($0, &reader) }
    }
    if let abis {
        reader.report(
            "field.clash", "`\(field.writtenKey)` and `\(abis.writtenKey)` cannot both be given", at: abis.keyPlace)
    }
    return reader.nested(TemplateKeys.requirements, what: "template", called: "key of `requirements`") { reader in
        var wanted = Requirements()
        wanted.vcpus = readBounds(RequirementKeys.vcpus, &reader) ?? .init()
        wanted.memoryMiB = readSizeBounds(RequirementKeys.memory, &reader) ?? .init()
        wanted.memoryPerVCPU = readSizeBounds(RequirementKeys.memoryPerVCPU, &reader) ?? .init()
        // An image is made for one of them, so types of several would never do.
        wanted.architecture = readArchitecture(RequirementKeys.architecture, &reader) ?? .x86
        wanted.makers = readOptionalNames(RequirementKeys.makers, &reader)?.map { $0.lowercased() }
        wanted.gpu = readGPU(&reader)
        readLocalDisk(into: &wanted, &reader)
        wanted.burstable = readInclusion(RequirementKeys.burstable, &reader) ?? .excluded
        wanted.bareMetal = readInclusion(RequirementKeys.bareMetal, &reader) ?? .excluded
        wanted.exclude = readNames(RequirementKeys.exclude, &reader)
        wanted.only = readOptionalNames(RequirementKeys.only, &reader)
        return wanted
    }
}

func readArchitecture(_ name: FieldName, _ reader: inout FieldReader) -> Architecture? {
    reader.choice(name, of: ["x86_64": Architecture.x86, "arm64": .arm])
}

private func readGPU(_ reader: inout FieldReader) -> Requirements.GPU? {
    reader.nested(RequirementKeys.gpu, what: "template", called: "key of `gpu`") { reader in
        var gpu = Requirements.GPU()
        gpu.name = reader.string(RequirementKeys.gpuName)
        gpu.count = readBounds(RequirementKeys.gpuCount, &reader) ?? gpu.count
        let memory = readSizeBounds(RequirementKeys.gpuMemory, &reader)
        gpu.memoryGiB = gibibytes(memory)
        return gpu
    }
}

/// The least is rounded up: less is not enough.
private func gibibytes(_ bounds: Requirements.Bounds?) -> Requirements.Bounds {
    .init(min: bounds?.min.map { ($0 + 1023) / 1024 }, max: bounds?.max.map { $0 / 1024 })
}

/// A word says whether there are to be any, a size or a map how large.
private func readLocalDisk(into wanted: inout Requirements, _ reader: inout FieldReader) {
    guard let field = reader.field(RequirementKeys.localDisk) else { return }
    if let text = field.value.text, text.first?.isNumber != true {
        wanted.localDisk = readInclusion(RequirementKeys.localDisk, &reader) ?? .included
    } else if let size = readSizeBounds(RequirementKeys.localDisk, &reader) {
        wanted.localDisk = .required
        wanted.localDiskGiB = gibibytes(size)
    }
}

private func readInclusion(_ name: FieldName, _ reader: inout FieldReader) -> Requirements.Inclusion? {
    reader.choice(
        name, of: ["included": Requirements.Inclusion.included, "required": .required, "excluded": .excluded])
}

private func readOptionalNames(_ name: FieldName, _ reader: inout FieldReader) -> [String]? {
    let names = readNames(name, &reader)
    return names.isEmpty ? nil : names
}

// MARK: - Bounds

/// Also as EC2 writes them.
private enum BoundKeys {
    static let min: FieldName = ["min", "Min"]
    static let max: FieldName = ["max", "Max"]
}

/// A number, which is the least and the greatest, or a map with `min` and `max`.
func readBounds(_ name: FieldName, _ reader: inout FieldReader) -> Requirements.Bounds? {
    readBounds(name, &reader) { reader, name in reader.integer(name, in: 0...100_000_000) }
}

/// The same for sizes, in MiB.
func readSizeBounds(_ name: FieldName, _ reader: inout FieldReader) -> Requirements.Bounds? {
    readBounds(name, &reader, readSize)
}

private func readBounds(
    _ name: FieldName, _ reader: inout FieldReader, _ read: (inout FieldReader, FieldName) -> Int?
) -> Requirements.Bounds? {
    guard let field = reader.field(name) else { return nil }
    guard field.value.kind == .map else { return read(&reader, name).map { .init(min: $0, max: $0) } }
    let bounds = reader.nested(name, what: "template", called: "key of `\(name.canonical)`") { reader in
        Requirements.Bounds(min: read(&reader, BoundKeys.min), max: read(&reader, BoundKeys.max))
    }
    if let min = bounds?.min, let max = bounds?.max, min > max {
        reader.report(
            "field.range", "`\(field.writtenKey)` has a `min` above its `max`", at: field.value.place)
    }
    return bounds
}

/// A size with its unit, as in `16GiB`, in MiB; a number alone counts GiB.
private func readSize(_ reader: inout FieldReader, _ name: FieldName) -> Int? {
    guard let text = reader.string(name), let field = reader.field(name) else { return nil }
    if let size = mebibytes(text) { return size }
    reader.wrongType(field, "a size", hint: "write a number and a unit, as in `512MiB`, `16GiB` or `2TiB`")
    return nil
}

func mebibytes(_ text: String) -> Int? {
    let digits = text.prefix { $0.isNumber || $0 == "." }
    guard let number = Double(digits), number <= 1_000_000 else { return nil }
    switch text.dropFirst(digits.count).drop(while: { $0 == " " }) {
    case "MiB": return Int(number)
    case "", "GiB": return Int(number * 1024)
    case "TiB": return Int(number * 1024 * 1024)
    default: return nil
    }
}

// MARK: - In EC2's words

/// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceRequirements.html
private func readABIS(_ field: Layered.Field, _ outer: inout FieldReader) -> Requirements {
    var wanted = Requirements()
    _ = outer.nested(TemplateKeys.abis, what: "template", called: "attribute of EC2's selection") { reader in
        wanted.vcpus = reader.required(["vcpu_count", "VCpuCount"]) { readBounds($1, &$0) } ?? .init()
        wanted.memoryMiB =
            reader.required(["memory_mib", "MemoryMiB"]) { readBounds($1, &$0) } ?? .init()
        wanted.makers = readOptionalNames(["cpu_manufacturers", "CpuManufacturers"], &reader)?.map {
            $0 == "amazon-web-services" ? "aws" : $0
        }
        wanted.exclude = readNames(["excluded_instance_types", "ExcludedInstanceTypes"], &reader)
        wanted.only = readOptionalNames(["allowed_instance_types", "AllowedInstanceTypes"], &reader)
        wanted.bareMetal = readInclusion(["bare_metal", "BareMetal"], &reader) ?? .excluded
        wanted.burstable = readInclusion(["burstable_performance", "BurstablePerformance"], &reader) ?? .excluded
        wanted.localDisk = readInclusion(["local_storage", "LocalStorage"], &reader) ?? .included
        for name in nativeAttributes { reader.accept(name) }
    }
    wanted.native = RawValue(field.value)
    return wanted
}

/// Those that only EC2 can judge.
private let nativeAttributes: [FieldName] = [
    ["memory_gib_per_vcpu", "MemoryGiBPerVCpu"], ["instance_generations", "InstanceGenerations"],
    ["spot_max_price_percentage_over_lowest_price", "SpotMaxPricePercentageOverLowestPrice"],
    [
        "max_spot_price_as_percentage_of_optimal_on_demand_price",
        "MaxSpotPriceAsPercentageOfOptimalOnDemandPrice",
    ],
    ["on_demand_max_price_percentage_over_lowest_price", "OnDemandMaxPricePercentageOverLowestPrice"],
    ["require_hibernate_support", "RequireHibernateSupport"],
    ["network_interface_count", "NetworkInterfaceCount"], ["network_bandwidth_gbps", "NetworkBandwidthGbps"],
    ["local_storage_types", "LocalStorageTypes"], ["total_local_storage_gb", "TotalLocalStorageGB"],
    ["baseline_ebs_bandwidth_mbps", "BaselineEbsBandwidthMbps"], ["accelerator_types", "AcceleratorTypes"],
    ["accelerator_count", "AcceleratorCount"], ["accelerator_manufacturers", "AcceleratorManufacturers"],
    ["accelerator_names", "AcceleratorNames"],
    ["accelerator_total_memory_mib", "AcceleratorTotalMemoryMiB"],
    ["baseline_performance_factors", "BaselinePerformanceFactors"],
]
