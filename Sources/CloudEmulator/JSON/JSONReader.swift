/// Why a text is no JSON.
package struct JSONFlaw: Error, Sendable, Hashable, CustomStringConvertible {
    package let what: String
    /// In bytes, from 0.
    package let offset: Int

    package var description: String { "\(what) at byte \(offset)" }
}

extension JSONValue {
    /// Reads one value as RFC 8259 has it, with nothing behind it. A name that comes twice has its last value.
    package init(parsing bytes: [UInt8]) throws(JSONFlaw) {
        var reader = JSONReader(bytes: bytes)
        reader.skipSpace()
        self = try reader.value(depth: 0)
        reader.skipSpace()
        guard reader.at == bytes.count else { throw reader.flaw("something stands behind the value") }
    }
}

private struct JSONReader {
    let bytes: [UInt8]
    var at = 0

    /// Deeper than any call of a cloud, and shallow enough for any thread's stack.
    static let depthMax = 128

    init(bytes: [UInt8]) { self.bytes = bytes }

    func flaw(_ what: String) -> JSONFlaw { JSONFlaw(what: what, offset: at) }

    mutating func skipSpace() {
        while at < bytes.count, [0x20, 0x0A, 0x0D, 0x09].contains(bytes[at]) { at += 1 }
    }

    mutating func value(depth: Int) throws(JSONFlaw) -> JSONValue {
        guard depth < JSONReader.depthMax else { throw flaw("values are nested too deeply") }
        guard at < bytes.count else { throw flaw("a value is missing") }
        switch bytes[at] {
        case UInt8(ascii: "{"): return try object(depth)
        case UInt8(ascii: "["): return try array(depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws(JSONFlaw) -> JSONValue {
        let isThere = word.withUTF8Buffer { bytes[at...].starts(with: $0) }
        guard isThere else { throw flaw("no value begins like this") }
        at += word.utf8CodeUnitCount
        return value
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard at < bytes.count, bytes[at] == byte else { return false }
        at += 1
        return true
    }

    private mutating func object(_ depth: Int) throws(JSONFlaw) -> JSONValue {
        at += 1
        var object = JSONObject()
        skipSpace()
        if take(UInt8(ascii: "}")) { return .object(object) }
        while true {
            skipSpace()
            guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else { throw flaw("a field's name is missing") }
            let name = try string()
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw flaw("a colon is missing") }
            skipSpace()
            object[name] = try value(depth: depth + 1)
            skipSpace()
            if take(UInt8(ascii: ",")) { continue }
            guard take(UInt8(ascii: "}")) else { throw flaw("an object does not end") }
            return .object(object)
        }
    }

    private mutating func array(_ depth: Int) throws(JSONFlaw) -> JSONValue {
        at += 1
        var values: [JSONValue] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return .array(values) }
        while true {
            skipSpace()
            values.append(try value(depth: depth + 1))
            skipSpace()
            if take(UInt8(ascii: ",")) { continue }
            guard take(UInt8(ascii: "]")) else { throw flaw("an array does not end") }
            return .array(values)
        }
    }

    // MARK: - Texts

    private mutating func string() throws(JSONFlaw) -> String {
        at += 1
        let start = at
        while at < bytes.count, bytes[at] != UInt8(ascii: "\""), bytes[at] != UInt8(ascii: "\\"), bytes[at] >= 0x20 {
            at += 1
        }
        // Most texts have no escape, and are taken as they stand.
        if at < bytes.count, bytes[at] == UInt8(ascii: "\"") {
            defer { at += 1 }
            return try text(bytes[start..<at])
        }
        var plain = Array(bytes[start..<at])
        while at < bytes.count {
            switch bytes[at] {
            case UInt8(ascii: "\""):
                at += 1
                return try text(plain[...])
            case UInt8(ascii: "\\"):
                at += 1
                try escape(&plain)
            case 0..<0x20: throw flaw("a control character in a text")
            case let byte:
                plain.append(byte)
                at += 1
            }
        }
        throw flaw("a text does not end")
    }

    private func text(_ bytes: ArraySlice<UInt8>) throws(JSONFlaw) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw flaw("a text is no UTF-8") }
        return text
    }

    private mutating func escape(_ plain: inout [UInt8]) throws(JSONFlaw) {
        guard at < bytes.count else { throw flaw("an escape does not end") }
        defer { at += 1 }
        switch bytes[at] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): plain.append(bytes[at])
        case UInt8(ascii: "b"): plain.append(0x08)
        case UInt8(ascii: "f"): plain.append(0x0C)
        case UInt8(ascii: "n"): plain.append(0x0A)
        case UInt8(ascii: "r"): plain.append(0x0D)
        case UInt8(ascii: "t"): plain.append(0x09)
        case UInt8(ascii: "u"): plain.append(contentsOf: String(try scalar()).utf8)
        default: throw flaw("no escape is written like this")
        }
    }

    /// What stands behind `\u`, with its second half where it has one; leaves `at` on the last digit.
    private mutating func scalar() throws(JSONFlaw) -> Unicode.Scalar {
        let first = try unit()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard (0xD800..<0xDC00).contains(first), at + 2 < bytes.count, bytes[at + 1] == UInt8(ascii: "\\"),
            bytes[at + 2] == UInt8(ascii: "u")
        else { throw flaw("half a character") }
        at += 2
        let second = try unit()
        guard (0xDC00..<0xE000).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw flaw("half a character") }
        return scalar
    }

    /// Four digits; leaves `at` on the last.
    private mutating func unit() throws(JSONFlaw) -> UInt32 {
        guard at + 4 < bytes.count else { throw flaw("an escape does not end") }
        var value: UInt32 = 0
        for byte in bytes[(at + 1)...(at + 4)] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { throw flaw("no hexadecimal digit") }
            value = value << 4 | UInt32(digit)
        }
        at += 4
        return value
    }

    // MARK: - Numbers

    private mutating func number() throws(JSONFlaw) -> JSONValue {
        let start = at
        _ = take(UInt8(ascii: "-"))
        let whole = digits()
        guard whole > 0, whole == 1 || bytes[at - whole] != UInt8(ascii: "0") else {
            at = start
            throw flaw("no value begins like this")
        }
        var isWhole = true
        if take(UInt8(ascii: ".")) {
            isWhole = false
            guard digits() > 0 else { throw flaw("a digit is missing") }
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            isWhole = false
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            guard digits() > 0 else { throw flaw("a digit is missing") }
        }
        let text = String(decoding: bytes[start..<at], as: UTF8.self)
        if isWhole, let value = Int(text) { return .integer(value) }
        guard let value = Double(text), value.isFinite else { throw flaw("a number is too large") }
        return .number(value)
    }

    private mutating func digits() -> Int {
        let start = at
        while at < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[at]) { at += 1 }
        return at - start
    }
}
