import Documents
import Provisioning

extension RefusalTable {
    /// `errors.yaml`: a meaning, how long it holds, and the codes that have it; then what else there is to know.
    static func read(_ map: Layered) -> (table: RefusalTable, diagnostics: [Diagnostic]) {
        var reader = FieldReader(map, what: "meaning")
        var rows: [String: Row] = [:]
        for name in meanings {
            guard let field = reader.field(FieldName([name])) else { continue }
            var entry = FieldReader(field.value, what: "meaning")
            let holds = entry.duration("holds")
            for code in entry.required("codes", { $0.strings($1) }) ?? [] {
                if rows[code] != nil {
                    entry.report("provider.code-twice", "`\(code)` has a meaning already", at: field.keyPlace)
                }
                rows[code] = Row(meaning: Refusal.Meaning(rawValue: name), holds: holds)
            }
            entry.finish().forEach { reader.report($0) }
        }
        let lateMarks = reader.strings("late_marks") ?? []
        let rules = readRules(&reader)
        return (RefusalTable(rows: rows, rules: rules, lateMarks: lateMarks), reader.finish())
    }

    /// `unknown` is none: it leaves doubt whether the cloud acted.
    private static let meanings = Refusal.Meaning.allCases.map(\.rawValue) + ["unknown"]

    private static func readRules(_ reader: inout FieldReader) -> [Rule] {
        var rules: [Rule] = []
        for item in reader.list("rules") ?? [] {
            var entry = FieldReader(item, what: "rule")
            let code = entry.required("code") { $0.string($1) }
            let text = entry.string("text")
            let status = entry.integer("status", in: 400...599)
            let meaning = entry.required("meaning") { $0.word($1, of: meanings) }
            let reach = entry.word("reach", of: Refusal.Reach.allCases.map(\.rawValue))
            let row = Row(
                meaning: meaning.flatMap { Refusal.Meaning(rawValue: $0) }, holds: entry.duration("holds"),
                reach: reach.flatMap { Refusal.Reach(rawValue: $0) }, retries: entry.duration("retries"))
            if let code {
                if rules.contains(where: { $0.code == code && $0.text == text && $0.status == status }) {
                    entry.report("provider.code-twice", "`\(code)` has a rule already", at: item.place)
                }
                rules.append(Rule(code: code, text: text, status: status, row: row))
            }
            entry.finish().forEach { reader.report($0) }
        }
        return rules
    }
}
