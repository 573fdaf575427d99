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

    /// The id of something that a template names by its id, or by its name alone: then it is in our resource group.
    ///
    /// - Parameter kind: `Microsoft.Compute/proximityPlacementGroups`
    func id(of name: String, _ kind: String) -> String {
        name.hasPrefix("/") ? name : "\(path(in: kind))/\(name)"
    }

    /// The network of an account whose templates name no subnet: one called `default` in one called `default`.
    var usualSubnet: String { "\(path(in: "Microsoft.Network"))/virtualNetworks/default/subnets/default" }

    /// Where something of our group is, as a request names it.
    func requestPath(_ rest: String) -> String {
        "/subscriptions/\(subscription)/resourceGroups/\(resourceGroup.percentEncoded())/providers/\(rest)"
    }
}
