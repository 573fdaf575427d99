import Cloud
import Provisioning

/// Microsoft Entra, as far as applications ask it for tokens.
///
/// https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
struct EntraFace: Sendable {
    let access: AzureAccess

    func answer(_ request: HTTPRequest, world: World, at moment: Moment) -> HTTPResponse {
        let parts = request.path.split(separator: "/").map(String.init)
        do throws(EntraError) {
            if parts.count >= 2, parts[0].lowercased() == "common", parts[1].lowercased() == "discovery" {
                return EntraFace.response(200, instance(request), uuidText(moment.seed, 1))
            }
            let tenant = parts.first ?? ""
            guard tenant.lowercased() == access.tenant || (parts.last == "openid-configuration" && tenant == "common")
            else { throw EntraError.noTenant(tenant) }
            if parts.last == "openid-configuration" {
                return EntraFace.response(200, configuration(request, tenant), uuidText(moment.seed, 1))
            }
            guard parts.last?.lowercased() == "token" else {
                throw EntraError("AADSTS90009", "There is nothing at this address in this cloud.", status: 404)
            }
            guard request.method == "POST" else {
                throw EntraError(
                    "AADSTS900561", "The endpoint only accepts POST requests. Received a \(request.method) request.")
            }
            let token = try issue(request, world, isFirstVersion: !parts.contains("v2.0"), at: moment)
            return EntraFace.response(200, token, uuidText(moment.seed, 1))
        } catch {
            return error.response(at: moment.now, moment.seed)
        }
    }

    private static let lifetime = 3599

    private func issue(
        _ request: HTTPRequest, _ world: World, isFirstVersion: Bool, at moment: Moment
    ) throws(EntraError) -> JSONValue {
        guard let form = QueryText(request.body) else {
            throw EntraError("AADSTS900144", "The request body is no form.")
        }
        guard let grant = form["grant_type"] else { throw .missing("grant_type") }
        guard grant == "client_credentials" else {
            throw EntraError(
                "AADSTS70003", "The app requested an unsupported grant type '\(grant)'.", kind: "unsupported_grant_type"
            )
        }
        guard let client = form["client_id"] else { throw .missing("client_id") }
        guard client.lowercased() == access.client else { throw .noApplication(client, in: access.tenant) }
        try prove(form, client, request, world, at: moment.now)

        guard let wanted = form[isFirstVersion ? "resource" : "scope"] else { throw .missing("scope") }
        var audience = wanted
        if !isFirstVersion {
            guard wanted.hasSuffix("/.default") else {
                throw EntraError(
                    "AADSTS1002012",
                    "The provided value for scope \(wanted) is not valid. Client credential flows must have a scope "
                        + "value with /.default suffixed to the resource identifier (application ID URI).",
                    kind: "invalid_scope")
            }
            audience = String(wanted.dropLast("/.default".count))
        }
        guard audience.contains("://") else {
            throw EntraError(
                "AADSTS500011", "The resource principal named \(audience) was not found in the tenant.",
                kind: "invalid_resource")
        }
        let token = AzureTokens.issue(
            for: audience, to: access.client, in: access.tenant, seconds: EntraFace.lifetime, at: moment)
        if isFirstVersion {
            let end = moment.now.microseconds / 1_000_000 + Int64(EntraFace.lifetime)
            return [
                "token_type": "Bearer", "expires_in": "3599", "ext_expires_in": "3599", "expires_on": .string("\(end)"),
                "resource": .string(audience), "access_token": .string(token),
            ]
        }
        return [
            "token_type": "Bearer", "expires_in": .integer(EntraFace.lifetime),
            "ext_expires_in": .integer(EntraFace.lifetime), "access_token": .string(token),
        ]
    }

