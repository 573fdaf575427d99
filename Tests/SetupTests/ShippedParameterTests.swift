import Catalog
import Cloud
import FoundationEssentials
import Provisioning
import Testing

/// The root of the repository.
private let root = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined()

/// Templates that speak in AWS's own words, held to the shipped tables.
struct ShippedParameterTests {
    private func found(_ template: String) throws -> [Diagnostic] {
        let folder = try ScratchHome()
        let file = try folder.write(
            "templates/awsprov_templates.yaml",
            "templates:\n  x:\n    machine_image: ami-0c7217cdde317cfec\n    machine_types: [m6i.large]\n"
                + "    zones: [us-east-1a]\n" + template)
        let catalog = TemplateCatalog(
            directories: [String(file.prefix { _ in true }.dropLast("/awsprov_templates.yaml".count))],
            accounts: [CatalogAccount(name: "demo", cloud: "aws", region: "us-east-1")],
            rules: TemplateRules { cloud in
                Result { () throws(Rejected) in try CloudRules(cloud, folder: "\(root)/providers/\(cloud)") }
            }, surroundings: .system)
        return withExtendedLifetime(folder) { catalog.check() }
    }

    @Test func whatTheManualsShowIsTaken() throws {
        for (api, spec) in [
            ("run-instances", "{CreditSpecification: {CpuCredits: unlimited}, EnclaveOptions: {Enabled: true}}"),
            (
                "ec2-fleet",
                "{SpotOptions: {MaintenanceStrategies: {CapacityRebalance: {ReplacementStrategy: launch}}}}"
            ),
            ("spot-fleet", "{spotMaintenanceStrategies: {capacityRebalance: {replacementStrategy: launch}}}"),
            (
                "auto-scaling-group",
                "{CapacityRebalance: true, TargetGroupARNs: [a], LifecycleHookSpecificationList: "
                    + "[{LifecycleHookName: a, LifecycleTransition: b, HeartbeatTimeout: 30}]}"
            ),
        ] {
            #expect(try found("    provider_api: aws/\(api)\n    provider_api_spec: \(spec)\n") == [], "\(api)")
        }
        #expect(
            try found(
                "    provider_api: aws/ec2-fleet\n    launch_template_spec: {MetadataOptions: {HttpTokens: required}}\n"
            )
                == [])
    }

    @Test func nothingThatMusterWritesItselfCanBeSaid() throws {
        let tables = ParameterTables(folder: "\(root)/providers/aws")
        var seen = 0
        for api in ["run-instances", "ec2-fleet", "spot-fleet", "auto-scaling-group", "launch-template"] {
            let key = api == "launch-template" ? "launch_template_spec" : "provider_api_spec"
            let named = api == "launch-template" ? "ec2-fleet" : api
            for path in try #require(try tables.call(of: APIName("aws/\(api)"))).ours.keys {
                let names = path.split(separator: ".")
                let spec = names.map { "{\($0): " }.joined() + "1" + names.map { _ in "}" }.joined()
                let found = try found("    provider_api: aws/\(named)\n    \(key): \(spec)\n")
                #expect(found.map(\.code) == ["spec.reserved"], "\(api) \(path)")
                #expect(found.first?.message.hasPrefix("`\(path)` cannot be set by a template: ") == true)
                seen += 1
            }
        }
        #expect(seen > 40)
    }

    @Test func parametersOfFleetsAskForAFleet() throws {
        let found = try found("    provider_api_spec: {SpotOptions: {}}\n")
        #expect(found.map(\.code) == ["spec.unknown-parameter"])
        #expect(found.first?.hint == "`aws/ec2-fleet` can: say so in `provider_api`")
    }
}
