import Cloud

/// A JSON web token taken apart, its signature not looked at yet.
struct SignedToken {
    let head: JSONValue
    let claims: JSONValue
    /// What the signature is of.
    let signed: [UInt8]
    let signature: [UInt8]

    /// Nil: it is none.
    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let head = URLBase64.bytes(parts[0]), let claims = URLBase64.bytes(parts[1]),
            let signature = URLBase64.bytes(parts[2]), let head = try? JSONValue(parsing: head),
            let claims = try? JSONValue(parsing: claims), head.object != nil, claims.object != nil
        else { return nil }
        self.head = head
        self.claims = claims
        self.signature = signature
        signed = Array("\(parts[0]).\(parts[1])".utf8)
    }

    /// Whether a key's owner signed it, by the method its head names: RS256 or PS256.
    func isSigned(by key: RSAPublicKey) -> Bool {
        switch head["alg"]?.string {
        case "RS256": key.verifiesPKCS1(signature, of: signed)
        case "PS256": key.verifiesPSS(signature, of: signed)
        default: false
        }
    }

    /// A token sealed with a key that both ends have.
    static func sealed(_ claims: JSONValue, key: [UInt8]) -> String {
        let head: JSONValue = ["typ": "JWT", "alg": "HS256"]
        let text = "\(URLBase64.text(head.bytes)).\(URLBase64.text(claims.bytes))"
        return "\(text).\(URLBase64.text(hmacSHA256(Array(text.utf8), key: key)))"
    }

    func isSealed(with key: [UInt8]) -> Bool {
        head["alg"]?.string == "HS256" && hmacSHA256(signed, key: key) == signature
    }
}
