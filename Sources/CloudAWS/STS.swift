import Cloud
import Provisioning

/// The calls of AWS's Security Token Service that give credentials.
///
/// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
/// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
enum STS {
    static let deadline: Duration = .seconds(15)
    /// STS gives an hour at most to a role assumed by a role.
    private static let usualLifetimeSeconds = 3600

    static func assume(_ role: AWSRole) -> Call<AWSCredentials> {
        var query = query("AssumeRole", role)
        query.set("ExternalId", role.externalID)
        for (index, tag) in role.tags.sorted(by: { $0.key < $1.key }).enumerated() {
            query.set("Tags.member.\(index + 1).Key", tag.key)
            query.set("Tags.member.\(index + 1).Value", tag.value)
        }
        return call(query, role)
    }

    /// To be sent unsigned: the token says who we are.
    static func assume(_ role: AWSRole, webIdentity token: Secret) -> Call<AWSCredentials> {
        var query = query("AssumeRoleWithWebIdentity", role)
        query.set("WebIdentityToken", token.revealed)
        var call = call(query, role)
        // What a person may see of it.
        call.parameters.removeAll { $0.name == "WebIdentityToken" }
        return call
    }

    private static func query(_ action: String, _ role: AWSRole) -> EC2Query {
        var query = EC2Query(action, version: "2011-06-15")
        query.set("RoleArn", role.arn)
        query.set("RoleSessionName", role.sessionName)
        query.set("DurationSeconds", role.durationSeconds ?? usualLifetimeSeconds)
        return query
    }

    private static func call(_ query: EC2Query, _ role: AWSRole) -> Call<AWSCredentials> {
        let action = query.action
        return query.call(.reads, service: "sts") { response in
            let given = try XMLTree.parse(response.body)["\(action)Result"]?["Credentials"]
            guard let given, let key = given["AccessKeyId"]?.text, let secret = given["SecretAccessKey"]?.text,
                let token = given["SessionToken"]?.text
            else { throw Unreadable("STS gave no credentials") }
            return AWSCredentials(
                accessKeyID: key, secretAccessKey: Secret(secret), sessionToken: Secret(token),
                expiresAt: given["Expiration"].flatMap { Timestamp($0.text) }, source: "role \(role.arn)")
        }
    }
}

extension Refusal {
    /// Too fast, or nobody there: whether we are who we say was not looked at.
    var saysNothingOfUs: Bool { meaning == .throttled || meaning == .unreachable }
}
