import Catalog
import Documents
import Provisioning

/// A catalog over a scratch directory, with a clock that the test turns.
struct Setting {
    let directory: ScratchDirectory
    let clock = Lock(Timestamp(seconds: 1_700_000_000))
    let catalog: TemplateCatalog

    static let accounts = [
        CatalogAccount(name: "demo", cloud: "aws", isEmulated: true, region: "us-east-1"),
        CatalogAccount(name: "prod", cloud: "aws", region: "us-east-1"),
        CatalogAccount(name: "research", cloud: "gcp"),
    ]

    /// What is known of the clouds in these tests.
    static let rules: [CloudName: CloudRules] = {
        var aws = CloudRules(cloud: "aws")
        aws.apis = ["aws/run-instances", "aws/ec2-fleet", "aws/plain"]
        aws.builtAPIs = ["aws/run-instances"]
        aws.features = [
            "aws/run-instances": [.onDemand, .spot, .maxPrice, .placement, .launchTemplate, .ipv6],
            "aws/plain": [.onDemand],
            "aws/ec2-fleet": [.onDemand, .spot, .mixed, .weights, .allocationStrategy, .fleetKinds],
        ]
        aws.zones = ["us-east-1": ["us-east-1a", "us-east-1b"], "eu-west-1": ["eu-west-1a"]]
        aws.types = [("m6i", 4), ("c6i", 2)].flatMap { family, memory in
            [("large", 2), ("xlarge", 4)].map { size, vcpus in
                MachineType(
                    name: "\(family).\(size)", family: family, vcpus: vcpus, memoryMiB: memory * vcpus * 1024,
                    architecture: .x86, maker: "intel")
            }
        }
        aws.typeForms = ["*.*"]
        aws.imageForms = ["ami-*", "/*"]
        aws.subnetForms = ["subnet-*"]
        aws.userDataMax = 100
        aws.securityGroupsMax = 2
        aws.uncountedSecurityGroups = ["*/apps/*"]
        aws.tags.keyMax = 10
        var azure = CloudRules(cloud: "azure")
        azure.typeForms = ["Standard_*"]
        return ["aws": aws, "azure": azure]
    }()

    static func rules(_ references: References = References()) -> TemplateRules {
        TemplateRules(references: references) { cloud in rules[cloud].map { .success($0) } }
    }

    init(
        _ files: [String: String], directories: [String]? = nil, rules: TemplateRules = TemplateRules()
    ) throws {
        let directory = try ScratchDirectory()
        for (name, text) in files { try directory.write(name, text) }
        self.directory = directory
        // The directory lasts as long as the catalog, which keeps this.
        let now: @Sendable () -> Timestamp = { [clock] in
            withExtendedLifetime(directory) { clock.withLock { $0 } }
        }
        catalog = TemplateCatalog(
            directories: directories?.map { "\(directory.path)/\($0)" } ?? [directory.path],
            accounts: Setting.accounts, rules: rules,
            surroundings: Surroundings(now: now, sleep: { _ in }, random: { 0 }))
    }

    func turnClock(by duration: Duration) { clock.withLock { $0 = $0 + duration } }

    /// Code and place of each diagnostic, as `code@file:line:column`.
    func codes(_ diagnostics: [Diagnostic]) -> [String] {
        diagnostics.map { diagnostic in
            guard let place = diagnostic.place else { return diagnostic.code }
            return "\(diagnostic.code)@\(place.file.dropFirst(directory.path.count + 1)):\(place.line):\(place.column)"
        }
    }

    /// What resolving a template is refused for.
    func refusal(_ id: Template.ID, at account: AccountName? = nil) -> [String] {
        do throws(Rejected) {
            _ = try catalog.resolve(id, at: account)
            return []
        } catch {
            return codes(error.diagnostics)
        }
    }
}
