/// What a field is called: its own name first, then the other names it is read under.
///
///     let image: FieldName = ["machine_image", "image_id", "imageId"]
package struct FieldName: Sendable, ExpressibleByStringLiteral, ExpressibleByArrayLiteral {
    let keys: [FieldKey]

    package init(_ names: [String]) {
        precondition(!names.isEmpty, "a field has a name")
        keys = names.map(FieldKey.init)
    }

    package init(stringLiteral name: String) { self.init([name]) }
    package init(arrayLiteral names: String...) { self.init(names) }

    /// Its own name, the one to write.
    package var canonical: String { keys[0].text }
    package var all: [String] { keys.map(\.text) }
}

/// A key with its digest, so that looking a field up compares one number, not letters.
struct FieldKey: Sendable {
    let text: String
    let digest: UInt64

    init(text: String, digest: UInt64) {
        self.text = text
        self.digest = digest
    }

    init(_ text: String) {
        self.text = text
        var copy = text
        digest = copy.withUTF8 { FieldKey.digest($0) }
    }

    /// FNV-1a. Equal digests are followed by a look at the text, so a collision costs time, not truth.
    static func digest(_ bytes: some Sequence<UInt8>) -> UInt64 {
        var value: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return value
    }
}

extension Node {
    /// Whether a scalar is this text; compares bytes, makes no `String`.
    func says(_ text: String) -> Bool {
        let cell = tree.cells[index]
        guard Int(cell.length) == text.utf8.count else { return false }
        var at = Int(cell.start)
        for byte in text.utf8 {
            if tree.text[at] != byte { return false }
            at += 1
        }
        return true
    }

    var digest: UInt64 {
        let cell = tree.cells[index]
        return tree.text.withUnsafeBufferPointer { text in
            FieldKey.digest(UnsafeBufferPointer(rebasing: text[Int(cell.start)..<Int(cell.start) + Int(cell.length)]))
        }
    }
}
