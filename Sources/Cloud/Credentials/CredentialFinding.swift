/// What one link has to say. Reasons hold names of keys, files and variables, never what they hold.
package enum LinkFinding<Found: Credential>: Sendable {
    case found(Found)
    /// Nothing there, and why.
    case absent(String)
    /// Nothing asks for this link, and what would.
    case notMine(String)
    /// It was meant to answer and cannot.
    case stop(String)
    /// It was meant to answer and could not just now: whoever it asks was too busy, or not there.
    case later(String)

    /// The same, with a name for who found them.
    package func named(_ source: String) -> LinkFinding {
        guard case .found(var credentials) = self else { return self }
        credentials.source = source
        return .found(credentials)
    }
}

/// What a link of AWS's chain has to say.
package typealias CredentialFinding = LinkFinding<AWSCredentials>

/// A link was meant to give credentials and could not just now; nothing says that there are none.
package struct CredentialsLate: Error, Sendable, Hashable, CustomStringConvertible {
    package let link: String
    package let reason: String
    /// The links that were asked before it.
    package let passedOver: [CredentialsMissing.Attempt]

    package var description: String { "credentials could not be had just now: \(link): \(reason)" }
}
