/// What the chain asks of AWS's own services; who speaks their protocols carries it out.
package protocol AWSCredentialIssuer: Sendable {
    /// STS `AssumeRole`, by these credentials.
    func assume(_ role: AWSRole, with credentials: AWSCredentials) async -> CredentialFinding

    /// STS `AssumeRoleWithWebIdentity`, by somebody else's word for who we are.
    func assume(_ role: AWSRole, webIdentity token: Secret) async -> CredentialFinding

    /// The credentials that a person who has signed on may have.
    func signOn(_ grant: SingleSignOnGrant, token: Secret) async -> CredentialFinding
}

/// For who does not speak to AWS's own services: what needs them is told, and nothing is asked.
package struct NoAWSIssuer: AWSCredentialIssuer {
    package init() {}

    package func assume(_ role: AWSRole, with credentials: AWSCredentials) async -> CredentialFinding {
        .stop("role \(role.arn) cannot be assumed here")
    }

    package func assume(_ role: AWSRole, webIdentity token: Secret) async -> CredentialFinding {
        .stop("role \(role.arn) cannot be assumed here")
    }

    package func signOn(_ grant: SingleSignOnGrant, token: Secret) async -> CredentialFinding {
        .stop("single sign-on cannot be used here")
    }
}

/// A role, and how it is to be assumed.
package struct AWSRole: Sendable, Hashable {
    package var arn: String
    /// What the cloud's records call whoever acts.
    package var sessionName = AWSRole.usualSessionName
    /// What the role's owner wants to hear, if anything.
    package var externalID: String?
    /// Nil: an hour, which is also the most that a role assumed by a role may have.
    package var durationSeconds: Int?
    package var tags: [String: String] = [:]

    package static let usualSessionName = "muster"
    /// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
    package static let durationsInSeconds = 900...43_200

    package init(_ arn: String) { self.arn = arn }
}

/// An account and a role there, as single sign-on gives them out.
package struct SingleSignOnGrant: Sendable, Hashable {
    package var account: String
    package var role: String
    /// Where the sign-on lives, which need not be where the machines are.
    package var region: String

    package init(account: String, role: String, region: String) {
        self.account = account
        self.role = role
        self.region = region
    }
}
