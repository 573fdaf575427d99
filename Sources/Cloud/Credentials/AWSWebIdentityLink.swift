/// A role assumed by a token that somebody else has signed, as Kubernetes gives one to a service account.
///
/// https://docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html
struct AWSWebIdentityLink: CredentialLink {
    let profile: AWSProfile
    /// Nil: only the profile counts.
    let environment: Environment?
    let doors: CredentialDoors

    var name: String { "web identity" }

    func look() async -> CredentialFinding {
        if let environment, let path = environment["AWS_WEB_IDENTITY_TOKEN_FILE"] {
            guard let arn = environment["AWS_ROLE_ARN"] else {
                return .stop("AWS_WEB_IDENTITY_TOKEN_FILE is set, but AWS_ROLE_ARN is not")
            }
            return await assume(arn, as: environment["AWS_ROLE_SESSION_NAME"], path, from: "the environment")
        }
        let values = profile.values ?? [:]
        guard let path = values["web_identity_token_file"]?.revealed else {
            return environment == nil
                ? profile.lacks("web_identity_token_file") : .notMine("AWS_WEB_IDENTITY_TOKEN_FILE is not set")
        }
        guard let arn = values["role_arn"]?.revealed else {
            return .stop("profile `\(profile.name)` has `web_identity_token_file`, but not `role_arn`")
        }
        return await assume(
            arn, as: values["role_session_name"]?.revealed, path, from: "profile `\(profile.name)`")
    }

    private func assume(
        _ arn: String, as sessionName: String?, _ path: String, from place: String
    ) async -> CredentialFinding {
        let bytes: [UInt8]
        // Read each time: whoever put it there renews it.
        do { bytes = try profile.bytes(of: path) } catch { return .stop("the token file `\(path)`: \(error)") }
        let token = String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace }
        guard !token.isEmpty else { return .stop("the token file `\(path)` is empty") }
        var role = AWSRole(arn)
        role.sessionName = sessionName ?? role.sessionName
        let found = await doors.issuer.assume(role, webIdentity: Secret(token))
        return found.named("web identity as role \(arn) from \(place)")
    }
}
