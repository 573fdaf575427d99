import Documents
import Provisioning

/// Something an order may choose about a template, used as `${name}` in its values.
package struct Parameter: Sendable, Hashable, Codable {
    package enum Kind: String, Sendable, CaseIterable, Codable {
        case text, integer, number, boolean, duration, `enum`, list
    }

    package var name: String
    package var kind = Kind.text
    /// Those of an enum.
    package var values: [String] = []
    /// Nil: an order has to give one.
    package var usual: String?
    /// To check the template with, where there is no default.
    package var example: String?
    /// Of numbers the value; of texts and lists the length; of durations the seconds.
    package var min: Double?
    package var max: Double?
    package var description: String?

    /// What is wrong with a value, as the end of a sentence that begins "`size` "; nil: nothing is.
    package func fault(in text: String) -> String? {
        let size: Double
        switch kind {
        case .enum:
            if values.contains(text) { return nil }
            return "must be \(values.map { "`\($0)`" }.joined(separator: ", ")), not `\(text)`"
        case .boolean:
            return text == "true" || text == "false" ? nil : "must be `true` or `false`, not `\(text)`"
        case .integer:
            guard let value = Int(text), "\(value)" == text else {
                return "must be a whole number, not `\(text)`"
            }
            size = Double(value)
        case .number:
            let isDecimal = text.utf8.allSatisfy { (0x30...0x39).contains($0) || "+-.eE".utf8.contains($0) }
            guard isDecimal, let value = Double(text), value.isFinite else {
                return "must be a number, not `\(text)`"
            }
            size = value
        case .duration:
            guard let value = Duration(text: text) else {
                return "must be a length of time, as in `90s` or `1h30m`, not `\(text)`"
            }
            size = Double(value.components.seconds)
        case .text: size = Double(text.count)
        case .list: size = Double(items(of: text).count)
        }
        if let min, size < min { return "must be \(of(size: "at least", min)), not `\(text)`" }
        if let max, size > max { return "must be \(of(size: "at most", max)), not `\(text)`" }
        return nil
    }

    /// The items that a list's text stands for.
    func items(of text: String) -> [String] {
        text.split(separator: ",").map { $0.trimmingSpaces }.filter { !$0.isEmpty }
    }

    /// A value to look at the template with; whether it stands for one that nobody can know.
    var standIn: (text: String, isUnknown: Bool) {
        if let usual { return (usual, false) }
        if let example { return (example, false) }
        return switch kind {
        case .enum: (values.first ?? "", values.isEmpty)
        case .integer: (whole(within(1).rounded(min == nil ? .down : .up)), false)
        case .number: (whole(within(1)), false)
        case .boolean: ("false", false)
        case .duration: ("\(whole(Swift.max(1, within(3600).rounded(.up))))s", false)
        case .text, .list: ("example", true)
        }
    }

    private func within(_ number: Double) -> Double { Swift.min(Swift.max(number, min ?? number), max ?? .infinity) }

    private func of(size words: String, _ bound: Double) -> String {
        switch kind {
        case .text: "\(words) \(whole(bound)) characters"
        case .list: "\(words) \(whole(bound)) items"
        case .duration: "\(words) \(Duration.seconds(bound).text)"
        default: "\(words) \(whole(bound))"
        }
    }

    private func whole(_ number: Double) -> String {
        number == number.rounded() && abs(number) < 1e15 ? "\(Int(number))" : "\(number)"
    }
}

extension Parameter {
    /// What a template's `parameters` declare, in order.
    static func read(_ declared: Layered) -> (parameters: [Parameter], diagnostics: [Diagnostic]) {
        guard let fields = declared.fields else {
            return (
                [],
                [
                    Diagnostic(
                        .error, "field.type", "`parameters` must be a map, not \(declared.shown)", at: declared.place)
                ]
            )
        }
        var parameters: [Parameter] = []
        var diagnostics: [Diagnostic] = []
        for field in fields where !field.value.isNull {
            var reader = FieldReader(field.value, what: "template", called: "key of a parameter")
            let parameter = Parameter(field, &reader)
            diagnostics += reader.finish()
            parameters.append(parameter)
        }
        return (parameters, diagnostics)
    }

    private init(_ field: Layered.Field, _ reader: inout FieldReader) {
        name = field.key
        if !Parameter.isName(name[...]) {
            reader.report(
                "template.parameter", "`\(name)` is no name of a parameter: letters, digits, `_` and `-` are",
                at: field.keyPlace)
        }
        let word = reader.word(ParameterKeys.type, of: Kind.allCases.map(\.rawValue))
        values = reader.strings(ParameterKeys.values, splittingAt: ",") ?? []
        kind = word.flatMap { Kind(rawValue: $0) } ?? (values.isEmpty ? .text : .enum)
        usual = readText(ParameterKeys.usual, &reader)
        example = readText(ParameterKeys.example, &reader)
        min = readBound(ParameterKeys.min, &reader)
        max = readBound(ParameterKeys.max, &reader)
        description = reader.string(ParameterKeys.description)
        if kind == .enum, values.isEmpty {
            reader.report("template.parameter", "an enum needs `values` to choose from", at: field.keyPlace)
        }
        if kind != .enum, !values.isEmpty {
            reader.report(
                "template.parameter", "`values` are for an enum, not for `\(kind.rawValue)`",
                at: reader.map["values"]?.place)
        }
        if let min, let max, min > max {
            reader.report("template.parameter", "`min` is above `max`", at: reader.map["min"]?.place)
        }
        for (key, value) in [("default", usual), ("example", example)] {
            guard let value, let fault = fault(in: value) else { continue }
            reader.report("template.parameter", "`\(key)` of `\(name)` \(fault)", at: reader.map[key]?.place)
        }
    }

    /// A list is as good as its items with commas between.
    private func readText(_ name: FieldName, _ reader: inout FieldReader) -> String? {
        guard let field = reader.field(name) else { return nil }
        if field.value.kind == .list { return reader.strings(name)?.joined(separator: ",") }
        return reader.string(name)
    }

    private func readBound(_ name: FieldName, _ reader: inout FieldReader) -> Double? {
        if kind == .duration { return reader.duration(name).map { Double($0.components.seconds) } }
        return reader.number(name)
    }

    static func isName(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, !(0x30...0x39).contains(first), first != 0x2D else { return false }
        return text.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F: true
            default: false
            }
        }
    }
}

extension Substring {
    fileprivate var trimmingSpaces: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
