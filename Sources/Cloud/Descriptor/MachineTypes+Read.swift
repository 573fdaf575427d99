import Documents
import Provisioning

extension MachineTypes {
    /// `types.yaml`: families of types that share a processor, and their sizes.
    ///
    ///     name: "{family}.{size}"
    ///     families:
    ///       m6i: {maker: intel, memory_per_vcpu: 4, sizes: {large: 2, xlarge: 4}}
    ///       g5:  {maker: amd, gpu: A10G, gpu_memory: 24, sizes: {xlarge: {vcpus: 4, memory: 16, gpus: 1}}}
    static func read(_ path: String) -> (types: [MachineType], faults: [Diagnostic]) {
        let (document, faults) = Document.read(path)
        guard let root = document?.root else { return ([], faults) }
        var reader = FieldReader(Layered(root, layer: "providers"), what: "provider")
        let name = reader.required("name") { $0.string($1) } ?? ""
        var types: [MachineType] = []
        // Some hundred kilobytes, which would be moved time and again as they become more.
        types.reserveCapacity(1_500)
        for family in reader.entries("families") ?? [] {
            var fields = FieldReader(family.value, what: "family", among: FamilyKeys.all)
            readFamily(family.key, &fields, name: name, into: &types)
            fields.finish().forEach { reader.report($0) }
        }
        return (types, faults + reader.finish())
    }
}

/// What is said of all sizes of a family.
private func readFamily(
    _ family: String, _ reader: inout FieldReader, name usual: String, into types: inout [MachineType]
) {
    let pattern = NamePattern(reader.string(FamilyKeys.name) ?? usual, family: family)
    let maker = reader.required(FamilyKeys.maker) { $0.string($1) } ?? ""
    let isARM = reader.word(FamilyKeys.architecture, of: ["x86_64", "arm64"]) == "arm64"
    let memoryPerVCPU = reader.number(FamilyKeys.memoryPerVCPU, in: 0...1_000)
    let localDiskPerVCPU = reader.number(FamilyKeys.localDiskPerVCPU, in: 0...100_000) ?? 0
    let isBurstable = reader.boolean(FamilyKeys.burstable) ?? false
    let gpu = reader.string(FamilyKeys.gpu)
    let gpuMemory = reader.integer(FamilyKeys.gpuMemory, in: 1...10_000) ?? 0
    for size in reader.required(FamilyKeys.sizes, { $0.entries($1) }) ?? [] {
        var type = MachineType(
            name: pattern.name(size: size.key), family: family, vcpus: 0, memoryMiB: 0,
            architecture: isARM ? .arm : .x86, maker: maker, isBurstable: isBurstable)
        var gpus = gpu == nil ? 0 : 1
        if let vcpus = size.value.text.flatMap({ Int($0) }), (1...10_000).contains(vcpus) {
            type.vcpus = vcpus
        } else {
            readSize(size, into: &type, gpus: &gpus, &reader)
        }
        if type.memoryMiB == 0 { type.memoryMiB = Int((memoryPerVCPU ?? 0) * Double(type.vcpus) * 1024) }
        if type.localDiskGiB == 0 { type.localDiskGiB = Int(localDiskPerVCPU * Double(type.vcpus)) }
        if type.memoryMiB == 0 {
            reader.report("field.missing", "size `\(size.key)` says no memory", at: size.keyPlace)
        }
        if let gpu, gpus > 0 { type.gpu = .init(name: gpu, count: gpus, memoryGiB: gpuMemory) }
        types.append(type)
    }
}

/// What is said of one size only.
private func readSize(
    _ size: Layered.Field, into type: inout MachineType, gpus: inout Int, _ family: inout FieldReader
) {
    var reader = FieldReader(size.value, what: "size", among: SizeKeys.all)
    type.vcpus = reader.required(SizeKeys.vcpus) { $0.integer($1, in: 1...10_000) } ?? 0
    type.memoryMiB = Int((reader.number(SizeKeys.memory, in: 0...100_000) ?? 0) * 1024)
    type.localDiskGiB = reader.integer(SizeKeys.localDisk, in: 0...1_000_000) ?? 0
    type.isBareMetal = reader.boolean(SizeKeys.bareMetal) ?? false
    gpus = reader.integer(SizeKeys.gpus, in: 0...64) ?? gpus
    for diagnostic in reader.finish() { family.report(diagnostic) }
}

// MARK: - Keys

// Made once, and not for each of the families and sizes that are read at the start of a command.

private enum FamilyKeys {
    static let name: FieldName = "name"
    static let maker: FieldName = "maker"
    static let architecture: FieldName = "architecture"
    static let memoryPerVCPU: FieldName = "memory_per_vcpu"
    static let localDiskPerVCPU: FieldName = "local_disk_per_vcpu"
    static let burstable: FieldName = "burstable"
    static let gpu: FieldName = "gpu"
    static let gpuMemory: FieldName = "gpu_memory"
    static let sizes: FieldName = "sizes"
    static let all = [
        name, maker, architecture, memoryPerVCPU, localDiskPerVCPU, burstable, gpu, gpuMemory, sizes,
    ]
}

private enum SizeKeys {
    static let vcpus: FieldName = "vcpus"
    static let memory: FieldName = "memory"
    static let localDisk: FieldName = "local_disk"
    static let bareMetal: FieldName = "bare_metal"
    static let gpus: FieldName = "gpus"
    static let all = [vcpus, memory, localDisk, bareMetal, gpus]
}

// MARK: - Names

/// A type's name as its cloud makes it, cut where the size goes: `{family}.{size}`.
private struct NamePattern {
    private let start: String
    private let rest: [String]

    init(_ pattern: String, family: String) {
        let parts = pattern.replacing("{family}", with: family).pieces(around: "{size}")
        start = parts[0]
        rest = Array(parts.dropFirst())
    }

    func name(size: String) -> String { rest.reduce(start) { $0 + size + $1 } }
}
