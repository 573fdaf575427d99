import Cloud
import Provisioning

/// STS and the sign-on portal, as the chain of credentials asks them.
package struct AWSCredentialServices: AWSCredentialIssuer {
    private let session: @Sendable (AWSCredentials?, _ region: String?) -> Session

    /// - Parameter session: one that signs with these, or not at all, in a region; nil: in the account's own.
    package init(session: @escaping @Sendable (AWSCredentials?, _ region: String?) -> Session) {
        self.session = session
    }

    package func assume(_ role: AWSRole, with credentials: AWSCredentials) async -> CredentialFinding {
        let outcome = await session(credentials, nil).perform(STS.assume(role), within: STS.deadline)
        return finding(outcome, of: "role \(role.arn)")
    }

    package func assume(_ role: AWSRole, webIdentity token: Secret) async -> CredentialFinding {
        let call = STS.assume(role, webIdentity: token)
        let outcome = await session(nil, nil).perform(call, within: STS.deadline)
        return finding(outcome, of: "role \(role.arn)")
    }

    package func signOn(_ grant: SingleSignOnGrant, token: Secret) async -> CredentialFinding {
        let call = SignOnPortal.credentials(of: grant, token: token)
        let outcome = await session(nil, grant.region).perform(call, within: SignOnPortal.deadline)
        let found = finding(outcome, of: "`\(grant.role)` at \(grant.account)")
        // The token may have been taken back before its time.
        if case .stop(let why) = found, case .refused(let refusal) = outcome, refusal.code == "UnauthorizedException" {
            return .stop("\(why); run `aws sso login`")
        }
        return found
    }

    private func finding(_ outcome: Outcome<AWSCredentials>, of what: String) -> CredentialFinding {
        switch outcome {
        case .done(let credentials): .found(credentials)
        case .refused(let refusal) where refusal.saysNothingOfUs: .later("\(what): \(refusal.text)")
        case .refused(let refusal): .stop("\(what): \(refusal.text)")
        case .unknown(let error): .later("\(what): \(error)")
        }
    }
}
