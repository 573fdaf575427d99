import Catalog
import Provisioning
import Testing

struct ParameterTests {
    private func setting(_ text: String, rules: TemplateRules = TemplateRules()) throws -> Setting {
        try Setting(["templates.yaml": text], rules: rules)
    }

    private let sized = """
        templates:
          x:
            parameters:
              size: {type: enum, values: [large, xlarge], default: large}
              team: {min: 2, description: who pays}
              hours: {type: integer, min: 1, max: 24, default: 8}
              places: {type: list, default: [a, b]}
            image: i
            vmType: m6i.${size}
            lifetime: ${hours}h
            zones: ${places}
            tags: {team: "${team}", text: "$${size}", both: "${team}-${size}"}
            user_data: |
              echo ${HOME} ${team} $${size}

        """

    @Test func whatAnOrderChoosesIsFilledIn() throws {
        let catalog = try setting(sized).catalog
        let template = try catalog.resolve("x", given: ["team": "risk", "size": "xlarge", "places": "c"]).template
        #expect(template.offerings == [Offering(type: "m6i.xlarge", zone: "c")])
        #expect(template.lifetimeSeconds == 8 * 3600)
        #expect(template.tags == ["team": "risk", "text": "${size}", "both": "risk-xlarge"])
        // The shell's own stays; what is doubled means itself.
        #expect(template.userData == "echo ${HOME} risk ${size}\n")
    }

    @Test func defaultsHoldWhereNothingIsGiven() throws {
        let template = try setting(sized).catalog.resolve("x", given: ["team": "risk"]).template
        #expect(template.offerings.map(\.description) == ["m6i.large / a / on-demand", "m6i.large / b / on-demand"])
    }

    @Test func aLookNeedsNoValues() throws {
        let catalog = try setting(sized).catalog
        #expect(catalog.check() == [])
        let resolved = try catalog.resolve("x")
        #expect(resolved.template.tags["team"] == "example")
        #expect(resolved.parameters.map(\.name) == ["size", "team", "hours", "places"])
        #expect(catalog.all().templates.map(\.id) == ["x"])
    }

    @Test(
        arguments: [
            ([:], "template `x` needs a value for `team`", "say `--set team=VALUE`: who pays"),
            (["team": "r"], "`team` must be at least 2 characters, not `r`", nil),
            (["team": "risk", "size": "huge"], "`size` must be `large`, `xlarge`, not `huge`", nil),
            (["team": "risk", "hours": "25"], "`hours` must be at most 24, not `25`", nil),
            (["team": "risk", "hours": "x"], "`hours` must be a whole number, not `x`", nil),
            (["team": "risk", "sise": "large"], "template `x` has no parameter `sise`", "did you mean `size`?"),
        ] as [([String: String], String, String?)])
    func whatAnOrderGetsWrongIsSaid(_ given: [String: String], _ message: String, _ hint: String?) throws {
        let catalog = try setting(sized).catalog
        let rejected = #expect(throws: Rejected.self) { try catalog.resolve("x", given: given) }
        #expect(rejected?.diagnostics.map(\.message) == [message])
        #expect(rejected?.diagnostics.map(\.code) == ["order.parameter"])
        #expect(rejected?.diagnostics.first?.hint == hint)
    }

    @Test(arguments: [
        ("parameters: {a: {type: colour}}", "field.range"),
        ("parameters: {a: {type: enum}}", "template.parameter"),
        ("parameters: {a: {values: [x], default: y}}", "template.parameter"),
        ("parameters: {a: {type: integer, default: 3, max: 2}}", "template.parameter"),
        ("parameters: {a: {min: 3, max: 2}}", "template.parameter"),
        ("parameters: {1a: {}}", "template.parameter"),
        ("parameters: {a: {defualt: 3}}", "template.unknown-key"),
        ("parameters: [a]", "field.type"),
        ("description: ${a}", "template.unknown-parameter"),
        ("description: 'x ${a'", "template.reference"),
        ("description: ${env:HOME}", "template.reference"),
        ("description: ${file:/etc/hostname}", "template.reference"),
    ])
    func whatIsDeclaredWronglyIsReported(_ field: String, _ code: String) throws {
        let catalog = try setting("templates:\n  x:\n    image: i\n    vmType: t\n    \(field)\n").catalog
        #expect(catalog.check().map(\.code) == [code])
    }

