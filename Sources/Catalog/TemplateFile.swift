import Documents
import Provisioning

/// One template file, read: its defaults and its templates, still as they are written.
struct TemplateFile: Sendable {
    struct Entry: Sendable {
        var id: String
        /// Where the template is named.
        var place: Place
        var fields: Layered
    }

    var path: String
    var rank: Rank
    var defaults: Layered?
    var entries: [Entry] = []
    /// What is wrong with the file as a file; what is wrong with a template's fields is found when it is resolved.
    var diagnostics: [Diagnostic] = []
    /// Whether it could not be understood, so that nobody knows what it would have said.
    var isBroken = false

    init(_ found: FoundFile, _ naming: FileNaming) {
        let rank = Rank(layer: naming.layer, reach: naming.reach, directory: found.directory, path: found.path)
        let (document, diagnostics) = Document.read(found.path)
        self.init(document, diagnostics, rank: rank)
    }

    /// A file as it would be with other content.
    init(_ bytes: [UInt8], _ rank: Rank) {
        let (document, diagnostics) = Document.parse(bytes, file: rank.path)
        self.init(document, diagnostics, rank: rank)
    }

    /// A file that was read already.
    init(_ document: Document?, _ diagnostics: [Diagnostic], rank: Rank) {
        path = rank.path
        self.rank = rank
        self.diagnostics = diagnostics
        isBroken = diagnostics.hasErrors
        guard let root = document?.root, !root.isNull else { return }
        switch root.kind {
        case .list:
            for item in root.items { add(Layered(item, layer: rank.layer.name)) }
        case .map:
            readParts(Layered(root, layer: rank.layer.name), root)
        case .scalar:
            fail("field.type", "a template file is a map with `templates`, or a list of templates", root.place)
        }
    }

    private mutating func readParts(_ map: Layered, _ root: Node) {
        var reader = FieldReader(map, what: "catalog")
        if let field = reader.field("defaults") {
            if field.value.kind == .map, let node = root["defaults"] {
                defaults = Layered(node, layer: "\(rank.layer.name) defaults")
            } else {
                fail("field.type", "`defaults` must be a map, not \(field.value.shown)", field.value.place)
            }
        }
        if let field = reader.field("templates") {
            if let items = field.value.items {
                entries.reserveCapacity(items.count)
                for item in items { add(item) }
            } else if let fields = field.value.fields {
                entries.reserveCapacity(fields.count)
                for field in fields { add(field.value, id: field.key, place: field.keyPlace) }
            } else {
                fail("field.type", "`templates` must be a list or a map, not \(field.value.shown)", field.value.place)
            }
        }
        // Other tools stamp their files with it.
        reader.accept("scheduler_type")
        let unknown = reader.finish()
        // A misspelled `templates` would make every template of the file vanish.
        if unknown.hasErrors { isBroken = true }
        diagnostics += unknown
    }

    private mutating func fail(_ code: String, _ message: String, _ place: Place?) {
        diagnostics.append(Diagnostic(.error, code, message, at: place))
        isBroken = true
    }

    /// `id` is the key of a map of templates; in a list a template names itself.
    private mutating func add(_ fields: Layered, id key: String? = nil, place: Place? = nil) {
        let whole = place ?? fields.place ?? Place(file: path, line: 1, column: 1)
        guard fields.kind == .map else {
            return fail("field.type", "a template is a map of fields, not \(fields.shown)", fields.place)
        }
        let written = TemplateKeys.id.all.lazy.compactMap { fields[$0] }.first
        guard let id = key ?? written?.text, !id.isEmpty else {
            return fail("template.missing-id", "this template has no `template_id`", whole)
        }
        if let written, let key, written.text != key {
            return fail("field.clash", "template `\(key.shortened)` calls itself \(written.shown)", written.place)
        }
        guard TemplateKeys.isID(id) else {
            return fail(
                "template.id", "`\(id.shortened)` is no template id: letters, digits and `-_./:` are, up to 128",
                written?.place ?? whole)
        }
        entries.append(Entry(id: id, place: written?.place ?? whole, fields: fields))
    }
}

extension TemplateKeys {
    /// Whether a text may be a template's id: letters, digits and `-_./:`, up to 128.
    package static func isID(_ text: String) -> Bool {
        (1...128).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F, 0x2E, 0x2F, 0x3A: true
                default: false
                }
            }
    }
}
