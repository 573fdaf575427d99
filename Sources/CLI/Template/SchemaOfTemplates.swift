import Catalog
import Provisioning

/// A template file as JSON Schema (draft 2020-12), from the keys that the catalog reads.
///
/// It is stricter than the reader where an editor helps best by being so: a number is written as a number, a
/// text that looks like one between quotes.
enum SchemaOfTemplates {
    static func document(_ keys: [TemplateKey], apis: [APIName]) -> Rendered {
        [
            "$schema": .text("https://json-schema.org/draft/2020-12/schema"),
            "title": .text("Muster template file"),
            "description": .text("Machine templates: a map with `defaults` and `templates`, or a list of them."),
            "type": .texts(["object", "array", "null"]),
            "properties": [
                "defaults": [
                    "description": .text("What every template of the accounts this file speaks for has below its own."),
                    "anyOf": .list([["type": .text("null")], reference("defaults")]),
                ],
                "templates": [
                    "description": .text("A map of templates by id, or a list of templates with a `template_id`."),
                    "type": .texts(["object", "array", "null"]),
                    "propertyNames": ["pattern": .text(idPattern)],
                    "additionalProperties": reference("template"),
                    "items": reference("listed"),
                ],
                "scheduler_type": [
                    "description": .text("Kept for other tools that stamp their files with it; it is not acted on."),
                    "doNotSuggest": .boolean(true),
                ],
            ],
            "additionalProperties": .boolean(false),
            "items": reference("listed"),
            "$defs": [
                "template": template(keys, apis), "listed": listed(keys), "defaults": defaults(keys),
            ],
        ]
    }

    private static func reference(_ name: String) -> Rendered { ["$ref": .text("#/$defs/\(name)")] }

    /// Every key under each of its names.
    private static func template(_ keys: [TemplateKey], _ apis: [APIName]) -> Rendered {
        let properties = keys.flatMap { key in
            [Rendered.Field(key: key.key, value: property(key, apis))]
                + key.aliases.map { .init(key: $0, value: alias(of: key)) }
        }
        return [
            "type": .text("object"), "properties": .object(properties), "additionalProperties": .boolean(false),
        ]
    }

    /// In a list a template names itself.
    private static func listed(_ keys: [TemplateKey]) -> Rendered {
        let names = keys.filter(\.isID).flatMap { [$0.key] + $0.aliases }
        return [
            "allOf": .list([reference("template")]), "anyOf": .list(names.map { ["required": .texts([$0])] }),
        ]
    }

    private static func defaults(_ keys: [TemplateKey]) -> Rendered {
        let own = keys.filter { !$0.mayBeDefault }.flatMap { [$0.key] + $0.aliases }
        return [
            "allOf": .list([
                reference("template"),
                ["properties": .object(own.map { .init(key: $0, value: .boolean(false)) })],
            ])
        ]
    }

    private static func property(_ key: TemplateKey, _ apis: [APIName]) -> Rendered {
        guard case .object(let form) = key.value.form(apis) else { preconditionFailure("a form is an object") }
        let unsupported: [Rendered.Field] =
            key.isSupported
            ? [] : [.init(key: "deprecated", value: .boolean(true)), .init(key: "doNotSuggest", value: .boolean(true))]
        return .object([.init(key: "description", value: .text(key.meaning))] + form + unsupported)
    }

    /// An alias is as right as the key's own name, but editors need not offer both.
    private static func alias(of key: TemplateKey) -> Rendered {
        .object(
            [
                .init(key: "description", value: .text("Another name for `\(key.key)`. \(key.meaning)")),
                .init(key: "$ref", value: .text("#/$defs/template/properties/\(key.key)")),
                .init(key: "doNotSuggest", value: .boolean(true)),
            ] + (key.isSupported ? [] : [.init(key: "deprecated", value: .boolean(true))]))
    }
}
