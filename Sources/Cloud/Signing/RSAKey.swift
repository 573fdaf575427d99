import COpenSSL

/// How a signature with RSA is padded; SHA-256 is the digest of both. Named as JSON web tokens name them.
package enum RSAScheme: String, Sendable, Hashable {
    case rs256 = "RS256"
    case ps256 = "PS256"
}

/// What is wrong with a key or a certificate, as the rest of a sentence that begins with where it is from.
package struct KeyFlaw: Error, Sendable, Hashable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}

/// An RSA private key. It cannot be printed.
package final class RSAKey: Sendable {
    /// Never changed once it is read; libcrypto lets many threads use it.
    private nonisolated(unsafe) let key: OpaquePointer

    /// Reads the first private key in a text of PEM.
    package convenience init(pem: [UInt8], password: Secret? = nil) throws(KeyFlaw) {
        defer { ERR_clear_error() }
        // Without a password of ours it would be asked for on the terminal.
        let found = withBIO(pem) { bio in
            withSecret(password) { PEM_read_bio_PrivateKey(bio, nil, nil, UnsafeMutableRawPointer(mutating: $0)) }
        }
        guard let found else {
            let isEncrypted = String(decoding: pem, as: UTF8.self).contains("ENCRYPTED")
            throw switch (isEncrypted, password) {
            case (true, nil): KeyFlaw("has a private key that needs a password")
            case (true, _?): KeyFlaw("has a private key that this password does not open")
            case (false, _): KeyFlaw("has no private key that can be read")
            }
        }
        try self.init(owning: found)
    }

    /// - Parameter key: is freed with this, or at once if it will not do.
    init(owning key: OpaquePointer) throws(KeyFlaw) {
        self.key = key
        guard EVP_PKEY_is_a(key, "RSA") == 1 else { throw KeyFlaw("has a private key that is not RSA") }
        let bits = EVP_PKEY_get_bits(key)
        guard bits >= 2048 else { throw KeyFlaw("has an RSA key of \(bits) bits, and 2048 are the least") }
    }

    deinit { EVP_PKEY_free(key) }

    package func sign(_ bytes: [UInt8], _ scheme: RSAScheme) throws(KeyFlaw) -> [UInt8] {
        defer { ERR_clear_error() }
        guard let context = EVP_MD_CTX_new() else { throw KeyFlaw("has a key that cannot sign") }
        defer { EVP_MD_CTX_free(context) }
        var settings: OpaquePointer?
        var count = 0
        guard EVP_DigestSignInit(context, &settings, EVP_sha256(), nil, key) == 1, scheme.apply(to: settings),
            EVP_DigestSign(context, nil, &count, bytes, bytes.count) == 1
        else { throw KeyFlaw("has a key that cannot sign") }
        var signature = [UInt8](repeating: 0, count: count)
        guard EVP_DigestSign(context, &signature, &count, bytes, bytes.count) == 1 else {
            throw KeyFlaw("has a key that cannot sign")
        }
        return Array(signature.prefix(count))
    }

    /// Whether this is the key whose other half a certificate holds.
    func isKey(of certificate: OpaquePointer) -> Bool {
        defer { ERR_clear_error() }
        return X509_check_private_key(certificate, key) == 1
    }
}

/// Whether a signature is that of the private key that belongs to this public one.
///
/// - Parameter pem: a public key or a certificate.
package func rsaVerify(
    _ signature: [UInt8], of bytes: [UInt8], by pem: [UInt8], _ scheme: RSAScheme = .rs256
) -> Bool {
    defer { ERR_clear_error() }
    guard let key = publicKey(pem) else { return false }
    defer { EVP_PKEY_free(key) }
    guard EVP_PKEY_is_a(key, "RSA") == 1, let context = EVP_MD_CTX_new() else { return false }
    defer { EVP_MD_CTX_free(context) }
    var settings: OpaquePointer?
    guard EVP_DigestVerifyInit(context, &settings, EVP_sha256(), nil, key) == 1, scheme.apply(to: settings) else {
        return false
    }
    return EVP_DigestVerify(context, signature, signature.count, bytes, bytes.count) == 1
}

private func publicKey(_ pem: [UInt8]) -> OpaquePointer? {
    if let key = withBIO(pem, { PEM_read_bio_PUBKEY($0, nil, nil, nil) }) { return key }
    guard let certificate = withBIO(pem, { PEM_read_bio_X509($0, nil, nil, nil) }) else { return nil }
    defer { X509_free(certificate) }
    return X509_get_pubkey(certificate)
}

extension RSAScheme {
    fileprivate func apply(to settings: OpaquePointer?) -> Bool {
        switch self {
        case .rs256: EVP_PKEY_CTX_set_rsa_padding(settings, RSA_PKCS1_PADDING) == 1
        // RFC 7518, section 3.5: the salt is as long as the digest.
        case .ps256:
            EVP_PKEY_CTX_set_rsa_padding(settings, RSA_PKCS1_PSS_PADDING) == 1
                && EVP_PKEY_CTX_set_rsa_pss_saltlen(settings, RSA_PSS_SALTLEN_DIGEST) == 1
        }
    }
}

/// Bytes as libcrypto reads them.
func withBIO<Result>(_ bytes: [UInt8], _ body: (OpaquePointer) -> Result?) -> Result? {
    bytes.withUnsafeBytes { bytes in
        guard let bio = BIO_new_mem_buf(bytes.baseAddress, CInt(clamping: bytes.count)) else { return nil }
        defer { BIO_free(bio) }
        return body(bio)
    }
}

/// A password as libcrypto reads it, wiped afterwards; empty where there is none.
func withSecret<Result>(_ secret: Secret?, _ body: (UnsafePointer<CChar>) -> Result) -> Result {
    var text = (secret?.revealed ?? "").utf8CString
    return text.withUnsafeMutableBufferPointer { text in
        defer { OPENSSL_cleanse(text.baseAddress, text.count) }
        return body(text.baseAddress!)
    }
}
