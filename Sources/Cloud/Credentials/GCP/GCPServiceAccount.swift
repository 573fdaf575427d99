import Documents
import Provisioning

/// A service account by its own key, which signs for it.
///
/// https://developers.google.com/identity/protocols/oauth2/service-account#httprest
struct GCPServiceAccount {
    private let email: String
    private let key: RSAKey
    private let keyID: String?
    private let endpoint: Address
    private let universe: String
    private let place: String

    private static let usualEndpoint = "https://oauth2.googleapis.com/token"

    init(_ document: CredentialDocument, in place: String) throws(CredentialDocument.Flaw) {
        self.place = place
        email = try document.required("client_email")
        keyID = document["private_key_id"]
        universe = document["universe_domain"] ?? GCPCredentialFiles.usualUniverse
        endpoint = try Address(secretly: document["token_uri"] ?? Self.usualEndpoint, key: "token_uri")
        let pem = try document.required("private_key")
        do { key = try RSAKey(pem: Array(pem.utf8)) } catch { throw .init("\(error) in `private_key`") }
    }

    func token(_ doors: CredentialDoors) async -> TokenFinding {
        let now = doors.surroundings.now(), end = now + .seconds(3600), source = "service account \(email) in \(place)"
        do throws(KeyFlaw) {
            guard universe == GCPCredentialFiles.usualUniverse else {
                // Other universes have no endpoint for this: what the key signs is the token.
                let own = try statement(of: .init("sub", .text(email)), from: now, to: end)
                return .found(BearerToken(own, expiresAt: end, source: source))
            }
            let audience = Written.Field("aud", .text(endpoint.endpoint.text + endpoint.path))
            let assertion = try statement(of: audience, from: now, to: end)
            return await TokenEndpoint(address: endpoint, doors: doors, secrets: [assertion]).token(
                for: [
                    ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", assertion.revealed),
                ], source: source)
        } catch {
            return .stop("\(place) \(error)")
        }
    }

    private func statement(
        of field: Written.Field, from now: Timestamp, to end: Timestamp
    ) throws(KeyFlaw) -> Secret {
        try JSONWebToken(
            scheme: .rs256, header: keyID.map { [.init("kid", .text($0))] } ?? [],
            claims: [
                .init("iss", .text(email)), .init("scope", .text(GCPScope.all)), field, .init("iat", .seconds(now)),
                .init("exp", .seconds(end)),
            ]
        ).signed(by: key)
    }
}

extension Address {
    /// An address of a document, which a secret will be sent to.
    init(secretly text: String, key: String) throws(CredentialDocument.Flaw) {
        guard let address = Address(forSecrets: text) else {
            throw .init("has a `\(key)` that is no address with TLS or on this machine")
        }
        self = address
    }
}