    @Test func parametersFlowDownTheLayers() throws {
        let setting = try Setting([
            "templates.yaml": """
            defaults: {parameters: {size: {values: [large, xlarge], default: large}}}
            templates: {x: {image: i, vmType: "m6i.${size}"}, y: {extends: x, parameters: {size: {default: xlarge}}}}
            """
        ])
        #expect(try setting.catalog.resolve("y").template.offerings.map(\.type) == ["m6i.xlarge"])
        #expect(
            try setting.catalog.resolve("x", given: ["size": "xlarge"]).template.offerings.map(\.type) == ["m6i.xlarge"]
        )
    }

    @Test func whatIsOutsideIsUsedWhereTheSiteAllowsIt() throws {
        let references = References(environment: ["TEAM": "risk", "NONE": nil])
        let text = "templates: {x: {image: '${file:image.txt}', vmType: t, tags: {team: '${env:TEAM}'}}}"
        let setting = try Setting(
            ["templates.yaml": text, "image.txt": "ami-1\n"], rules: TemplateRules(references: references))
        let template = try setting.catalog.resolve("x").template
        #expect(template.image == "ami-1" && template.tags == ["team": "risk"])
        let unset = try Setting(
            ["templates.yaml": "templates: {x: {image: '${env:NONE}', vmType: t}}"],
            rules: TemplateRules(references: references))
        #expect(unset.refusal("x") == ["template.reference@templates.yaml:1:24"])
    }

    @Test func aValueNobodyKnowsYetIsNotHeldToRules() throws {
        let text = """
            templates: {x: {parameters: {image: {}, type: {example: m6i.large}}, image: "${image}", vmType: "${type}"}}
            """
        let setting = try setting(text, rules: Setting.rules())
        #expect(setting.catalog.check() == [])
        #expect(throws: Rejected.self) {
            try setting.catalog.resolve("x", at: "prod", given: ["image": "nonsense", "type": "m6i.large"])
        }
    }

    @Test func aScriptFileIsFilledInToo() throws {
        let setting = try Setting([
            "templates.yaml":
                "templates: {x: {parameters: {n: {default: 3}}, image: i, vmType: t, machine_bootstrap_file: a.sh}}",
            "a.sh": "echo ${n} ${HOME}\n",
        ])
        #expect(try setting.catalog.resolve("x").template.userData == "echo 3 ${HOME}\n")
    }

    /// What an order is yet to give is no mistake, whatever is made up for it meanwhile.
    @Test(arguments: [
        "machine_disk_size_gb: ${a}", "max_price: ${a}\n    price_type: spot", "vmType: ${a}", "lifetime: ${a}",
        "zones: ${l}",
        "zones: ['${l}', us-east-1b]", "is_active: ${a}",
    ])
    func aTemplateWaitsForItsOrder(_ field: String) throws {
        let type = field.hasPrefix("vmType") ? "" : "\n    vmType: m6i.large"
        let setting = try Setting(
            [
                "awsprov_templates.yaml":
                    "templates:\n  x:\n    image: ami-1\(type)\n    parameters: {a: {}, l: {type: list}}\n    \(field)\n"
            ], rules: Setting.rules())
        #expect(setting.catalog.check() == [])
        #expect(setting.catalog.all().templates.map(\.id) == ["x"])
        #expect(throws: Rejected.self) {
            try setting.catalog.resolve("x", at: "prod", given: ["a": "", "l": "nowhere"])
        }
    }

    @Test func everyValueOfAnEnumIsTried() throws {
        let setting = try Setting(
            [
                "awsprov_templates.yaml": """
                templates:
                  x: {image: ami-1, vmType: "${t}", parameters: {t: {values: [m6i.large, Standard_D2s_v5]}}}
                """
            ], rules: Setting.rules())
        #expect(
            setting.catalog.check().map(\.message) == ["`Standard_D2s_v5` is no machine type of `aws`, but of `azure`"])
    }

    @Test(arguments: [
        ("type: duration, max: 30m", "1800s"), ("type: duration, min: 500ms", "3600s"),
        ("type: integer, min: 1.5", "2"),
        ("type: integer, max: -5", "-5"), ("type: number, min: 0.5", "1"), ("type: integer, max: 7", "1"),
    ])
    func whatIsMadeUpIsWithinItsBounds(_ declaration: String, _ value: String) throws {
        let setting = try setting(
            "templates: {x: {image: i, vmType: t, description: '${p}', parameters: {p: {\(declaration)}}}}")
        #expect(try setting.catalog.resolve("x").template.description == value)
    }

    @Test(arguments: ["+5", "007", "0x1", "1e3"])
    func anIntegerIsWrittenAsOne(_ text: String) throws {
        let setting = try setting(
            "templates: {x: {image: i, vmType: t, limit: '${n}', parameters: {n: {type: integer}}}}")
        let rejected = #expect(throws: Rejected.self) { try setting.catalog.resolve("x", given: ["n": text]) }
        #expect(rejected?.diagnostics.map(\.code) == ["order.parameter"])
    }

    @Test func aValueCannotAddKeysToAFile() throws {
        let setting = try Setting([
            "templates.yaml":
                "templates: {x: {image: i, vmType: t, provider_api_spec_file: s.json.txt, parameters: {p: {}}}}",
            "s.json.txt": #"{"Role": "safe", "Name": "${p}"}"#,
        ])
        let spec = try setting.catalog.resolve("x", given: ["p": #"y", "Extra": "z"#]).template.providerAPISpec
        #expect(spec == .map([.init("Role", .text("safe")), .init("Name", .text(#"y", "Extra": "z"#))]))
    }

    @Test func aWholeReferenceKeepsItsType() throws {
        let setting = try setting(
            "templates: {x: {image: i, vmType: t, metadata: {n: '${n}', s: 'a${n}'}, parameters: {n: {type: integer, default: 5}}}}"
        )
        #expect(
            try setting.catalog.resolve("x").template.metadata
                == .map([.init("n", .integer(5)), .init("s", .text("a5"))]))
    }

    @Test func aValueMayNotGrowWithoutEnd() throws {
        let text = String(repeating: "${file:big.txt}", count: 20)
        let setting = try Setting([
            "templates.yaml": "templates: {x: {image: i, vmType: t, description: '\(text)'}}",
            "big.txt": String(repeating: "x", count: 200_000),
        ])
        #expect(setting.refusal("x").count == 1)
    }

    @Test(arguments: [
        ("echo ${file:run.sh}", ["template.reference"]),
        ("echo ${env:HOME} ${file:/etc/x}", ["template.reference", "template.reference"]),
        ("echo ${env:-prod} ${file:0:3} ${HOME}", []),
    ])
    func aReferenceThatAScriptKeepsIsWarnedOf(_ script: String, _ codes: [String]) throws {
        let setting = try setting("templates: {x: {image: i, vmType: t, user_data: '\(script)'}}")
        let resolved = try setting.catalog.resolve("x")
        #expect(resolved.warnings.map(\.code) == codes && resolved.template.userData == script)
    }
}
