import Cloud

/// The public half of an RSA key, and what it proves (RFC 8017).
///
/// Written from the specification alone: it shares nothing with the signers it judges but SHA-256.
struct RSAPublicKey: Sendable, Hashable {
    /// The most significant byte first, without leading zeros.
    let modulus: [UInt8]
    let exponent: UInt32

    /// Nil: too small to prove anything, or too large to be worth the time.
    init?(modulus: [UInt8], exponent: [UInt8]) {
        let modulus = Array(modulus.drop { $0 == 0 }), exponent = Array(exponent.drop { $0 == 0 })
        guard (128...1024).contains(modulus.count), (1...4).contains(exponent.count), (modulus.last ?? 0) & 1 == 1
        else { return nil }
        self.modulus = modulus
        self.exponent = exponent.reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// RSASSA-PKCS1-v1_5 with SHA-256.
    func verifiesPKCS1(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        let digest: [UInt8] =
            [
                0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00,
                0x04,
                0x20,
            ] + sha256(message)
        let padding = modulus.count - digest.count - 3
        guard padding >= 8, let encoded = opened(signature) else { return false }
        return encoded == [0, 1] + [UInt8](repeating: 0xFF, count: padding) + [0] + digest
    }

    /// RSASSA-PSS with SHA-256, its mask function of the same, and a salt of 32 bytes, as RFC 7518 has it.
    func verifiesPSS(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        let bits = modulus.count * 8 - modulus[0].leadingZeroBitCount - 1
        let length = (bits + 7) / 8
        guard length >= 66, var encoded = opened(signature) else { return false }
        if encoded.count > length {
            guard encoded.removeFirst() == 0 else { return false }
        }
        guard encoded.last == 0xBC else { return false }
        let masked = encoded[..<(length - 33)], hash = Array(encoded[(length - 33)..<(length - 1)])
        let unused = UInt8(truncatingIfNeeded: 8 * length - bits)
        guard masked[0] >> (8 - unused) == 0 || unused == 0 else { return false }
        var plain = zip(masked, mask(hash, masked.count)).map { $0 ^ $1 }
        plain[0] &= 0xFF >> unused
        let salt = plain.suffix(32), padding = plain.dropLast(32)
        guard padding.last == 1, padding.dropLast().allSatisfy({ $0 == 0 }) else { return false }
        return sha256([UInt8](repeating: 0, count: 8) + sha256(message) + salt) == hash
    }

    /// MGF1.
    private func mask(_ seed: [UInt8], _ length: Int) -> [UInt8] {
        var mask: [UInt8] = []
        var counter: UInt32 = 0
        while mask.count < length {
            mask += sha256(seed + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: counter >> $0) })
            counter += 1
        }
        return Array(mask[..<length])
    }

    /// The signature raised to the exponent, as many bytes as the modulus has.
    private func opened(_ signature: [UInt8]) -> [UInt8]? {
        guard signature.count == modulus.count, signature.lexicographicallyPrecedes(modulus) else { return nil }
        return Montgomery(modulus).power(signature, exponent)
    }
}

/// Arithmetic modulo an odd number, in words of 32 bits, the least significant first (Montgomery, CIOS).
private struct Montgomery {
    private let modulus: [UInt32]
    /// Minus the inverse of the lowest word.
    private let inverse: UInt32
    private let size: Int

    init(_ bytes: [UInt8]) {
        size = (bytes.count + 3) / 4
        modulus = Montgomery.words(bytes, size)
        var inverse: UInt32 = 1
        for _ in 0..<5 { inverse = inverse &* (2 &- modulus[0] &* inverse) }
        self.inverse = 0 &- inverse
    }

    func power(_ base: [UInt8], _ exponent: UInt32) -> [UInt8] {
        // The square of what the form multiplies by: one, doubled often enough.
        var square = [UInt32](repeating: 0, count: size)
        square[0] = 1
        for _ in 0..<(64 * size) { double(&square) }
        let factor = product(Montgomery.words(base, size), square)
        var result = factor
        for bit in (0..<(31 - exponent.leadingZeroBitCount)).reversed() {
            result = product(result, result)
            if exponent >> bit & 1 == 1 { result = product(result, factor) }
        }
        var one = [UInt32](repeating: 0, count: size)
        one[0] = 1
        let plain = product(result, one)
        let bytes = plain.reversed().flatMap { word in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> $0) } }
        let length =
            modulus.reversed().drop { $0 == 0 }.count * 4
            - (modulus.last { $0 != 0 }?.leadingZeroBitCount ?? 0) / 8
        return Array(bytes.suffix(length))
    }

    /// The product of both, divided by the form's factor.
    private func product(_ a: [UInt32], _ b: [UInt32]) -> [UInt32] {
        var sum = [UInt32](repeating: 0, count: size + 2)
        for i in 0..<size {
            var carry: UInt64 = 0
            for j in 0..<size {
                let value = UInt64(sum[j]) + UInt64(a[j]) * UInt64(b[i]) + carry
                sum[j] = UInt32(truncatingIfNeeded: value)
                carry = value >> 32
            }
            var top = UInt64(sum[size]) + carry
            sum[size] = UInt32(truncatingIfNeeded: top)
            sum[size + 1] = UInt32(truncatingIfNeeded: top >> 32)
            let factor = UInt64(sum[0] &* inverse)
            carry = (UInt64(sum[0]) + factor * UInt64(modulus[0])) >> 32
            for j in 1..<size {
                let value = UInt64(sum[j]) + factor * UInt64(modulus[j]) + carry
                sum[j - 1] = UInt32(truncatingIfNeeded: value)
                carry = value >> 32
            }
            top = UInt64(sum[size]) + carry
            sum[size - 1] = UInt32(truncatingIfNeeded: top)
            sum[size] = sum[size + 1] &+ UInt32(truncatingIfNeeded: top >> 32)
        }
        var result = Array(sum[..<size])
        if sum[size] != 0 || !isLess(result) { subtract(&result) }
        return result
    }

    private func double(_ a: inout [UInt32]) {
        var carry: UInt32 = 0
        for i in 0..<size {
            let word = a[i]
            a[i] = word << 1 | carry
            carry = word >> 31
        }
        if carry != 0 || !isLess(a) { subtract(&a) }
    }

    private func isLess(_ a: [UInt32]) -> Bool {
        for i in (0..<size).reversed() where a[i] != modulus[i] { return a[i] < modulus[i] }
        return false
    }

    private func subtract(_ a: inout [UInt32]) {
        var borrow: UInt64 = 0
        for i in 0..<size {
            let value = UInt64(a[i]) &- UInt64(modulus[i]) &- borrow
            a[i] = UInt32(truncatingIfNeeded: value)
            borrow = value >> 63
        }
    }

    private static func words(_ bytes: [UInt8], _ size: Int) -> [UInt32] {
        var words = [UInt32](repeating: 0, count: size)
        for (place, byte) in bytes.reversed().enumerated() where place / 4 < size {
            words[place / 4] |= UInt32(byte) << UInt32(place % 4 * 8)
        }
        return words
    }
}
