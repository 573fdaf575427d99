import Catalog
import Provisioning
import Testing

/// What a template says in its cloud's own words is held to what the cloud's calls take.
@Suite struct SpecTests {
    /// A call that launches in these tests, and what its launch template takes.
    private static let tables: [APIName: ParameterTable] = {
        var call = ParameterTable(action: "CreateFleet", within: "Config", root: "FleetRequest")
        func member(_ name: String, _ kind: ParameterTable.Kind) -> ParameterTable.Member {
            .init(name: name, wire: name, kind: kind)
        }
        call.structures = [
            "FleetRequest": .init([
                member("ClientToken", .text), member("SpotOptions", .structure("Spot")), member("Until", .time),
                member("Networks", .list(.structure("Network"), after: nil)), member("Size", .long),
                member("Price", .number),
                member("VPCZoneIdentifier", .text), member("Replace", .boolean),
                member("Zones", .list(.text, after: nil)),
            ]),
            "Spot": .init([
                member("Strategy", .words(["launch", "launch-before-terminate"])), member("Pools", .integer),
                member("Target", .integer), member("Version", .text),
            ]),
            "Network": .init([member("DeviceIndex", .integer), member("Group", .text)]),
        ]
        call.ours = [
            "ClientToken": .init(why: "a call is known by it", instead: nil),
            "SpotOptions.Target": .init(why: "how many is the order's to say", instead: "order more"),
        ]
        var template = ParameterTable(action: "CreateLaunchTemplate", within: "Data", root: "TemplateData")
        template.structures = ["TemplateData": .init([member("EbsOptimized", .boolean)])]
        var plain = ParameterTable(action: "RunInstances", root: "RunRequest")
        plain.structures = ["RunRequest": .init([member("EnclaveOptions", .text), member("KernelId", .text)])]
        return ["aws/ec2-fleet": call, "aws/launch-template": template, "aws/run-instances": plain]
    }()

    private static let rules: TemplateRules = {
        var aws = Setting.rules["aws"]!
        aws.features["aws/ec2-fleet"]?.formUnion([.launchTemplateSpec, .providerAPISpec])
        aws.features["aws/run-instances"]?.insert(.providerAPISpec)
        aws.builtAPIs.insert("aws/ec2-fleet")
        aws.parameters = ParameterTables { .success(tables[$0]) }
        return TemplateRules { [aws] in $0 == "aws" ? .success(aws) : nil }
    }()

    private func setting(_ fields: String, beside files: [String: String] = [:]) throws -> Setting {
        let lines = ("image: ami-1\nvmType: m6i.large\n" + fields).split(separator: "\n").map { "    \($0)\n" }.joined()
        return try Setting(
            files.merging(["awsprov_templates.yaml": "templates:\n  x:\n\(lines)"]) { $1 }, rules: Self.rules)
    }

    private func found(_ fields: String, _ files: [String: String] = [:]) throws -> [Diagnostic] {
        try setting("provider_api: aws/ec2-fleet\n" + fields, beside: files).catalog.check()
    }

