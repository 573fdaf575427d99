/// Two texts as the lines in which they differ, in the form that `patch` takes.
enum UnifiedDiff {
    private static let context = 3

    private enum Line {
        case same(String)
        case removed(String)
        case added(String)
    }

    /// Empty if they do not differ.
    static func text(from old: String, to new: String, file: String) -> String {
        if old == new { return "" }
        let lines = compare(split(old), split(new))
        let changed = lines.indices.filter { if case .same = lines[$0] { false } else { true } }
        var text = "--- \(old.isEmpty ? "/dev/null" : file)\n+++ \(new.isEmpty ? "/dev/null" : file)\n"
        var start = 0
        while start < changed.count {
            var end = start
            // Changes share a hunk where their context would touch.
            while end + 1 < changed.count, changed[end + 1] - changed[end] <= 2 * context + 1 { end += 1 }
            let range = max(0, changed[start] - context)..<min(lines.count, changed[end] + context + 1)
            text += hunk(lines, range)
            start = end + 1
        }
        return text
    }

    private static func hunk(_ lines: [Line], _ range: Range<Int>) -> String {
        var text = ""
        let before = count(lines[..<range.lowerBound]), within = count(lines[range])
        for line in lines[range] {
            let (sign, words) =
                switch line {
                case .same(let words): (" ", words)
                case .removed(let words): ("-", words)
                case .added(let words): ("+", words)
                }
            text += sign + words
            // Split lines keep their ends, so that this one tells.
            if words.utf8.last != 0x0A { text += "\n\\ No newline at end of file\n" }
        }
        return "@@ -\(span(before.old, within.old)) +\(span(before.new, within.new)) @@\n" + text
    }

    /// The first line from 1 and how many; of none, the line before them.
    private static func span(_ before: Int, _ count: Int) -> String {
        let first = count == 0 ? before : before + 1
        return count == 1 ? "\(first)" : "\(first),\(count)"
    }

    private static func count(_ lines: ArraySlice<Line>) -> (old: Int, new: Int) {
        lines.reduce(into: (0, 0)) { count, line in
            switch line {
            case .same: count = (count.0 + 1, count.1 + 1)
            case .removed: count.0 += 1
            case .added: count.1 += 1
            }
        }
    }

    private static func compare(_ old: [String], _ new: [String]) -> [Line] {
        let head = zip(old, new).prefix { isSame($0, $1) }.count
        let tail = zip(old.dropFirst(head).reversed(), new.dropFirst(head).reversed()).prefix { isSame($0, $1) }.count
        let oldMiddle = Array(old[head..<old.count - tail]), newMiddle = Array(new[head..<new.count - tail])
        let difference = newMiddle.difference(from: oldMiddle, by: isSame)
        var removed: Set<Int> = [], added: Set<Int> = []
        for change in difference {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): added.insert(offset)
            }
        }
        var lines = old[..<head].map { Line.same($0) }
        var o = 0, n = 0
        while o < oldMiddle.count || n < newMiddle.count {
            if removed.contains(o) {
                lines.append(.removed(oldMiddle[o]))
                o += 1
            } else if added.contains(n) {
                lines.append(.added(newMiddle[n]))
                n += 1
            } else {
                lines.append(.same(oldMiddle[o]))
                o += 1
                n += 1
            }
        }
        return lines + old[(old.count - tail)...].map { .same($0) }
    }

    /// By bytes: two spellings of one letter are two texts.
    private static func isSame(_ a: String, _ b: String) -> Bool { a.utf8.elementsEqual(b.utf8) }

    /// Lines with what ends them.
    private static func split(_ text: String) -> [String] {
        var lines: [String] = []
        var rest = text.utf8[...]
        while !rest.isEmpty {
            let end = rest.firstIndex(of: 0x0A).map { rest.index(after: $0) } ?? rest.endIndex
            lines.append(String(decoding: rest[..<end], as: UTF8.self))
            rest = rest[end...]
        }
        return lines
    }
}
