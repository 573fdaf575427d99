import Cloud

/// A certificate (RFC 5280), as far as tokens need one: its key, and the digests by which tokens name it.
struct CertificateKey: Sendable, Hashable {
    let key: RSAPublicKey
    /// `x5t`
    let sha1: String
    /// `x5t#S256`
    let sha256: String

    /// Reads PEM, which may have a private key beside it, or base64 of DER; nil: it is no certificate of an RSA key.
    init?(_ text: String) {
        let begin = "-----BEGIN CERTIFICATE-----", end = "-----END CERTIFICATE-----"
        var body = text[...]
        if text.contains("-----BEGIN") {
            guard text.contains(begin) else { return nil }
            body =
                text.split(separator: begin, maxSplits: 1, omittingEmptySubsequences: false)[1]
                .split(separator: end, maxSplits: 1, omittingEmptySubsequences: false)[0]
        }
        guard let der = URLBase64.bytes(body.filter { !$0.isWhitespace }) else { return nil }
        var outer = DERReader(der[...])
        guard var certificate = outer.open(0x30), var signed = certificate.open(0x30) else { return nil }
        _ = signed.skip(0xA0)
        // Serial number, signature method, issuer, validity, subject.
        for tag in [0x02, 0x30, 0x30, 0x30, 0x30] as [UInt8] where !signed.skip(tag) { return nil }
        guard var info = signed.open(0x30), info.skip(0x30), let bits = info.bytes(0x03), bits.first == 0 else {
            return nil
        }
        var holder = DERReader(bits.dropFirst())
        guard var numbers = holder.open(0x30), let modulus = numbers.bytes(0x02), let exponent = numbers.bytes(0x02),
            let key = RSAPublicKey(modulus: Array(modulus), exponent: Array(exponent))
        else { return nil }
        self.key = key
        sha1 = URLBase64.text(Cloud.sha1(der))
        sha256 = URLBase64.text(Cloud.sha256(der))
    }

    /// Whether a token's head names it.
    func isNamed(by head: JSONValue) -> Bool {
        // Some write the padding too.
        func name(_ field: String) -> String? { head[field]?.string?.filter { $0 != "=" } }
        return name("x5t#S256") == sha256 || name("x5t") == sha1
    }
}

/// Values in the Distinguished Encoding Rules, one after another.
private struct DERReader {
    private var left: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { left = bytes }

    mutating func open(_ tag: UInt8) -> DERReader? { bytes(tag).map(DERReader.init) }
    mutating func skip(_ tag: UInt8) -> Bool { bytes(tag) != nil }

    /// The content of the next value; nil, and nothing is read, where it is of another kind.
    mutating func bytes(_ tag: UInt8) -> ArraySlice<UInt8>? {
        guard left.first == tag, let first = left.dropFirst().first else { return nil }
        var rest = left.dropFirst(2), length = Int(first)
        if first & 0x80 != 0 {
            let count = Int(first & 0x7F)
            guard (1...3).contains(count), rest.count >= count else { return nil }
            length = rest.prefix(count).reduce(0) { $0 << 8 | Int($1) }
            rest = rest.dropFirst(count)
        }
        guard rest.count >= length else { return nil }
        left = rest.dropFirst(length)
        return rest.prefix(length)
    }
}
