import Catalog
import Provisioning

/// `TemplateFile` holds ids to the same.
let idPattern = "^[A-Za-z0-9_./:-]{1,128}$"

extension TemplateKey.Value {
    /// What a value may be, in the words of JSON Schema: always an object.
    ///
    /// - Parameter apis: those that machines can be launched by.
    func form(_ apis: [APIName]) -> Rendered {
        switch self {
        case .text: types("string")
        case .id: types("string", and: ["pattern": .text(idPattern)])
        case .boolean: types("boolean")
        case .integer(let range): types("integer", and: .object(bounds(range)))
        case .count(let unlimited):
            types("integer", and: ["minimum": .integer(unlimited), "not": ["const": .integer(0)]])
        case .duration: types("string", and: ["pattern": .text("^([0-9]{1,9}(ms|s|m|h|d))+$")])
        case .word(let choices): words(choices)
        case .api(let foreign):
            words(apis.map(\.text).sorted() + foreign.filter { apis.contains($0.value) }.keys.sorted())
        case .names: types("string", "array", and: items)
        case .types:
            types(
                "string", "array", "object",
                // Another weight is not supported yet.
                and: .object(items.fields + [.init(key: "additionalProperties", value: ["const": .integer(1)])]))
        case .tags(let max, let reserved):
            types(
                "object", "string",
                and: [
                    "maxProperties": .integer(max),
                    "propertyNames": ["not": ["pattern": .text(beginning(reserved, inAnyCase: true))]],
                    "additionalProperties": ["type": .texts(["string", "number", "boolean", "null"])],
                    "pattern": .text("^([^=;]+=[^;]*(;|$))*$"),
                ])
        case .script(let beginnings):
            types("string", and: ["not": ["pattern": .text(beginning(beginnings) + "[^\\n]*$")]])
        case .anything: .object([])
        case .notYet(let except):
            ["enum": .list([.null] + except.map { Int($0).map { .integer($0) } ?? .text($0) })]
        }
    }

    private var items: Rendered { ["items": ["type": .text("string")]] }

    /// `null` clears what a layer below says, whatever the key.
    private func types(_ names: String..., and rest: Rendered = .object([])) -> Rendered {
        .object([.init(key: "type", value: .texts(names + ["null"]))] + rest.fields)
    }

    private func words(_ words: [String]) -> Rendered { ["enum": .list(words.map { .text($0) } + [.null])] }

    private func bounds(_ range: ClosedRange<Int>) -> [Rendered.Field] {
        var bounds = [Rendered.Field(key: "minimum", value: .integer(range.lowerBound))]
        // The largest of all integers is no bound that anybody set.
        if range.upperBound != .max { bounds.append(.init(key: "maximum", value: .integer(range.upperBound))) }
        return bounds
    }
}

extension Rendered {
    /// An object's fields; none for anything else.
    fileprivate var fields: [Field] { if case .object(let fields) = self { fields } else { [] } }
}

/// A pattern for texts that begin with one of these.
private func beginning(_ words: [String], inAnyCase: Bool = false) -> String {
    let choices = words.map { word in
        word.map { letter in
            if inAnyCase, letter.isLetter { return "[\(letter.uppercased())\(letter.lowercased())]" }
            return letter == "." ? "\\." : "\(letter)"
        }.joined()
    }
    return "^(" + choices.joined(separator: "|") + ")"
}
