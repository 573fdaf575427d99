import COpenSSL

/// SHA-256 of some bytes: 32 bytes.
package func sha256(_ bytes: [UInt8]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 32) { digest, count in
        let done = EVP_Digest(bytes, bytes.count, digest.baseAddress, nil, Algorithm.sha256, nil)
        // It can only fail without memory, or where the system's OpenSSL has SHA-256 switched off.
        precondition(done == 1, "libcrypto gave no SHA-256")
        count = 32
    }
}

/// HMAC-SHA-256 of some bytes under a key: 32 bytes.
package func hmacSHA256(_ bytes: [UInt8], key: [UInt8]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 32) { digest, count in
        let done = HMAC(Algorithm.sha256, key, CInt(key.count), bytes, bytes.count, digest.baseAddress, nil)
        precondition(done != nil, "libcrypto gave no HMAC-SHA-256")
        count = 32
    }
}

/// SHA-1 of some bytes: 20 bytes. For names of files that others have chosen so; it proves nothing.
package func sha1(_ bytes: [UInt8]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 20) { digest, count in
        let done = EVP_Digest(bytes, bytes.count, digest.baseAddress, nil, EVP_sha1(), nil)
        precondition(done == 1, "libcrypto gave no SHA-1")
        count = 20
    }
}

/// Has libcrypto make itself ready, which it otherwise does when the first digest is wanted, and takes half a millisecond.
package func prepareDigests() { _ = Algorithm.sha256 }

private enum Algorithm {
    /// Looked up once and never changed: `EVP_sha256` is looked up again, behind a lock, each time it is used.
    nonisolated(unsafe) static let sha256: OpaquePointer = {
        guard let found = EVP_MD_fetch(nil, "SHA256", nil) else { preconditionFailure("libcrypto has no SHA-256") }
        return found
    }()
}

extension [UInt8] {
    /// Two lower-case digits a byte.
    package var hex: String {
        String(unsafeUninitializedCapacity: count * 2) { digits in
            for (index, byte) in enumerated() {
                digits[index * 2] = hexDigit(byte >> 4)
                digits[index * 2 + 1] = hexDigit(byte & 15)
            }
            return count * 2
        }
    }
}

private func hexDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
}
