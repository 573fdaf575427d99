import Provisioning

/// An entry as it is written, to be put elsewhere: its lines, with its comments among them.
package struct Passage {
    let text: [String]
    /// How far it is indented.
    let column: Int
    let style: Extent.Style
    /// Nil: an item of a list.
    let key: String?
    let value: Written

    func lines(indent: Int) -> [String] {
        let further = indent - column
        return text.map { line in
            if line.isEmpty || further == 0 { return line }
            if further > 0 { return spaces(further) + line }
            let spare = min(line.utf8.prefix { $0 == 0x20 }.count, -further)
            return String(line.unicodeScalars.dropFirst(spare))
        }
    }
}

extension DocumentEditor {
    /// An entry under another name, or nil if it does not stand on lines of its own. An item has no name.
    package func passage(at path: [Step], as key: String?) -> Passage? {
        guard let trail = try? trail(path), trail.missing.isEmpty, let last = trail.last else { return nil }
        let entry = last.container.entries[last.entry]
        guard lines.isFirst(entry.start), (entry.key == nil) == (key == nil), let value = value(at: path) else {
            return nil
        }
        let isBlock = last.container.style == .block
        let bound = last.entry > 0 ? last.container.entries[last.entry - 1].end : 0
        let range =
            isBlock
            ? commentStart(of: entry, after: bound)..<lines.end(of: entry.end)
            : lines.start(of: entry.start)..<entry.end
        var bytes = lines.bytes
        if let key, let old = entry.key {
            let text = format == .json ? Written.quote(key) : YAMLText.inline(key, inFlow: !isBlock)
            bytes.replaceSubrange(old.range, with: Array(text.utf8))
        }
        let end = range.upperBound + bytes.count - lines.bytes.count
        let column = entry.start - lines.start(of: entry.start)
        return Passage(
            text: SourceLines(bytes).lines(range.lowerBound..<end), column: column, style: last.container.style,
            key: key, value: value)
    }

    /// The whole document as an entry under a key, or nil if it is no map with a field a line.
    package func passage(asEntry key: String) -> Passage? {
        guard let body = bodyLines else { return nil }
        let head = YAMLText.inline(key, inFlow: false) + ":"
        return Passage(
            text: [head] + body.map { $0.isEmpty ? "" : spaces(2) + $0 }, column: 0, style: .block, key: key,
            value: value)
    }

    /// The whole document as an item of a list, with a first field in it.
    package func passage(asItemWith field: Written.Field) -> Passage? {
        guard let body = bodyLines, case .map(let fields) = value else { return nil }
        let item = Written.map([field]).itemLines(indent: 0, step: step)
        return Passage(
            text: item + body.map { $0.isEmpty ? "" : spaces(2) + $0 }, column: 0, style: .block, key: nil,
            value: .map([field] + fields))
    }

    private var bodyLines: [String]? {
        guard let root, root.kind == .map, root.style == .block, lines.isFirst(root.entries[0].start) else {
            return nil
        }
        let all = lines.lines(0..<lines.end(of: root.range.upperBound))
        return all.contains { $0.hasPrefix("---") || $0.hasPrefix("%") } ? nil : all
    }

    /// Puts an entry into the map or list that stands at a path, or will: as it is written if that can be, else
    /// its value.
    package mutating func insert(_ passage: Passage, into path: [Step]) throws(Rejected) {
        let whole = path + (passage.key.map { [.key($0)] } ?? [])
        let expected =
            passage.key == nil
            ? value.appending(passage.value, to: path[...]) : value.setting(whole[...], to: passage.value)
        let trail = try trail(path)
        let container = trail.missing.isEmpty ? trail.end.flatMap { $0.isNull ? nil : $0 } : nil
        let mayTakeText = container.map { $0.style == passage.style || $0.entries.isEmpty } ?? (passage.style == .block)
        if mayTakeText, format == .json || passage.style == .block {
            do throws(Rejected) {
                if let step = trail.missing.first {
                    var material = Material.entry(passage)
                    for step in trail.missing.dropFirst().reversed() { material = material.wrapped(in: step) }
                    return try add(trail, step, material, expecting: expected, at: whole)
                }
                return try add(trail, nil, .entry(passage), expecting: expected, at: whole)
            } catch {
                // Aliases of another file, for one, mean nothing here.
            }
        }
        if passage.key == nil {
            try append(passage.value, to: path)
        } else {
            try set(whole, to: passage.value)
        }
    }
}
