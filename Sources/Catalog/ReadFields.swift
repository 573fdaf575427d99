import Documents
import Provisioning

// The fields of a template that take more than one form, one function each.

/// A list of names, or one text with commas between them.
func readNames(_ name: FieldName, _ reader: inout FieldReader) -> [String] {
    guard let field = reader.field(name) else { return [] }
    return reader.strings(in: field.value, of: field, splittingAt: ",").map { names($0, of: field, &reader) } ?? []
}

/// In order of preference, each once; a name without a letter is a slip of the pen.
func names(_ texts: [String], of field: Layered.Field, _ reader: inout FieldReader) -> [String] {
    if !texts.contains("") { return texts.eachOnce }
    reader.report("field.type", "`\(field.writtenKey)` holds an empty name", at: field.value.place)
    return texts.filter { !$0.isEmpty }.eachOnce
}

func readCloud(_ reader: inout FieldReader) -> CloudName? {
    reader.word(TemplateKeys.cloud, of: TemplateValues.clouds).map { CloudName($0) }
}

/// `aws/run-instances`, or the name other tools have for it.
func readAPI(_ reader: inout FieldReader) -> APIName? {
    guard let text = reader.string(TemplateKeys.api), let field = reader.field(TemplateKeys.api) else { return nil }
    let api = TemplateValues.foreignAPIs[text] ?? APIName(text)
    let parts = api.text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    if parts.count == 2, !parts.contains(where: \.isEmpty) { return api }
    reader.report(
        "field.range", "`\(field.writtenKey)` must be a cloud and its API, as in `aws/run-instances`, not `\(text)`",
        at: field.value.place, hint: didYouMean(text, among: TemplateValues.foreignAPIs.keys))
    return nil
}

/// An id or alias, or a search.
func readImage(into template: inout Template, _ reader: inout FieldReader, at place: Place) {
    guard let field = reader.field(TemplateKeys.image) else {
        if template.launchTemplate == nil { reportMissingImage(template.id, &reader, at: place) }
        return
    }
    if field.value.kind == .map {
        template.imageSearch =
            reader.nested(TemplateKeys.image, what: "template", called: "key of an image search") { reader in
                let owner = reader.string(ImageKeys.owner)
                let architecture = readArchitecture(ImageKeys.architecture, &reader)
                return reader.required(ImageKeys.name) { $0.string($1) }.map {
                    ImageSearch(owner: owner, name: $0, architecture: architecture)
                }
            } ?? nil
        return
    }
    template.image = reader.string(TemplateKeys.image) ?? ""
    if field.value.text?.isEmpty == true { reportMissingImage(template.id, &reader, at: place) }
}

private func reportMissingImage(_ id: Template.ID, _ reader: inout FieldReader, at place: Place) {
    reader.report(
        "template.missing-image", "template `\(id)` has no image", at: place,
        hint: "give it a `machine_image`, or one to `defaults:`")
}

/// The script itself, or that of a file.
func readUserData(_ reader: inout FieldReader, _ references: References) -> String? {
    let inline = reader.string(TemplateKeys.userData)
    if let path = reader.string(TemplateKeys.userDataFile), let field = reader.field(TemplateKeys.userDataFile) {
        if inline != nil {
            reader.report(
                "field.clash", "`\(field.writtenKey)` and `machine_bootstrap` cannot both be given",
                at: field.keyPlace, hint: "clear the one that a layer below sets")
            return nil
        }
        return references.script(path, for: field, &reader)
    }
    guard let inline, let field = reader.field(TemplateKeys.userData) else { return nil }
    return isPath(inline) ? references.script(inline, for: field, &reader) : inline
}

/// Whether what stands for a script is the name of its file, as other tools have it: to send the name to the machine
/// instead would look like success.
private func isPath(_ text: String) -> Bool {
    if text.contains(where: { $0.isWhitespace }) { return false }
    return TemplateValues.pathPrefixes.contains { text.hasPrefix($0) }
        || TemplateValues.scriptEndings.contains { text.hasSuffix($0) }
}

