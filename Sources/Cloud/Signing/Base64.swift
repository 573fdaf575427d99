extension [UInt8] {
    /// Base64 with `+`, `/` and padding (RFC 4648, section 4).
    package var base64: String { encoded(with: plainAlphabet, isPadded: true) }

    /// Base64 with the letters of URLs and without padding, as JSON web tokens have it (RFC 7515, section 2).
    package var base64URL: String { encoded(with: urlAlphabet, isPadded: false) }

    /// Reads what `base64URL` writes; nil: it is anything else.
    package init?(base64URL text: some StringProtocol) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count * 3 / 4)
        var bits: UInt32 = 0, count = 0
        for character in text.utf8 {
            guard let value = urlAlphabet.firstIndex(of: character) else { return nil }
            bits = bits << 6 | UInt32(value)
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> count))
            }
        }
        // One letter too many says less than a byte, and the last bits must say nothing.
        guard count < 6, bits & (1 << count - 1) == 0 else { return nil }
        self = bytes
    }

    private func encoded(with alphabet: [UInt8], isPadded: Bool) -> String {
        var letters: [UInt8] = []
        letters.reserveCapacity((count + 2) / 3 * 4)
        for start in stride(from: 0, to: count, by: 3) {
            let part = self[start..<Swift.min(start + 3, count)]
            let bits = part.reduce(0) { $0 << 8 | UInt32($1) } << (8 * (3 - part.count))
            for place in 0...part.count { letters.append(alphabet[Int(bits >> (18 - 6 * place) & 63)]) }
            if isPadded { letters.append(contentsOf: repeatElement(UInt8(ascii: "="), count: 3 - part.count)) }
        }
        return String(decoding: letters, as: UTF8.self)
    }
}

private let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)
private let plainAlphabet = letters + Array("+/".utf8)
private let urlAlphabet = letters + Array("-_".utf8)
