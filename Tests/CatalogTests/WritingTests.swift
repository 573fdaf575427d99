import Catalog
import Documents
import FoundationEssentials
import Glibc
import Provisioning
import Testing

struct WritingTests {
    private static let shipped = """
        # What every template has.
        defaults: {image: i}

        templates:
          # Small.
          small:
            vmType: t   # cheap
            tags: {team: a}

          large:
            machine_types: [u]

        """

    /// A catalog of a shipped directory and a site's own above it.
    private func setting(_ more: [String: String] = [:]) throws -> Setting {
        var files = ["shipped/awsprov_templates.yaml": WritingTests.shipped, "site/templates.yaml": ""]
        for (name, text) in more { files[name] = text }
        return try Setting(files, directories: ["shipped", "site"])
    }

    private func text(_ setting: Setting, _ name: String) throws -> String {
        try String(decoding: Data(contentsOf: URL(filePath: "\(setting.directory.path)/\(name)")), as: UTF8.self)
    }

    private func refusal(_ setting: Setting, _ change: TemplateChange) -> [String] {
        do throws(Rejected) {
            _ = try setting.catalog.perform(change)
            return []
        } catch {
            return setting.codes(error.diagnostics)
        }
    }

    @Test func anUpdateKeepsTheSpellingOfTheFile() throws {
        let setting = try setting()
        let edit = try setting.catalog.perform(
            .init(
                .update, "small",
                fields: [.set("machine_types", to: "m"), .set("tags.env.x", to: "no"), .unset("tags.team")]))
        let expected = WritingTests.shipped.replacing("vmType: t", with: "vmType: m")
            .replacing("{team: a}", with: "{env.x: \"no\"}")
        #expect(edit.after == expected)
        #expect(edit.before == WritingTests.shipped)
        #expect(try text(setting, "shipped/awsprov_templates.yaml") == expected)
        let template = try setting.catalog.resolve("small").template
        #expect(template.tags == ["env.x": "no"])
        #expect(template.offerings.map(\.type) == ["m"])
    }

    @Test func aRehearsalWritesNothing() throws {
        let setting = try setting()
        let edit = try setting.catalog.perform(
            .init(.delete, "small", target: .usual), isRehearsal: true)
        #expect(edit.isChange && !edit.after.contains("small"))
        #expect(try text(setting, "shipped/awsprov_templates.yaml") == WritingTests.shipped)
        let made = try setting.catalog.perform(
            .init(.update, "small", fields: [.set("limit", to: "3")], target: .layer(.type)), isRehearsal: true)
        #expect(made.file.hasSuffix("site/awstype_templates.yaml"))
        #expect(access(made.file, F_OK) != 0)
    }

    @Test func aChangeThatBringsAMistakeIsRefusedAndNothingIsWritten() throws {
        let setting = try setting(["site/demoinst_templates.yaml": "templates: {child: {extends: large}}\n"])
        let refusals: [(TemplateChange, [String])] = [
            (
                .init(.update, "small", fields: [.set("limit", to: "many")]),
                ["field.type@shipped/awsprov_templates.yaml (as changed):9:12"]
            ),
            (.init(.update, "small", fields: [.set("limt", to: "1")]), ["template.unknown-key"]),
            (.init(.update, "small", fields: [.set("id", to: "x")]), ["template.id-fixed"]),
            (
                .init(.update, "small", fields: [.unset("limit")]),
                ["template.not-set@shipped/awsprov_templates.yaml:7:5"]
            ),
            (.init(.update, "small", fields: [.set("zones", to: "[a")]), ["yaml.syntax"]),
            (.init(.update, "smal", fields: [.set("limit", to: "1")]), ["template.unknown"]),
            (.init(.delete, "smal"), ["template.unknown"]),
            (.init(.create(from: nil), "small"), ["template.exists@shipped/awsprov_templates.yaml:7:5"]),
            (
                .init(.create(from: nil), "bare"),
                ["template.missing-type@site/awsprov_templates.yaml (as changed):2:3"]
            ),
            (
                .init(.create(from: nil), "a b", fields: [.set("vmType", to: "t")]),
                ["template.id@site/awsprov_templates.yaml (as changed):2:3"]
            ),
            (.init(.copy("smal"), "new"), ["template.unknown"]),
            (.init(.copy("small"), "large"), ["template.exists@shipped/awsprov_templates.yaml:11:5"]),
            (.init(.delete, "small", target: .layer(.legacy)), ["template.not-in-file"]),
            (.init(.update, "small", fields: [.set("limit", to: "1")], account: "nobody"), ["account.unknown"]),
            (
                .init(.update, "small", fields: [.set("limit", to: "1")], target: .file("/tmp/x.yaml")),
                ["catalog.unknown-file"]
            ),
        ]
        for (change, codes) in refusals {
            let found = refusal(setting, change)
            let shown = codes == ["yaml.syntax"] ? found.map { String($0.prefix(11)) } : found
            #expect(shown == codes)
        }
        let orphaned = refusal(setting, .init(.delete, "large"))
        #expect(orphaned.first == "template.extended@shipped/awsprov_templates.yaml:10:3")
        #expect(try text(setting, "shipped/awsprov_templates.yaml") == WritingTests.shipped)
        #expect(try text(setting, "site/templates.yaml") == "")
    }

