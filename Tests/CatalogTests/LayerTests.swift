import Catalog
import Documents
import Provisioning
import Testing

struct LayerTests {
    private let setting: Setting

    init() throws {
        setting = try Setting([
            "templates.yaml": """
            defaults:
              machine_image: ami-legacy
              tags: {layer: legacy, legacy: "1"}
            templates:
              - {template_id: a, vmType: m5.large, maxNumber: 1, keyName: legacy}
              - {template_id: everywhere, vmType: m5.large}
            """,
            "awsprov_templates.yaml": """
            defaults: {tags: {layer: provider}, key_name: default}
            templates:
              a: {limit: 2}
              aws-only: {machine_type: m5.large}
            """,
            "emulatedprov_templates.yaml": "templates: {a: {limit: 3}}",
            "awstype_templates.yml": "defaults: {imageId: ami-type}\ntemplates: {a: {max_machines: 4}}",
            "sub/deeper/demoinst_templates.json": #"{"templates": [{"templateId": "a", "maxNumber": 6}]}"#,
            "gcpprov_templates.yaml": "templates: {gcp-only: {machine_type: n2-standard-2, provider_type: gcp}}",
        ])
    }

    @Test func aHigherLayerWinsFieldByField() throws {
        let demo = try setting.catalog.resolve("a", at: "demo")
        #expect(demo.template.limit == 6)
        #expect(demo.template.image == "ami-type")
        #expect(demo.template.tags == ["layer": "provider", "legacy": "1"])
        // A default of a higher layer is still below what a template says of itself.
        #expect(demo.template.keyName == "legacy")
        #expect(try setting.catalog.resolve("a", at: "prod").template.limit == 4)
        #expect(try setting.catalog.resolve("a", at: "research").template.limit == 1)
        #expect(try setting.catalog.resolve("a", at: "research").template.image == "ami-legacy")
    }

    @Test func anEmulatedFileIsAboveItsCloudsFileOfTheSameLayer() throws {
        setting.directory.remove("awstype_templates.yml")
        setting.directory.remove("sub/deeper/demoinst_templates.json")
        #expect(try setting.catalog.resolve("a", at: "demo").template.limit == 3)
        #expect(try setting.catalog.resolve("a", at: "prod").template.limit == 2)
    }

