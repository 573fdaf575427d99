import CloudAzure
import Testing

struct SiteTests {
    @Test func everythingOfAnAccountIsInItsResourceGroup() {
        let site = AzureSite(subscription: "5ub", resourceGroup: "grid", location: "westeurope")
        #expect(
            site.path(in: "Microsoft.Compute") == "/subscriptions/5ub/resourceGroups/grid/providers/Microsoft.Compute")
    }
}
