/// The line a diagnostic points to, with its number and carets under the word that begins there.
///
///        |
///      7 |   instance_typ: m6i.large
///        |   ^^^^^^^^^^^^
enum Snippet {
    /// How much of a line is shown, in columns of a terminal.
    static let columnsMax = 96
    /// How much of that may stand before the mark where the line goes on beyond.
    private static let columnsBefore = 32

    /// Whole lines; nil if the line may hold a secret.
    static func text(_ line: SourceLine, number: Int, paint: (String) -> String = { $0 }) -> String? {
        if line.mayHoldSecret { return nil }
        let cells = SourceCell.cells(of: line.text)
        let scalars = Array(line.text.unicodeScalars)
        let end = max(line.mark + 1, SourceWord.end(in: scalars, from: line.mark))
        let mark = cells.firstIndex { $0.scalars.upperBound > line.mark } ?? cells.count
        let shown = window(cells, around: mark, line)
        let marked = mark..<max(mark, cells[mark...].firstIndex { $0.scalars.lowerBound >= end } ?? cells.count)

        let isCutBefore = shown.lowerBound > 0 || line.isCutBefore
        let isCutAfter = shown.upperBound < cells.count || line.isCutAfter
        let before = width(cells[shown.lowerBound..<mark]) + (isCutBefore ? 1 : 0)
        let carets = max(1, width(cells[marked.clamped(to: shown)]))
        var source = (isCutBefore ? "…" : "") + cells[shown].map(\.text).joined() + (isCutAfter ? "…" : "")
        while source.last == " " { source.removeLast() }

        let margin = String(repeating: " ", count: String(number).count + 2) + "|"
        return """
            \(margin)
             \(number) |\(source.isEmpty ? "" : " ")\(source)
            \(margin) \(String(repeating: " ", count: before))\(paint(String(repeating: "^", count: carets)))

            """
    }

    /// Which cells are shown: all if they fit, else those around the mark.
    private static func window(_ cells: [SourceCell], around mark: Int, _ line: SourceLine) -> Range<Int> {
        if !line.isCutBefore, !line.isCutAfter, width(cells[...]) <= columnsMax { return cells.indices }
        // Room for the signs that something was cut off.
        let room = columnsMax - 2
        var first = mark, last = mark, taken = 0
        func takeBefore(upTo most: Int) {
            while first > 0, taken + cells[first - 1].width <= most {
                first -= 1
                taken += cells[first].width
            }
        }
        takeBefore(upTo: columnsBefore)
        while last < cells.count, taken + cells[last].width <= room {
            taken += cells[last].width
            last += 1
        }
        takeBefore(upTo: room)
        return first..<last
    }

    private static func width(_ cells: ArraySlice<SourceCell>) -> Int { cells.reduce(0) { $0 + $1.width } }
}

/// Where a word ends: a quoted text, or all of a plain one.
enum SourceWord {
    /// The position after the last character of what begins at a position.
    static func end(in line: [Unicode.Scalar], from start: Int) -> Int {
        guard start < line.count else { return start }
        switch line[start] {
        case "\"", "'": return endOfQuoted(line, start)
        case "[", "]", "{", "}", ",", ":", "#", " ", "\t": return start + 1
        // The dash of a list's item.
        case "-" where isSpace(line, start + 1): return start + 1
        default: return endOfPlain(line, start)
        }
    }

    private static func endOfQuoted(_ line: [Unicode.Scalar], _ start: Int) -> Int {
        let quote = line[start]
        var at = start + 1
        while at < line.count {
            if quote == "\"", line[at] == "\\" {
                at += 2
            } else if line[at] == quote {
                // In single quotes two of them are one.
                guard quote == "'", at + 1 < line.count, line[at + 1] == quote else { return at + 1 }
                at += 2
            } else {
                at += 1
            }
        }
        return line.count
    }

    /// Plain text may hold spaces and, outside of brackets, commas.
    private static func endOfPlain(_ line: [Unicode.Scalar], _ start: Int) -> Int {
        let isFlow = depth(of: line[..<start]) > 0
        var at = start
        while at < line.count {
            if line[at] == ":", isSpace(line, at + 1) { break }
            if line[at] == "#", at > start, isSpace(line, at - 1) { break }
            if isFlow, [",", "[", "]", "{", "}"].contains(line[at]) { break }
            at += 1
        }
        while at > start + 1, isSpace(line, at - 1) || line[at - 1] == "," { at -= 1 }
        return at
    }

    /// How many brackets are open, as far as this line tells.
    private static func depth(of line: ArraySlice<Unicode.Scalar>) -> Int {
        line.reduce(0) { depth, scalar in
            switch scalar {
            case "[", "{": depth + 1
            case "]", "}": max(0, depth - 1)
            default: depth
            }
        }
    }

    /// A line's end counts as space.
    private static func isSpace(_ line: [Unicode.Scalar], _ at: Int) -> Bool {
        at >= line.count || line[at] == " " || line[at] == "\t" || line[at] == "\r"
    }
}

extension SourceLine {
    /// Lines that seem to hold what must be told to nobody are not quoted.
    fileprivate var mayHoldSecret: Bool {
        let text = text.lowercased()
        let signs = ["secret", "passw", "token", "credential", "access_key", "accesskey", "private_key", "privatekey"]
        if signs.contains(where: text.contains) { return true }
        // https://user:password@host
        return text.contains(#/://[^/\s]*@/#)
    }
}
