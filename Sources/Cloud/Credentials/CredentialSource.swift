import Provisioning

/// Where a session gets what it signs with.
package protocol CredentialSource: Sendable {
    /// For messages: `aws credential chain`, `fixed`.
    var name: String { get }

    /// Credentials that are good at this moment; the same ones until they are about to expire.
    func credentials(at now: Timestamp) async throws -> AWSCredentials

    /// Says that the cloud did not accept the last ones: the next call looks for them anew.
    func invalidate()
}

/// Credentials that were given once and for all, as the emulator's are.
package struct FixedCredentials: CredentialSource {
    package let name: String
    private let fixed: AWSCredentials

    package init(_ credentials: AWSCredentials, name: String = "fixed") {
        self.name = name
        fixed = credentials
    }

    package func credentials(at now: Timestamp) async throws -> AWSCredentials { fixed }

    package func invalidate() {}
}
