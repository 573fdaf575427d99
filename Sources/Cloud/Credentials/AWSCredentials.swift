import Provisioning

/// What AWS requests are signed with.
package struct AWSCredentials: Credential, Hashable {
    package var accessKeyID: String
    package var secretAccessKey: Secret
    package var sessionToken: Secret?
    package var expiresAt: Timestamp?
    package var source: String
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
