import Cloud

/// Who may ask the emulated Azure for tokens, and in which tenant. It is public and opens nothing else.
package struct AzureAccess: Sendable {
    package var tenant: String
    package var client: String
    package var secret: Secret
    /// The one that listings of subscriptions name; any other is served too.
    package var subscription: String
    /// Beside those that the world has: PEM.
    package var certificates: [String] = []

    package init(tenant: String, client: String, secret: Secret, subscription: String) {
        self.tenant = tenant
        self.client = client
        self.secret = secret
        self.subscription = subscription
    }

    package static let demo = AzureAccess(
        tenant: "00000000-0000-4000-8000-00000000face", client: "00000000-0000-4000-8000-0000000c11e7",
        secret: Secret("emulated~secret~that~opens~nothing"), subscription: "00000000-0000-4000-8000-000000000001")
}
