import Cloud
import Provisioning

/// Where in Google Cloud an account works.
package struct GCPSite: Sendable, Hashable {
    /// The project's id: `grid-prod`.
    package var project: String
    /// `europe-west1`
    package var region: String

    package init(project: String, region: String) {
        self.project = project
        self.region = region
    }

    /// `/compute/v1/projects/grid-prod`
    package var path: String { "/compute/v1/projects/\(project)" }
}
