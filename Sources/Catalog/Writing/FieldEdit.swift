import Documents
import Provisioning

/// A field to be set or taken out, understood: which key of a template it is, and what it is to hold.
struct FieldEdit {
    let key: TemplateKey
    /// As it was spelled.
    let spelling: String
    /// Into the field's map.
    let within: [Step]
    /// Nil: it is to go.
    let value: Written?

    /// - Throws: `Rejected` if there is no such key, or the value cannot be read.
    init(_ field: TemplateChange.Field) throws(Rejected) {
        let (written, text): (String, String?) =
            switch field {
            case .set(let key, let value): (key, value)
            case .unset(let key): (key, nil)
            }
        let parts = written.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let key = TemplateKeys.described.first(where: { $0.name.all.contains(parts[0]) }) else {
            let names = TemplateKeys.described.flatMap(\.name.all)
            throw Rejected(
                Diagnostic(
                    .error, "template.unknown-key", "`\(parts[0])` is not a template key",
                    hint: didYouMean(parts[0], among: names)))
        }
        if key.key == TemplateKeys.id.canonical {
            throw Rejected(
                Diagnostic(
                    .error, "template.id-fixed", "`\(written)` cannot be changed: a template is known by its id",
                    hint: "copy it under the other id, and delete this one"))
        }
        self.key = key
        spelling = parts[0]
        within = parts.count == 1 ? [] : FieldEdit.steps(parts[1], into: key)
        value = try text.map { text throws(Rejected) in try FieldEdit.value(text, of: key, written) }
    }

    /// The names of tags and of machine types have dots of their own.
    private static func steps(_ rest: String, into key: TemplateKey) -> [Step] {
        switch key.value {
        case .tags, .types, .weights: [.key(rest)]
        default: rest.split(separator: ".", omittingEmptySubsequences: false).map { .key(String($0)) }
        }
    }

    /// Brackets and quotes are read as YAML; all else is what it says, whatever is in it.
    private static func value(_ text: String, of key: TemplateKey, _ written: String) throws(Rejected) -> Written {
        guard let first = text.first, "[{\"'".contains(first) else {
            return text.isEmpty ? .null : fitting(Written(word: text), key)
        }
        let read = Document.parse(Array(text.utf8), file: "--field \(written)", format: .yaml)
        if read.diagnostics.hasErrors { throw Rejected(read.diagnostics) }
        return read.document?.root.map { fitting(Written($0), key) } ?? .null
    }

    /// Numbers and truths are such only where a number or a truth belongs.
    private static func fitting(_ value: Written, _ key: TemplateKey) -> Written {
        switch key.value {
        case .text, .id, .duration, .word, .spelling, .api, .names, .tags: value.asText
        default: value
        }
    }
}

extension FieldEdit {
    /// The path of the field in a template's entry: under the name it has there already, else as it was spelled.
    func path(in entry: Written?) -> [Step] {
        guard case .map(let fields)? = entry else { return [.key(spelling)] + within }
        let there = fields.first { key.name.all.contains($0.key) }?.key
        return [.key(there ?? spelling)] + within
    }
}
