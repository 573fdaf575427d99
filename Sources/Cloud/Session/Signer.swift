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

    /// The links that were asked before that one, and why they did not answer.
    var passedOver: [CredentialsMissing.Attempt] { get }

    /// The cloud did not accept them: the next call looks for fresh ones.
    func refused() async
}

extension Signer {
    package var passedOver: [CredentialsMissing.Attempt] { [] }
}

/// For calls that prove who we are by what they say, as a web identity does.
package struct Unsigned: Signer {
    package let source: String

    /// - Parameter source: what proves it, for messages.
    package init(source: String) { self.source = source }

    package func sign(_ request: HTTPRequest, service: Service, at now: Timestamp) async throws -> HTTPRequest {
        request
    }

    package func check(at now: Timestamp) async throws {}

    package func refused() async {}
}

/// No link of the credential chain had any: which were asked, and why each did not answer.
package struct CredentialsMissing: Error, Sendable, Hashable, CustomStringConvertible {
    package struct Attempt: Sendable, Hashable {
        package let link: String
        package let reason: String
        /// Whether anything asks for this link; where nothing does, it is of interest only to whoever wants to
        /// know all.
        package let isMeant: Bool

        package init(link: String, reason: String, isMeant: Bool = true) {
            self.link = link
            self.reason = reason
            self.isMeant = isMeant
        }
    }

    package let attempts: [Attempt]

    package init(attempts: [Attempt]) { self.attempts = attempts }

    package var description: String { "no credentials were found: \(tried)" }

    /// Every link that was meant, with its reason: `environment: AWS_ACCESS_KEY_ID is not set; …`
    package var tried: String {
        attempts.filter(\.isMeant).map { "\($0.link): \($0.reason)" }.joined(separator: "; ")
    }
}
