import Documents
import Provisioning

extension CloudRules {
    /// Reads `rules.yaml`, `regions.yaml`, `types.yaml` and what `apis/` says of features, all in a cloud's folder.
    ///
    /// - Throws: `Rejected` with everything that is wrong in them.
    package init(_ cloud: CloudName, folder: String) throws(Rejected) {
        self.init(cloud: cloud)
        var diagnostics: [Diagnostic] = []
        func layered(_ file: String) -> Layered? {
            let (document, found) = Document.read("\(folder)/\(file)")
            diagnostics += found
            return document?.root.map { Layered($0, layer: "providers") }
        }
        if let rules = layered("rules.yaml") { diagnostics += takeRules(rules) }
        if let regions = layered("regions.yaml") {
            var reader = FieldReader(regions, what: "provider")
            zones = readZones(&reader)
            diagnostics += reader.finish()
        }
        if let table = layered("types.yaml") {
            let (types, found) = readMachineTypes(table)
            know(types)
            diagnostics += found
        }
        for api in apis {
            let file = "apis/\(api.text.split(separator: "/").last ?? "").yaml"
            guard let map = layered(file) else { continue }
            let (traits, found) = APITraits.read(map)
            diagnostics += found
            features[api] = traits?.1.features ?? []
        }
        if diagnostics.hasErrors { throw Rejected(diagnostics) }
    }

    private mutating func takeRules(_ map: Layered) -> [Diagnostic] {
        var reader = FieldReader(map, what: "provider")
        apis = (reader.required("apis") { $0.strings($1) } ?? []).map { APIName($0) }
        typeForms = reader.strings("type_forms") ?? []
        imageForms = reader.strings("image_forms") ?? []
        subnetForms = reader.strings("subnet_forms") ?? []
        userDataMax = reader.integer("user_data_max", in: 0...Int.max) ?? .max
        tags =
            reader.nested("tags", what: "provider") { tags in
                var rules = TagRules()
                rules.countMax = tags.integer("count_max", in: 1...Int.max) ?? .max
                rules.keyMax = tags.integer("key_max", in: 1...Int.max) ?? .max
                rules.valueMax = tags.integer("value_max", in: 1...Int.max) ?? .max
                rules.isLowerCase = tags.boolean("lower_case") ?? false
                rules.keyForbids = tags.string("key_forbids") ?? ""
                return rules
            } ?? TagRules()
        return reader.finish()
    }
}

private func readZones(_ reader: inout FieldReader) -> [String: [String]] {
    var zones: [String: [String]] = [:]
    for region in reader.entries("regions") ?? [] {
        zones[region.key] = region.value.items?.compactMap(\.text) ?? []
        if region.value.items == nil { reader.wrongType(region, "a list of zones") }
    }
    return zones
}

// MARK: - Machine types

/// `types.yaml`: families of types that share a processor, and their sizes.
///
///     name: "{family}.{size}"
///     families:
///       m6i: {maker: intel, memory_per_vcpu: 4, sizes: {large: 2, xlarge: 4}}
///       g5:  {maker: amd, gpu: A10G, gpu_memory: 24, sizes: {xlarge: {vcpus: 4, memory: 16, gpus: 1, local_disk: 250}}}
private func readMachineTypes(_ map: Layered) -> (types: [MachineType], diagnostics: [Diagnostic]) {
    var reader = FieldReader(map, what: "provider")
    let name = reader.required("name") { $0.string($1) } ?? ""
    var types: [MachineType] = []
    for family in reader.entries("families") ?? [] {
        var fields = FieldReader(family.value, what: "family")
        types += readFamily(family.key, &fields, name: name)
        fields.finish().forEach { reader.report($0) }
    }
    return (types, reader.finish())
}

private func readFamily(_ family: String, _ reader: inout FieldReader, name usual: String) -> [MachineType] {
    let pattern = reader.string("name") ?? usual
    let maker = reader.required("maker") { $0.string($1) } ?? ""
    let architecture =
        reader.choice("architecture", of: ["x86_64": Architecture.x86, "arm64": .arm]) ?? .x86
    let memoryPerVCPU = reader.number("memory_per_vcpu", in: 0...1_000)
    let localDiskPerVCPU = reader.number("local_disk_per_vcpu", in: 0...100_000) ?? 0
    let isBurstable = reader.boolean("burstable") ?? false
    let gpu = reader.string("gpu")
    let gpuMemory = reader.integer("gpu_memory", in: 1...10_000) ?? 0
    var types: [MachineType] = []
    for size in reader.required("sizes", { $0.entries($1) }) ?? [] {
        let name = pattern.replacing("{family}", with: family).replacing("{size}", with: size.key)
        var type = MachineType(
            name: name, family: family, vcpus: 0, memoryMiB: 0, architecture: architecture, maker: maker,
            isBurstable: isBurstable)
        var gpus = gpu == nil ? 0 : 1
        if let vcpus = size.value.text.flatMap({ Int($0) }) {
            type.vcpus = vcpus
        } else {
            var fields = FieldReader(size.value, what: "size")
            type.vcpus = fields.required("vcpus") { $0.integer($1, in: 1...10_000) } ?? 0
            type.memoryMiB = Int((fields.number("memory", in: 0...100_000) ?? 0) * 1024)
            type.localDiskGiB = fields.integer("local_disk", in: 0...1_000_000) ?? 0
            type.isBareMetal = fields.boolean("bare_metal") ?? false
            gpus = fields.integer("gpus", in: 0...64) ?? gpus
            fields.finish().forEach { reader.report($0) }
        }
        if type.memoryMiB == 0 { type.memoryMiB = Int((memoryPerVCPU ?? 0) * Double(type.vcpus) * 1024) }
        if type.localDiskGiB == 0 { type.localDiskGiB = Int(localDiskPerVCPU * Double(type.vcpus)) }
        if type.memoryMiB == 0 {
            reader.report("field.missing", "size `\(size.key)` says no memory", at: size.keyPlace)
        }
        if let gpu, gpus > 0 { type.gpu = .init(name: gpu, count: gpus, memoryGiB: gpuMemory) }
        types.append(type)
    }
    return types
}
