/// Keys in the shared credentials file, `~/.aws/credentials`.
struct AWSCredentialsFileLink: CredentialLink {
    let profile: AWSProfile

    var name: String { "profile `\(profile.name)` in \(profile.credentialsPath)" }

    func look() async -> CredentialFinding { profile.read().credentials.keys(of: profile.name, source: name) }
}

/// Keys in the config file, `~/.aws/config`, which every AWS program reads too.
struct AWSConfigFileLink: CredentialLink {
    let profile: AWSProfile

    var name: String { "profile `\(profile.name)` in \(profile.configPath)" }

    func look() async -> CredentialFinding {
        let files = profile.read()
        let finding = files.config.keys(of: profile.name, source: name)
        // Whoever names a profile and misspells it must not end up as whoever this machine is.
        if case .absent(let why) = finding, profile.isNamed, files.values(of: profile.name) == nil {
            return .stop("\(why); the profile is in neither file")
        }
        return finding
    }
}

extension AWSProfile.File {
    fileprivate func keys(of profile: String, source: String) -> CredentialFinding {
        let sections: [String: [String: Secret]]
        switch contents {
        case .missing(let why): return .absent(why)
        case .broken(let why): return .stop(why)
        case .profiles(let read): sections = read
        }
        guard let values = sections[profile] else { return .absent("no such profile") }
        guard let accessKeyID = values["aws_access_key_id"] else { return .absent("`aws_access_key_id` is not there") }
        guard let secret = values["aws_secret_access_key"] else {
            return .stop("`aws_access_key_id` is there, but `aws_secret_access_key` is not")
        }
        return .found(
            AWSCredentials(
                accessKeyID: accessKeyID.revealed, secretAccessKey: secret,
                sessionToken: values["aws_session_token"] ?? values["aws_security_token"], source: source))
    }
}
