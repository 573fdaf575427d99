import Cloud
import Provisioning

/// Where in Google Cloud an account works.
package struct GCPSite: Sendable, Hashable {
    /// The project's id: `grid-prod`.
    package var project: String
    /// `europe-west1`
    package var region: String
    /// Those of the region; a machine whose template names none is put into one of them.
    package var zones: [String]

    package init(project: String, region: String, zones: [String] = []) {
        self.project = project
        self.region = region
        self.zones = zones
    }

    /// `/compute/v1/projects/grid-prod`
    package var path: String { "/compute/v1/projects/\(project)" }
}

// MARK: - What a template names

extension GCPSite {
    /// `family/x` and `global/images/x` are of one's own project; anything longer says whose it is.
    func image(_ text: String) -> String {
        if text.hasPrefix("family/") { return "projects/\(project)/global/images/\(text)" }
        return ofProject(text, beginning: "global/")
    }

    /// A plain name is a subnetwork of the account's region.
    func subnetwork(_ text: String) -> String { ofRegion("subnetworks", text) }

    /// A plain name is a policy of the account's region.
    func resourcePolicy(_ text: String) -> String { ofRegion("resourcePolicies", text) }

    /// A plain name is a template for all regions.
    func instanceTemplate(_ text: String) -> String {
        if !text.contains("/") { return "projects/\(project)/global/instanceTemplates/\(text)" }
        return ofProject(ofProject(text, beginning: "global/"), beginning: "regions/")
    }

    func snapshot(_ text: String) -> String {
        text.contains("/")
            ? ofProject(text, beginning: "global/") : "projects/\(project)/global/snapshots/\(text)"
    }

    /// A plain name is an account of the project.
    func serviceAccount(_ text: String) -> String {
        if text.contains("@") || text == "default" { return text }
        // `example.com:grid` is spelled the other way round in an address.
        let parts = project.split(separator: ":", maxSplits: 1)
        let domain = parts.count == 2 ? "\(parts[1]).\(parts[0])" : project
        return "\(text)@\(domain).iam.gserviceaccount.com"
    }

    func zone(_ name: String) -> String { "projects/\(project)/zones/\(name)" }

    private func ofRegion(_ kind: String, _ text: String) -> String {
        if !text.contains("/") { return "projects/\(project)/regions/\(region)/\(kind)/\(text)" }
        return ofProject(text, beginning: "regions/")
    }

    private func ofProject(_ text: String, beginning: String) -> String {
        text.hasPrefix(beginning) ? "projects/\(project)/\(text)" : text
    }
}