func readTags(_ reader: inout FieldReader) -> [String: String] {
    guard let field = reader.field(TemplateKeys.tags) else { return [:] }
    guard let entries = field.value.fields else {
        reader.wrongType(field, "a map, or text of the form `team=risk;env=prod`")
        return [:]
    }
    for entry in entries {
        if entry.key.isEmpty || entry.key.utf8.contains(UInt8(ascii: "$")) && entry.key.contains("${") {
            // A name that depends on an order would be another tag each time, which no layer above could meet.
            reader.report(
                "template.tag",
                entry.key.isEmpty ? "a tag has no name" : "tag `\(entry.key)` holds a reference in its name",
                at: entry.keyPlace, hint: entry.key.isEmpty ? nil : "only values can hold one")
        }
        for prefix in TemplateValues.reservedTagPrefixes where entry.key.beginsInAnyCase(with: prefix) {
            reader.report(
                "template.reserved-tag", "tag `\(entry.key)` begins with `\(prefix)`, which is reserved",
                at: entry.keyPlace)
        }
    }
    let tags = reader.texts(in: entries)
    if tags.count > TemplateValues.tagsMax {
        reader.report(
            "template.too-many-tags",
            "\(tags.count) tags are more than the \(TemplateValues.tagsMax) a template may have",
            at: field.keyPlace)
    }
    return tags
}

extension String {
    /// Compares letters of ASCII only, and makes no other `String`.
    fileprivate func beginsInAnyCase(with prefix: String) -> Bool {
        utf8.count >= prefix.utf8.count
            && zip(utf8, prefix.utf8).allSatisfy { $0 == $1 || (0x41...0x5A).contains($0) && $0 | 0x20 == $1 }
    }
}

/// A number of machines; -1 says that there is no limit.
func readLimit(_ reader: inout FieldReader) -> Int? {
    guard let limit = reader.integer(TemplateKeys.limit, in: Int.min...TemplateValues.limitMax),
        limit != TemplateValues.noLimit
    else { return nil }
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

/// A number, a share as in `80%`, or `all`.
func readAtLeast(_ reader: inout FieldReader) -> LeastCount? {
    guard let text = reader.string(TemplateKeys.atLeast), let field = reader.field(TemplateKeys.atLeast) else {
        return nil
    }
    let digits = text.hasSuffix("%") ? text.dropLast() : text[...]
    let number = digits.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(digits) : nil
    switch (text, number) {
    case ("all", _): return .percent(100)
    case (_, let number?) where text.hasSuffix("%") && (1...100).contains(number): return .percent(number)
    case (_, let number?) where !text.hasSuffix("%") && number >= 1: return .count(number)
    default:
        reader.wrongType(field, "a number of machines, a share as in `80%`, or `all`")
        return nil
    }
}

/// Turns tags of the form `team=risk;env=prod` into the map they mean, so that they merge with other layers.
func spellOutTags(_ fields: Layered) -> (fields: Layered, diagnostics: [Diagnostic]) {
    let key = TemplateKeys.tags.canonical
    guard let tags = fields[key], !tags.isNull, let text = tags.text else { return (fields, []) }
    var pairs: [(String, Layered)] = []
    var known: Set<Substring> = []
    var diagnostics: [Diagnostic] = []
    for pair in text.split(separator: ";") {
        let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = parts[0].drop { $0 == " " }
        if parts.count < 2 || name.isEmpty {
            diagnostics.append(
                Diagnostic(
                    .error, "field.type",
                    "`\(String(pair).shortened)` is no tag: text of the form `team=risk;env=prod` is", at: tags.place))
        } else if !known.insert(name).inserted {
            diagnostics.append(
                Diagnostic(
                    .error, "field.clash", "tag `\(String(name).shortened)` is given twice", at: tags.place))
        } else {
            pairs.append((String(name), Layered(text: String(parts[1]), origin: tags.origin)))
        }
    }
    return (fields.setting(key, to: Layered(fields: pairs, origin: tags.origin)), diagnostics)
}
