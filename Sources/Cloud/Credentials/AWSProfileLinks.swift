/// The ways in which a profile of the shared files may give credentials, in their order.
struct AWSProfileLinks: Sendable {
    let environment: Environment
    let doors: CredentialDoors
    /// Runs a program by its words, in the environment that we have ourselves.
    let run: @Sendable ([String]) async -> ProgramEnd

    /// - Parameters:
    ///   - environment: where a web identity may be named too; nil: only the profile counts.
    ///   - path: the profiles that lead to this one, each naming the next as its source.
    func links(
        of profile: AWSProfile, environment: Environment? = nil, after path: [String] = []
    ) -> [any AWSCredentialLink] {
        [
            AWSRoleLink(profile: profile, path: path + [profile.name], places: self),
            AWSWebIdentityLink(profile: profile, environment: environment, doors: doors),
            AWSSingleSignOnLink(profile: profile, doors: doors),
            AWSCredentialsFileLink(profile: profile),
            AWSUnsupportedLink("console login", profile, key: "login_session"),
            AWSProcessLink(profile: profile, run: run),
            AWSConfigFileLink(profile: profile),
        ]
    }

    /// Those where keys may simply stand.
    func keyLinks(of profile: AWSProfile) -> [any AWSCredentialLink] {
        [AWSCredentialsFileLink(profile: profile), AWSConfigFileLink(profile: profile)]
    }
}
