/// A way of getting credentials that Muster does not have yet.
///
/// It stands in the chain where that way would: a profile that asks for it must not be answered by a later link.
struct AWSUnsupportedLink: AWSCredentialLink {
    let name: String
    private let profile: AWSProfile
    private let keys: [String]
    private let exception: String?
    private let environment: Environment?
    private let variables: [String]

    /// Asked for by any of the profile's keys, unless another one is there, or by any of the variables.
    init(
        _ name: String, _ profile: AWSProfile, keys: [String], unless exception: String? = nil,
        _ environment: Environment? = nil, names variables: [String] = []
    ) {
        self.name = name
        self.profile = profile
        self.keys = keys
        self.exception = exception
        self.environment = environment
        self.variables = variables
    }

    func look() async -> CredentialFinding {
        let values = keys.isEmpty ? nil : profile.read().values(of: profile.name)
        if let values, let key = keys.first(where: { values[$0] != nil }), exception.flatMap({ values[$0] }) == nil {
            return .stop("`\(key)` in profile `\(profile.name)` asks for it, and it is not supported yet")
        }
        if let variable = environment?.first(of: variables)?.name {
            return .stop("\(variable) asks for it, and it is not supported yet")
        }
        return .notMine
    }
}
