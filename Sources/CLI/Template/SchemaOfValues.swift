import Catalog
import Provisioning

/// `TemplateFile` holds ids to the same.
let idPattern = "^[A-Za-z0-9_./:-]{1,128}$"

/// What stands in a value for a parameter of the template.
private let reference = #"\$\{"#

extension TemplateKey.Value {
    /// What a value may be, in the words of JSON Schema: always an object.
    ///
    /// - Parameter apis: those that machines can be launched by.
    func form(_ apis: [APIName]) -> Rendered {
        switch self {
        case .text: types("string")
        case .id: types("string", and: ["pattern": .text(idPattern)])
        case .boolean: types("boolean", "string", and: ["pattern": .text(reference)])
        case .integer(let range): number(bounds(range))
        case .count(let unlimited):
            number([
                .init(key: "minimum", value: .integer(unlimited)), .init(key: "not", value: ["const": .integer(0)]),
            ])
        case .duration: text("^([0-9]{1,9}(ms|s|m|h|d))+$")
        case .word(let choices): words(choices)
        case .api(let foreign):
            words(apis.map(\.text).sorted() + foreign.filter { apis.contains($0.value) }.keys.sorted())
        case .names: types("string", "array", and: items)
        case .types: types("string", "array", "object", and: .object(items.fields + weight.fields))
        case .weights: types("object", and: weight)
        case .share:
            types(
                "string", "integer",
                and: ["minimum": .integer(1), "pattern": .text("^([1-9][0-9]*%?|all)$|\(reference)")])
        case .price:
            types(
                "string", "number",
                and: ["exclusiveMinimum": .integer(0), "pattern": .text("^[0-9.]+$|\(reference)")])
        case .spelling(let words): text(anySpelling(of: words))
        case .bounds:
            types(
                "integer", "string", "object",
                and: [
                    "minimum": .integer(0), "pattern": .text(reference),
                    "properties": ["min": number([]), "max": number([])], "additionalProperties": .boolean(false),
                ])
        case .sizeBounds:
            types(
                "string", "number", "object",
                and: [
                    "pattern": .text(sizePattern), "properties": ["min": size, "max": size],
                    "additionalProperties": .boolean(false),
                ])
        case .map(let keys):
            types(
                "object",
                and: [
                    "properties": .object(
                        keys.flatMap { key in
                            ([key.key] + key.aliases).map { .init(key: $0, value: described(key, apis)) }
                        }), "additionalProperties": .boolean(false),
                ])
        case .mapOf(let value): types("object", and: ["additionalProperties": value.form(apis)])
        case .listOf(let value): types("array", and: ["items": value.form(apis)])
        case .either(let values): ["anyOf": .list(values.map { $0.form(apis) })]
        case .anyMap: types("object")
        case .tags(let max, let reserved):
            types(
                "object", "string",
                and: [
                    "maxProperties": .integer(max),
                    "propertyNames": ["not": ["pattern": .text(beginning(reserved, inAnyCase: true))]],
                    "additionalProperties": ["type": .texts(["string", "number", "boolean", "null"])],
                    "pattern": .text("^([^=;]+=[^;]*(;|$))*$"),
                ])
        case .anything: .object([])
        case .notYet: ["enum": .list([.null])]
        }
    }

    private func described(_ key: TemplateKey, _ apis: [APIName]) -> Rendered {
        .object([.init(key: "description", value: .text(key.meaning))] + key.value.form(apis).fields)
    }

    private var weight: Rendered {
        ["additionalProperties": ["type": .text("integer"), "minimum": .integer(0), "maximum": .integer(1_000)]]
    }

    /// A whole number, or the parameter that gives it.
    private func number(_ bounds: [Rendered.Field]) -> Rendered {
        types("integer", "string", and: .object(bounds + [.init(key: "pattern", value: .text(reference))]))
    }

    /// A text of some form, or one with the parameter that makes it so.
    private func text(_ pattern: String) -> Rendered {
        types("string", and: ["pattern": .text("\(pattern)|\(reference)")])
    }

    private var sizePattern: String { "^[0-9.]+ ?(MiB|GiB|TiB)?$|\(reference)" }
    private var size: Rendered { types("string", "number", and: ["pattern": .text(sizePattern)]) }

    private var items: Rendered { ["items": ["type": .text("string")]] }

    /// `null` clears what a layer below says, whatever the key.
    private func types(_ names: String..., and rest: Rendered = .object([])) -> Rendered {
        .object([.init(key: "type", value: .texts(names + ["null"]))] + rest.fields)
    }

    private func words(_ words: [String]) -> Rendered {
        [
            "anyOf": .list([
                ["enum": .list(words.map { .text($0) } + [.null])],
                ["type": .text("string"), "pattern": .text(reference)],
            ])
        ]
    }

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

/// A pattern for words with or without hyphens, underscores and capitals.
private func anySpelling(of words: [String]) -> String {
    let choices = words.map { word in
        word.map { $0.isLetter ? "[\($0.uppercased())\($0.lowercased())]" : "[-_]?" }.joined()
    }
    return "^(" + choices.joined(separator: "|") + ")$"
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
