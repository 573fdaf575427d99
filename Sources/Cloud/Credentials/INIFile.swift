/// A file of `[sections]` with `key = value` lines, read by the rules of Python's `configparser`, which AWS's
/// own programs read theirs with.
///
/// Comments are whole lines beginning with `#` or `;`. A line indented further than its key's goes on with the
/// value. Keys count in lower case. A section or key written twice is a mistake.
struct INIFile: Sendable {
    struct Section: Sendable {
        let name: String
        /// All of them, for nobody knows here which are secret.
        var values: [String: Secret] = [:]
    }

    /// A line that cannot be read; its text is not repeated, for it may hold a secret.
    struct Flaw: Error, Sendable, Hashable, CustomStringConvertible {
        let line: Int
        let reason: String
        var description: String { "line \(line) \(reason)" }
    }

    private(set) var sections: [Section] = []

    init(_ bytes: [UInt8]) throws(Flaw) {
        var reader = Reader()
        let text = String(decoding: bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...], as: UTF8.self)
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, line) in lines.enumerated() { try reader.take(line, number: index + 1) }
        reader.endValue()
        sections = reader.sections
    }
}

private struct Reader {
    var sections: [INIFile.Section] = []
    private var key: String?
    private var value: [Substring] = []
    private var keyIndent = 0

    mutating func take(_ line: Substring, number: Int) throws(INIFile.Flaw) {
        let text = line.trimmed
        if text.isEmpty {
            // It may stand within a value; at its end it is dropped.
            if key != nil { value.append("") }
            return
        }
        if text.hasPrefix("#") || text.hasPrefix(";") { return }
        let indent = line.prefix(while: \.isWhitespace).count
        if key != nil, indent > keyIndent {
            value.append(text)
            return
        }
        endValue()
        keyIndent = indent
        if text.hasPrefix("["), let end = text.lastIndex(of: "]"), text.index(after: text.startIndex) < end {
            let name = String(text[text.index(after: text.startIndex)..<end])
            guard !sections.contains(where: { $0.name == name }) else {
                throw INIFile.Flaw(line: number, reason: "begins a section that was there before")
            }
            sections.append(INIFile.Section(name: name))
            return
        }
        guard !sections.isEmpty else { throw INIFile.Flaw(line: number, reason: "stands before any section") }
        guard let delimiter = text.firstIndex(where: { $0 == "=" || $0 == ":" }), delimiter > text.startIndex else {
            throw INIFile.Flaw(line: number, reason: "is neither a section nor `key = value`")
        }
        let name = text[..<delimiter].trimmed.lowercased()
        guard sections[sections.count - 1].values[name] == nil else {
            throw INIFile.Flaw(line: number, reason: "sets a key that was set before")
        }
        key = name
        value = [text[text.index(after: delimiter)...].trimmed]
        // Known from here on, so that the same key again is noticed even within the value's lines.
        sections[sections.count - 1].values[name] = Secret("")
    }

    mutating func endValue() {
        guard let ended = key else { return }
        while value.last?.isEmpty == true { value.removeLast() }
        sections[sections.count - 1].values[ended] = Secret(value.joined(separator: "\n"))
        key = nil
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        var text = drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