    @Test(arguments: [
        ("{SpotOption: {}}", "spec.unknown-parameter@1:21", "did you mean `SpotOptions`?"),
        ("{spot_options: {}}", "spec.unknown-parameter@1:21", "did you mean `SpotOptions`?"),
        ("{SPOTOPTIONS: {}}", "spec.unknown-parameter@1:21", "did you mean `SpotOptions`?"),
        ("{vpc_zone_identifier: a}", "spec.unknown-parameter@1:21", "did you mean `VPCZoneIdentifier`?"),
        ("{SpotOptions: {Poolz: 1}}", "spec.unknown-parameter@1:35", "did you mean `Pools`?"),
        (
            "{SpotOptions: {Colour: red}}", "spec.unknown-parameter@1:35",
            "it has `Strategy`, `Pools`, `Target`, `Version`"
        ),
        (
            "{KernelId: aki-1}", "spec.unknown-parameter@1:21",
            "`aws/run-instances` can: say so in `provider_api`"
        ),
        ("{EbsOptimized: true}", "spec.unknown-parameter@1:21", "write it under `launch_template_spec`"),
        ("{Repl: true}", "spec.unknown-parameter@1:21", "did you mean `Replace`?"),
        ("{Config: {Size: 1}}", "spec.unknown-parameter@1:21", "write what is in it, without the name"),
        ("{SpotOptions: 5}", "spec.kind@1:34", nil), ("{SpotOptions: [a]}", "spec.kind@1:34", nil),
        ("{Networks: {Group: a}}", "spec.kind@1:31", nil),
        ("{Networks: [{Group: a}, {Group: [b]}]}", "spec.kind@1:52", nil),
        ("{Zones: one}", "spec.kind@1:28", "put it in brackets"),
        ("{Zones: [one, {}]}", "spec.kind@1:34", nil),
        ("{SpotOptions: {Pools: many}}", "spec.kind@1:42", nil),
        ("{SpotOptions: {Pools: 1.5}}", "spec.kind@1:42", nil),
        ("{SpotOptions: {Pools: 2147483648}}", "spec.kind@1:42", nil),
        ("{Size: 9223372036854775808}", "spec.kind@1:27", nil), ("{Price: dear}", "spec.kind@1:28", nil),
        ("{Price: nan}", "spec.kind@1:28", nil), ("{Replace: yes}", "spec.kind@1:30", nil),
        ("{Until: tomorrow}", "spec.kind@1:28", nil), ("{Until: 2027-02-30T00:00:00Z}", "spec.kind@1:28", nil),
        (
            "{SpotOptions: {Strategy: start}}", "spec.word@1:45", "it takes `launch`, `launch-before-terminate`"
        ),
        ("{SpotOptions: {Strategy: lanch}}", "spec.word@1:45", "did you mean `launch`?"),
        (
            "{SpotOptions: {Strategy: launchBeforeTerminate}}", "spec.word@1:45",
            "did you mean `launch-before-terminate`?"
        ),
        ("{ClientToken: mine}", "spec.reserved@1:21", nil), ("{clientToken: mine}", "spec.reserved@1:21", nil),
        ("{SpotOptions: {Target: 5}}", "spec.reserved@1:35", "order more"),
        ("{SpotOptions: {Pools: 1}, spotOptions: {Pools: 2}}", "field.clash@1:46", nil),
        ("[a]", "field.type@1:20", nil),
    ])
    func whatTheCallDoesNotTakeIsReportedAtItsPlace(_ spec: String, _ expected: String, _ hint: String?) throws {
        let found = try found("provider_api_spec: \(spec)")
        let told = found.map { diagnostic in
            let place = diagnostic.place
            return "\(diagnostic.code)@\((place?.line ?? 0) - 5):\((place?.column ?? 0) - 4)"
        }
        #expect(told == [expected])
        #expect(found.first?.hint == hint)
    }

