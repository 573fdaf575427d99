import Catalog
import Testing

@testable import CLI

/// What editors are told of templates is what the catalog reads.
struct SchemaTests {
    private let document = SchemaOfTemplates.document(TemplateKeys.described, apis: ["aws/run-instances"])

    @Test func theSchemaIsAsAPersonReadIt() throws {
        try expectGolden(JSONText.document(document), "schema.json")
    }

    @Test func everyNameOfEveryKeyIsInTheSchemaAndNothingElse() throws {
        let properties = try #require(document["$defs"]?["template"]?["properties"])
        let names = TemplateKeys.described.flatMap { [$0.key] + $0.aliases }
        #expect(properties.keys == names)
        #expect(Set(names).count == names.count)
        for key in TemplateKeys.described {
            #expect(properties[key.key]?["description"] == .text(key.meaning))
            for alias in key.aliases {
                #expect(properties[alias]?["$ref"] == .text("#/$defs/template/properties/\(key.key)"))
            }
        }
    }

    @Test func whatIsNotSupportedYetIsMarkedAndTakesNothing() throws {
        let properties = try #require(document["$defs"]?["template"]?["properties"])
        let namespace = try #require(properties["namespace"])
        #expect(namespace["deprecated"] == .boolean(true))
        #expect(namespace["enum"] == .list([.null]))
        #expect(properties["machine_image"]?["deprecated"] == nil)
    }
}

extension Rendered {
    fileprivate subscript(key: String) -> Rendered? {
        guard case .object(let fields) = self else { return nil }
        return fields.first { $0.key == key }?.value
    }

    fileprivate var keys: [String] {
        guard case .object(let fields) = self else { return [] }
        return fields.map(\.key)
    }
}
