import Documents
import Provisioning

extension ParameterTables {
    /// The tables in `parameters/` of a cloud's folder; a cloud that has no `parameters/ours.yaml` has none.
    package convenience init(folder: String) {
        self.init { api in
            Result { () throws(Rejected) in try ParameterTable.read(api, in: "\(folder)/parameters") }
        }
    }
}

extension ParameterTable {
    fileprivate static func read(_ api: APIName, in folder: String) throws(Rejected) -> ParameterTable? {
        let name = String(api.text.split(separator: "/").last ?? "")
        let (own, troubles) = Document.read("\(folder)/ours.yaml")
        if troubles.contains(where: { $0.code == "file.missing" }) { return nil }
        let (document, others) = Document.read("\(folder)/\(name).yaml")
        guard let own = own?.root, let root = document?.root, !troubles.hasErrors, !others.hasErrors else {
            throw Rejected(troubles + others)
        }
        var reader = FieldReader(Layered(root, layer: "providers"), what: "provider")
        var table = read(&reader)
        var ours = FieldReader(Layered(own, layer: "providers"), what: "provider")
        table.ours = readOurs(of: name, &ours)
        let faults = reader.finish() + ours.finish()
        if faults.hasErrors { throw Rejected(faults) }
        return table
    }

    private static func read(_ reader: inout FieldReader) -> ParameterTable {
        var table = ParameterTable(
            action: reader.required("action") { $0.string($1) } ?? "", within: reader.string("within"),
            root: reader.required("root") { $0.string($1) } ?? "")
        let mark = reader.string("items")
        var words: [String: [String]] = [:]
        for choice in reader.entries("words") ?? [] { words[choice.key] = choice.value.items?.compactMap(\.text) }
        let structures = reader.required("structures") { $0.entries($1) } ?? []
        let names = Set(structures.map(\.key))
        for structure in structures {
            var members: [Member] = []
            for field in structure.value.fields ?? [] {
                // `{Wire: kind}` where it goes by another name.
                let other = field.value.fields?.first
                guard let kind = Kind(other?.value ?? field.value, after: mark, structures: names, words: words) else {
                    reader.wrongType(field, "a kind of parameter")
                    continue
                }
                members.append(Member(name: field.key, wire: other?.key ?? field.key, kind: kind))
            }
            table.structures[structure.key] = Structure(members)
        }
        if !names.contains(table.root), let field = reader.field("root") { reader.wrongType(field, "a structure") }
        return table
    }

    /// What we write ourselves of one API, each parameter with the reason that is named for it.
    private static func readOurs(of name: String, _ reader: inout FieldReader) -> [String: Reserved] {
        var reasons: [String: Reserved] = [:]
        for reason in reader.required("reasons", { $0.entries($1) }) ?? [] {
            var fields = FieldReader(reason.value, what: "provider")
            let why = fields.required("why") { $0.string($1) } ?? ""
            reasons[reason.key] = Reserved(why: why, instead: fields.string("instead"))
            fields.finish().forEach { reader.report($0) }
        }
        var ours: [String: Reserved] = [:]
        for api in reader.required("parameters", { $0.entries($1) }) ?? [] {
            for parameter in api.value.fields ?? [] {
                guard let reason = parameter.value.text.flatMap({ reasons[$0] }) else {
                    reader.wrongType(parameter, "one of the `reasons`")
                    continue
                }
                if api.key == name { ours[parameter.key] = reason }
            }
        }
        return ours
    }
}

extension ParameterTable.Kind {
    /// A kind by its name; in brackets, a list of it, with what stands before its numbers if that is not the `mark`.
    fileprivate init?(
        _ written: Layered, after mark: String?, structures: Set<String>, words: [String: [String]]
    ) {
        if let items = written.items {
            guard items.count == 1 || items.count == 2,
                let item = Self(items[0], after: mark, structures: structures, words: words)
            else { return nil }
            self = .list(item, after: items.count == 2 ? items[1].text : mark)
            return
        }
        switch written.text {
        case "text": self = .text
        case "integer": self = .integer
        case "long": self = .long
        case "number": self = .number
        case "boolean": self = .boolean
        case "time": self = .time
        case let name? where structures.contains(name): self = .structure(name)
        case let name?:
            guard let words = words[name] else { return nil }
            self = .words(words)
        case nil: return nil
        }
    }
}
