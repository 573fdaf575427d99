import Documents
import Provisioning

/// A signed statement about who we are (RFC 7519), which a token endpoint believes by its signature.
struct JSONWebToken {
    var scheme: RSAScheme
    /// Beside `alg` and `typ`.
    var header: [Written.Field] = []
    var claims: [Written.Field]

    /// `header.claims.signature`
    func signed(by key: RSAKey) throws(KeyFlaw) -> Secret {
        let head: [Written.Field] = [.init("alg", .text(scheme.rawValue)), .init("typ", .text("JWT"))]
        let text = "\(JSONWebToken.part(head + header)).\(JSONWebToken.part(claims))"
        return Secret("\(text).\(try key.sign(Array(text.utf8), scheme).base64URL)")
    }

    private static func part(_ fields: [Written.Field]) -> String {
        Array(Written.map(fields).json(indent: nil, step: 0).utf8).base64URL
    }
}

extension Written {
    /// A moment as such statements have it: seconds since 1970, whole ones.
    static func seconds(_ moment: Timestamp) -> Written { .plain("\(moment.microseconds / 1_000_000)") }
}
