/// The names an action of STS may be called with; each exists in its own model, and a test holds them to it.
package enum STSParameters {
    package static let byAction: [String: Set<String>] = [
        "GetCallerIdentity": [],
        "GetSessionToken": ["DurationSeconds", "SerialNumber", "TokenCode"],
        "AssumeRole": [
            "DurationSeconds", "ExternalId", "Policy", "PolicyArns.member.N.arn", "RoleArn", "RoleSessionName",
            "SerialNumber", "SourceIdentity", "Tags.member.N.Key", "Tags.member.N.Value", "TokenCode",
            "TransitiveTagKeys.member.N",
        ],
        "AssumeRoleWithWebIdentity": [
            "DurationSeconds", "Policy", "PolicyArns.member.N.arn", "ProviderId", "RoleArn", "RoleSessionName",
            "WebIdentityToken",
        ],
    ]
}
