import FoundationEssentials
import Provisioning

/// What a JSON web token says of whom it speaks for.
///
/// Its form and its times are looked at; who signed it is not, for nobody here knows the signer's key.
struct WebIdentityToken {
    let issuer, subject, audience: String

    init(_ text: String, at now: Timestamp) throws(EC2Error) {
        let notAToken = EC2Error(
            "InvalidIdentityToken",
            "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)")
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let head: Head = Self.read(parts[0]), !head.alg.isEmpty,
            let claims: Claims = Self.read(parts[1]), Self.bytes(parts[2])?.isEmpty == false
        else { throw notAToken }
        guard let issuer = claims.iss, let subject = claims.sub, let audience = claims.aud?.first, let end = claims.exp
        else { throw EC2Error("InvalidIdentityToken", "Missing a required claim: one of aud, exp, iss, sub") }
        guard Timestamp(seconds: Int64(min(max(end, 0), 253_402_300_799))) > now else {
            throw EC2Error(
                "ExpiredTokenException",
                "Token expired: current date/time \(now.toTheSecond) must be before the expiration date/time")
        }
        (self.issuer, self.subject, self.audience) = (issuer, subject, audience)
    }

    private struct Head: Decodable {
        var alg: String
    }

    private struct Claims: Decodable {
        var iss, sub: String?
        var exp: Double?
        var aud: [String]?

        enum CodingKeys: CodingKey { case iss, sub, exp, aud }

        init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: CodingKeys.self)
            iss = try fields.decodeIfPresent(String.self, forKey: .iss)
            sub = try fields.decodeIfPresent(String.self, forKey: .sub)
            exp = try fields.decodeIfPresent(Double.self, forKey: .exp)
            // One, or a list.
            if let one = try? fields.decodeIfPresent(String.self, forKey: .aud) {
                aud = [one]
            } else {
                aud = try fields.decodeIfPresent([String].self, forKey: .aud)
            }
        }
    }

    private static func read<Part: Decodable>(_ text: Substring) -> Part? {
        bytes(text).flatMap { try? JSONDecoder().decode(Part.self, from: $0) }
    }

    /// Base64 with the letters of URLs, and without padding.
    private static func bytes(_ text: Substring) -> Data? {
        var plain = String(text.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 })
        plain += String(repeating: "=", count: (4 - plain.utf8.count % 4) % 4)
        return Data(base64Encoded: plain)
    }
}
