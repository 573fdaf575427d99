import Catalog
import Provisioning
import Testing

/// What a cloud does not take is told before it is asked.
struct RuleTests {
    private func found(_ fields: String) throws -> [String] {
        let lines = fields.split(separator: "\n").map { "    \($0)\n" }.joined()
        let setting = try Setting(["awsprov_templates.yaml": "templates:\n  x:\n\(lines)"], rules: Setting.rules())
        return setting.catalog.check().map { diagnostic in
            let place = diagnostic.place.map { "@\($0.line - 2):\($0.column - 4)" } ?? ""
            return "\(diagnostic.severity) \(diagnostic.code)\(place)"
        }
    }

    @Test(arguments: [
        ("image: ami-1\nvmType: Standard_D2s_v5", "error template.type@2:9"),
        ("image: ami-1\nvmTypes: [m6i.large, what]", "error template.type@2:22"),
        ("image: ami-1\nvmType: m6i.lareg", "warning template.type@2:9"),
        ("image: Canonical:ubuntu:x:latest\nvmType: m6i.large", "error template.image@1:8"),
        ("image: ami-1\nvmType: m6i.large\nzones: [us-east-1a, us-west-2a]", "error template.zone@3:21"),
        ("image: ami-1\nvmType: m6i.large\nzones: [us-east-1z]", "error template.zone@3:9"),
        ("image: ami-1\nvmType: m6i.large\nsubnets: [net-1]", "error template.subnet@3:11"),
        (
            "image: ami-1\nvmType: m6i.large\nuser_data: \(String(repeating: "x", count: 101))",
            "error template.user-data@3:12"
        ),
        (
            "image: ami-1\nvmType: m6i.large\nsecurity_group_ids: [a, x/apps/y, b, c]",
            "error template.security-group@3:38"
        ),
        ("image: ami-1\nvmType: m6i.large\ntags: {elevenchars: a}", "error template.tag@3:21"),
        ("image: ami-1\nvmType: m6i.large\napi: aws/lambda", "error template.api@3:6"),
        ("image: ami-1\nvmType: m6i.large\napi: EC2Fleet", "warning template.not-yet@3:6"),
        ("image: ami-1\nvmTypes: {m6i.large: 2}\napi: RunInstances", "error template.api-lacks@2:1"),
        ("image: ami-1\nvmType: m6i.large\npercent_on_demand: 30", "warning template.not-yet@3:1"),
        ("image: AMI-1\nvmType: m6i.large", "error template.image@1:8"),
        ("image: ami-1\nvmType: m6i.large c6i.large", "error template.type@2:9"),
        ("image: ami-1\nvmType: m6i.large\nzones: [all, us-east-1a]", "error field.clash@3:8"),
        ("image: ami-1\nvmType: m6i.large\nmax_price: 1", "warning field.clash@3:12"),
        ("image: ami-1\nvmType: {m6i.large: 1.5}", "error field.range@2:21"),
        ("image: ami-1\nvmType: m6i.large\nnetwork_zones: [us-east-1x]", "error template.zone@3:17"),
        (
            "image: ami-1\nvmType: m6i.large\nmachine_disk_device: /dev/a\niops: 3\nmachine_disks: [{device: /dev/a, size_gb: 1}]",
            "error field.clash@5:1"
        ),
        ("image: ami-1\nvmType: m6i.large\nhibernation: true", "error template.api-lacks@3:1"),
        ("image: ami-1\nvmType: m6i.large\nprice_type: spot\napi: aws/plain", "error template.api-lacks@3:13"),
        ("image: ami-1\nvmType: m6i.large\nnetwork_options: {fabric_adapter: true}", "error template.api-lacks@3:19"),
    ])
    func whatTheCloudDoesNotTakeIsReportedAtItsPlace(_ fields: String, _ expected: String) throws {
        #expect(try found(fields).first == expected)
    }

