import Provisioning

/// The places where a token for Google Cloud is looked for: its "application default credentials".
///
/// https://cloud.google.com/docs/authentication/application-default-credentials
package struct GCPCredentialChain: Sendable {
    package let links: [any TokenLink]
    private let impersonation: GCPImpersonation?
    private let quotaProject: String?

    /// - Parameters:
    ///   - credentialsFile: in place of all others.
    ///   - impersonate: the service account to act as, by whatever is found; after others that lead to it, with
    ///     commas between them.
    ///   - quotaProject: the project that calls are counted for; nil: the one that the credentials name, if any.
    ///   - iam: where service accounts are impersonated; nil: Google's own.
    package init(
        credentialsFile: String? = nil, impersonate: String? = nil, quotaProject: String? = nil, iam: Endpoint? = nil,
        environment variables: [String: String], doors: CredentialDoors
    ) {
        let environment = Environment(variables)
        let files = GCPCredentialFiles(variables: variables, doors: doors)
        if let credentialsFile {
            links = [GCPFileLink(name: "the account's credentials file", path: credentialsFile, files: files)]
        } else {
            links = [
                GCPFileLink(
                    name: "GOOGLE_APPLICATION_CREDENTIALS", path: environment["GOOGLE_APPLICATION_CREDENTIALS"],
                    files: files),
                GCPLoginLink(environment: environment, files: files),
                GCPMetadataLink(environment: environment, doors: doors),
            ]
        }
        let universe = environment["GOOGLE_CLOUD_UNIVERSE_DOMAIN"] ?? GCPCredentialFiles.usualUniverse
        impersonation = impersonate.map { chain in
            let accounts = chain.split(separator: ",").map { String($0.drop(while: \.isWhitespace)) }
            return GCPImpersonation(
                account: accounts.last ?? "", delegates: accounts.dropLast(),
                at: iam ?? Endpoint(scheme: .https, host: "iamcredentials.\(universe)"), doors: doors)
        }
        self.quotaProject = quotaProject ?? environment["GOOGLE_CLOUD_QUOTA_PROJECT"]
    }

    /// - Throws: `NoCredentials`, `CredentialsLate`
    package func resolve() async throws -> BearerToken {
        var token = try await search(links, for: .gcp)
        if let quotaProject { token.quotaProject = quotaProject }
        guard let impersonation else { return token }
        let link = "impersonating \(impersonation.account)"
        switch await impersonation.token(by: token) {
        case .found(var own):
            own.passedOver = token.passedOver
            // Not the one of a login: the account may not be let in there.
            own.quotaProject = quotaProject
            return own
        case .absent(let why), .notMine(let why), .stop(let why):
            throw NoCredentials(links: token.passedOver + [.init(link: link, reason: why)], for: .gcp)
        case .later(let why): throw CredentialsLate(link: link, reason: why, passedOver: token.passedOver)
        }
    }

    /// The chain as a session uses it; chance spreads when many agents renew.
    package func source(random: (@Sendable () -> UInt64)? = nil) -> CachedToken {
        CachedToken(name: "gcp credential chain", random: random) { try await resolve() }
    }
}

extension NoCredentials.Seeker {
    package static let gcp = NoCredentials.Seeker(
        name: "Google Cloud",
        hint: "name a key file in `GOOGLE_APPLICATION_CREDENTIALS`, or run `gcloud auth application-default login`")
}

/// What tokens of Google Cloud are for.
enum GCPScope {
    /// What may be done is for the roles of whoever asks to say.
    static let all = "https://www.googleapis.com/auth/cloud-platform"
}
