#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Puts values one after the other, numbers in little-endian order.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    mutating func put(_ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func put(_ claim: Bool) { bytes.append(claim ? 1 : 0) }

    mutating func put(_ text: String) {
        var text = text
        text.withUTF8 { put($0) }
    }

    mutating func put(_ blob: some Collection<UInt8>) {
        put(UInt32(blob.count))
        bytes.append(contentsOf: blob)
    }

    mutating func put(raw blob: some Collection<UInt8>) { bytes.append(contentsOf: blob) }
}

/// Takes them out again in the same order.
///
/// What does not fit makes it damaged from then on, and what it gives means nothing: to be looked at in the end.
struct ByteReader {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0
    private(set) var isDamaged = false

    /// The bytes must outlive the reader.
    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    mutating func number<Number: FixedWidthInteger>(_ type: Number.Type = Number.self) -> Number {
        let size = MemoryLayout<Number>.size
        guard bytes.count - position >= size else {
            isDamaged = true
            return 0
        }
        defer { position += size }
        return Number(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: Number.self))
    }

    mutating func bool() -> Bool { number(UInt8.self) != 0 }

    mutating func blob() -> UnsafeRawBufferPointer { raw(Int(number(UInt32.self))) }

    mutating func raw(_ count: Int) -> UnsafeRawBufferPointer {
        guard count <= bytes.count - position else {
            isDamaged = true
            return UnsafeRawBufferPointer(start: nil, count: 0)
        }
        defer { position += count }
        return UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
    }

    mutating func text() -> String { String(decoding: blob(), as: UTF8.self) }

    /// How many values follow, each of at least one byte: no room is made for what cannot be there.
    mutating func count() -> Int {
        let count = Int(number(UInt32.self))
        guard count <= bytes.count - position else {
            isDamaged = true
            return 0
        }
        return count
    }
}

/// A number that is another if the bytes are; against accidents, not against malice.
///
/// Eight bytes at a time, each step reversible, so that no single change goes unseen.
func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    let prime: UInt64 = 0x9E37_79B9_7F4A_7C15
    // In two lanes, for a multiplication takes longer than it takes to begin the next one.
    var one = UInt64(bytes.count) &* prime
    var two = ~one
    var position = 0
    while bytes.count - position >= 16 {
        one = mix(one, UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)))
        two = mix(two, UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position + 8, as: UInt64.self)))
        position += 16
    }
    for byte in bytes[position...] { one = mix(one, UInt64(byte)) }
    return mix(mix(0, one), two)

    func mix(_ sum: UInt64, _ word: UInt64) -> UInt64 {
        let product = (sum ^ word) &* prime
        return product ^ (product >> 32)
    }
}

func haveSameBytes(_ some: UnsafeRawBufferPointer, _ others: [UInt8]) -> Bool {
    some.count == others.count
        && others.withUnsafeBytes { $0.isEmpty || memcmp($0.baseAddress!, some.baseAddress!, $0.count) == 0 }
}

/// Texts, each kept once and named by its number: the same few stand in ten thousand templates.
struct TextTable {
    private var numbers: [String: UInt32] = [:]
    private(set) var texts: [String] = []

    mutating func number(of text: String) -> UInt32 {
        if let known = numbers[text] { return known }
        let number = UInt32(texts.count)
        numbers[text] = number
        texts.append(text)
        return number
    }
}
