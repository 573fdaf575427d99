/// A name for one thing of one kind: the compiler keeps a request's from standing where a machine's is wanted.
package struct Identifier<Subject>: Hashable, Comparable, Sendable {
    package let text: String

    package init(_ text: String) { self.text = text }

    package static func < (a: Identifier, b: Identifier) -> Bool { a.text < b.text }
}

extension Identifier: CustomStringConvertible, ExpressibleByStringLiteral, Codable {
    package var description: String { text }
    package init(stringLiteral value: String) { self.init(value) }

    package init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode(String.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

/// Names the thing a cloud API is called by: `aws/run-instances`.
package enum API {}
package typealias APIName = Identifier<API>

/// A name in `config/`: which cloud, whose credentials, which region, which endpoint.
package enum AccountNaming {}
package typealias AccountName = Identifier<AccountNaming>

/// A kind of cloud: `aws`, `azure`, `gcp`.
package enum CloudNaming {}
package typealias CloudName = Identifier<CloudNaming>

extension Surroundings {
    /// Sixteen letters and digits: nine of time, so that names sort by age, and seven (35 bits) of chance.
    package func freshName() -> String {
        let milliseconds = UInt64(bitPattern: now().microseconds / 1000)
        return base32(milliseconds, digits: 9) + base32(random(), digits: 7)
    }

    private func base32(_ value: UInt64, digits: Int) -> String {
        // Crockford's alphabet: no i, l, o or u, so that a name survives being read aloud.
        let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
        let bytes = (0..<digits).reversed().map { alphabet[Int(value >> (UInt64($0) * 5) & 31)] }
        return String(decoding: bytes, as: UTF8.self)
    }
}
