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

    /// - Throws: `NoCredentials`, `CredentialsLate`
    package func resolve() async throws -> AWSCredentials { try await search(links, for: .aws) }

    /// The chain as a session uses it; chance spreads when many agents renew.
    package func source(random: (@Sendable () -> UInt64)? = nil) -> CachedCredentials {
        CachedCredentials(name: "aws credential chain", random: random) { try await resolve() }
    }
}

/// One place where AWS credentials may be.
package typealias AWSCredentialLink = CredentialLink<AWSCredentials>

extension NoCredentials.Seeker {
    package static let aws = NoCredentials.Seeker(
        name: "AWS",
        hint: "set `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`, or name a profile that holds them")
}
