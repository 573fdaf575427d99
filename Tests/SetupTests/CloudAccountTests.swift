import Provisioning
import Setup
import Testing

/// What an account says beside its region, where its cloud wants to know more.
@Suite struct CloudAccountTests {
    private let home: ScratchHome

    init() throws { home = try ScratchHome() }

    private static let subscription = "11111111-2222-3333-4444-555555555555"

    private func site(_ account: String, _ variables: [String: String] = [:]) throws -> AccountSettings.Site? {
        try home.settings(site: "accounts: {far: \(account)}\n", variables)
            .accounts.first { $0.name == "far" }?.site
    }

    private func mistakes(_ account: String) -> [String] {
        do {
            _ = try site(account)
            return []
        } catch let rejected as Rejected {
            return rejected.diagnostics.map(\.code)
        } catch {
            return ["\(error)"]
        }
    }

    @Test func anAccountOfAzureHasASubscriptionAndAResourceGroup() throws {
        let account = """
            {cloud: azure, region: westeurope, subscription: \(Self.subscription), resource_group: grid,
              tenant: contoso.onmicrosoft.com, client_id: muster}
            """
        #expect(
            try site(account)
                == .azure(
                    AzureAccount(
                        subscription: Self.subscription, resourceGroup: "grid", tenant: "contoso.onmicrosoft.com",
                        clientID: "muster")))
    }

    @Test(arguments: ["AZURE_SUBSCRIPTION_ID", "ARM_SUBSCRIPTION_ID"])
    func theEnvironmentMayNameTheSubscription(variable: String) throws {
        let found = try site("{cloud: azure, region: westeurope}", [variable: Self.subscription])
        #expect(
            found
                == .azure(
                    AzureAccount(
                        subscription: Self.subscription, resourceGroup: "muster", tenant: nil, clientID: nil)))
    }

    @Test func anAccountOfGoogleCloudHasAProject() throws {
        let account = """
            {cloud: gcp, region: europe-west1, project: "example.com:grid-prod", credentials_file: /keys/grid.json,
              impersonate: muster@grid-prod.iam.gserviceaccount.com}
            """
        #expect(
            try site(account)
                == .gcp(
                    GCPAccount(
                        project: "example.com:grid-prod", credentialsFile: "/keys/grid.json",
                        impersonate: "muster@grid-prod.iam.gserviceaccount.com")))
        let found = try site(
            "{cloud: gcp}", ["GOOGLE_CLOUD_PROJECT": "grid-prod", "CLOUDSDK_COMPUTE_REGION": "europe-west1"])
        #expect(found == .gcp(GCPAccount(project: "grid-prod", credentialsFile: nil, impersonate: nil)))
    }

    @Test func whatIsEmulatedNeedsNeither() throws {
        #expect(mistakes("{cloud: azure, region: westeurope, emulated: true}").isEmpty)
        #expect(mistakes("{cloud: gcp, region: europe-west1, emulated: true}").isEmpty)
    }

    @Test(arguments: [
        ("{cloud: azure, region: westeurope}", ["field.missing"]),
        ("{cloud: azure, region: westeurope, subscription: mine}", ["account.site"]),
        ("{cloud: azure, region: westeurope, emulated: true, resource_group: ends.}", ["account.site"]),
        ("{cloud: azure, subscription: 11111111-2222-3333-4444-555555555555}", ["field.missing"]),
        ("{cloud: azure, region: westeurope, emulated: true, profile: dev}", ["account.unknown-key"]),
        ("{cloud: gcp, region: europe-west1}", ["field.missing"]),
        ("{cloud: gcp, region: europe-west1, project: Grid}", ["account.site"]),
        ("{cloud: gcp, region: europe-west1, project: grid-prod, impersonate: muster}", ["account.site"]),
        ("{cloud: gcp, region: europe-west1, project: grid-prod, use_fips: true}", ["account.unknown-key"]),
        ("{cloud: aws, region: eu-west-1, project: grid-prod}", ["account.unknown-key"]),
    ])
    func whatIsMissingOrDoesNotBelongThereIsTold(account: String, codes: [String]) {
        #expect(mistakes(account) == codes)
    }
}