    @Test func aMistakeThatIsThereAlreadyStandsInNobodysWay() throws {
        let setting = try setting(["site/templates.yaml": "templates:\n  bad: {limit: 0}\n  good: {vmType: t}\n"])
        _ = try setting.catalog.perform(
            .init(.update, "good", fields: [.set("image", to: "i"), .set("limit", to: "3")]))
        #expect(try text(setting, "site/templates.yaml").contains("good: {vmType: t, image: i, limit: 3}"))
        // It may even be moved to another line.
        _ = try setting.catalog.perform(
            .init(
                .create(from: nil), "new", fields: [.set("vmType", to: "t"), .set("image", to: "i")],
                target: .layer(.legacy)))
        _ = try setting.catalog.perform(
            .init(.update, "bad", fields: [.set("image", to: "i"), .set("limit", to: "1"), .set("vmType", to: "t")]))
        #expect(!setting.catalog.check().hasErrors)
    }

    @Test func aLayersNarrowerFileIsChangedIfItHasTheTemplate() throws {
        let setting = try setting()
        try setting.directory.write("site/emulatedtype_templates.yaml", "templates: {small: {max_machines: 2}}\n")
        let edit = try setting.catalog.perform(
            .init(.update, "small", fields: [.set("max_machines", to: "3")], target: .layer(.type)))
        #expect(edit.file.hasSuffix("site/emulatedtype_templates.yaml"))
        #expect(try text(setting, "site/emulatedtype_templates.yaml") == "templates: {small: {max_machines: 3}}\n")
    }

    @Test func aLayerSaysWhatItDidNotSayBefore() throws {
        let setting = try setting()
        let edit = try setting.catalog.perform(
            .init(.update, "small", fields: [.set("max_machines", to: "5")], target: .layer(.instance), account: "prod")
        )
        #expect(edit.file.hasSuffix("site/prodinst_templates.yaml"))
        #expect(edit.layer == .instance)
        #expect(try text(setting, "site/prodinst_templates.yaml") == "templates:\n  small:\n    max_machines: 5\n")
        #expect(try setting.catalog.resolve("small", at: "prod").template.limit == 5)
        #expect(try setting.catalog.resolve("small", at: "demo").template.limit == nil)
        // Now that is the highest layer which has it for that account; for the usual one it is not.
        func layer(_ account: AccountName?, _ limit: String) throws -> Layer {
            let change = TemplateChange(
                .update, "small", fields: [.set("limit", to: limit)], account: account)
            return try setting.catalog.perform(change).layer
        }
        #expect(try layer("prod", "6") == .instance)
        #expect(try layer("demo", "7") == .provider)
        #expect(try layer(nil, "8") == .provider)
        let deleted = try setting.catalog.perform(.init(.delete, "small", account: "prod"))
        #expect(deleted.after == "templates: {}\n")
        #expect(deleted.others.map { $0.hasSuffix("shipped/awsprov_templates.yaml") } == [true])
    }

