import Documents
import Provisioning
import Testing

@testable import Catalog

/// The table that people and editors are shown is the list of what is read.
struct DescribedKeyTests {
    @Test func everyKeyThatIsReadIsDescribedAndTheOtherWayRound() {
        var reader = FieldReader(Layered(fields: [], origin: Origin(layer: "test")), what: "template")
        _ = readTemplate("x", &reader, at: Place(file: "t", line: 1, column: 1), Circumstances())
        let read = Set(reader.asked.map(\.all))
        let described = Set(TemplateKeys.described.filter(\.isSupported).map { [$0.key] + $0.aliases })
        #expect(read.count > 30)
        #expect(read.subtracting(described) == [], "read, but described nowhere")
        #expect(described.subtracting(read) == [], "described, but never read")
    }

    @Test(arguments: TemplateKeys.described.flatMap { [$0.key] + $0.aliases })
    func everyDescribedNameIsKnown(_ name: String) throws {
        // Read as it stands in a file, where other names are turned into own ones first.
        let setting = try Setting(["templates.yaml": "defaults: {\(name): null}\ntemplates: {x: {}}"])
        #expect(!setting.refusal("x", at: "prod").contains { $0.hasPrefix("template.unknown-key") })
    }

    @Test func everyKeySaysWhatItIsForInOneSentence() {
        for key in TemplateKeys.described {
            #expect(key.meaning.hasSuffix(".") && !key.meaning.dropLast().contains(". "), "\(key.key)")
        }
    }
}
