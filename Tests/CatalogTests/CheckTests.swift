import Catalog
import Provisioning
import Testing

struct CheckTests {
    @Test func anUnknownTemplateIsRefusedWithASuggestion() throws {
        let setting = try Setting(["templates.yaml": "templates: {cpu-small: {image: i, machine_type: t}}"])
        let found = setting.catalog.check(["cpu-smal"])
        #expect(found.map(\.code) == ["template.unknown"])
        #expect(found[0].hint == "did you mean `cpu-small`?")
        #expect(setting.catalog.check(["gpu"])[0].hint == "see `muster template list`")
        #expect(setting.refusal("gpu") == ["template.unknown"])
    }

    @Test func everyMistakeOfEveryTemplateIsReportedOnceAndInOrder() throws {
        let setting = try Setting([
            "templates.yaml": """
            defaults: {colour: red, image: i}
            templates:
              - {id: b, machine_type: t, iops: x}
              - {id: a, machine_type: t, limit: 0, zoness: [a]}
              - {machine_type: t}
              - 7
              - {id: "a b"}
            """
        ])
        #expect(
            setting.codes(setting.catalog.check()) == [
                "template.unknown-key@templates.yaml:1:12", "field.type@templates.yaml:3:36",
                "field.range@templates.yaml:4:37", "template.unknown-key@templates.yaml:4:40",
                "template.missing-id@templates.yaml:5:5", "field.type@templates.yaml:6:5",
                "template.id@templates.yaml:7:10",
            ])
    }

    @Test func aBadTemplateDoesNotHideTheGoodOnes() throws {
        let setting = try Setting([
            "templates.yaml": "defaults: {image: i}\ntemplates: {good: {machine_type: t}, bad: {machine_typ: t}}"
        ])
        let (templates, diagnostics) = setting.catalog.all()
        #expect(templates.map(\.id) == ["good"])
        #expect(Set(diagnostics.map(\.code)) == ["template.missing-type", "template.unknown-key"])
    }

    @Test func aTemplateNoAccountIsForIsCheckedAllTheSame() throws {
        let setting = try Setting([
            "azureprov_templates.yaml": "templates: {x: {image: i, machine_type: t, limit: 0}}",
            "nobodyinst_templates.yaml": "templates: {y: {image: i}}",
        ])
        #expect(
            setting.codes(setting.catalog.check()) == [
                "catalog.unknown-account", "field.range@azureprov_templates.yaml:1:51",
                "template.missing-type@nobodyinst_templates.yaml:1:13",
            ])
    }

    @Test func aFileWhoseNameSaysNothingIsLeftOutWithAWarning() throws {
        let setting = try Setting(["gpu.yaml": "templates: {x: {}}", ".hidden.yaml": "[", "notes.txt": "["])
        let found = setting.catalog.check()
        #expect(found.map(\.code) == ["catalog.unknown-file"])
        #expect(!found.hasErrors)
    }

    @Test func aMissingDirectoryIsReported() throws {
        let setting = try Setting([:], directories: ["nowhere"])
        #expect(setting.catalog.check().map(\.code) == ["file.unreadable"])
        #expect(setting.refusal("x") == ["template.unknown", "file.unreadable"])
    }

    @Test func aFileFromOutsideStandsInForItsNamesake() throws {
        let setting = try Setting(
            [
                "in/awsprov_templates.yaml": "templates: {x: {image: i, machine_type: t}, y: {image: i, limit: 0}}",
                "in/templates.yaml": "defaults: {key_name: k}\ntemplates: {base: {machine_type: t}}",
                "out/awsprov_templates.yaml": "templates: {x: {machine_type: t}, z: {extends: base, image: i}}",
                "out/anything.yaml": "- {id: q, image: i, machine_type: t, ipos: 3}",
            ], directories: ["in"])
        let out = "\(setting.directory.path)/out"
        #expect(
            setting.codes(setting.catalog.check(files: ["\(out)/awsprov_templates.yaml"])) == [
                "template.missing-image@out/awsprov_templates.yaml:1:13"
            ])
        #expect(
            setting.codes(setting.catalog.check(files: ["\(out)/anything.yaml"])) == [
                "catalog.unknown-file", "template.unknown-key@out/anything.yaml:1:38",
            ])
        #expect(setting.catalog.check(files: ["\(out)/none.yaml"]).map(\.code) == ["file.missing"])
        #expect(setting.catalog.check(["x"], files: []).isEmpty)
        #expect(
            setting.codes(setting.catalog.check(files: ["\(setting.directory.path)/in/awsprov_templates.yaml"])) == [
                "template.missing-type@in/awsprov_templates.yaml:1:45", "field.range@in/awsprov_templates.yaml:1:66",
            ])
    }

    @Test func aMistakeInTheDefaultsOfACheckedFileIsFoundWhereverTheyReach() throws {
        let setting = try Setting(
            [
                "in/templates.yaml": "templates: {x: {image: i, machine_type: t}, bad: {}}",
                "out/awstype_templates.yaml": "defaults: {iops: many}",
            ], directories: ["in"])
        let file = "\(setting.directory.path)/out/awstype_templates.yaml"
        #expect(setting.codes(setting.catalog.check(files: [file])) == ["field.type@out/awstype_templates.yaml:1:18"])
    }
}
