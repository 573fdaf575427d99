import Cloud
import Provisioning

/// Credentials of a role, from STS, by the credentials one has already.
package struct AssumeRole: Sendable {
    private let role: AWSRole
    private let session: Session
    private let random: (@Sendable () -> UInt64)?

    /// - Parameters:
    ///   - session: signs with the credentials that may assume the role, and knows where STS answers.
    ///   - random: chance, so that not all who began together renew together.
    package init(role: AWSRole, session: Session, random: (@Sendable () -> UInt64)? = nil) {
        self.role = role
        self.session = session
        self.random = random
    }

    /// Asked again before they expire; once for all who wait.
    package var source: CachedCredentials {
        CachedCredentials(name: "role \(role.arn)", random: random) { try await assume() }
    }

    private func assume() async throws -> AWSCredentials {
        do {
            try await session.checkCredentials()
        } catch let missing as CredentialsMissing {
            throw self.missing("there is nothing to assume it with", after: missing.attempts)
        }
        switch await session.perform(STS.assume(role), within: STS.deadline) {
        case .done(var credentials):
            credentials.source = "role \(role.arn), by \(session.credentialSource)"
            credentials.passedOver = session.credentialsPassedOver
            return credentials
        // Too fast, or nobody there: that says nothing about the credentials.
        case .refused(let refusal) where refusal.saysNothingOfUs: throw refusal
        case .refused(let refusal): throw missing(refusal.text, after: session.credentialsPassedOver)
        case .unknown(let error): throw error
        }
    }

    private func missing(_ why: String, after attempts: [CredentialsMissing.Attempt]) -> CredentialsMissing {
        CredentialsMissing(attempts: attempts + [.init(link: "assuming role \(role.arn)", reason: why)])
    }
}
