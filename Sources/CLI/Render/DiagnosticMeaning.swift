/// What the codes of a catalog's diagnostics mean, as `docs/diagnostics.md` says it.
enum DiagnosticMeaning {
    /// A code that is not of the catalog stands for itself.
    static func text(of code: String) -> String { texts[code] ?? code }

    static let texts: [String: String] = [
        "catalog.unknown-account": "a file speaks for an account that does not exist",
        "catalog.unknown-file": "a file's name does not say whom it is for; it is left out",
        "catalog.unknown-key": "a template file has no such key beside `defaults` and `templates`",
        "field.clash": "two fields contradict each other",
        "field.missing": "a field that must be there is not",
        "field.range": "a value outside its range or choices, which are named",
        "field.type": "a value of the wrong kind",
        "file.missing": "there is no such file or folder",
        "file.too-large": "the file is larger than any sensible one",
        "file.unreadable": "the system does not let us read it",
        "template.api": "the account does not have the API that the template names",
        "template.cycle": "templates extend each other in a circle, which is printed",
        "template.duplicate": "the same id twice in one layer",
        "template.id": "not a template id",
        "template.missing-id": "a template without an id",
        "template.missing-image": "a template without an image",
        "template.missing-type": "a template without a machine type",
        "template.not-here": "the template is not for this account",
        "template.not-yet": "a key or value that is known, but not honoured yet",
        "template.other-cloud": "the template is for another cloud than the account's",
        "template.reserved-tag": "the tag begins with a prefix that is reserved",
        "template.too-many-tags": "more tags than an instance may carry",
        "template.unknown": "there is no such template",
        "template.unknown-account": "the template names an account that does not exist",
        "template.unknown-key": "there is no such template key",
        "template.unknown-parent": "the template to extend does not exist",
        "yaml.alias-limit": "aliases blow a file up beyond all measure",
        "yaml.depth": "values are nested too deep",
        "yaml.duplicate-key": "a key twice in one map",
        "yaml.encoding": "not UTF-8 text",
        "yaml.syntax": "not valid YAML or JSON",
    ]
}
