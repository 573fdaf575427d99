import Cloud
import Provisioning

/// Where in Azure an account works.
package struct AzureSite: Sendable, Hashable {
    /// The subscription's id, a GUID.
    package var subscription: String
    /// All that is made for machines is in it; it has to be there.
    package var resourceGroup: String
    /// As Azure writes it: `westeurope`.
    package var location: String

    package init(subscription: String, resourceGroup: String, location: String) {
        self.subscription = subscription
        self.resourceGroup = resourceGroup
        self.location = location
    }

    /// `/subscriptions/…/resourceGroups/…/providers/Microsoft.Compute`
    package func path(in provider: String) -> String {
        "/subscriptions/\(subscription)/resourceGroups/\(resourceGroup)/providers/\(provider)"
    }
}
