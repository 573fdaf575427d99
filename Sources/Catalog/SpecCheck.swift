import Documents
import Provisioning

/// Holds what a template says in its cloud's own words to what the cloud's call takes.
struct SpecCheck {
    private let table: ParameterTable
    /// What to do about a parameter that this call does not take, if another does.
    private let elsewhere: (String) -> String?
    private(set) var diagnostics: [Diagnostic] = []

    init(_ table: ParameterTable, elsewhere: @escaping (String) -> String?) {
        self.table = table
        self.elsewhere = elsewhere
    }

    /// The same under the cloud's own names, and every text as it is written, whatever it looks like.
    mutating func read(_ spec: Layered) -> RawValue { structure(spec, named: table.root, at: Path()) }

    /// Where a parameter is among the others.
    private struct Path {
        /// With the numbers of lists: `NetworkInterfaces[1].Groups`.
        var shown = ""
        /// Without.
        var plain = ""

        subscript(name: String) -> Path {
            Path(shown: shown.isEmpty ? name : "\(shown).\(name)", plain: plain.isEmpty ? name : "\(plain).\(name)")
        }

        subscript(index: Int) -> Path { Path(shown: "\(shown)[\(index + 1)]", plain: plain) }
    }

    // MARK: - Structures

    private mutating func structure(_ value: Layered, named name: String, at path: Path) -> RawValue {
        guard let fields = value.fields else { return wrong(value, path, "a map of parameters") }
        let structure = table.structures[name] ?? ParameterTable.Structure([])
        var read: [RawValue.Field] = []
        // What one layer says, another may clear, whatever the call is then.
        for field in fields where !field.value.isNull {
            guard let member = structure[field.key] else {
                unknown(field, in: structure, path)
                continue
            }
            let path = path[member.name]
            if let reserved = table.ours[path.plain] {
                refuse(field, path, reserved)
                continue
            }
            if read.contains(where: { $0.key == member.name }) {
                report("field.clash", "`\(path.shown)` is given twice, under two spellings", field.keyPlace)
                continue
            }
            read.append(.init(member.name, self.value(field.value, as: member.kind, at: path)))
        }
        return .map(read)
    }

    private mutating func unknown(_ field: Layered.Field, in structure: ParameterTable.Structure, _ path: Path) {
        // Looking for a name among others costs more than reading it did.
        let isHinted = diagnostics.count < SpecCheck.hintsMax
        report(
            "spec.unknown-parameter",
            "`\(path[field.writtenKey.shortened].shown)` is no parameter of `\(table.action)`", field.keyPlace,
            isHinted ? hint(for: field.writtenKey, in: structure, isFirst: path.plain.isEmpty) : nil)
    }

    /// - Parameter isFirst: whether it is in no other parameter.
    private func hint(for name: String, in structure: ParameterTable.Structure, isFirst: Bool) -> String? {
        // A name in another notation is as many letters off as it has words.
        let bare = name.bare
        if let same = structure.names.first(where: { $0.bare == bare }) { return "did you mean `\(same)`?" }
        if isFirst, bare == table.root.bare || bare == table.within?.bare {
            return "write what is in it, without the name"
        }
        if isFirst, let elsewhere = elsewhere(name) { return elsewhere }
        let longer = bare.count > 3 ? structure.names.first { $0.bare.hasPrefix(bare) } : nil
        if let near = suggestion(for: name, among: structure.names) ?? longer { return "did you mean `\(near)`?" }
        if structure.names.count > SpecCheck.namesMax { return nil }
        return "it has " + structure.names.map { "`\($0)`" }.joined(separator: ", ")
    }

    private static let namesMax = 12
    private static let hintsMax = 100

    private mutating func refuse(_ field: Layered.Field, _ path: Path, _ reserved: ParameterTable.Reserved) {
        report(
            "spec.reserved", "`\(path.shown)` cannot be set by a template: \(reserved.why)", field.keyPlace,
            reserved.instead)
    }

    // MARK: - Values

    private mutating func value(_ value: Layered, as kind: ParameterTable.Kind, at path: Path) -> RawValue {
        if value.isNull { return .null }
        switch kind {
        case .structure(let name): return structure(value, named: name, at: path)
        case .list(let kind, _):
            guard let items = value.items else {
                return wrong(value, path, "a list", value.kind == .scalar ? "put it in brackets" : nil)
            }
            var read: [RawValue] = []
            for (index, item) in items.enumerated() { read.append(self.value(item, as: kind, at: path[index])) }
            return .list(read)
        case .words(let words):
            guard let text = value.text else { return wrong(value, path, "text") }
            if !words.contains(text) { misspelt(text, value, path, words) }
            return .text(text)
        case .text:
            // As it is written: `1.10` is a version, not a number.
            return value.text.map { .text($0) } ?? wrong(value, path, "text")
        case .integer: return integer(value, path, Int(Int32.min)...Int(Int32.max))
        case .long: return integer(value, path, Int.min...Int.max)
        case .number:
            guard let number = value.text.flatMap({ Double($0) }), number.isFinite else {
                return wrong(value, path, "a number")
            }
            return Int(exactly: number).map { .integer($0) } ?? .number(number)
        case .boolean:
            switch value.text {
            case "true": return .boolean(true)
            case "false": return .boolean(false)
            default: return wrong(value, path, "`true` or `false`")
            }
        case .time:
            guard let text = value.text, Timestamp(text) != nil else {
                return wrong(value, path, "a moment as in `2027-01-31T18:00:00Z`")
            }
            return .text(text)
        }
    }

    private mutating func integer(_ value: Layered, _ path: Path, _ range: ClosedRange<Int>) -> RawValue {
        guard let number = value.text.flatMap({ Int($0) }) else { return wrong(value, path, "a whole number") }
        if range.contains(number) { return .integer(number) }
        return wrong(value, path, "a whole number of 32 bits")
    }

    private mutating func misspelt(_ text: String, _ value: Layered, _ path: Path, _ words: [String]) {
        let same = words.first { $0.bare == text.bare }
        report(
            "spec.word", "`\(path.shown)` cannot be `\(text.shortened)`", value.place,
            same.map { "did you mean `\($0)`?" } ?? didYouMean(text, among: words)
                ?? "it takes " + words.map { "`\($0)`" }.joined(separator: ", "))
    }

    private mutating func wrong(
        _ value: Layered, _ path: Path, _ wanted: String, _ hint: String? = nil
    ) -> RawValue {
        report("spec.kind", "`\(path.shown)` must be \(wanted), not \(value.shown)", value.place, hint)
        return .null
    }

    private mutating func report(_ code: String, _ message: String, _ place: Place?, _ hint: String? = nil) {
        diagnostics.append(Diagnostic(.error, code, message, at: place, hint: hint))
    }
}

extension String {
    /// Its letters and digits alone, all small: `spot_options` and `SpotOptions` are the same.
    fileprivate var bare: String { lowercased().filter { $0.isLetter || $0.isNumber } }
}
