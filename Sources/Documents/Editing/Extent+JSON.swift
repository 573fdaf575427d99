/// Finds where the values of a JSON text stand that is known to be valid.
struct JSONExtents {
    private let bytes: [UInt8]
    private var at = 0

    /// Nil: it holds nothing at all.
    static func root(of bytes: [UInt8]) -> Extent? {
        var extents = JSONExtents(bytes: bytes)
        extents.skipSpace()
        return extents.at == bytes.count ? nil : extents.value()
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private mutating func value() -> Extent {
        switch bytes[at] {
        case UInt8(ascii: "{"): return container(.map, closing: UInt8(ascii: "}"))
        case UInt8(ascii: "["): return container(.list, closing: UInt8(ascii: "]"))
        case UInt8(ascii: "\""): return string()
        default:
            let start = at
            while at < bytes.count, !",]} \t\r\n".utf8.contains(bytes[at]) { at += 1 }
            return scalar(start, isPlain: true)
        }
    }

    private mutating func container(_ kind: Extent.Kind, closing: UInt8) -> Extent {
        var extent = Extent(kind: kind, style: .inline, range: at..<at)
        at += 1
        skipSpace()
        while bytes[at] != closing {
            var entry = Extent.Entry(value: value())
            skipSpace()
            if kind == .map {
                entry.key = entry.value
                entry.mark = at..<at + 1
                at += 1
                skipSpace()
                entry.value = value()
                skipSpace()
            }
            if bytes[at] == UInt8(ascii: ",") {
                entry.comma = at
                at += 1
                skipSpace()
            }
            extent.entries.append(entry)
        }
        at += 1
        extent.range = extent.range.lowerBound..<at
        return extent
    }

    private mutating func string() -> Extent {
        let start = at
        at += 1
        while bytes[at] != UInt8(ascii: "\"") { at += bytes[at] == UInt8(ascii: "\\") ? 2 : 1 }
        at += 1
        return scalar(start, isPlain: false)
    }

    /// The reader knows what the escapes of a string mean.
    private func scalar(_ start: Int, isPlain: Bool) -> Extent {
        var text = String(decoding: isPlain ? bytes[start..<at] : bytes[start + 1..<at - 1], as: UTF8.self)
        if bytes[start..<at].contains(UInt8(ascii: "\\")) {
            text = Document.parse(Array(bytes[start..<at]), file: "", format: .json).document?.root?.text ?? text
        }
        return Extent(kind: .scalar, style: .inline, range: start..<at, text: text, isPlain: isPlain)
    }

    private mutating func skipSpace() {
        while at < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[at]) { at += 1 }
    }
}
