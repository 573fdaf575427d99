/// The text of a file that a diagnostic speaks of, line by line.
///
/// Lines and columns are found as the readers of YAML and JSON count them, so that a place leads back to where it
/// came from.
struct SourceText: Sendable {
    private let bytes: [UInt8]
    private let lines: [Range<Int>]

    /// Nil: not UTF-8, as far as its first bytes tell.
    init?(_ bytes: [UInt8], file: String) {
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) { return nil }
        self.bytes = bytes
        // A byte order mark is no character of the first line.
        let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        lines = SourceText.split(bytes, from: start, asJSON: file.hasSuffix(".json"))
    }

    /// A line, or of a long one what lies around the column; nil if the text has no such place.
    func line(_ number: Int, around column: Int) -> SourceLine? {
        guard lines.indices.contains(number - 1), column >= 1 else { return nil }
        let line = lines[number - 1]
        // One more than the line has: a diagnostic may point to its end.
        guard let target = offset(of: column - 1, from: line.lowerBound, in: line) else { return nil }
        var first = target, before = 0
        while first > line.lowerBound, before < SourceLine.before {
            first -= 1
            if !isContinuation(bytes[first]) { before += 1 }
        }
        let last = offset(of: SourceLine.after, from: target, in: line) ?? line.upperBound
        guard let text = String(validating: bytes[first..<last], as: UTF8.self) else { return nil }
        return SourceLine(
            text: text, mark: before, isCutBefore: first > line.lowerBound, isCutAfter: last < line.upperBound)
    }

    /// The byte some characters further on; nil if the line ends earlier.
    private func offset(of characters: Int, from start: Int, in line: Range<Int>) -> Int? {
        var at = start, left = characters
        while left > 0 {
            guard at < line.upperBound else { return nil }
            at += 1
            while at < line.upperBound, isContinuation(bytes[at]) { at += 1 }
            left -= 1
        }
        return at
    }

    private func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }

    /// JSON knows the line feed alone; libyaml also ends lines at CR, NEL, LS and PS.
    private static func split(_ bytes: [UInt8], from start: Int, asJSON: Bool) -> [Range<Int>] {
        var lines: [Range<Int>] = []
        var begin = start, at = start
        while at < bytes.count {
            let length = asJSON ? (bytes[at] == 0x0A ? 1 : 0) : breakLength(bytes, at)
            if length > 0 {
                lines.append(begin..<at)
                begin = at + length
            }
            at += max(1, length)
        }
        return lines + [begin..<bytes.count]
    }

    private static func breakLength(_ bytes: [UInt8], _ at: Int) -> Int {
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

/// A line of a file with the character that a diagnostic points to.
struct SourceLine: Equatable {
    let text: String
    /// The position of that character, in Unicode scalars from 0; at most their number.
    let mark: Int
    let isCutBefore: Bool
    let isCutAfter: Bool

    /// How many characters are kept around the mark: more than fit on a line of a terminal.
    static let before = 200
    static let after = 400
}