    @Test func aNewTemplateTakesTheFieldsOfATextWithTheirComments() throws {
        let setting = try setting()
        let source = TemplateChange.SourceOfFields(
            text: Array("# For the web.\ntemplate_id: web\nmachine_types: [m]  # cheap\n".utf8), file: "-")
        let edit = try setting.catalog.perform(
            .init(
                .create(from: source), "web", fields: [.set("extends", to: "small"), .set("vmType", to: "m2")],
                target: .layer(.type)))
        #expect(
            edit.after
                == "templates:\n  web:\n    # For the web.\n    machine_types: m2  # cheap\n    extends: small\n")
        let wrong = TemplateChange.SourceOfFields(text: Array("id: other\n".utf8), file: "fields")
        #expect(refusal(setting, .init(.create(from: wrong), "x")).first?.hasPrefix("field.clash") == true)
    }

    @Test(arguments: [
        ("awsprov_templates.yaml", "- template_id: a  # the first\n  vmType: t\n  image: i\n"),
        ("awsprov_templates.yaml", "templates:\n- id: a\n  vmType: t\n  image: i\n"),
        ("awsprov_templates.yaml", "templates:\n  a:\n    id: a\n    vmType: t\n    image: i\n"),
        ("awsprov_templates.yaml", "templates: {a: {vmType: t, image: i}}\n"),
        (
            "aws_templates.json",
            "{\n  \"templates\": [\n    {\n      \"templateId\": \"a\",\n      \"vmType\": \"t\", \"image\": \"i\"\n    }\n  ]\n}\n"
        ),
        ("aws_templates.json", "[{\"templateId\": \"a\", \"vmType\": \"t\", \"image\": \"i\"}]"),
    ])
    func everyFormOfAFileIsWritten(name: String, text: String) throws {
        let setting = try Setting([name: text])
        func perform(_ change: TemplateChange) throws { _ = try setting.catalog.perform(change) }
        try perform(.init(.copy("a"), "b", fields: [.set("max_machines", to: "7")]))
        try perform(
            .init(
                .create(from: nil), "c", fields: [.set("extends", to: "b")],
                target: .file("\(setting.directory.path)/\(name)")))
        try perform(
            .init(.update, "a", fields: [.set("tags.team", to: "x"), .set("machine_bootstrap", to: "one\ntwo\n")]))
        #expect(setting.catalog.check().map(\.message) == [])
        let b = try setting.catalog.resolve("b").template, c = try setting.catalog.resolve("c").template
        #expect(b.limit == 7 && c.limit == 7 && c.image == "i")
        let a = try setting.catalog.resolve("a").template
        #expect(a.tags == ["team": "x"] && a.userData == "one\ntwo\n" && a.limit == nil)
        try perform(.init(.delete, "c"))
        try perform(.init(.delete, "b"))
        try perform(.init(.update, "a", fields: [.unset("tags"), .unset("user_data")]))
        #expect(try self.text(setting, name) == text)
    }

    @Test func aCopyIntoAnotherFileOfAnotherFormIsTheSameTemplate() throws {
        let setting = try setting(["site/prodinst_templates.json": "[]"])
        let edit = try setting.catalog.perform(
            .init(.copy("small"), "mine", target: .layer(.instance), account: "prod"))
        #expect(edit.file.hasSuffix("site/prodinst_templates.json"))
        #expect(try setting.catalog.resolve("mine", at: "prod").template.tags == ["team": "a"])
        let same = try setting.catalog.perform(.init(.copy("small"), "ours", target: .layer(.type)))
        #expect(same.after == "templates:\n  # Small.\n  ours:\n    vmType: t   # cheap\n    tags: {team: a}\n")
    }

    @Test func aFileFromElsewhereIsCheckedInPlaceOfTheOneOfItsName() throws {
        let setting = try setting(["drafts/awsprov_templates.yaml": WritingTests.shipped])
        let draft = "\(setting.directory.path)/drafts/awsprov_templates.yaml"
        let edit = try setting.catalog.perform(.init(.delete, "small", target: .file(draft)))
        #expect(edit.file == draft && !edit.after.contains("small"))
        #expect(try text(setting, "shipped/awsprov_templates.yaml") == WritingTests.shipped)
    }
}
