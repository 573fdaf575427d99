import Cloud
import Provisioning

/// Credentials of a role, from STS, by the credentials one has already.
///
/// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
package struct AssumeRole: Sendable {
    private let role: String
    private let session: Session

    /// STS gives an hour at most to a role assumed by a role.
    private static let lifetimeSeconds = 3600
    private static let deadline: Duration = .seconds(15)

    /// - Parameter session: signs with the credentials that may assume the role, and knows where STS answers.
    package init(role: String, session: Session) {
        self.role = role
        self.session = session
    }

    /// Asked again before they expire; once for all who wait.
    package var source: CachedCredentials {
        CachedCredentials(name: "role \(role)") { try await assume() }
    }

    private func assume() async throws -> AWSCredentials {
        switch await session.perform(call, within: AssumeRole.deadline) {
        case .done(let credentials): return credentials
        // Too fast, or nobody there: that says nothing about the credentials.
        case .refused(let refusal) where refusal.meaning == .throttled || refusal.meaning == .unreachable:
            throw refusal
        case .refused(let refusal):
            // Where there are none to assume it with, the message says all.
            throw missing(refusal.code == Session.noCredentials ? refusal.message : refusal.text)
        case .unknown(let error): throw error
        }
    }

    private func missing(_ why: String) -> CredentialsMissing {
        CredentialsMissing(attempts: [.init(link: "assuming role \(role)", reason: why)])
    }

    private var call: Call<AWSCredentials> {
        var query = EC2Query("AssumeRole", version: "2011-06-15")
        query.set("RoleArn", role)
        query.set("RoleSessionName", "muster")
        query.set("DurationSeconds", AssumeRole.lifetimeSeconds)
        let role = role
        return query.call(.reads, service: "sts") { response in
            let given = try XMLTree.parse(response.body)["AssumeRoleResult"]?["Credentials"]
            guard let given, let key = given["AccessKeyId"]?.text, let secret = given["SecretAccessKey"]?.text,
                let token = given["SessionToken"]?.text
            else { throw Unreadable("STS gave no credentials") }
            return AWSCredentials(
                accessKeyID: key, secretAccessKey: Secret(secret), sessionToken: Secret(token),
                expiresAt: given["Expiration"].flatMap { Timestamp($0.text) }, source: "role \(role)")
        }
    }
}
