/// A way of getting credentials that Muster does not have.
///
/// It stands in the chain where that way would: a profile that asks for it must not be answered by a later link.
struct AWSUnsupportedLink: CredentialLink {
    let name: String
    private let profile: AWSProfile
    private let key: String

    /// Asked for by a key of the profile.
    init(_ name: String, _ profile: AWSProfile, key: String) {
        self.name = name
        self.profile = profile
        self.key = key
    }

    func look() async -> CredentialFinding {
        guard profile.values?[key] != nil else { return profile.lacks(key) }
        return .stop("`\(key)` in profile `\(profile.name)` asks for it, and it is not supported")
    }
}
