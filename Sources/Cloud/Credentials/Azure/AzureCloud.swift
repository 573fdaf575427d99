import Provisioning

/// One of Azure's clouds, which know nothing of each other: the public one, the US government's, China's.
package struct AzureCloud: Sendable, Hashable {
    package let name: String
    /// Where tokens are had.
    package let authority: Endpoint
    /// What tokens are for: the address of its resource manager, whatever address that is reached by.
    package let manager: Endpoint

    package init(name: String, authority: Endpoint, manager: Endpoint) {
        self.name = name
        self.authority = authority
        self.manager = manager
    }

    var resource: String { manager.text }
    var scope: String { "\(manager.text)/.default" }
}

extension ProviderDescriptor {
    /// The cloud that a region belongs to; nil: its partition has no `authority`, or there is no service `management`.
    package func azureCloud(of region: String) -> AzureCloud? {
        guard let partition = partition(of: region), let authority = partition.authority,
            let manager = endpoint(of: "management", in: region)
        else { return nil }
        return AzureCloud(name: partition.name, authority: authority, manager: manager)
    }
}