    @Test(arguments: ["spot", "ondemand"])
    func aShareOfAMarketThatIsNotAskedForIsWarnedOf(market: String) throws {
        let fields = "image: ami-1\nvmType: m6i.large\npercent_on_demand: 40\nprice_type: "
        #expect(try found(fields + market).contains("warning field.clash@3:20"))
        #expect(try found(fields + "heterogeneous").contains("warning field.clash@3:20") == false)
    }

    @Test(arguments: [
        "image: ami-1\nvmType: m6i.large\nzones: [us-east-1b, us-east-1-bos-1a]",
        "image: /aws/service/x\nvmType: x99.huge",
        "image: ami-1\nvmType: m6i.large\nnetworkZones: us-east-1a",
        "image: ami-1\nvmType: m6i.large\nnetwork_zones: subnet-1",
        "image: ami-1\nvmType: m6i.large\nmonitoring_enabled: false\nfleet_type: instant\nallocation_strategy: prioritized",
        "image: ami-1\nvmType: m6i.large\nprice_type: spot\npercent_on_demand: 0\nmax_price: '0.2'",
    ])
    func whatItTakesPasses(_ fields: String) throws {
        #expect(try found(fields) == [])
    }

    @Test func allZonesAreThoseOfTheAccountsRegion() throws {
        let setting = try Setting(
            ["awsprov_templates.yaml": "templates: {x: {image: ami-1, vmType: m6i.large, zones: all}}"],
            rules: Setting.rules())
        #expect(
            try setting.catalog.resolve("x", at: "prod").template.offerings.map(\.zone) == ["us-east-1a", "us-east-1b"])
    }

    @Test func aZoneIsThatOfTheAccountATemplateIsUsuallyOrderedFrom() throws {
        let directory = try ScratchDirectory()
        try directory.write(
            "awsprov_templates.yaml", "templates: {x: {image: ami-1, vmType: m6i.large, zones: [eu-west-1a]}}")
        func found(_ accounts: [CatalogAccount]) -> [String] {
            let catalog = TemplateCatalog(
                directories: [directory.path], accounts: accounts, rules: Setting.rules(), surroundings: .system)
            return catalog.check().map { "\($0.severity) \($0.message)" }
        }
        let demo = CatalogAccount(name: "demo", cloud: "aws", isEmulated: true, region: "us-east-1")
        let east = CatalogAccount(name: "east", cloud: "aws", region: "us-east-1")
        let west = CatalogAccount(name: "west", cloud: "aws", region: "eu-west-1")
        #expect(found([west, demo]) == [])
        let message = "zone `eu-west-1a` is not in region `us-east-1`, but in `eu-west-1`"
        #expect(found([west, east]) == ["warning \(message) of account `east`"])
        #expect(found([demo, west]) == ["error \(message)"])
    }

    @Test func anAPIIsChosenByWhatATemplateAsksFor() throws {
        let setting = try Setting(
            [
                "awsprov_templates.yaml":
                    "templates: {plain: {image: ami-1, vmType: m6i.large}, heavy: {image: ami-1, vmTypes: {m6i.large: 2}}}"
            ], rules: Setting.rules())
        let plain = try setting.catalog.resolve("plain", at: "prod")
        #expect(plain.template.api == nil && plain.api == "aws/run-instances")
        let heavy = try setting.catalog.resolve("heavy", at: "prod")
        #expect(heavy.template.api == "aws/ec2-fleet" && heavy.warnings.map(\.code) == ["template.not-yet"])
    }

    @Test func anAPIThatMustBeToldWhereHoldsItsTemplatesToIt() throws {
        var aws = try #require(Setting.rules["aws"])
        aws.needingPlaces = ["aws/plain"]
        let text = """
            templates:
              nowhere: {image: ami-1, vmType: m6i.large, provider_api: aws/plain}
              inAZone: {image: ami-1, vmType: m6i.large, provider_api: aws/plain, zones: [us-east-1a]}
              inASubnet: {image: ami-1, vmType: m6i.large, provider_api: aws/plain, subnet_ids: [subnet-1]}
              everywhere: {image: ami-1, vmType: m6i.large, provider_api: aws/plain, zones: all}
              usual: {image: ami-1, vmType: m6i.large}
            """
        let setting = try Setting(["awsprov_templates.yaml": text], rules: TemplateRules { [aws] _ in .success(aws) })
        let errors = setting.catalog.check().filter { $0.severity == .error }
        #expect(setting.codes(errors) == ["template.needs-place@awsprov_templates.yaml:2:60"])
    }

    @Test func whoseTypeItIsIsSaid() throws {
        let setting = try Setting(
            ["awsprov_templates.yaml": "templates: {x: {image: ami-1, vmType: Standard_D2s_v5}}"],
            rules: Setting.rules())
        #expect(
            setting.catalog.check().map(\.message) == ["`Standard_D2s_v5` is no machine type of `aws`, but of `azure`"])
    }

    @Test func whatIsKnownOfACloudMayBeDamaged() throws {
        let trouble = Rejected(
            Diagnostic(.error, "field.type", "no", at: Place(file: "rules.yaml", line: 1, column: 1)))
        let setting = try Setting(
            ["awsprov_templates.yaml": "templates: {x: {image: ami-1, vmType: t.x}}"],
            rules: TemplateRules { _ in .failure(trouble) })
        #expect(setting.catalog.check().map(\.code) == ["field.type"])
    }

    @Test func aFileForACloudIsHeldToItEvenIfAnAccountKnowsTheSameId() throws {
        let setting = try Setting(
            [
                "awsprov_templates.yaml": "templates: {x: {image: ami-1, vmType: m6i.large}}",
                "azureprov_templates.yaml": "templates: {x: {image: 'a:b:c:d', vmType: m6i.large}}",
            ], rules: Setting.rules())
        #expect(setting.codes(setting.catalog.check()) == ["template.type@azureprov_templates.yaml:1:43"])
    }

    @Test func aDamagedTableOfTypesIsToldByWhatNeedsIt() throws {
        let reads = Lock(0)
        let trouble = Diagnostic(.error, "field.type", "no", at: Place(file: "types.yaml", line: 1, column: 1))
        var azure = CloudRules(cloud: "azure")
        azure.typeForms = ["Standard_*"]
        azure.machineTypes = MachineTypes {
            reads.withLock { $0 += 1 }
            return ([], [trouble])
        }
        let text = """
            templates:
              named: {image: i, vmType: Standard_D2s_v5}
              misnamed: {image: i, vmType: m5.large}
              wanted: {image: i, requirements: {vcpus: 2}}
            """
        let setting = try Setting(
            ["azureprov_templates.yaml": text], rules: TemplateRules { [azure] _ in .success(azure) })
        #expect(try setting.catalog.resolve("named").template.offerings.map(\.type) == ["Standard_D2s_v5"])
        #expect(reads.withLock(\.self) == 0)
        for id in ["misnamed", "wanted"] as [Template.ID] {
            #expect { try setting.catalog.resolve(id) } throws: { ($0 as? Rejected)?.diagnostics == [trouble] }
        }
        #expect(reads.withLock(\.self) == 1)
    }

    @Test func aTemplateForACloudWithoutAnAccountIsListed() throws {
        let setting = try Setting(
            [
                "azureprov_templates.yaml": "templates: {x: {image: 'a:b:c:d', vmType: Standard_D2s_v5}}",
                "templates.yaml": "templates: {y: {cloud: azure, image: 'a:b:c:d', vmType: Standard_D2s_v5}}",
            ], rules: Setting.rules())
        let (templates, diagnostics) = setting.catalog.all()
        #expect(diagnostics == [] && templates.map(\.id) == ["x", "y"])
        #expect(templates.allSatisfy { $0.account == nil && $0.cloud == "azure" })
        #expect(setting.catalog.check() == [])
    }
}
