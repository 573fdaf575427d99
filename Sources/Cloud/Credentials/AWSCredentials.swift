import Provisioning

/// What AWS requests are signed with.
package struct AWSCredentials: Sendable, Hashable {
    package var accessKeyID: String
    package var secretAccessKey: Secret
    package var sessionToken: Secret?
    /// Nil: they do not expire.
    package var expiresAt: Timestamp?
    /// Which link of the chain gave them: `environment`, `profile default in ~/.aws/credentials`.
    package var source: String
    /// The links of the chain that were asked before, and why they did not answer.
    package var passedOver: [CredentialsMissing.Attempt] = []

    package init(
        accessKeyID: String, secretAccessKey: Secret, sessionToken: Secret? = nil, expiresAt: Timestamp? = nil,
        source: String
    ) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.expiresAt = expiresAt
        self.source = source
    }
}
