import Provisioning

/// What proves to a cloud who we are: keys to sign with, or a token to show.
package protocol Credential: Sendable {
    /// Nil: it does not expire.
    var expiresAt: Timestamp? { get }
    /// Which link of the chain gave it: `environment`, `profile default in ~/.aws/credentials`.
    var source: String { get set }
    /// The links of the chain that were asked before, and why they did not answer.
    var passedOver: [CredentialsMissing.Attempt] { get set }
}

extension Credential {
    package func isGood(at moment: Timestamp) -> Bool { expiresAt.map { $0 > moment } ?? true }
}

/// One place where credentials may be.
package protocol CredentialLink<Found>: Sendable {
    associatedtype Found: Credential

    /// For the report: `environment`, "profile `dev` in ~/.aws/config".
    var name: String { get }

    /// Looks afresh each time, so that an edited file counts from the next look on.
    func look() async -> LinkFinding<Found>
}

/// Asks link after link until one answers.
///
/// A link that is meant to answer and cannot ends the search: going on would find somebody else's credentials.
///
/// - Throws: `NoCredentials`, `CredentialsLate`
func search<Found: Credential>(
    _ links: [any CredentialLink<Found>], for seeker: NoCredentials.Seeker
) async throws -> Found {
    var asked: [CredentialsMissing.Attempt] = []
    for link in links {
        switch await link.look() {
        case .found(var credentials):
            credentials.passedOver = asked
            return credentials
        case .notMine(let why): asked.append(.init(link: link.name, reason: why, isMeant: false))
        case .absent(let why): asked.append(.init(link: link.name, reason: why))
        case .stop(let why):
            asked.append(.init(link: link.name, reason: why))
            throw NoCredentials(links: asked, for: seeker)
        case .later(let why): throw CredentialsLate(link: link.name, reason: why, passedOver: asked)
        }
    }
    throw NoCredentials(links: asked, for: seeker)
}

/// No link answered: every one that was asked, and why it did not.
package struct NoCredentials: Error, Sendable, Hashable, CustomStringConvertible {
    package let links: [CredentialsMissing.Attempt]
    private let seeker: Seeker

    /// Whose credentials were looked for, and the plainest way to have some.
    package struct Seeker: Sendable, Hashable {
        package let name: String
        package let hint: String

        package init(name: String, hint: String) {
            self.name = name
            self.hint = hint
        }
    }

    package init(links: [CredentialsMissing.Attempt], for seeker: Seeker = .aws) {
        self.links = links
        self.seeker = seeker
    }

    package var description: String { "no \(seeker.name) credentials: \(CredentialsMissing(attempts: links).tried)" }

    package var diagnostic: Diagnostic { Diagnostic(.error, "credentials.none", description, hint: seeker.hint) }
}