    @Test func everyValueTellsWhoSetIt() throws {
        let leaves = try setting.catalog.resolve("a", at: "demo").fields.leaves()
        let told = leaves.map {
            "\($0.path)=\($0.text) \($0.origin.description.dropFirst(setting.directory.path.count + 1))"
        }
        #expect(
            Set(told) == [
                "machine_image=ami-type awstype_templates.yml:1:21 (type defaults)",
                "tags.layer=provider awsprov_templates.yaml:1:26 (provider defaults)",
                "tags.legacy=1 templates.yaml:3:33 (legacy defaults)",
                "machine_ssh_key=legacy templates.yaml:5:63 (legacy)",
                "machine_types=m5.large templates.yaml:5:30 (legacy)",
                "template_id=a sub/deeper/demoinst_templates.json:1:31 (instance)",
                "max_machines=6 sub/deeper/demoinst_templates.json:1:49 (instance)",
            ])
    }

    @Test func withoutAnAccountTheFirstThatKnowsTheTemplateIsAsked() throws {
        #expect(try setting.catalog.resolve("a").account == "demo")
        #expect(try setting.catalog.resolve("gcp-only").account == "research")
        #expect(setting.refusal("aws-only", at: "research") == ["template.not-here@awsprov_templates.yaml:4:3"])
        #expect(setting.refusal("a", at: "demmo") == ["account.unknown"])
    }

    @Test func theListShowsEveryTemplateOnce() throws {
        let (templates, diagnostics) = setting.catalog.all()
        #expect(diagnostics.isEmpty)
        #expect(templates.map(\.id) == ["a", "aws-only", "everywhere", "gcp-only"])
        #expect(templates.map(\.account) == ["demo", "demo", "demo", "research"])
        #expect(templates.map(\.cloud) == ["aws", "aws", "aws", "gcp"])
        #expect(templates[0].types == ["m5.large"] && templates[0].limit == 6 && templates[0].isActive)
    }

    @Test func aLaterDirectoryWinsWithinALayerButNotOverAHigherOne() throws {
        let setting = try Setting(
            [
                "shipped/awsprov_templates.yaml": "templates: {x: {image: i, machine_type: a, limit: 1}}",
                "site/awsprov_templates.yaml": "templates: {x: {limit: 2, machine_type: b}}",
                "shipped/awstype_templates.yaml": "templates: {x: {machine_type: c}}",
            ], directories: ["shipped", "site/"])
        let x = try setting.catalog.resolve("x", at: "prod").template
        #expect(x.limit == 2)
        #expect(x.offerings.map(\.type) == ["c"])
    }

    @Test func aTemplateTwiceInOneLayerIsRefusedAndNotGuessed() throws {
        let setting = try Setting([
            "awsprov_templates.yaml":
                "templates:\n  - {id: x, image: i, machine_type: a}\n  - {id: x, image: j, machine_type: a}\n",
            "b/awsprov_templates.json": #"[{"id": "y", "imageId": "i", "vmType": "t"}, {"id": "x"}]"#,
        ])
        let twins = [
            "template.duplicate@awsprov_templates.yaml:3:10", "template.duplicate@b/awsprov_templates.json:1:53",
        ]
        #expect(setting.refusal("x") == twins)
        #expect(setting.refusal("y").isEmpty)
        #expect(setting.codes(setting.catalog.check()) == twins)
    }

    @Test func anAccountsOwnFileIsAboveThatOfItsCloudInTheSameLayer() throws {
        for name in ["a1", "z1"] {
            let setting = try Setting([
                "awsprov_templates.yaml": "templates: {x: {image: i, vmType: t, limit: 1}}",
                "prodprov_templates.json": #"{"templates": [{"templateId": "x", "maxNumber": 2}]}"#,
                "\(name)prov_templates.json": #"{"templates": []}"#,
            ])
            #expect(try setting.catalog.resolve("x", at: "prod").template.limit == 2)
            #expect(try setting.catalog.resolve("x", at: "demo").template.limit == 1)
        }
    }

    /// Subnets are in zones, and a script is in a file or in the template: one way to say it takes the other back.
    @Test func whoSaysItOneWayAboveTakesTheOtherWayBack() throws {
        let setting = try Setting([
            "templates.yaml": """
            defaults: {image: i, zones: [a], machine_types: [t], user_data: "#!/bin/sh"}
            templates:
              x: {subnet_ids: [s], requirements: {vcpus: 2}, machine_bootstrap_file: run.sh}
              y: {extends: x, zones: [b], machine_types: [u], user_data: "#!/bin/bash"}
              z: {zones: [b], subnet_ids: [s]}
            """, "run.sh": "true",
        ])
        let x = try setting.catalog.resolve("x").template
        #expect(x.offerings.map(\.subnet) == ["s"] && x.requirements?.vcpus.min == 2 && x.userData == "true")
        let y = try setting.catalog.resolve("y").template
        #expect(y.offerings.map(\.description) == ["u / b / on-demand"] && y.userData == "#!/bin/bash")
        #expect(setting.refusal("z") == ["field.clash@templates.yaml:5:7"])
    }

    @Test func aTemplateIsHeldToTheAccountItNames() throws {
        let setting = try Setting(
            [
                "awsprov_templates.yaml":
                    "templates: {x: {account: prod, image: ami-1, vmType: m6i.large, zones: [us-east-1a]}}",
                "demoinst_templates.yaml": "templates: {x: {zones: [nowhere], limit: many}}",
            ], rules: Setting.rules())
        #expect(setting.catalog.check().filter { $0.severity == .error } == [])
        #expect(try setting.catalog.resolve("x").account == "prod")
        #expect(setting.catalog.all().templates.map(\.account) == ["prod"])
        #expect(!setting.refusal("x", at: "demo").isEmpty)
    }

    @Test func aTemplateMayNameItsAccount() throws {
        let setting = try Setting([
            "templates.yaml": """
            defaults: {image: i, machine_type: t}
            templates:
              a: {account: prod}
              b: {provider_name: prodd}
              c: {provider_type: gcp}
              d: {cloud: azure}
            """,
            "prodinst_templates.yaml": "templates: {a: {limit: 7}}",
        ])
        let a = try setting.catalog.resolve("a")
        #expect(a.account == "prod" && a.template.limit == 7)
        #expect(try setting.catalog.resolve("a", at: "demo").template.limit == nil)
        #expect(setting.refusal("b") == ["template.unknown-account@templates.yaml:4:22"])
        #expect(try setting.catalog.resolve("c").account == "research")
        #expect(setting.refusal("c", at: "demo") == ["template.other-cloud@templates.yaml:5:22"])
        // No account is on that cloud: it can be looked at, but at no account.
        #expect(try setting.catalog.resolve("d").account == nil)
        #expect(setting.refusal("d", at: "demo") == ["template.other-cloud@templates.yaml:6:14"])
        #expect(
            setting.codes(setting.catalog.check()) == [
                "template.unknown-account@templates.yaml:4:22"
            ])
    }
}