    @Test func everyMistakeIsToldWithItsPath() throws {
        let found = try found(
            "provider_api_spec: {SpotOptions: {Poolz: 1}, Networks: [{DeviceIndex: 0}, {DeviceIndex: x}]}")
        #expect(
            found.map(\.message) == [
                "`SpotOptions.Poolz` is no parameter of `CreateFleet`",
                "`Networks[2].DeviceIndex` must be a whole number, not `x`",
            ])
    }

    @Test func whatIsReservedIsExplained() throws {
        let found = try found("provider_api_spec: {spotOptions: {target: 3}}")
        #expect(
            found.map(\.message) == [
                "`SpotOptions.Target` cannot be set by a template: how many is the order's to say"
            ])
    }

    @Test func whatTheCallTakesIsReadUnderItsOwnNames() throws {
        let spec = """
            {spotOptions: {version: 1.10, Pools: "3", strategy: launch}, Size: 9223372036854775807, Price: 2.50,
              Replace: "true", vpcZoneIdentifier: 0777, Until: 2027-01-31T18:00:00Z, Networks: [], Zones: [no, 1],
              ClientToken: null, Colour: null}
            """.split(separator: "\n").joined(separator: " ")
        let setting = try setting("provider_api: aws/ec2-fleet\nprovider_api_spec: \(spec)")
        #expect(setting.catalog.check() == [])
        #expect(
            try setting.catalog.resolve("x").template.providerAPISpec
                == .map([
                    .init(
                        "SpotOptions",
                        .map([
                            .init("Version", .text("1.10")), .init("Pools", .integer(3)),
                            .init("Strategy", .text("launch")),
                        ])),
                    .init("Size", .integer(.max)), .init("Price", .number(2.5)), .init("Replace", .boolean(true)),
                    .init("VPCZoneIdentifier", .text("0777")), .init("Until", .text("2027-01-31T18:00:00Z")),
                    .init("Networks", .list([])), .init("Zones", .list([.text("no"), .text("1")])),
                ]))
    }

    @Test func aLaunchTemplateHasParametersOfItsOwn() throws {
        #expect(try found("launch_template_spec: {EbsOptimized: true}") == [])
        let found = try found("launch_template_spec: {Size: 1}")
        #expect(found.map(\.code) == ["spec.unknown-parameter"])
        #expect(found.map(\.hint) == ["write it under `provider_api_spec`"])
    }

    @Test func whatStandsInAFileIsReportedThere() throws {
        let setting = try setting(
            "provider_api: aws/ec2-fleet\nprovider_api_spec_file: specs/fleet.yaml.txt",
            beside: ["specs/fleet.yaml.txt": "SpotOptions:\n  Pools: 3\n  Poolz: 4\n"])
        #expect(setting.codes(setting.catalog.check()) == ["spec.unknown-parameter@specs/fleet.yaml.txt:3:3"])
    }

    @Test func whatAnOrderIsYetToGiveIsNeitherRightNorWrong() throws {
        let parameters = "parameters: {n: {type: integer}, word: {}}"
        let spec = "{SpotOptions: {Strategy: '${word}', Pools: '${n}'}}"
        for (fields, files) in [
            ("provider_api_spec: \(spec)", [:]),
            ("provider_api_spec_file: s.txt", ["s.txt": spec]),
        ] {
            let setting = try setting("provider_api: aws/ec2-fleet\n\(fields)\n\(parameters)", beside: files)
            #expect(setting.catalog.check() == [])
            let template = try setting.catalog.resolve("x", given: ["n": "4", "word": "launch"]).template
            #expect(template.providerAPISpec?["SpotOptions"]?["Pools"] == .integer(4))
            let rejected = #expect(throws: Rejected.self) {
                try setting.catalog.resolve("x", given: ["n": "4", "word": "start"])
            }
            #expect(rejected?.diagnostics.map(\.code) == ["spec.word"])
        }
    }

    @Test func anAPIWithoutALaunchTemplateSaysWhereItsParametersGo() throws {
        let setting = try setting("provider_api: aws/run-instances\nlaunch_template_spec: {EbsOptimized: true}")
        let found = setting.catalog.check()
        #expect(found.map(\.code) == ["template.api-lacks"])
        #expect(
            found.first?.hint
                == "it makes no launch template: write them under `provider_api_spec`; "
                + "`aws/ec2-fleet` can: say so in `provider_api`")
    }

    @Test func aDamagedTableIsToldByTheTemplatesThatNeedIt() throws {
        var aws = Setting.rules["aws"]!
        aws.features["aws/run-instances"]?.insert(.providerAPISpec)
        aws.parameters = ParameterTables { _ in .failure(Rejected(Diagnostic(.error, "yaml.syntax", "not YAML"))) }
        let setting = try Setting(
            [
                "awsprov_templates.yaml":
                    "templates:\n  x: {image: ami-1, vmType: m6i.large, provider_api_spec: {A: 1}}\n"
                    + "  y: {image: ami-1, vmType: m6i.large}"
            ], rules: TemplateRules { [aws] _ in .success(aws) })
        #expect(setting.refusal("x") == ["yaml.syntax"])
        #expect(setting.refusal("y") == [])
    }
}