    /// Who asks proves it with the application's secret, with one of its certificates, or with somebody else's word.
    private func prove(
        _ form: QueryText, _ client: String, _ request: HTTPRequest, _ world: World, at now: Timestamp
    ) throws(EntraError) {
        guard let text = form["client_assertion"] else {
            guard let secret = form["client_secret"] else { throw .noProof }
            guard secret == access.secret.revealed else { throw .wrongSecret(client) }
            return
        }
        guard form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            let token = SignedToken(text)
        else { throw .malformedAssertion }
        let end = token.claims["exp"]?.number ?? 0, start = token.claims["nbf"]?.number ?? 0
        let seconds = Double(now.microseconds) / 1e6
        guard seconds < end, start <= seconds + 300 else { throw .outOfTime(now) }
        let audience = token.claims["aud"]?.string ?? token.claims["aud"]?.array?.first?.string ?? ""
        if audience == "api://AzureADTokenExchange" { return try checkFederation(token) }

        let known = (access.certificates + (world.azure?.certificates ?? [])).compactMap(CertificateKey.init)
        guard let certificate = known.first(where: { $0.isNamed(by: token.head) }) else {
            let named = token.head["x5t#S256"]?.string ?? token.head["x5t"]?.string ?? ""
            throw .unregisteredKey(client, named)
        }
        guard token.isSigned(by: certificate.key) else { throw .wrongSignature }
        guard token.claims["iss"]?.string == client, token.claims["sub"]?.string == client else {
            throw .malformedAssertion
        }
        let ends = ["/\(access.tenant)/oauth2/v2.0/token", "/\(access.tenant)/oauth2/token", "/\(access.tenant)/v2.0"]
        guard ends.contains(where: audience.hasSuffix) else { throw .wrongAudience(audience) }
    }

    /// The word of somebody whom the application trusts; whose key that is nobody here knows, so that only what it says
    /// is looked at.
    private func checkFederation(_ token: SignedToken) throws(EntraError) {
        guard token.claims["iss"]?.string?.hasPrefix("https://") == true, token.claims["sub"]?.string?.isEmpty == false,
            !token.signature.isEmpty
        else {
            throw EntraError(
                "AADSTS700211",
                "No matching federated identity record found for presented assertion issuer "
                    + "'\(token.claims["iss"]?.string ?? "")'.", status: 401, kind: "invalid_client")
        }
    }

    // MARK: - What clients look up first

    private func address(_ request: HTTPRequest) -> String {
        let isSecure = request.endpoint.scheme == .https || request.headers["X-Forwarded-Proto"] == "https"
        return "\(isSecure ? "https" : "http")://\(request.endpoint.authority)"
    }

    private func configuration(_ request: HTTPRequest, _ tenant: String) -> JSONValue {
        let start = "\(address(request))/\(tenant)"
        return [
            "token_endpoint": .string("\(start)/oauth2/v2.0/token"),
            "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
            "jwks_uri": .string("\(start)/discovery/v2.0/keys"),
            "response_modes_supported": ["query", "fragment", "form_post"],
            "subject_types_supported": ["pairwise"], "id_token_signing_alg_values_supported": ["RS256"],
            "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
            "scopes_supported": ["openid", "profile", "email", "offline_access"], "issuer": .string("\(start)/v2.0"),
            "authorization_endpoint": .string("\(start)/oauth2/v2.0/authorize"),
            "device_authorization_endpoint": .string("\(start)/oauth2/v2.0/devicecode"),
            "tenant_region_scope": "NA", "cloud_instance_name": "microsoftonline.com",
        ]
    }

    private func instance(_ request: HTTPRequest) -> JSONValue {
        let host = request.endpoint.authority
        return [
            "tenant_discovery_endpoint": .string(
                "\(address(request))/\(access.tenant)/v2.0/.well-known/openid-configuration"),
            "api-version": "1.1",
            "metadata": [
                ["preferred_network": .string(host), "preferred_cache": .string(host), "aliases": [.string(host)]]
            ],
        ]
    }

    static func response(_ status: Int, _ body: JSONValue, _ id: String) -> HTTPResponse {
        HTTPResponse(
            status: status,
            headers: [
                HTTPHeader("Cache-Control", "no-store, no-cache"), HTTPHeader("Pragma", "no-cache"),
                HTTPHeader("Content-Type", "application/json; charset=utf-8"), HTTPHeader("Expires", "-1"),
                HTTPHeader("Strict-Transport-Security", "max-age=31536000; includeSubDomains"),
                HTTPHeader("X-Content-Type-Options", "nosniff"), HTTPHeader("x-ms-request-id", id),
                HTTPHeader("Server", "MusterEmulator"),
            ], body: body.bytes)
    }
}
