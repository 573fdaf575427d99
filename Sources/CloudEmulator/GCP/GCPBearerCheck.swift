import Cloud
import Provisioning

/// Finds out who asks: by a token that was given out here, or by one that a service account signed itself.
struct GCPBearerCheck {
    var accounts: [GoogleAccount]

    /// Who the token of any emulated account in this process speaks for.
    static let demoUser = "demo@demo.iam.gserviceaccount.com"
    private static let audiences: Set = [
        "https://compute.googleapis.com/", "https://compute.googleapis.com", "https://www.googleapis.com/",
    ]
    private static let scopes: Set = [
        "https://www.googleapis.com/auth/cloud-platform", "https://www.googleapis.com/auth/compute",
        "https://www.googleapis.com/auth/compute.readonly",
    ]

    func user(of request: HTTPRequest, in world: World, at now: Timestamp) throws(GCPError) -> String {
        guard let header = request.headers["Authorization"] else { throw .noCredentials }
        let words = header.split(separator: " ", maxSplits: 1)
        guard words.count == 2, words[0].lowercased() == "bearer" else { throw .noCredentials }
        return try user(ofToken: String(words[1]), in: world, at: now)
    }

    func user(ofToken token: String, in world: World, at now: Timestamp) throws(GCPError) -> String {
        if token == EmulatorSettings.demoBearer.revealed { return GCPBearerCheck.demoUser }
        if let given = world.gcp?.tokens[token] {
            guard given.expiresAt > now else { throw .badCredentials }
            return given.user
        }
        // Signed by the account itself, for this service: nobody was asked for it.
        do throws(GCPTokenFlaw) {
            let claims = try signed(token, at: now)
            let isForUs = claims.audience.map(GCPBearerCheck.audiences.contains) ?? false
            guard isForUs || !claims.scopes.isDisjoint(with: GCPBearerCheck.scopes) else {
                throw GCPTokenFlaw("The audience is not this service.")
            }
            return claims.subject ?? claims.issuer
        } catch {
            throw .badCredentials
        }
    }

    /// Reads what an account signed.
    func signed(_ token: String, at now: Timestamp) throws(GCPTokenFlaw) -> GCPClaims {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let head = GCPBearerCheck.object(parts[0]),
            let body = GCPBearerCheck.object(parts[1]), let signature = [UInt8](base64URL: parts[2]),
            head["alg"]?.string == "RS256"
        else { throw GCPTokenFlaw("Invalid JWT: the token must be a signed web token.") }
        guard let issuer = body["iss"]?.string, let account = accounts.first(where: { $0.email == issuer }) else {
            throw GCPTokenFlaw("Invalid grant: account not found")
        }
        if let id = head["kid"]?.string, id != account.keyID {
            throw GCPTokenFlaw("Invalid grant: key not found")
        }
        guard rsaVerify(signature, of: Array("\(parts[0]).\(parts[1])".utf8), by: Array(account.publicKey.utf8)) else {
            throw GCPTokenFlaw("Invalid JWT Signature.")
        }
        return try GCPClaims(body, issuer: issuer, at: now)
    }

    private static func object(_ part: Substring) -> JSONValue? {
        guard let bytes = [UInt8](base64URL: part), let value = try? JSONValue(parsing: bytes), value.object != nil
        else { return nil }
        return value
    }
}

/// What a web token says, and has been proved to say.
struct GCPClaims {
    let issuer: String
    let subject: String?
    let audience: String?
    let scopes: Set<String>

    fileprivate init(_ body: JSONValue, issuer: String, at now: Timestamp) throws(GCPTokenFlaw) {
        let seconds = now.microseconds / 1_000_000
        guard let start = body["iat"]?.integer, let end = body["exp"]?.integer,
            Int64(end) > seconds, Int64(start) <= seconds + 300, end > start, end - start <= 3_600
        else {
            throw GCPTokenFlaw(
                "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your "
                    + "iat and exp values in the JWT claim.")
        }
        self.issuer = issuer
        subject = body["sub"]?.string
        audience = body["aud"]?.string
        scopes = Set((body["scope"]?.string ?? "").split(separator: " ").map(String.init))
    }
}

/// What is wrong with a token.
struct GCPTokenFlaw: Error, Hashable {
    let message: String

    init(_ message: String) { self.message = message }
}

extension World {
    /// Gives out an access token that nobody has yet.
    mutating func issueGoogleToken(to user: String, for duration: Duration, at now: Timestamp, chance: () -> UInt64)
        -> GCPToken
    {
        let mark = google.freshID(chance)
        let letters = [mark, chance(), chance(), chance()].flatMap { word in
            (0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) }
        }
        let token = GCPToken(text: "ya29.c." + letters.base64URL, user: user, expiresAt: now + duration)
        google.tokens.removeAll { $0.expiresAt + .seconds(3_600) <= now }
        google.tokens[token.text] = token
        touch()
        return token
    }
}
