import Catalog
import Provisioning
import Testing

/// The root of the repository.
private let root = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined()

struct ShippedTests {
    private func catalog(_ directory: String) -> TemplateCatalog {
        TemplateCatalog(
            directories: ["\(root)/\(directory)"], accounts: Setting.accounts,
            surroundings: .system)
    }

    @Test(arguments: ["demo", "prod"])
    func everyShippedTemplateWorksOutOfTheBox(_ account: AccountName) throws {
        let catalog = catalog("templates")
        #expect(catalog.check().isEmpty)
        let ids = catalog.all().templates.map(\.id)
        #expect(
            ids == [
                "ci-runner", "cpu-large", "cpu-small", "gpu-a10g", "grid-node", "memory-large", "spot-fallback",
            ])
        for id in ids {
            let resolved = try catalog.resolve(id, at: account)
            #expect(resolved.warnings.isEmpty)
            #expect(resolved.template.image.utf8.count == "ami-".utf8.count + 17)
            #expect(resolved.template.description != nil)
        }
        #expect(
            try catalog.resolve("cpu-small", at: account).template.offerings.first?.description
                == "m6i.large / us-east-1a / on-demand")
        #expect(
            try catalog.resolve("spot-fallback", at: account).template.offerings.map(\.market)
                == Array(repeating: .spot, count: 15) + Array(repeating: .onDemand, count: 15))
    }

    @Test func hostFactoryCatalogsLoadSaveForWhatCannotBeHonouredYet() throws {
        let catalog = catalog("Tests/Fixtures/hostfactory")
        let (templates, diagnostics) = catalog.all()
        #expect(templates.map(\.id) == ["compute-ondemand"])
        let refused = diagnostics.filter { $0.severity == .error }
        #expect(Set(refused.map(\.code)) == ["template.not-yet"])
        #expect(
            refused.compactMap { $0.message.split(separator: "`").dropFirst(0).first.map(String.init) } == [
                "vmTypes", "vmTypesOnDemand", "allocationStrategy", "poolsCount", "spotFleetRequestExpiry",
            ])
        let template = try catalog.resolve("compute-ondemand", at: "prod").template
        #expect(template.limit == 200 && template.tags == ["team": "risk", "env": "prod"])
        #expect(template.offerings == [Offering(type: "m5.xlarge", subnet: "subnet-0a1b2c3d4e5f60718")])
        // The resource connector's own file has a name of its own, but nothing in it is refused.
        #expect(catalog.check(files: ["\(root)/Tests/Fixtures/hostfactory/lsf_templates.json"]).isEmpty)
    }
}
