import Documents
import Provisioning

// The maps within a template, one function each.

func readRootDisk(_ reader: inout FieldReader) -> Disk? {
    var disk = Disk()
    let device = reader.string(TemplateKeys.diskDevice)
    disk.sizeGiB = reader.integer(TemplateKeys.diskSize, in: TemplateValues.diskSizes)
    disk.type = reader.string(TemplateKeys.diskType)
    disk.iops = reader.integer(TemplateKeys.iops, in: TemplateValues.positive)
    disk.throughputMiBps = reader.integer(TemplateKeys.throughput, in: TemplateValues.positive)
    disk.isEncrypted = reader.boolean(TemplateKeys.encryption)
    disk.encryptionKey = reader.string(TemplateKeys.encryptionKey)
    if disk.encryptionKey != nil, disk.isEncrypted == false, let field = reader.field(TemplateKeys.encryptionKey) {
        reader.report(
            "field.clash", "`\(field.writtenKey)` is given, but `storage_encryption` is `false`", at: field.keyPlace)
    }
    // A name alone wishes for nothing that the image does not bring.
    if disk == Disk() { return nil }
    disk.device = device
    return disk
}

func readDataDisks(_ reader: inout FieldReader, beside root: Disk?) -> [Disk]? {
    guard let items = reader.list(TemplateKeys.dataDisks) else { return nil }
    var disks: [Disk] = []
    for item in items {
        var fields = FieldReader(item, what: "template", called: "key of a disk")
        disks.append(readDataDisk(&fields))
        fields.finish().forEach { reader.report($0) }
    }
    let named = ([root].compactMap(\.self) + disks).compactMap(\.device)
    if Set(named).count < named.count, let field = reader.field(TemplateKeys.dataDisks) {
        reader.report("field.clash", "two disks have the same `device`", at: field.keyPlace)
    }
    return disks
}

private func readDataDisk(_ reader: inout FieldReader) -> Disk {
    var disk = Disk()
    disk.device = reader.string(DiskKeys.device)
    disk.sizeGiB = reader.integer(DiskKeys.size, in: TemplateValues.diskSizes)
    disk.type = reader.string(DiskKeys.type)
    disk.iops = reader.integer(DiskKeys.iops, in: TemplateValues.positive)
    disk.throughputMiBps = reader.integer(DiskKeys.throughput, in: TemplateValues.positive)
    disk.isEncrypted = reader.boolean(DiskKeys.encrypted)
    disk.encryptionKey = reader.string(DiskKeys.encryptionKey)
    disk.snapshot = reader.string(DiskKeys.snapshot)
    disk.outlivesMachine = reader.boolean(DiskKeys.outlivesMachine)
    if disk.snapshot == nil, !reader.has(DiskKeys.size, unlessNull: true) {
        reader.report("field.missing", "a disk needs `size_gb`, or a `snapshot`", at: reader.map.place)
    }
    return disk
}

func readPlacement(_ reader: inout FieldReader) -> Placement? {
    let reservation = reader.string(TemplateKeys.capacityReservation)
    var placement =
        reader.nested(TemplateKeys.placement, what: "template", called: "key of `placement`") { reader in
            var placement = Placement()
            placement.group = reader.string(PlacementKeys.group)
            placement.partition = reader.integer(PlacementKeys.partition, in: 1...7)
            placement.tenancy = reader.word(PlacementKeys.tenancy, of: TemplateValues.tenancies)
            placement.host = reader.string(PlacementKeys.host)
            if placement.partition != nil, placement.group == nil {
                reader.report(
                    "field.missing", "a `partition` needs a `group`", at: reader.map["partition"]?.place)
            }
            return placement
        } ?? Placement()
    placement.capacityReservation = reservation
    return placement == Placement() ? nil : placement
}

func readMetadataOptions(_ reader: inout FieldReader) -> MetadataOptions? {
    reader.nested(TemplateKeys.metadataOptions, what: "template", called: "key of `metadata_options`") { reader in
        var options = MetadataOptions()
        options.isEnabled = reader.boolean(MetadataKeys.enabled)
        options.needsToken = reader.word(MetadataKeys.tokens, of: TemplateValues.tokens).map { $0 == "required" }
        options.hopLimit = reader.integer(MetadataKeys.hopLimit, in: 1...64)
        options.showsTags = reader.boolean(MetadataKeys.tags)
        return options
    }
}

