import Provisioning

/// The places where AWS credentials are looked for, in the order every AWS program keeps.
package struct AWSCredentialChain: Sendable {
    package var links: [any AWSCredentialLink]

    package init(_ links: [any AWSCredentialLink]) { self.links = links }

    /// The links in their usual order. A profile asked for by name leaves the environment's keys out: whoever
    /// names one means it.
    package init(profile: String? = nil, environment variables: [String: String], doors: CredentialDoors) {
        let environment = Environment(variables)
        let profile = AWSProfile(explicit: profile, environment: environment, readFile: doors.readFile)
        let run = doors.run
        let places = AWSProfileLinks(environment: environment, doors: doors) { await run($0, variables) }
        links = [AWSEnvironmentLink(environment: environment, rival: profile.isExplicit ? profile.name : nil)]
        links += places.links(of: profile, environment: profile.isExplicit ? nil : environment)
        links += [
            AWSContainerLink(environment: environment, doors: doors),
            AWSMetadataLink(environment: environment, profile: profile, doors: doors),
        ]
    }

    /// Asks link after link until one answers.
    ///
    /// A link that is meant to answer and cannot ends the search: going on would find somebody else's credentials.
    ///
    /// - Throws: `NoCredentials`, `CredentialsLate`
    package func resolve() async throws -> AWSCredentials {
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
                throw NoCredentials(links: asked)
            case .later(let why): throw CredentialsLate(link: link.name, reason: why, passedOver: asked)
            }
        }
        throw NoCredentials(links: asked)
    }

    /// The chain as a session uses it; chance spreads when many agents renew.
    package func source(random: (@Sendable () -> UInt64)? = nil) -> CachedCredentials {
        CachedCredentials(name: "aws credential chain", random: random) { try await resolve() }
    }
}

/// One place where AWS credentials may be.
package protocol AWSCredentialLink: Sendable {
    /// For the report: `environment`, "profile `dev` in ~/.aws/config".
    var name: String { get }

    /// Looks afresh each time, so that an edited file counts from the next look on.
    func look() async -> CredentialFinding
}

/// No link answered: every one that was asked, and why it did not.
package struct NoCredentials: Error, Sendable, Hashable, CustomStringConvertible {
    package let links: [CredentialsMissing.Attempt]

    package init(links: [CredentialsMissing.Attempt]) { self.links = links }

    package var description: String { "no AWS credentials: \(CredentialsMissing(attempts: links).tried)" }

    package var diagnostic: Diagnostic {
        Diagnostic(
            .error, "credentials.none", description,
            hint: "set `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`, or name a profile that holds them")
    }
}
