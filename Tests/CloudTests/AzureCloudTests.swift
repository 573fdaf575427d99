import FoundationEssentials
import Provisioning
import Testing

@testable import Cloud

/// Azure's clouds, as the table of the provider has them.
@Suite struct AzureCloudTests {
    private func descriptor(_ provider: String) throws -> ProviderDescriptor {
        let folder = FileManager.default.temporaryDirectory.appending(path: "muster-clouds-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try provider.write(to: folder.appending(path: "provider.yaml"), atomically: true, encoding: .utf8)
        try "capacity: {holds: 3m, codes: [AllocationFailed]}\n"
            .write(to: folder.appending(path: "errors.yaml"), atomically: true, encoding: .utf8)
        return try ProviderDescriptor(folder: folder.path, apiFiles: [])
    }

    @Test func theCloudOfARegionIsReadFromItsTable() throws {
        let text = """
            name: azure
            usual_api: azure/virtual-machines
            endpoints:
              arm: https://management.{suffix}
            partitions:
              public: {suffix: azure.com, authority: "https://login.microsoftonline.com", prefixes: []}
              usgov: {suffix: usgovcloudapi.net, authority: "https://login.microsoftonline.us", prefixes: [usgov, usdod]}
              china: {suffix: chinacloudapi.cn, authority: "https://login.chinacloudapi.cn", prefixes: [china]}
            pace:
              reading: {per_second: 20, burst: 100}
              changing: {per_second: 5, burst: 50}
            """
        let table = try descriptor(text)
        func cloud(_ region: String) throws -> String {
            let cloud = try #require(table.azureCloud(of: region))
            return "\(cloud.name) \(cloud.authority) \(cloud.scope)"
        }
        #expect(
            try cloud("westeurope")
                == "public https://login.microsoftonline.com https://management.azure.com/.default")
        #expect(
            try cloud("usgovvirginia")
                == "usgov https://login.microsoftonline.us https://management.usgovcloudapi.net/.default")
        #expect(
            try cloud("chinanorth3")
                == "china https://login.chinacloudapi.cn https://management.chinacloudapi.cn/.default")
    }

    @Test func anAuthorityThatIsNoAddressIsAMistake() {
        let text = """
            name: azure
            usual_api: azure/virtual-machines
            endpoints: {arm: "https://management.{suffix}"}
            partitions:
              public: {suffix: azure.com, authority: login.microsoftonline.com, prefixes: []}
            pace:
              reading: {per_second: 20, burst: 100}
              changing: {per_second: 5, burst: 50}
            """
        let rejected = #expect(throws: Rejected.self) { try descriptor(text) }
        #expect(rejected?.diagnostics.map(\.message) == ["`login.microsoftonline.com` is no endpoint"])
    }
}
