import Provisioning

/// The places where AWS credentials are looked for, in the order every AWS program keeps.
package struct AWSCredentialChain: Sendable {
    package var links: [any AWSCredentialLink]

    package init(_ links: [any AWSCredentialLink]) { self.links = links }

    /// The links in their usual order. A profile asked for by name leaves the environment's keys out: whoever
    /// names one means it.
    package init(
        profile: String? = nil, environment: [String: String],
        readFile: @escaping @Sendable (String) throws -> [UInt8] = FileFailure.read
    ) {
        let environment = Environment(environment)
        let profile = AWSProfile(explicit: profile, environment: environment, readFile: readFile)
        let variables = profile.isExplicit ? nil : environment
        links = [
            AWSUnsupportedLink(
                "assuming a role", profile, keys: ["role_arn"], unless: "web_identity_token_file"),
            AWSUnsupportedLink(
                "web identity", profile, keys: ["web_identity_token_file"], variables,
                names: ["AWS_WEB_IDENTITY_TOKEN_FILE"]),
            AWSUnsupportedLink("single sign-on", profile, keys: ["sso_account_id", "sso_role_name"]),
            AWSCredentialsFileLink(profile: profile),
            AWSUnsupportedLink("console login", profile, keys: ["login_session"]),
            AWSUnsupportedLink("a credential process", profile, keys: ["credential_process"]),
            AWSConfigFileLink(profile: profile),
            AWSUnsupportedLink(
                "container credentials", profile, keys: [], environment,
                names: ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"]),
        ]
        if let variables { links.insert(AWSEnvironmentLink(environment: variables), at: 0) }
    }

    /// Asks link after link until one answers.
    ///
    /// A link that is meant to answer and cannot ends the search: going on would find somebody else's credentials.
    package func resolve() async throws(NoCredentials) -> AWSCredentials {
        var asked: [NoCredentials.Link] = []
        for link in links {
            switch await link.look() {
            case .found(let credentials): return credentials
            case .notMine: continue
            case .absent(let why): asked.append(.init(name: link.name, reason: why))
            case .stop(let why):
                asked.append(.init(name: link.name, reason: why))
                throw NoCredentials(links: asked)
            }
        }
        throw NoCredentials(links: asked)
    }

    /// The chain as a session uses it.
    package var source: CachedCredentials {
        CachedCredentials(name: "aws credential chain") { try await resolve() }
    }
}

/// One place where AWS credentials may be.
package protocol AWSCredentialLink: Sendable {
    /// For the report: `environment`, "profile `dev` in ~/.aws/config".
    var name: String { get }

    /// Looks afresh each time, so that an edited file counts from the next look on.
    func look() async -> CredentialFinding
}

/// What one link has to say. Reasons hold names of keys, files and variables, never what they hold.
package enum CredentialFinding: Sendable {
    case found(AWSCredentials)
    /// Nothing there, and why.
    case absent(String)
    /// Nothing asks for this link; there is nothing to report.
    case notMine
    /// It was meant to answer and cannot.
    case stop(String)
}

/// No link answered: every one that was asked, and why it did not.
package struct NoCredentials: Error, Sendable, Hashable, CustomStringConvertible {
    package struct Link: Sendable, Hashable {
        package let name: String
        package let reason: String
    }

    package let links: [Link]

    package var description: String {
        "no AWS credentials: " + links.map { "\($0.name): \($0.reason)" }.joined(separator: "; ")
    }

    package var diagnostic: Diagnostic {
        Diagnostic(
            .error, "credentials.none", description,
            hint: "set `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`, or name a profile that holds them")
    }
}
