extension DocumentEditor {
    /// What puts something in the place of the value that a trail ends at.
    func replace(_ trail: Trail, _ material: Material) -> [Splice] {
        guard let last = trail.last else { return replaceRoot(material) }
        let entry = last.container.entries[last.entry]
        return last.container.style == .inline
            ? replaceInFlow(entry, material) : replaceInBlock(entry, material)
    }

    private func replaceRoot(_ material: Material) -> [Splice] {
        let layout = material.layout(indent: 0, step: step, listsBelow: false)
        let text =
            format == .json
            ? [material.flowEntry(key: nil, format, indent: 0, step: step)]
            : (layout.inline.isEmpty ? [] : [layout.inline]) + layout.below
        if let root, !root.range.isEmpty {
            return [Splice(root.range.lowerBound..<lines.end(of: root.range.upperBound), text.joined(separator: "\n"))]
        }
        return [insertion(of: text, afterLineOf: max(0, lines.bytes.count - 1))]
    }

    private func replaceInFlow(_ entry: Extent.Entry, _ material: Material) -> [Splice] {
        let indent = lines.isFirst(entry.start) ? lines.indentation(of: lines.start(of: entry.start)) : nil
        let text = material.flowEntry(key: nil, format, indent: indent, step: step)
        if !entry.value.range.isEmpty { return [Splice(entry.value.range, text)] }
        return [entry.mark.map { .insert(" " + text, at: $0.upperBound) } ?? .insert(": " + text, at: entry.end)]
    }

    private func replaceInBlock(_ entry: Extent.Entry, _ material: Material) -> [Splice] {
        let old = entry.value
        let column = entry.start - lines.start(of: entry.start)
        let layout = material.layout(
            indent: column + (entry.key == nil ? 2 : step), step: step,
            listsBelow: old.kind == .list && old.style == .block)
        let after = entry.mark?.upperBound ?? old.range.lowerBound
        let inline = layout.inline.isEmpty ? "" : " " + layout.inline
        let below = layout.below.map { "\n" + $0 }.joined()
        switch old.style {
        case .inline:
            // What stands behind the value on its line, a comment perhaps, stays there.
            let value: Splice =
                old.range.isEmpty || layout.inline.isEmpty
                ? Splice(after..<old.range.upperBound, inline) : Splice(old.range, layout.inline)
            return together(value, Splice(lineEnd(old.range.upperBound), below))
        case .blockText:
            return [Splice(after..<old.range.upperBound, inline + below)]
        case .block:
            let first = old.entries[0].start
            let end = lines.end(of: old.range.upperBound)
            let isOnLineOfKey = lines.start(of: first) == lines.start(of: after) || old.range.lowerBound < first
            if isOnLineOfKey { return [Splice(after..<end, inline + below)] }
            return together(.insert(inline, at: after), Splice(lines.end(of: after)..<end, below))
        }
    }

    private func lineEnd(_ offset: Int) -> Range<Int> {
        let end = lines.end(of: offset)
        return end..<end
    }

    /// Two pieces in order, as one where they touch.
    private func together(_ first: Splice, _ second: Splice) -> [Splice] {
        if first.range.upperBound < second.range.lowerBound { return [first, second] }
        return [Splice(first.range.lowerBound..<second.range.upperBound, first.text + second.text)]
    }
}
