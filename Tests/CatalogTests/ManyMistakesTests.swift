import Catalog
import Provisioning
import Testing

/// Many of everything, and every mistake once: what takes time or memory out of proportion does not come to an end.
struct ManyMistakesTests {
    private static let defaults = "defaults: {image: i, machine_type: t}\ntemplates:\n"

    private func setting(_ lines: some Sequence<String>) throws -> Setting {
        try Setting(["templates.yaml": Self.defaults + lines.joined(separator: "\n")])
    }

    @Test func manyTemplatesThatAreAllWrongAreEachToldOnce() throws {
        let count = 10_000
        // A broken file: each template would have all its mistakes told again.
        let setting = try setting((0..<count).map { "  t\($0): \($0 % 2 == 0 ? "1" : "{}")" })
        #expect(setting.catalog.check().count == count / 2)
        #expect(setting.catalog.all().diagnostics.count == count / 2)
    }

    @Test func manyTemplatesOfOneIdAreEachToldOnce() throws {
        let count = 5_000
        let setting = try Setting([
            "azureprov_templates.yaml": Self.defaults + (0..<count).map { _ in "  - {id: x}\n" }.joined()
        ])
        #expect(setting.catalog.check().map(\.code) == Array(repeating: "template.duplicate", count: count - 1))
    }

    @Test func manyUnknownParentsAreEachToldOnce() throws {
        let count = 5_000
        let setting = try setting((0..<count).map { "  t\($0): {extends: base-of-\($0)}" })
        #expect(setting.catalog.check().map(\.code) == Array(repeating: "template.unknown-parent", count: count))
    }

    @Test func aLineOfParentsHasAnEnd() throws {
        let setting = try setting((0..<1_010).map { "  t\($0): {\($0 == 0 ? "" : "extends: t\($0 - 1)")}" })
        #expect(setting.refusal("t999").isEmpty)
        #expect(setting.refusal("t1000") == ["template.extends-depth@templates.yaml:4:17"])
    }

    @Test func aCircleIsToldOnceForAllWhoAreInItOrLeadToIt() throws {
        let setting = try setting([
            "  b: {extends: c}", "  c: {extends: a}", "  a: {extends: b}", "  x: {extends: a}", "  y: {extends: x}",
            "  own: {extends: own}",
        ])
        let found = setting.catalog.check()
        #expect(setting.codes(found) == ["template.cycle@templates.yaml:4:16", "template.cycle@templates.yaml:8:18"])
        #expect(found[0].message == "templates extend each other: `a` extends `b` extends `c` extends `a`")
        for id in ["a", "b", "c", "x", "y"] {
            #expect(setting.refusal(Template.ID(id)) == ["template.cycle@templates.yaml:4:16"])
        }
        #expect(setting.codes(setting.catalog.all().diagnostics) == setting.codes(found))
    }

    @Test func moreOfferingsThanATemplateMayHaveAreRefused() throws {
        let names = (0..<20_000).map { "n\($0)" }.joined(separator: ", ")
        let setting = try setting([
            "  many: {machine_types: [\(names)], zones: [\(names)], price_type: heterogeneous}",
            "  fewer: {machine_types: [a, b], zones: [c, d]}",
        ])
        #expect(setting.refusal("many") == ["field.range@templates.yaml:3:3"])
        #expect(try setting.catalog.resolve("fewer").template.offerings.count == 4)
    }

    @Test func aHundredThousandTagsInOneTextAreCounted() throws {
        let tags = (0..<100_000).map { "k\($0)=v" }.joined(separator: ";")
        #expect(try setting(["  x: {tags: '\(tags)'}"]).refusal("x") == ["template.too-many-tags@templates.yaml:3:7"])
    }

    @Test func everyUnknownKeyOfManyIsTold() throws {
        let keys = (0..<30_000).map { "instance_typ_\($0): 1" }.joined(separator: ", ")
        #expect(try setting(["  x: {\(keys)}"]).refusal("x").count == 30_000)
    }

    // MARK: - Each mistake once

    @Test func whatIsGivenTwiceIsToldOnce() throws {
        for text in [
            "templates: {a: {image: i, machine_type: t}, a: {image: j, machine_type: t}}",
            "templates: {a: {image: i, image: j, machine_type: t}}",
            "defaults: {image: i, image: j}\ntemplates: {a: {machine_type: t}}",
            "templates: {a: {image: i, machine_type: t}}\ntemplates: {b: {}}",
            "templates: {a: {image: i, machine_type: t, tags: {x: 1, x: 2}}}",
        ] {
            let setting = try Setting(["templates.yaml": text])
            #expect(setting.catalog.check().map(\.code) == ["yaml.duplicate-key"], "\(text)")
        }
        let list = try Setting(["templates.yaml": "- {id: a, image: i, machine_type: t}\n- {id: a, image: i}"])
        #expect(list.catalog.check().map(\.code) == ["template.duplicate"])
    }

    @Test func aFileWithoutTemplatesIsToldWhenItIsChecked() throws {
        let setting = try Setting(["in/templates.yaml": "{}"], directories: ["in"])
        for text in ["", "# nothing\n", "\u{FEFF}", "---\n", "templates: {}", "templates: []", "[]", "{}", "~"] {
            try setting.directory.write("out/awsprov_templates.yaml", text)
            let found = setting.catalog.check(files: ["\(setting.directory.path)/out/awsprov_templates.yaml"])
            #expect(found.map(\.code) == ["catalog.empty-file"] && !found.hasErrors, "\(text)")
        }
        // One that is for the others' sake only is no mistake, and in the catalog an empty one is none either.
        try setting.directory.write("out/awsprov_templates.yaml", "defaults: {image: i}")
        #expect(setting.catalog.check(files: ["\(setting.directory.path)/out/awsprov_templates.yaml"]).isEmpty)
        #expect(setting.catalog.check().isEmpty)
    }

    @Test func whatIsCheckedAndIsNoFileIsSaidToBeNone() throws {
        let setting = try Setting([:])
        for path in ["/dev/null", "/dev/zero", setting.directory.path] {
            #expect(setting.catalog.check(files: [path]).map(\.code) == ["file.unreadable"])
        }
        #expect(setting.catalog.check(files: ["/dev/null/x.yaml"]).map(\.code) == ["file.missing"])
    }
}
