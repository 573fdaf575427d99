/// What a field is called: its own name first, then the other names it is read under.
///
///     let image: FieldName = ["machine_image", "image_id", "imageId"]
package struct FieldName: Sendable, ExpressibleByStringLiteral, ExpressibleByArrayLiteral {
    let own: FieldKey
    let others: [FieldKey]

    package init(_ names: [String]) {
        precondition(!names.isEmpty, "a field has a name")
        own = FieldKey(names[0])
        others = names.dropFirst().map(FieldKey.init)
    }

    package init(stringLiteral name: String) { self.init([name]) }
    package init(arrayLiteral names: String...) { self.init(names) }

    /// Its own name, the one to write.
    package var canonical: String { own.text }
    package var all: [String] { keys.map(\.text) }
    var keys: [FieldKey] { [own] + others }
}

/// A key with its digest, so that looking a field up compares one number, not letters.
struct FieldKey: Sendable, Equatable {
    let text: String
    let digest: UInt64

    init(_ tree: Tree, key: Int) {
        text = tree.withBytes(of: key) { String(decoding: $0, as: UTF8.self) }
        digest = tree.digest(of: key)
    }

    init(_ text: String) {
        self.text = text
        var copy = text
        digest = copy.withUTF8 { FieldKey.digest($0) }
    }

    static func == (a: FieldKey, b: FieldKey) -> Bool { a.digest == b.digest && a.text == b.text }

    /// FNV-1a. Equal digests are followed by a look at the text, so a collision costs time, not truth.
    static func digest(_ bytes: some Sequence<UInt8>) -> UInt64 {
        var value: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return value
    }
}
