import Documents
import Provisioning
import Testing

/// Generated files, changed at chance: what is said changes by exactly that, and the lines of the rest stay.
struct EditorPropertyTests {
    @Test(arguments: 0..<400)
    func aChangeIsThatChangeAndNoOther(seed: UInt64) throws {
        var chance = Chance(seed)
        let isJSON = chance.one(in: 4)
        var text = isJSON ? chance.json(chance.map(0), 0) : chance.yaml(chance.map(0), 0).joined(separator: "\n")
        if !isJSON, chance.one(in: 3) { text = "# of the file\n\n" + text }
        if !chance.one(in: 4) { text += "\n" }
        if chance.one(in: 5) { text = text.replacing("\n", with: "\r\n") }
        if chance.one(in: 8) { text = "\u{FEFF}" + text }
        var editor = try DocumentEditor(Array(text.utf8), file: isJSON ? "t.json" : "t.yaml")

        for _ in 0..<4 {
            let before = editor.value, old = lines(editor)
            let paths = before.paths([])
            guard let path = paths.isEmpty ? nil : paths[chance.below(paths.count)] else { break }
            let removed = chance.one(in: 3)
            if removed {
                try editor.remove(path)
                #expect(editor.value(at: []) == before.without(path), "seed \(seed): \(path)\n\(text)")
            } else {
                let new = chance.value(2)
                try editor.set(path, to: new)
                #expect(editor.value(at: path) == new)
                #expect(editor.value.with(path, .null) == before.with(path, .null), "seed \(seed): \(path)\n\(text)")
            }
            // Read anew, and not by the editor's own account.
            let again = Document.parse(editor.bytes, file: isJSON ? "t.json" : "t.yaml")
            #expect(again.diagnostics.isEmpty && again.document?.root.map { Written($0) } == editor.value)
            // All that was changed lies together, so the rest is the lines before and the lines after.
            let now = lines(editor)
            let same = commonLines(old, now)
            let touched = lineCount(of: path, in: before, isJSON)
            #expect(
                old.count - same <= touched,
                "seed \(seed): \(path)\n\(old.joined(separator: "\n"))\n=>\n\(now.joined(separator: "\n"))")
        }
    }

    private func lines(_ editor: DocumentEditor) -> [String] {
        String(decoding: editor.bytes, as: UTF8.self).split(omittingEmptySubsequences: false) { $0.isNewline }
            .map(String.init)
    }

    /// How many lines stay, in their order.
    private func commonLines(_ old: [String], _ new: [String]) -> Int {
        old.count - new.difference(from: old).removals.count
    }

    /// The most lines a change at a path may touch: those of the value and of comments that are its own, its key's,
    /// and that before it for a comma.
    private func lineCount(of path: [Step], in value: Written, _ isJSON: Bool) -> Int {
        value[path: path].map { $0.leafCount * 4 + 6 } ?? 0
    }
}

extension Written {
    fileprivate func paths(_ here: [Step]) -> [[Step]] {
        switch self {
        case .map(let fields): fields.flatMap { [here + [.key($0.key)]] + $0.value.paths(here + [.key($0.key)]) }
        case .list(let items):
            items.enumerated().flatMap { [here + [.item($0)]] + $1.paths(here + [.item($0)]) }
        case .null, .plain, .text: []
        }
    }

    fileprivate subscript(path path: [Step]) -> Written? {
        guard let step = path.first else { return self }
        switch (step, self) {
        case (.key(let key), .map(let fields)):
            return fields.first { $0.key == key }?.value[path: Array(path.dropFirst())]
        case (.item(let number), .list(let items)): return items[number][path: Array(path.dropFirst())]
        default: return nil
        }
    }

    fileprivate var leafCount: Int {
        switch self {
        case .map(let fields): fields.reduce(1) { $0 + 1 + $1.value.leafCount }
        case .list(let items): items.reduce(1) { $0 + $1.leafCount }
        case .null, .plain: 1
        case .text(let text): 1 + text.utf8.count(where: { $0 == 0x0A })
        }
    }

    /// Written out here once more, not to test the editor's own idea by itself.
    fileprivate func with(_ path: [Step], _ value: Written) -> Written { mapped(path) { _ in value } ?? self }
    fileprivate func without(_ path: [Step]) -> Written { mapped(path) { _ in nil } ?? self }

    private func mapped(_ path: [Step], _ change: (Written) -> Written?) -> Written? {
        guard let step = path.first else { return change(self) }
        let rest = Array(path.dropFirst())
        switch (step, self) {
        case (.key(let key), .map(let fields)):
            return .map(
                fields.compactMap { field in
                    guard field.key == key else { return field }
                    return field.value.mapped(rest, change).map { Field(key, $0) }
                })
        case (.item(let number), .list(let items)):
            return .list(items.enumerated().compactMap { $0 == number ? $1.mapped(rest, change) : $1 })
        default: return self
        }
    }
}

