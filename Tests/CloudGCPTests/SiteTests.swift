import CloudGCP
import Testing

struct SiteTests {
    @Test func everythingOfAnAccountIsInItsProject() {
        #expect(GCPSite(project: "grid-prod", region: "europe-west1").path == "/compute/v1/projects/grid-prod")
    }
}
