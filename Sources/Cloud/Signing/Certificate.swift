import COpenSSL

/// An X.509 certificate, known by its digests.
package struct Certificate: Sendable, Hashable {
    /// As it is hashed, and as `x5c` holds it.
    package let der: [UInt8]

    package init(der: [UInt8]) { self.der = der }

    /// 32 bytes; in Base64 for URLs it is a token's `x5t#S256`.
    package var thumbprint: [UInt8] { sha256(der) }
    /// 20 bytes; in Base64 for URLs it is a token's `x5t`, and in hex what a portal shows.
    package var oldThumbprint: [UInt8] { sha1(der) }

    fileprivate init?(_ certificate: OpaquePointer) {
        var bytes: UnsafeMutablePointer<UInt8>?
        let count = i2d_X509(certificate, &bytes)
        guard count > 0, let bytes else { return nil }
        defer { CRYPTO_free(bytes, #file, #line) }
        der = Array(UnsafeBufferPointer(start: bytes, count: Int(count)))
    }
}

/// The SHA-256 of the first certificate in a text of PEM; nil: there is none.
package func certificateThumbprint(_ pem: [UInt8]) -> [UInt8]? {
    defer { ERR_clear_error() }
    guard let found = withBIO(pem, { PEM_read_bio_X509($0, nil, nil, nil) }) else { return nil }
    defer { X509_free(found) }
    return Certificate(found)?.thumbprint
}

/// A certificate with its private key, from one file of PEM or of PKCS #12.
package struct ClientCertificate: Sendable {
    package let key: RSAKey
    package let certificate: Certificate

    package init(_ file: [UInt8], password: Secret? = nil) throws(KeyFlaw) {
        // DER, and so PKCS #12, begins with a sequence.
        if file.first == 0x30 {
            try self.init(pkcs12: file, password: password)
        } else {
            try self.init(pem: file, password: password)
        }
    }

    private init(pem: [UInt8], password: Secret?) throws(KeyFlaw) {
        let key = try RSAKey(pem: pem, password: password)
        defer { ERR_clear_error() }
        // A file may hold those of its issuers too, in any order.
        var count = 0
        let own = withBIO(pem) { bio -> Certificate? in
            while let next = PEM_read_bio_X509(bio, nil, nil, nil) {
                defer { X509_free(next) }
                count += 1
                if key.isKey(of: next) { return Certificate(next) }
            }
            return nil
        }
        guard let own else {
            throw KeyFlaw(count == 0 ? "has no certificate" : "has no certificate that its private key belongs to")
        }
        self.key = key
        certificate = own
    }

    private init(pkcs12 bytes: [UInt8], password: Secret?) throws(KeyFlaw) {
        defer { ERR_clear_error() }
        guard let store = withBIO(bytes, { d2i_PKCS12_bio($0, nil) }) else {
            throw KeyFlaw("is neither PEM nor PKCS #12")
        }
        defer { PKCS12_free(store) }
        var key: OpaquePointer?, certificate: OpaquePointer?
        let isOpen = withSecret(password) { PKCS12_parse(store, $0, &key, &certificate, nil) } == 1
        defer { if let certificate { X509_free(certificate) } }
        guard isOpen else {
            // The same where its ciphers are so old that libcrypto no longer has them.
            let why = password == nil ? "does not open without a password" : "this password does not open"
            throw KeyFlaw("is PKCS #12 that \(why)")
        }
        guard let key else { throw KeyFlaw("has no private key") }
        self.key = try RSAKey(owning: key)
        guard let own = certificate.flatMap({ Certificate($0) }) else { throw KeyFlaw("has no certificate") }
        self.certificate = own
    }
}
