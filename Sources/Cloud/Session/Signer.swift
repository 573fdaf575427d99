import Provisioning

/// Proves who we are, in one cloud's way.
package protocol Signer: Sendable {
    /// - Throws: `CredentialsMissing` where no link of the chain has any; nothing was sent then.
    func sign(_ request: HTTPRequest, service: Service, at now: Timestamp) async throws -> HTTPRequest

    /// Looks for credentials without sending anything to the cloud they are for.
    ///
    /// - Throws: `CredentialsMissing`
    func check(at now: Timestamp) async throws

    /// Which link of the credential chain answers, or was asked; never a secret.
    var source: String { get }

    /// The cloud did not accept them: the next call looks for fresh ones.
    func refused() async
}

/// No link of the credential chain had any: which were asked, and why each did not answer.
package struct CredentialsMissing: Error, Sendable, Hashable, CustomStringConvertible {
    package struct Attempt: Sendable, Hashable {
        package let link: String
        package let reason: String

        package init(link: String, reason: String) {
            self.link = link
            self.reason = reason
        }
    }

    package let attempts: [Attempt]

    package init(attempts: [Attempt]) { self.attempts = attempts }

    package var description: String { "no credentials were found: \(tried)" }

    /// Every link with its reason: `environment: AWS_ACCESS_KEY_ID is not set; …`
    package var tried: String {
        attempts.map { "\($0.link): \($0.reason)" }.joined(separator: "; ")
    }
}
