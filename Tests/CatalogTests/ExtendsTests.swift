import Catalog
import Provisioning
import Testing

struct ExtendsTests {
    @Test func aChildHasWhatItsParentsHaveUnlessItSaysOtherwise() throws {
        let setting = try Setting([
            "templates.yaml": """
            defaults: {image: default, key_name: default, lifetime: 1h}
            templates:
              base: {image: base, machine_types: [a, b], tags: {x: base, y: base}, limit: 5, is_active: false}
              middle: {extends: base, tags: {y: middle}, lifetime: 2h}
              leaf: {extends: middle, machine_types: [c], limit: ~}
            """
        ])
        let leaf = try setting.catalog.resolve("leaf").template
        #expect(leaf.image == "base" && leaf.keyName == "default" && leaf.lifetimeSeconds == 7200)
        #expect(leaf.offerings.map(\.type) == ["c"])
        #expect(leaf.tags == ["x": "base", "y": "middle"])
        #expect(leaf.limit == nil)
        #expect(leaf.id == "leaf")
        #expect(leaf.isActive)
        #expect(try !setting.catalog.resolve("base").template.isActive)
    }

    @Test func aParentIsWhatItsOwnLayersMakeOfIt() throws {
        let setting = try Setting([
            "templates.yaml": "templates: {base: {image: low, machine_type: t}, leaf: {extends: base}}",
            "demoinst_templates.yaml": "templates: {base: {image: high}}",
        ])
        #expect(try setting.catalog.resolve("leaf", at: "demo").template.image == "high")
        #expect(try setting.catalog.resolve("leaf", at: "prod").template.image == "low")
    }

    @Test func aCyclePrintsItsPath() throws {
        let setting = try Setting([
            "templates.yaml": """
            defaults: {image: i, machine_type: t}
            templates:
              a: {extends: b}
              b: {extends: c}
              c: {extends: b}
              d: {extends: d}
            """
        ])
        do throws(Rejected) {
            _ = try setting.catalog.resolve("a")
            Issue.record("a cycle was accepted")
        } catch {
            #expect(setting.codes(error.diagnostics) == ["template.cycle@templates.yaml:5:16"])
            #expect(error.diagnostics[0].message == "templates extend each other: `b` extends `c` extends `b`")
        }
        #expect(setting.refusal("d") == ["template.cycle@templates.yaml:6:16"])
    }

    @Test func anUnknownParentIsRefusedWithASuggestion() throws {
        let setting = try Setting([
            "templates.yaml":
                "templates: {base: {image: i, machine_type: t}, x: {image: i, machine_type: t, extends: bsae}}"
        ])
        let found = setting.catalog.check(["x"])
        #expect(found.map(\.code) == ["template.unknown-parent"])
        #expect(found[0].hint == "did you mean `base`?")
    }

    @Test func whatIsWrongBesideAMissingParentIsToldAtOnceButNotWhatTheParentMayGive() throws {
        let setting = try Setting([
            "templates.yaml": """
            templates:
              x: {extends: nobody, machine_typ: t, description: "${size}"}
              y: {extends: z, lifetime: long}
              z: {extends: y}
            """
        ])
        #expect(
            setting.codes(setting.catalog.check()) == [
                "template.unknown-parent@templates.yaml:2:16", "template.unknown-key@templates.yaml:2:24",
                "field.type@templates.yaml:3:29", "template.cycle@templates.yaml:4:16",
            ])
    }
}
