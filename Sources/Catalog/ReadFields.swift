import Documents
import Provisioning

// The fields of a template that take more than one form, one function each.

/// One type, a list, or a map of types to weights. Nil: it is given, but wrong.
func readTypes(_ reader: inout FieldReader) -> [String]? {
    guard let field = reader.field(TemplateKeys.types) else { return nil }
    guard let weights = field.value.fields else {
        return reader.strings(in: field.value, of: field, splittingAt: ",").map { names($0, of: field, &reader) }
    }
    for weight in weights where weight.value.text != "1" {
        reader.report(
            "template.not-yet", "`\(field.writtenKey)`: a weight other than 1 is not supported yet",
            at: weight.value.place)
    }
    return unique(weights.map(\.key))
}

/// A list of names, or one text with commas between them.
func readNames(_ name: FieldName, _ reader: inout FieldReader) -> [String] {
    guard let field = reader.field(name), let texts = reader.strings(name, splittingAt: ",") else { return [] }
    return names(texts, of: field, &reader)
}

/// In order of preference, each once; a name without a letter is a slip of the pen.
private func names(_ texts: [String], of field: Layered.Field, _ reader: inout FieldReader) -> [String] {
    if texts.contains("") {
        reader.report("field.type", "`\(field.writtenKey)` holds an empty name", at: field.value.place)
    }
    return unique(texts.filter { !$0.isEmpty })
}

/// In a list of preferences the second mention of a name says nothing.
private func unique(_ names: [String]) -> [String] {
    if names.count < 2 { return names }
    var seen: Set<String> = []
    return names.filter { seen.insert($0).inserted }
}

func readCloud(_ reader: inout FieldReader) -> CloudName? {
    reader.word(TemplateKeys.cloud, of: TemplateValues.clouds).map { CloudName($0) }
}

/// In order of preference.
func readMarkets(_ reader: inout FieldReader) -> [Market] {
    switch reader.word(TemplateKeys.priceType, of: TemplateValues.priceTypes) {
    case "spot": [.spot]
    case "heterogeneous": [.spot, .onDemand]
    default: [.onDemand]
    }
}

/// `aws/run-instances`, or the name other tools have for it.
func readAPI(_ reader: inout FieldReader, among apis: [APIName]?) -> APIName? {
    guard let text = reader.string(TemplateKeys.api), let field = reader.field(TemplateKeys.api) else { return nil }
    let api = TemplateValues.foreignAPIs[text] ?? APIName(text)
    let parts = api.text.split(separator: "/", omittingEmptySubsequences: false)
    if parts.count != 2 || parts.contains(where: \.isEmpty) {
        reader.report(
            "field.range",
            "`\(field.writtenKey)` must be a cloud and its API, as in `aws/run-instances`, not `\(text)`",
            at: field.value.place, hint: didYouMean(text, among: TemplateValues.foreignAPIs.keys))
        return nil
    }
    if let apis, !apis.contains(api) {
        reader.report(
            "template.not-yet", "the API `\(api)` is not supported yet", at: field.value.place,
            hint: didYouMean(api.text, among: apis.map(\.text)))
    }
    return api
}

func readUserData(_ reader: inout FieldReader) -> String? {
    guard let text = reader.string(TemplateKeys.userData), let field = reader.field(TemplateKeys.userData) else {
        return nil
    }
    // Other tools read the file; to send its name to the machine instead would look like success.
    let isPath = TemplateValues.pathPrefixes.contains { text.hasPrefix($0) }
    if isPath, !text.contains("\n") {
        reader.report(
            "template.not-yet", "`\(field.writtenKey)`: reading a script from a file is not supported yet",
            at: field.value.place, hint: "write the script itself, as a block after `|`")
    }
    return text
}

func readDisk(_ reader: inout FieldReader) -> Disk? {
    var disk = Disk()
    let device = reader.string(TemplateKeys.diskDevice)
    disk.sizeGiB = reader.integer(TemplateKeys.diskSize, in: TemplateValues.diskSizes)
    disk.type = reader.string(TemplateKeys.diskType)
    disk.iops = reader.integer(TemplateKeys.iops, in: TemplateValues.positive)
    disk.throughputMiBps = reader.integer(TemplateKeys.throughput, in: TemplateValues.positive)
    disk.isEncrypted = reader.boolean(TemplateKeys.encryption)
    // A name alone wishes for nothing that the image does not bring.
    if disk == Disk() { return nil }
    disk.device = device
    return disk
}

func readTags(_ reader: inout FieldReader) -> [String: String] {
    guard let field = reader.field(TemplateKeys.tags) else { return [:] }
    guard let entries = field.value.fields else {
        reader.wrongType(field, "a map, or text of the form `team=risk;env=prod`")
        return [:]
    }
    for entry in entries {
        for prefix in TemplateValues.reservedTagPrefixes where entry.key.lowercased().hasPrefix(prefix) {
            reader.report(
                "template.reserved-tag", "tag `\(entry.key)` begins with `\(prefix)`, which is reserved",
                at: entry.keyPlace)
        }
    }
    let tags = reader.texts(TemplateKeys.tags) ?? [:]
    if tags.count > TemplateValues.tagsMax {
        reader.report(
            "template.too-many-tags",
            "\(tags.count) tags are more than the \(TemplateValues.tagsMax) a template may have",
            at: field.keyPlace)
    }
    return tags
}

/// A number of machines; -1 says that there is no limit.
func readLimit(_ reader: inout FieldReader) -> Int? {
    guard let limit = reader.integer(TemplateKeys.limit), limit != TemplateValues.noLimit else { return nil }
    if limit < 1, let field = reader.field(TemplateKeys.limit) {
        reader.report(
            "field.range", "`\(field.writtenKey)` must be at least 1, or -1 for no limit, not `\(limit)`",
            at: field.value.place, hint: "to keep a template from being used, set `is_active: false`")
    }
    return limit
}

func readLifetime(_ reader: inout FieldReader) -> Int? {
    guard let lifetime = reader.duration(TemplateKeys.lifetime) else { return nil }
    if lifetime < .seconds(1), let field = reader.field(TemplateKeys.lifetime) {
        reader.report("field.range", "`lifetime` must be at least `1s`", at: field.value.place)
    }
    return Int(lifetime.components.seconds)
}

/// Turns tags of the form `team=risk;env=prod` into the map they mean, so that they merge with other layers.
func spellOutTags(_ fields: Layered) -> (fields: Layered, diagnostics: [Diagnostic]) {
    let key = TemplateKeys.tags.canonical
    guard let tags = fields[key], !tags.isNull, let text = tags.text else { return (fields, []) }
    var pairs: [(String, Layered)] = []
    var diagnostics: [Diagnostic] = []
    for pair in text.split(separator: ";") {
        let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = parts[0].drop { $0 == " " }
        if parts.count < 2 || name.isEmpty {
            diagnostics.append(
                Diagnostic(
                    .error, "field.type", "`\(pair)` is no tag: text of the form `team=risk;env=prod` is",
                    at: tags.place))
        } else if pairs.contains(where: { $0.0 == name }) {
            diagnostics.append(Diagnostic(.error, "field.clash", "tag `\(name)` is given twice", at: tags.place))
        } else {
            pairs.append((String(name), Layered(text: String(parts[1]), origin: tags.origin)))
        }
    }
    return (fields.setting(key, to: Layered(fields: pairs, origin: tags.origin)), diagnostics)
}