func readNetwork(_ reader: inout FieldReader) -> NetworkOptions? {
    reader.nested(TemplateKeys.network, what: "template", called: "key of `network_options`") { reader in
        var network = NetworkOptions()
        network.ipv6Addresses = reader.integer(NetworkKeys.ipv6Addresses, in: 1...100)
        network.isFabricAdapter = reader.boolean(NetworkKeys.fabricAdapter)
        network.isAccelerated = reader.boolean(NetworkKeys.accelerated)
        network.forwardsTraffic = reader.boolean(NetworkKeys.forwardsTraffic)
        return network
    }
}

func readCPU(_ reader: inout FieldReader) -> CPUOptions? {
    reader.nested(TemplateKeys.cpu, what: "template", called: "key of `cpu_options`") { reader in
        var cpu = CPUOptions()
        cpu.cores = reader.integer(CPUKeys.cores, in: 1...1_024)
        cpu.threadsPerCore = reader.integer(CPUKeys.threadsPerCore, in: 1...2)
        return cpu
    }
}

// MARK: - In another's words

/// A map, or a file with one; not both.
func readSpec(
    _ name: FieldName, orFile file: FieldName, _ reader: inout FieldReader, _ references: References
) -> RawValue? {
    let written = reader.field(name)
    if let written, written.value.kind != .map { reader.wrongType(written, "a map of parameters") }
    guard let path = reader.string(file), let field = reader.field(file) else {
        return written.map { RawValue($0.value) }
    }
    if let written {
        reader.report(
            "field.clash", "`\(written.writtenKey)` and `\(field.writtenKey)` cannot both be given",
            at: field.keyPlace)
        return nil
    }
    guard let found = references.file(path, for: field, &reader) else { return nil }
    let (map, diagnostics) = references.map(in: found)
    diagnostics.forEach { reader.report($0) }
    if map == nil, !diagnostics.hasErrors {
        reader.report("field.type", "`\(found.path)` must be a map of parameters", at: field.value.place)
    }
    return map.map { RawValue($0) }
}

extension References {
    /// The map that a file holds, with the template's parameters filled in; nil: it holds none.
    func map(in file: (path: String, text: String)) -> (map: Layered?, diagnostics: [Diagnostic]) {
        let (document, diagnostics) = Document.parse(Array(file.text.utf8), file: file.path)
        guard let root = document?.root, root.kind == .map else { return (nil, diagnostics) }
        // Filled in after it is read, so that a value cannot add keys of its own.
        let map = Layered(root, layer: "").replacingTexts(holding: "${") { text in
            let written = text.text ?? ""
            // What nobody knows yet is neither right nor wrong.
            if written.mentions(unknowns) { return Layered(null: written, origin: text.origin) }
            return Layered(text: filled(written, with: parameters), origin: text.origin)
        }
        return (map, diagnostics)
    }
}

extension RawValue {
    /// What a document says, plain text by the core schema of YAML 1.2 (https://yaml.org/spec/1.2.2/#103-core-schema).
    package init(_ value: Layered) {
        if let fields = value.fields {
            self = .map(fields.map { Field($0.key, RawValue($0.value)) })
        } else if let items = value.items {
            self = .list(items.map { RawValue($0) })
        } else if value.isNull {
            self = .null
        } else {
            let text = value.text ?? ""
            self = value.isPlain ? RawValue(plain: text) : .text(text)
        }
    }

    private init(plain text: String) {
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        let isNumeric = digits.first?.isASCII == true && digits.first?.isNumber == true
        let isOctalToOthers = digits.count > 1 && digits.hasPrefix("0") && !digits.hasPrefix("0.")
        switch text {
        case "true": self = .boolean(true)
        case "false": self = .boolean(false)
        case _ where !isNumeric || isOctalToOthers: self = .text(text)
        case _ where digits.utf8.allSatisfy { (0x30...0x39).contains($0) }:
            self = Int(text).map { .integer($0) } ?? .text(text)
        case _ where digits.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }:
            self = Double(text).map { .number($0) } ?? .text(text)
        default: self = .text(text)
        }
    }
}
