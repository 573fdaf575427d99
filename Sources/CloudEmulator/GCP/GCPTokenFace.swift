import Cloud
import Provisioning

/// What gives out access tokens: for what an account signed, for what a person's tools kept, for somebody else's
/// token, and for another account that one may act as.
struct GCPTokenFace {
    let settings: GoogleSettings
    let bearers: GCPBearerCheck

    static func action(of request: HTTPRequest) -> String? {
        switch request.path {
        case "/token", "/oauth2/v4/token": "oauth2.token"
        case "/v1/token": "sts.token"
        case let path where path.hasPrefix("/v1/projects/-/serviceAccounts/") && path.hasSuffix(":generateAccessToken"):
            "iamcredentials.projects.serviceAccounts.generateAccessToken"
        default: nil
        }
    }

    func answer(
        _ request: HTTPRequest, world: inout World, at now: Timestamp, chance: () -> UInt64
    ) -> HTTPResponse {
        guard request.method == "POST" else {
            return ComputeFace.refusal(GCPError(405, "Only POST is allowed here.", "httpMethodNotAllowed"))
        }
        switch GCPTokenFace.action(of: request) {
        case "oauth2.token": return grant(request, world: &world, at: now, chance: chance)
        case "sts.token": return exchange(request, world: &world, at: now, chance: chance)
        default: return impersonate(request, world: &world, at: now, chance: chance)
        }
    }

    // MARK: - OAuth

    private func grant(
        _ request: HTTPRequest, world: inout World, at now: Timestamp, chance: () -> UInt64
    ) -> HTTPResponse {
        let form = form(of: request)
        let user: String
        switch form["grant_type"] {
        case "urn:ietf:params:oauth:grant-type:jwt-bearer":
            do throws(GCPTokenFlaw) {
                let claims = try bearers.signed(form["assertion"] ?? "", at: now)
                // To whom it was written is told by each library its own way: the address that it posts to.
                guard claims.audience?.hasSuffix("/token") == true else {
                    throw GCPTokenFlaw("Invalid JWT: Failed audience check.")
                }
                guard !claims.scopes.isEmpty else {
                    return GCPTokenFace.refusal("invalid_scope", "Invalid OAuth scope or ID token audience provided.")
                }
                user = claims.subject ?? claims.issuer
            } catch {
                return GCPTokenFace.refusal("invalid_grant", error.message)
            }
        case "refresh_token":
            guard form["client_id"]?.isEmpty == false else {
                return GCPTokenFace.refusal("invalid_request", "Could not determine client ID from request.")
            }
            guard form["refresh_token"] == settings.refreshToken.revealed else {
                return GCPTokenFace.refusal("invalid_grant", "Bad Request")
            }
            user = "demo@example.com"
        case let other:
            return GCPTokenFace.refusal("unsupported_grant_type", "Invalid grant_type: \(other ?? "")")
        }
        let token = world.issueGoogleToken(to: user, for: .seconds(3_599), at: now, chance: chance)
        return ComputeFace.response(
            200, ["access_token": .string(token.text), "expires_in": 3599, "token_type": "Bearer"])
    }

    // MARK: - Somebody else's token

    private func exchange(
        _ request: HTTPRequest, world: inout World, at now: Timestamp, chance: () -> UInt64
    ) -> HTTPResponse {
        let form = form(of: request)
        func has(_ name: String, _ other: String) -> String? { form[name] ?? form[other] }
        guard has("grant_type", "grantType") == "urn:ietf:params:oauth:grant-type:token-exchange" else {
            return GCPTokenFace.refusal("unsupported_grant_type", "Unsupported grant type.")
        }
        guard let audience = form["audience"], audience.hasPrefix("//iam.googleapis.com/"),
            let type = has("subject_token_type", "subjectTokenType"), type.hasPrefix("urn:ietf:params:")
        else {
            return GCPTokenFace.refusal("invalid_request", "Invalid value for \"audience\" or \"subject_token_type\".")
        }
        guard has("subject_token", "subjectToken") == settings.subjectToken.revealed else {
            return GCPTokenFace.refusal("invalid_grant", "The subject token could not be validated.")
        }
        let pool = audience.dropFirst("//iam.googleapis.com/".count)
        let token = world.issueGoogleToken(
            to: "principal://iam.googleapis.com/\(pool)/subject/demo", for: .seconds(3_600), at: now, chance: chance)
        return ComputeFace.response(
            200,
            [
                "access_token": .string(token.text),
                "issued_token_type": "urn:ietf:params:oauth:token-type:access_token", "token_type": "Bearer",
                "expires_in": 3600,
            ])
    }

    // MARK: - Another account

    private func impersonate(
        _ request: HTTPRequest, world: inout World, at now: Timestamp, chance: () -> UInt64
    ) -> HTTPResponse {
        do throws(GCPError) {
            _ = try bearers.user(of: request, in: world, at: now)
            let body = (try? JSONValue(parsing: request.body)) ?? .null
            guard body["scope"]?.array?.isEmpty == false else { throw .malformed("Scope required.") }
            let lifetime = body["lifetime"]?.string ?? "3600s"
            guard lifetime.hasSuffix("s"), let seconds = Int(lifetime.dropLast()), (1...3_600).contains(seconds) else {
                throw .malformed("The lifetime of an access token is at most 3600s.")
            }
            let name = gcpName(request.path.replacing("%40", with: "@"))
            let user = name.prefix { $0 != ":" }
            let token = world.issueGoogleToken(
                to: String(user), for: .seconds(seconds), at: now, chance: chance)
            return ComputeFace.response(
                200,
                [
                    "accessToken": .string(token.text),
                    "expireTime": .string(token.expiresAt.description.prefix(19) + "Z"),
                ])
        } catch {
            return ComputeFace.refusal(error)
        }
    }

    /// What a form says; some write JSON in its place.
    private func form(of request: HTTPRequest) -> [String: String] {
        if request.headers["Content-Type"]?.hasPrefix("application/json") == true {
            return ((try? JSONValue(parsing: request.body)) ?? .null).texts
        }
        return (QueryText(request.body)?.pairs ?? []).reduce(into: [:]) { $0[$1.name] = $1.value }
    }

    private static func refusal(_ code: String, _ why: String) -> HTTPResponse {
        ComputeFace.response(400, ["error": .string(code), "error_description": .string(why)])
    }
}
