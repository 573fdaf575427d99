/// How a value is laid out behind its key: what goes on the key's own line, and the lines below it.
struct Layout {
    var inline = ""
    var below: [String] = []
}

extension Written {
    /// Lists go on one line while they fit, maps below their key, a field a line.
    ///
    /// - Parameters:
    ///   - indent: of the lines below.
    ///   - step: by how much more those below them are indented.
    func layout(indent: Int, step: Int, listsBelow: Bool = false) -> Layout {
        switch self {
        case .null: return Layout(inline: "null")
        case .plain(let word): return Layout(inline: word)
        case .text(let text):
            guard YAMLText.mayBeBlock(text) else { return Layout(inline: YAMLText.inline(text, inFlow: false)) }
            let isEnded = text.hasSuffix("\n")
            let lines = (isEnded ? text.dropLast() : text[...]).split(
                separator: "\n" as Character, omittingEmptySubsequences: false)
            return Layout(
                inline: isEnded ? "|" : "|-", below: lines.map { $0.isEmpty ? "" : spaces(indent) + $0 })
        case .list(let items):
            if items.isEmpty { return Layout(inline: "[]") }
            if !listsBelow, let line = oneLine(items, indent) { return Layout(inline: line) }
            return Layout(below: items.flatMap { $0.itemLines(indent: indent, step: step) })
        case .map(let fields):
            if fields.isEmpty { return Layout(inline: "{}") }
            return Layout(below: fields.flatMap { $0.lines(indent: indent, step: step) })
        }
    }

    private func oneLine(_ items: [Written], _ indent: Int) -> String? {
        let areShort = items.allSatisfy { item in
            switch item {
            case .null, .plain: true
            case .text(let text): !YAMLText.mayBeBlock(text)
            case .list, .map: false
            }
        }
        let line = flow
        return areShort && line.count + indent <= 110 ? line : nil
    }

    /// As an item of a list whose dashes are indented so.
    func itemLines(indent: Int, step: Int) -> [String] {
        let layout = self.layout(indent: indent + 2, step: step)
        if layout.inline.isEmpty, let first = layout.below.first {
            // Not by `Character`: a mark that combines with the space before it is no reason to lose either.
            let rest = String(first.unicodeScalars.dropFirst(indent + 2))
            return [spaces(indent) + "- " + rest] + layout.below.dropFirst()
        }
        return [spaces(indent) + "- " + layout.inline] + layout.below
    }

    /// On one line.
    var flow: String {
        switch self {
        case .null: "null"
        case .plain(let word): word
        case .text(let text): YAMLText.inline(text, inFlow: true)
        case .list(let items): "[" + items.map(\.flow).joined(separator: ", ") + "]"
        case .map(let fields):
            "{" + fields.map { YAMLText.inline($0.key, inFlow: true) + ": " + $0.value.flow }.joined(separator: ", ")
                + "}"
        }
    }
}

extension Written.Field {
    /// As a field of a map whose keys are indented so.
    func lines(indent: Int, step: Int) -> [String] {
        let layout = value.layout(indent: indent + step, step: step)
        let key = spaces(indent) + YAMLText.inline(self.key, inFlow: false) + ":"
        return [key + (layout.inline.isEmpty ? "" : " " + layout.inline)] + layout.below
    }
}

func spaces(_ count: Int) -> String { String(repeating: " ", count: count) }
