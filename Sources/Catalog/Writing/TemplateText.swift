import Documents
import Provisioning

/// The text of a template file, edited template by template, in whichever of its forms it is written.
struct TemplateText {
    private(set) var editor: DocumentEditor

    init(_ bytes: [UInt8], file: String) throws(Rejected) {
        editor = try DocumentEditor(bytes, file: file)
    }

    // MARK: - Where its templates are

    /// Where the map or the list of templates stands, or will.
    private var container: [Step] {
        if case .list = editor.value { [] } else { ["templates"] }
    }

    private var isList: Bool {
        if case .list? = editor.value(at: container) { true } else { false }
    }

    private var items: [Written] {
        if case .list(let items)? = editor.value(at: container) { items } else { [] }
    }

    /// What templates of the list call their id.
    private var idKey: String {
        for case .map(let fields) in items {
            if let field = fields.first(where: { TemplateKeys.id.all.contains($0.key) }) { return field.key }
        }
        return TemplateKeys.id.canonical
    }

    /// Nil: the file has no such template.
    func path(of id: Template.ID) -> [Step]? {
        if isList {
            return items.lastIndex { TemplateText.id(of: $0)?.value == .text(id.text) || names($0, id) }
                .map { container + [.item($0)] }
        }
        let path = container + [.key(id.text)]
        return editor.value(at: path) == nil ? nil : path
    }

    private func names(_ item: Written, _ id: Template.ID) -> Bool {
        TemplateText.id(of: item)?.value == .plain(id.text)
    }

    private static func id(of entry: Written) -> Written.Field? {
        guard case .map(let fields) = entry else { return nil }
        return fields.first { TemplateKeys.id.all.contains($0.key) }
    }

    // MARK: - Changing

    /// Adds a template that says nothing yet.
    mutating func add(_ id: Template.ID) throws(Rejected) {
        if isList {
            try editor.append(.map([.init(idKey, .text(id.text))]), to: container)
        } else {
            try editor.set(container + [.key(id.text)], to: .map([]))
        }
    }

    /// Adds a template with the fields of a text, its comments among them.
    mutating func add(_ id: Template.ID, from source: TemplateChange.SourceOfFields) throws(Rejected) {
        var fields = try DocumentEditor(source.text, file: source.file)
        switch fields.value {
        case .null: return try add(id)
        case .map: break
        default:
            throw Rejected(
                Diagnostic(
                    .error, "field.type", "`\(source.file)` must hold the fields of one template: a map",
                    at: fields.node(at: [])?.place))
        }
        if let own = TemplateText.id(of: fields.value) {
            guard own.value == .text(id.text) || own.value == .plain(id.text) else {
                throw Rejected(
                    Diagnostic(
                        .error, "field.clash", "the fields are those of another template than `\(id)`",
                        at: fields.node(at: [.key(own.key)])?.place, hint: "leave `\(own.key)` out of them"))
            }
            try fields.remove([.key(own.key)])
        }
        let name = Written.Field(idKey, .text(id.text))
        if let passage = isList ? fields.passage(asItemWith: name) : fields.passage(asEntry: id.text) {
            return try editor.insert(passage, into: container)
        }
        try add(id, value: fields.value)
    }

    /// Adds a template that is another one's entry under a new id, from this file or another.
    mutating func add(_ id: Template.ID, copyOf other: Template.ID, in source: TemplateText) throws(Rejected) {
        guard let path = source.path(of: other), let value = source.editor.value(at: path) else {
            throw source.missing(other)
        }
        let passage = source.editor.passage(at: path, as: source.isList ? nil : id.text)
        guard let passage, source.isList == isList else { return try add(id, value: value) }
        try editor.insert(passage, into: container)
        let copy = isList ? container + [.item(items.count - 1)] : container + [.key(id.text)]
        if let own = TemplateText.id(of: value) { try editor.set(copy + [.key(own.key)], to: .text(id.text)) }
    }

    private mutating func add(_ id: Template.ID, value: Written) throws(Rejected) {
        guard case .map(let fields) = value else { return try add(id) }
        let others = fields.filter { !TemplateKeys.id.all.contains($0.key) }
        if isList {
            try editor.append(.map([.init(idKey, .text(id.text))] + others), to: container)
        } else {
            try editor.set(container + [.key(id.text)], to: .map(others))
        }
    }

    mutating func remove(_ id: Template.ID) throws(Rejected) {
        guard let path = path(of: id) else { throw missing(id) }
        try editor.remove(path)
    }

    /// Sets or takes out fields of a template that is there.
    mutating func apply(_ fields: [FieldEdit], to id: Template.ID) throws(Rejected) {
        guard let path = path(of: id) else { throw missing(id) }
        for field in fields {
            let place = path + field.path(in: editor.value(at: path))
            if let value = field.value {
                try editor.set(place, to: value)
            } else if editor.value(at: place) != nil {
                try editor.remove(place)
            } else {
                let key = ([field.spelling] + field.within.map(\.text)).joined(separator: ".")
                throw Rejected(
                    Diagnostic(
                        .error, "template.not-set", "template `\(id)` does not set `\(key)` in `\(editor.file)`",
                        at: editor.node(at: path)?.place,
                        hint: "to clear what another layer sets, give it `null`: `--field \(key)=null`"))
            }
        }
    }

    private func missing(_ id: Template.ID) -> Rejected {
        Rejected(
            Diagnostic(
                .error, "template.not-in-file", "`\(editor.file)` has no template `\(id)`",
                hint: "`muster template show \(id) --origins` tells which files have it"))
    }
}

extension Step {
    fileprivate var text: String {
        switch self {
        case .key(let key): key
        case .item(let number): String(number)
        }
    }
}
