import Catalog
import Cloud
import Provisioning
import Testing

/// The root of the repository.
private let root = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined()

/// What is shipped, held to the shipped tables.
struct ShippedCatalogTests {
    private let accounts = [
        CatalogAccount(name: "demo", cloud: "aws", isEmulated: true, region: "us-east-1"),
        CatalogAccount(name: "europe", cloud: "aws", region: "eu-west-1"),
        CatalogAccount(name: "azure", cloud: "azure", region: "westeurope"),
        CatalogAccount(name: "gcp", cloud: "gcp", region: "europe-west1"),
    ]

    private func catalog(_ directories: String...) -> TemplateCatalog {
        TemplateCatalog(
            directories: directories.map { "\(root)/\($0)" }, accounts: accounts,
            rules: TemplateRules { cloud in
                Result { () throws(Rejected) in try CloudRules(cloud, folder: "\(root)/providers/\(cloud)") }
            }, surroundings: .system)
    }

    @Test func everyShippedTemplateIsValidEverywhere() throws {
        #expect(catalog("templates").check() == [])
    }

    @Test func thereIsATemplateForEveryPurposeOnEveryCloud() throws {
        let catalog = catalog("templates")
        var found: [AccountName: [Template]] = [:]
        for account in accounts {
            for summary in catalog.all().templates {
                guard let resolved = try? catalog.resolve(summary.id, at: account.name) else { continue }
                #expect(resolved.warnings == [] && resolved.template.description != nil, "\(summary.id)")
                found[account.name, default: []].append(resolved.template)
            }
        }
        #expect(Set(found.values.joined().map(\.id)).count >= 12)
        for account in accounts {
            let templates = try #require(found[account.name])
            #expect(templates.contains { $0.id == "cpu-small" })
            #expect(templates.contains { $0.requirements?.gpu != nil })
            #expect(templates.contains { $0.requirements?.architecture == .arm })
            #expect(templates.contains { Set($0.offerings.map(\.market)) == [.spot, .onDemand] })
        }
        #expect(found["europe"]?.contains { $0.placement?.group != nil } == true)
        #expect(found["demo"]?.contains { $0.lifetimeSeconds != nil && $0.userData != nil } == true)
    }

    @Test(arguments: ["demo", "europe"] as [AccountName])
    func thereIsATemplateForAFleetAPoolAndAGroup(account: AccountName) throws {
        let catalog = catalog("templates")
        let batch = try catalog.resolve("batch-pool", at: account)
        #expect(batch.api == "aws/ec2-fleet" && batch.template.requirements != nil)
        #expect(batch.template.fleet?.allocation == .priceCapacityOptimized && batch.template.fleet?.kind == nil)
        let kept = try catalog.resolve("kept-pool", at: account)
        #expect(kept.api == "aws/ec2-fleet" && kept.template.fleet?.kind == .maintain)
        #expect(kept.template.fleet?.percentOnDemand == 25 && kept.template.fleet?.weights?["m6i.xlarge"] == 2)
        let group = try catalog.resolve("scaling-group", at: account)
        #expect(group.api == "aws/auto-scaling-group" && group.template.offerings.allSatisfy { $0.zone != nil })
    }

    @Test func requirementsMeanTheSameOnEveryCloud() throws {
        let catalog = catalog("templates")
        for account in accounts {
            let resolved = try catalog.resolve("worker", at: account.name, given: ["vcpus": "8"])
            #expect(!resolved.template.offerings.isEmpty, "\(account.name)")
        }
        #expect(
            try catalog.resolve("worker", at: "demo", given: ["vcpus": "8"]).template.offerings
                .contains { $0.type == "m6i.2xlarge" })
        #expect(
            try catalog.resolve("worker", at: "azure", given: ["vcpus": "8"]).template.offerings
                .contains { $0.type == "Standard_D8s_v5" })
    }

    @Test func hostFactoryCatalogsLoadBesideTheShippedOne() throws {
        let catalog = catalog("templates", "Tests/Fixtures/hostfactory")
        #expect(catalog.check().filter { $0.severity == .error } == [])
        let template = try catalog.resolve("compute-ondemand", at: "demo").template
        #expect(template.offerings.map(\.subnet) == ["subnet-0a1b2c3d4e5f60718"])
    }

    @Test func requirementsNeverMixProcessors() throws {
        for account in accounts {
            let rules = try CloudRules(
                try #require(account.cloud as CloudName?), folder: "\(root)/providers/\(account.cloud)")
            var wanted = Requirements()
            wanted.vcpus.min = 4
            wanted.architecture = .x86
            #expect(rules.types.meeting(wanted).allSatisfy { $0.architecture == .x86 })
        }
    }

    @Test func aSizeThatNobodyHasIsToldByTheShippedTables() throws {
        let rules = try CloudRules("aws", folder: "\(root)/providers/aws")
        #expect(rules.typeNames.contains("m6i.large") && !rules.typeNames.contains("m6i.larg"))
        #expect(rules.families.contains("m6i"))
    }

    @Test func hostFactoryCatalogsLoadUnchanged() throws {
        let catalog = catalog("Tests/Fixtures/hostfactory")
        let (templates, diagnostics) = catalog.all()
        // The resource connector's own file is named after its provider, which is an account to us.
        #expect(diagnostics.map(\.code) == ["catalog.unknown-account"])
        #expect(
            catalog.check(files: ["\(root)/Tests/Fixtures/hostfactory/lsf_templates.json"]).filter {
                $0.severity == .error
            } == [])
        #expect(templates.map(\.id) == ["compute-hetero", "compute-ondemand"])
        let plain = try catalog.resolve("compute-ondemand", at: "demo").template
        #expect(plain.limit == 200 && plain.tags == ["team": "risk", "env": "prod"] && plain.api == nil)
        #expect(plain.offerings == [Offering(type: "m5.xlarge", subnet: "subnet-0a1b2c3d4e5f60718")])
        #expect(plain.attributes?["ncpus"] == .list([.text("Numeric"), .text("4")]))
        // The only API that has a fleet's role, pools and an expiry.
        let fleet = try catalog.resolve("compute-hetero", at: "demo").template
        #expect(fleet.api == "aws/spot-fleet" && fleet.fleet?.weights == ["m5.large": 1, "m5.xlarge": 2])
        #expect(fleet.fleet?.allocation == .lowestPrice && fleet.fleet?.expiryMinutes == 40)
    }
}
