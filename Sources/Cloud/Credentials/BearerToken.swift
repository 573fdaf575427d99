import Provisioning

/// A token that whoever shows it is believed by, as Azure and Google Cloud give them out.
package struct BearerToken: Credential, Hashable {
    package var value: Secret
    package var expiresAt: Timestamp?
    package var source: String
    package var passedOver: [CredentialsMissing.Attempt] = []
    /// The project that Google Cloud counts the calls for; nil: the one that they are about.
    package var quotaProject: String?

    package init(_ value: Secret, expiresAt: Timestamp? = nil, source: String, quotaProject: String? = nil) {
        self.value = value
        self.expiresAt = expiresAt
        self.source = source
        self.quotaProject = quotaProject
    }
}

/// Where a session gets the token that it shows.
package protocol TokenSource: Sendable {
    /// For messages: `azure credential chain`, `fixed`.
    var name: String { get }

    /// A token that is good at this moment; the same one until it is about to expire.
    func token(at now: Timestamp) async throws -> BearerToken

    /// Says that the cloud did not accept the last one: the next call looks for it anew.
    func invalidate()
}

/// A token that was given once and for all, as the emulator's are.
package struct FixedToken: TokenSource {
    package let name: String
    private let fixed: BearerToken

    package init(_ token: BearerToken, name: String = "fixed") {
        self.name = name
        fixed = token
    }

    package func token(at now: Timestamp) async throws -> BearerToken { fixed }

    package func invalidate() {}
}

/// One place where a token may be had.
package typealias TokenLink = CredentialLink<BearerToken>

/// What a link that gives tokens has to say.
package typealias TokenFinding = LinkFinding<BearerToken>
