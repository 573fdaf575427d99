import Provisioning

/// Lines and columns as a reader counts them: libyaml also ends lines at CR, NEL, LS and PS, JSON at LF alone.
struct TextPosition: Equatable {
    /// Both from 0.
    var line = 0
    var column = 0

    /// Where a byte is, or the end of the text if it has no such byte.
    init(of offset: Int, in bytes: UnsafeBufferPointer<UInt8>, _ format: Document.Format) {
        let end = min(offset, bytes.count)
        var at = 0
        while at < end {
            let length = format == .json ? (bytes[at] == 0x0A ? 1 : 0) : TextPosition.breakLength(bytes, at)
            if length > 0, at + length <= end {
                line += 1
                column = 0
            } else if bytes[at] & 0xC0 != 0x80 {
                column += 1
            }
            at += max(1, length)
        }
    }

    /// The byte of a character.
    static func offset(ofCharacter index: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        var characters = -1
        return bytes.firstIndex { byte in
            if byte & 0xC0 != 0x80 { characters += 1 }
            return characters == index
        }
    }

    /// Where the text stops being UTF-8; nil: nowhere.
    static func offsetOfBadCharacter(in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        if String(validating: bytes, as: UTF8.self) != nil { return nil }
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        var offset = 0
        while case .scalarValue(let scalar) = decoder.decode(&iterator) { offset += UTF8.width(scalar) }
        return offset
    }

    private static func breakLength(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> Int {
        func next(_ distance: Int) -> UInt8 { at + distance < bytes.count ? bytes[at + distance] : 0 }
        return switch bytes[at] {
        case 0x0A: 1
        case 0x0D: next(1) == 0x0A ? 2 : 1
        case 0xC2: next(1) == 0x85 ? 2 : 0
        case 0xE2: next(1) == 0x80 && (next(2) == 0xA8 || next(2) == 0xA9) ? 3 : 0
        default: 0
        }
    }
}

extension Place {
    init(_ file: String, _ position: TextPosition) {
        self.init(file: file, line: position.line + 1, column: position.column + 1)
    }
}
