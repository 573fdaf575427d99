import Cloud
import Provisioning

/// The tokens with which Azure's services are called.
///
/// They say what they are good for and until when, and nobody else can make one, so that every process of a shared
/// world knows them without a note of them.
enum AzureTokens {
    private static let key = Array("access tokens of the emulated Azure".utf8)

    /// What Resource Manager is called in tokens.
    static let manager: Set = [
        "https://management.azure.com", "https://management.core.windows.net", "https://management.usgovcloudapi.net",
        "https://management.chinacloudapi.cn",
    ]

    static func issue(
        for audience: String, to client: String, in tenant: String, seconds: Int, at moment: Moment
    ) -> String {
        let now = moment.now.microseconds / 1_000_000
        return SignedToken.sealed(
            [
                "aud": .string(audience), "iss": .string("https://sts.windows.net/\(tenant)/"),
                "iat": .integer(Int(now)),
                "nbf": .integer(Int(now)), "exp": .integer(Int(now) + seconds), "appid": .string(client),
                "idtyp": "app", "oid": .string(uuidText(sum(of: client), 1)),
                "sub": .string(uuidText(sum(of: client), 1)),
                "tid": .string(tenant), "uti": .string(String(moment.seed, radix: 36)), "ver": "1.0",
            ], key: key)
    }

    /// Holds the token of a call against what a service takes.
    static func check(_ request: HTTPRequest, audiences: Set<String>, at now: Timestamp) throws(ARMError) {
        guard let header = request.headers["Authorization"] else {
            throw ARMError(
                "AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing.", status: 401)
        }
        let scheme = "bearer "
        guard header.lowercased().hasPrefix(scheme) else {
            throw ARMError(
                "AuthenticationFailedInvalidHeader",
                "Authentication failed. The 'Authorization' header is provided in an invalid format.", status: 401)
        }
        let text = String(header.dropFirst(scheme.count).drop { $0 == " " })
        if text == EmulatorSettings.demoBearer.revealed { return }
        guard let token = SignedToken(text), token.isSealed(with: key) else {
            throw ARMError("InvalidAuthenticationToken", "The access token is invalid.", status: 401)
        }
        var audience = token.claims["aud"]?.string ?? ""
        if audience.hasSuffix("/") { audience.removeLast() }
        let own = [request.endpoint.text, "https://\(request.endpoint.authority)"]
        guard audiences.contains(audience) || own.contains(audience) else {
            throw ARMError(
                "InvalidAuthenticationTokenAudience",
                "The access token has been obtained for wrong audience or resource '\(audience)'. It should exactly "
                    + "match with one of the allowed audiences "
                    + "\(audiences.sorted().map { "'\($0)/','\($0)'" }.joined(separator: ",")).", status: 401)
        }
        let end = Timestamp(seconds: Int64(token.claims["exp"]?.integer ?? 0))
        guard now < end else {
            throw ARMError(
                "ExpiredAuthenticationToken",
                "The access token expiry UTC time '\(end.toTheSecond)' is earlier than current UTC time "
                    + "'\(now.toTheSecond)'.", status: 401)
        }
    }
}