/// Documents as people write them, by chance.
private struct Chance {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 &+ 1 }

    private mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    mutating func below(_ count: Int) -> Int { Int(next() % UInt64(count)) }
    mutating func one(in count: Int) -> Bool { below(count) == 0 }
    mutating func pick(_ texts: [String]) -> String { texts[below(texts.count)] }

    // MARK: Values

    mutating func map(_ depth: Int) -> Written {
        var fields: [Written.Field] = []
        for number in 0..<1 + below(4) {
            fields.append(
                .init(pick(["k", "größe", "a b", "templateId", "x-y", "on"]) + "\(number)", value(depth + 1)))
        }
        return .map(fields)
    }

    mutating func value(_ depth: Int) -> Written {
        switch below(depth < 4 ? 8 : 5) {
        case 0: return .plain(pick(["1", "true", "-5", "2.5", "0"]))
        case 1: return .null
        case 2: return .text(pick(["no", "a: b", "#", "x\ny\n", "x\n\n  y", "'", "ü 𝄞", "", " ", "1e3", "*a", "a #b"]))
        case 3, 4: return .text(pick(["m6i.large", "plain words", "https://x.y/z", "1h", "us-east-1a"]))
        case 5: return map(depth)
        default:
            var items: [Written] = []
            for _ in 0..<below(4) { items.append(value(depth + 2)) }
            return .list(items)
        }
    }

    // MARK: As text

    mutating func json(_ value: Written, _ indent: Int) -> String {
        let isWide = one(in: 4)
        let pad = isWide ? "" : "\n" + String(repeating: " ", count: indent + 2)
        let end = isWide ? "" : "\n" + String(repeating: " ", count: indent)
        let between = isWide ? pick([", ", ","]) : ","
        switch value {
        case .null: return "null"
        case .plain(let word): return word
        case .text(let text): return quoted(text)
        case .list(let items):
            var texts: [String] = []
            for item in items { texts.append(pad + json(item, indent + 2)) }
            return texts.isEmpty ? pick(["[]", "[ ]"]) : "[" + texts.joined(separator: between) + end + "]"
        case .map(let fields):
            var texts: [String] = []
            for field in fields {
                texts.append(pad + quoted(field.key) + pick([": ", ":", " : "]) + json(field.value, indent + 2))
            }
            return "{" + texts.joined(separator: between) + end + "}"
        }
    }

    private func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n") + "\""
    }

    mutating func yaml(_ value: Written, _ indent: Int) -> [String] {
        let pad = String(repeating: " ", count: indent)
        var lines: [String] = []
        switch value {
        case .map(let fields):
            for field in fields {
                if one(in: 5) { lines.append(pad + "# of what comes") }
                let (inline, below) = behind(field.value, indent)
                lines.append(pad + key(field.key) + ":" + (inline.isEmpty ? "" : pick([" ", "  "]) + inline))
                lines += below
                if one(in: 6) { lines.append("") }
            }
        case .list(let items):
            for item in items {
                if one(in: 6) { lines.append(pad + "# of an item") }
                if case .map = item, !one(in: 5) {
                    let inner = yaml(item, indent + 2)
                    // A comment before the first field leaves the dash alone.
                    lines.append(pad + "-" + (inner[0].contains("#") ? "" : inner[0].dropFirst(indent + 1)))
                    lines += inner[0].contains("#") ? inner[...] : inner.dropFirst()
                } else {
                    let (inline, below) = behind(item, indent)
                    lines.append(pad + "-" + (inline.isEmpty ? "" : " " + inline))
                    lines += below
                }
            }
        case .null, .plain, .text: lines = [pad + behind(value, indent).inline]
        }
        return lines
    }

    private mutating func behind(_ value: Written, _ indent: Int) -> (inline: String, below: [String]) {
        let comment = one(in: 4) ? pick([" # why", "   # ü"]) : ""
        switch value {
        case .null: return (pick(["", "~", "null"]) + comment, [])
        case .plain(let word): return (word + comment, [])
        case .text(let text):
            if text.contains("\n") {
                let pad = String(repeating: " ", count: indent + 3)
                let isEnded = text.hasSuffix("\n")
                let body = (isEnded ? String(text.dropLast()) : text).split(
                    separator: "\n" as Character, omittingEmptySubsequences: false)
                return (isEnded ? "|" : "|-", body.map { $0.isEmpty ? "" : pad + $0 })
            }
            let isBare =
                !text.isEmpty && text.allSatisfy { $0.isLetter || $0 == "-" || $0 == "." }
                && !["no", "on"].contains(text)
            if isBare, one(in: 2) { return (text + comment, []) }
            return ((one(in: 2) && !text.contains("'") ? "'\(text)'" : quoted(text)) + comment, [])
        case .list(let items):
            if items.isEmpty || one(in: 2) { return (flow(value) + comment, []) }
            return (comment, yaml(value, indent + pickNumber([0, 2, 4])))
        case .map(let fields):
            if fields.isEmpty || one(in: 3) { return (flow(value) + comment, []) }
            return (comment, yaml(value, indent + pickNumber([2, 2, 4])))
        }
    }

    private mutating func pickNumber(_ numbers: [Int]) -> Int { numbers[below(numbers.count)] }

    private mutating func flow(_ value: Written) -> String {
        switch value {
        case .null: return "null"
        case .plain(let word): return word
        case .text(let text): return quoted(text)
        case .list(let items):
            var texts: [String] = []
            for item in items { texts.append(flow(item)) }
            return "[" + texts.joined(separator: pick([", ", ","])) + (texts.isEmpty ? "" : pick(["", ",", " "])) + "]"
        case .map(let fields):
            var texts: [String] = []
            for field in fields { texts.append(quoted(field.key) + ": " + flow(field.value)) }
            return pick(["{", "{ "]) + texts.joined(separator: ", ") + pick(["}", " }"])
        }
    }

    private mutating func key(_ key: String) -> String { one(in: 4) ? quoted(key) : key }
}
