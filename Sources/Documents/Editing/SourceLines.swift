/// Looks at a text by lines.
struct SourceLines {
    let bytes: [UInt8]
    /// `\r\n` where the first line ends so.
    let newline: String

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        let first = bytes.firstIndex(of: 0x0A)
        newline = first.map { $0 > 0 && bytes[$0 - 1] == 0x0D } ?? false ? "\r\n" : "\n"
    }

    /// The start of the line that a byte is in.
    func start(of offset: Int) -> Int { bytes[..<offset].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0 }

    /// The end of the line that a byte is in, before what ends it.
    func end(of offset: Int) -> Int {
        let newline = bytes[offset...].firstIndex(of: 0x0A) ?? bytes.count
        return newline > offset && newline > 0 && bytes[newline - 1] == 0x0D ? newline - 1 : newline
    }

    /// The start of the line after; nil: there is none, not even an empty one.
    func next(after offset: Int) -> Int? { bytes[offset...].firstIndex(of: 0x0A).map { $0 + 1 } }

    /// The start of the line before; nil: there is none.
    func previous(of lineStart: Int) -> Int? { lineStart == 0 ? nil : start(of: lineStart - 1) }

    func isBlank(_ lineStart: Int) -> Bool { content(lineStart).isEmpty }

    /// How far a line is indented, if it is a comment.
    func commentColumn(_ lineStart: Int) -> Int? {
        let content = content(lineStart)
        return content.first == UInt8(ascii: "#") ? content.startIndex - lineStart : nil
    }

    func indentation(of lineStart: Int) -> Int { content(lineStart).startIndex - lineStart }

    /// Whether there is nothing before a byte on its line.
    func isFirst(_ offset: Int) -> Bool { bytes[start(of: offset)..<offset].allSatisfy { $0 == 0x20 || $0 == 0x09 } }

    private func content(_ lineStart: Int) -> ArraySlice<UInt8> {
        bytes[lineStart..<end(of: lineStart)].drop { $0 == 0x20 || $0 == 0x09 }
    }

    /// The lines of a range, without what ends them.
    func lines(_ range: Range<Int>) -> [String] {
        bytes[range].split(separator: 0x0A, omittingEmptySubsequences: false).map { line in
            String(decoding: line.last == 0x0D ? line.dropLast() : line, as: UTF8.self)
        }
    }
}

/// A piece of a text that gives way to another.
struct Splice {
    var range: Range<Int>
    var text: String

    init(_ range: Range<Int>, _ text: String = "") {
        self.range = range
        self.text = text
    }

    /// With its line ends as the text has them.
    func with(newline: String) -> Splice {
        // "\r\n" is one `Character`, and not this one.
        Splice(
            range, text.split(separator: "\n" as Character, omittingEmptySubsequences: false).joined(separator: newline)
        )
    }

    static func insert(_ text: String, at offset: Int) -> Splice { Splice(offset..<offset, text) }
}

extension [UInt8] {
    /// Later ones first, so that each stands where it was found.
    func applying(_ splices: [Splice]) -> [UInt8] {
        var bytes = self
        for splice in splices.sorted(by: { $0.range.lowerBound > $1.range.lowerBound }) {
            bytes.replaceSubrange(splice.range, with: Array(splice.text.utf8))
        }
        return bytes
    }
}
