import Provisioning

/// Reads JSON, strictly, into the same tree.
///
/// Not left to libyaml, although YAML is nearly a superset: it refuses tabs before the first brace, keys whose
/// colon is on the next line, and `\ud83d\ude00`.
struct JSONReader {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let file: String
    private var at = 0
    private var line = 0
    /// A byte of the current line whose column is known.
    private var known = (offset: 0, column: 0)
    private var scratch: [UInt8] = []

    static func read(_ bytes: UnsafeBufferPointer<UInt8>, into builder: inout TreeBuilder) throws(Unparsed) {
        var reader = JSONReader(bytes: bytes, file: builder.file)
        try reader.document(into: &builder)
    }

    private init(bytes: UnsafeBufferPointer<UInt8>, file: String) {
        self.bytes = bytes
        self.file = file
    }

    /// What may come next. The builder bounds the depth.
    private enum Expectation { case value, firstItem, firstKey, key, separator }

    private mutating func document(into builder: inout TreeBuilder) throws(Unparsed) {
        skipSpace()
        if at == bytes.count { return }
        var containers: [Cell.Kind] = []
        var expectation = Expectation.value
        while true {
            skipSpace()
            let (line, column) = (self.line, column())
            switch (expectation, peek()) {
            case (.firstItem, UInt8(ascii: "]")?), (.firstKey, UInt8(ascii: "}")?):
                at += 1
                containers.removeLast()
                try builder.end()
                expectation = .separator
            case (.firstKey, UInt8(ascii: "\"")?), (.key, UInt8(ascii: "\"")?):
                try string(into: &builder, line, column)
                skipSpace()
                guard take(UInt8(ascii: ":")) else { throw unexpected("a `:` after the key") }
                expectation = .value
            case (.firstKey, _): throw unexpected("a key in double quotes, or `}`")
            case (.key, _): throw unexpected("a key in double quotes")
            case (.separator, let next):
                guard let container = containers.last else {
                    if next == nil { return }
                    throw unexpected("the end of the file")
                }
                let closing = container == .map ? UInt8(ascii: "}") : UInt8(ascii: "]")
                if next == closing {
                    at += 1
                    containers.removeLast()
                    try builder.end()
                } else if take(UInt8(ascii: ",")) {
                    expectation = container == .map ? .key : .value
                } else {
                    throw unexpected(container == .map ? "`,` or `}`" : "`,` or `]`")
                }
            case (_, UInt8(ascii: "{")?):
                at += 1
                try builder.begin(.map, line: line, column: column)
                containers.append(.map)
                expectation = .firstKey
            case (_, UInt8(ascii: "[")?):
                at += 1
                try builder.begin(.list, line: line, column: column)
                containers.append(.list)
                expectation = .firstItem
            case (_, UInt8(ascii: "\"")?):
                try string(into: &builder, line, column)
                expectation = .separator
            default:
                try word(into: &builder, line, column)
                expectation = .separator
            }
        }
    }

    // MARK: - Words, numbers and strings

    private mutating func word(into builder: inout TreeBuilder, _ line: Int, _ column: Int) throws(Unparsed) {
        let start = at
        while let byte = peek(), isWordByte(byte) { at += 1 }
        let word = UnsafeBufferPointer(rebasing: bytes[start..<at])
        let text = String(decoding: word, as: UTF8.self)
        guard text == "true" || text == "false" || text == "null" || isNumber(word) else {
            at = start
            throw unexpected("a value")
        }
        try builder.scalar(word, isPlain: true, line: line, column: column)
    }

    private func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."): true
        default: false
        }
    }

    /// `-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?`
    private func isNumber(_ word: UnsafeBufferPointer<UInt8>) -> Bool {
        var rest = word[...]
        func digits() -> Int { rest.prefix { (0x30...0x39).contains($0) }.count }
        if rest.first == UInt8(ascii: "-") { rest.removeFirst() }
        let whole = digits()
        if whole == 0 || (whole > 1 && rest.first == UInt8(ascii: "0")) { return false }
        rest = rest.dropFirst(whole)
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            let fraction = digits()
            if fraction == 0 { return false }
            rest = rest.dropFirst(fraction)
        }
        if let e = rest.first, e | 0x20 == UInt8(ascii: "e") {
            rest.removeFirst()
            if let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { rest.removeFirst() }
            let exponent = digits()
            if exponent == 0 { return false }
            rest = rest.dropFirst(exponent)
        }
        return rest.isEmpty
    }

    private mutating func string(into builder: inout TreeBuilder, _ line: Int, _ column: Int) throws(Unparsed) {
        at += 1
        scratch.removeAll(keepingCapacity: true)
        while true {
            guard let byte = peek() else { throw unexpected("the closing quote of a string") }
            switch byte {
            case UInt8(ascii: "\""):
                at += 1
                let builderInput = scratch
                try builderInput.withUnsafeBufferPointer { (text) throws(Unparsed) in
                    try builder.scalar(text, isPlain: false, line: line, column: column)
                }
                return
            case UInt8(ascii: "\\"): try escape()
            case ..<0x20: throw unexpected("no bare control character in a string")
            default:
                scratch.append(byte)
                at += 1
            }
        }
    }

    private mutating func escape() throws(Unparsed) {
        let start = at
        at += 1
        guard let byte = peek() else { throw unexpected("the rest of an escape") }
        at += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): scratch.append(byte)
        case UInt8(ascii: "b"): scratch.append(8)
        case UInt8(ascii: "f"): scratch.append(12)
        case UInt8(ascii: "n"): scratch.append(10)
        case UInt8(ascii: "r"): scratch.append(13)
        case UInt8(ascii: "t"): scratch.append(9)
        case UInt8(ascii: "u"):
            var code = UInt32(try fourDigits())
            if (0xD800..<0xDC00).contains(code), take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) {
                let low = UInt32(try fourDigits())
                // Two halves of one character beyond the first 65,536.
                if (0xDC00..<0xE000).contains(low) { code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00) }
            }
            guard let scalar = Unicode.Scalar(code) else {
                at = start
                throw unexpected("both halves of a surrogate pair")
            }
            scratch.append(contentsOf: UTF8.encode(scalar)!)
        default:
            at = start
            throw unexpected("one of the escapes JSON has")
        }
    }

    private mutating func fourDigits() throws(Unparsed) -> UInt16 {
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = peek(), let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw unexpected("four hexadecimal digits")
            }
            value = value << 4 | UInt16(digit)
            at += 1
        }
        return value
    }

    // MARK: - Where we are

    private func peek() -> UInt8? { at < bytes.count ? bytes[at] : nil }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard peek() == byte else { return false }
        at += 1
        return true
    }

    private mutating func skipSpace() {
        while let byte = peek() {
            switch byte {
            case UInt8(ascii: "\n"):
                line += 1
                known = (at + 1, 0)
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): break
            default: return
            }
            at += 1
        }
    }

    private mutating func column() -> Int {
        let characters = bytes[known.offset..<at].reduce(into: 0) { $0 += $1 & 0xC0 == 0x80 ? 0 : 1 }
        known = (at, known.column + characters)
        return known.column
    }

    private func unexpected(_ wanted: String) -> Unparsed {
        let place = Place(file, TextPosition(of: at, in: bytes, .json))
        return Unparsed(diagnostic: Diagnostic(.error, "yaml.syntax", "not valid JSON: expected \(wanted)", at: place))
    }
}
