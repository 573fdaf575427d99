import FoundationEssentials
import Provisioning
import Testing

@testable import Cloud

/// Azure's clouds, as the table of the provider has them.
@Suite struct AzureCloudTests {
    private static let table = Fixtures.folder.deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "providers/azure/provider.yaml")

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
        let table = try descriptor(String(contentsOf: Self.table, encoding: .utf8))
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

    @Test func anAuthorityThatIsNoAddressIsAMistake() throws {
        let text = try String(contentsOf: Self.table, encoding: .utf8)
            .replacing("https://login.microsoftonline.com", with: "login.microsoftonline.com")
        let rejected = #expect(throws: Rejected.self) { try descriptor(text) }
        #expect(rejected?.diagnostics.map(\.message) == ["`login.microsoftonline.com` is no endpoint"])
    }

    @Test func whatIsSignedHasNoAuthority() throws {
        let text = try String(contentsOf: Self.table, encoding: .utf8)
            .replacing("    authority: https://login.microsoftonline.us\n", with: "")
        #expect(try descriptor(text).azureCloud(of: "usgovvirginia") == nil)
        #expect(try descriptor(text).azureCloud(of: "westeurope") != nil)
    }
}
