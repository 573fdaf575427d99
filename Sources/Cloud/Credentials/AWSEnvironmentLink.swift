import Provisioning

/// `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`, with `AWS_SESSION_TOKEN` where they are temporary.
struct AWSEnvironmentLink: CredentialLink {
    let environment: Environment
    /// A profile that was asked for by name, and so leaves it out.
    var rival: String?

    var name: String { "environment" }

    func look() async -> CredentialFinding {
        if let rival { return .notMine("left out, because profile `\(rival)` is named") }
        guard let accessKeyID = environment["AWS_ACCESS_KEY_ID"] else {
            return .absent("AWS_ACCESS_KEY_ID is not set")
        }
        // Half a pair is a mistake to tell, not a reason to go on and sign as somebody else.
        guard let secret = environment["AWS_SECRET_ACCESS_KEY"] else {
            return .stop("AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not")
        }
        // The second name is what the first was called before 2014.
        let token = environment.first(of: ["AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"])?.value
        var expiresAt: Timestamp?
        if let text = environment["AWS_CREDENTIAL_EXPIRATION"] {
            guard let moment = Timestamp(withOffset: text) else {
                return .stop("AWS_CREDENTIAL_EXPIRATION is not a moment like 2030-01-31T12:00:00Z")
            }
            expiresAt = moment
        }
        return .found(
            AWSCredentials(
                accessKeyID: accessKeyID, secretAccessKey: Secret(secret), sessionToken: token.map { Secret($0) },
                expiresAt: expiresAt, source: name))
    }
}
