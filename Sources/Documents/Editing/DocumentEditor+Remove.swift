import Provisioning

extension DocumentEditor {
    /// Takes out a field or an item, with the comments that are its own: those right above it and behind it.
    ///
    /// The last of a container leaves `{}` or `[]`: nothing at all would be null.
    package mutating func remove(_ path: [Step]) throws(Rejected) {
        let trail = try trail(path)
        guard trail.missing.isEmpty, let last = trail.last else {
            throw Rejected(
                Diagnostic(.error, "edit.missing", "\(shown(path)) is not in `\(file)`", at: placeNear(path)))
        }
        let entry = last.container.entries[last.entry]
        try rejectLoss(of: entry.value, path)
        try accept(removal(of: last.entry, from: last.container, trail), expecting: value.removing(path[...]), at: path)
    }

    private func removal(of index: Int, from container: Extent, _ trail: Trail) -> [Splice] {
        if container.entries.count == 1 {
            if container.style == .inline {
                return [Splice(container.range.lowerBound + openingWidth(container)..<container.range.upperBound - 1)]
            }
            var above = trail
            above.stops.removeLast()
            above.end = container
            return replace(above, .value(container.kind == .list ? .list([]) : .map([])))
        }
        return container.style == .inline ? removalInFlow(index, container) : removalInBlock(index, container)
    }

    /// From the start of a container to behind its bracket, with an anchor or a tag before it.
    private func openingWidth(_ container: Extent) -> Int {
        let bracket = container.kind == .list ? UInt8(ascii: "[") : UInt8(ascii: "{")
        return (lines.bytes[container.range].firstIndex(of: bracket) ?? container.range.lowerBound) + 1
            - container.range.lowerBound
    }

    // MARK: - Block style

    private func removalInBlock(_ index: Int, _ container: Extent) -> [Splice] {
        let entry = container.entries[index]
        guard lines.isFirst(entry.start) else { return [Splice(entry.start..<startOfNext(after: entry))] }
        var start = commentStart(of: entry, after: index > 0 ? container.entries[index - 1].end : 0)
        guard var end = lines.next(after: entry.end) else {
            // The line end that goes is the one before, as there is none behind.
            return [Splice(max(0, lines.end(of: max(0, start - 1)))..<lines.bytes.count)]
        }
        let above = lines.previous(of: start)
        let isBlankAbove = above.map(lines.isBlank) ?? false
        if end == lines.bytes.count {
            if isBlankAbove { start = above! }
        } else if lines.isBlank(end), isBlankAbove || index == 0 {
            end = lines.next(after: end) ?? end
        }
        return [Splice(start..<end)]
    }

    /// Of an item's first field, behind its dash: up to where the next line begins to say something.
    private func startOfNext(after entry: Extent.Entry) -> Int {
        var line = lines.next(after: entry.end) ?? lines.bytes.count
        while line < lines.bytes.count, lines.isBlank(line), let next = lines.next(after: line) { line = next }
        return line + (line < lines.bytes.count ? lines.indentation(of: line) : 0)
    }

    /// The start of the first comment line that belongs to an entry, or of its own line.
    ///
    /// A comment belongs to what is right below it, as far indented; but one at the very top speaks of the file.
    func commentStart(of entry: Extent.Entry, after bound: Int) -> Int {
        let own = lines.start(of: entry.start)
        guard lines.isFirst(entry.start) else { return own }
        var start = own
        while let above = lines.previous(of: start), above >= bound,
            lines.commentColumn(above) == entry.start - own
        {
            start = above
        }
        return start == 0 ? own : start
    }

    // MARK: - Flow style

    private func removalInFlow(_ index: Int, _ container: Extent) -> [Splice] {
        let entry = container.entries[index]
        let end = (entry.comma.map { $0 + 1 }) ?? entry.end
        let before = index > 0 ? container.entries[index - 1] : nil
        let bound =
            index + 1 < container.entries.count
            ? container.entries[index + 1].start : container.range.upperBound - 1
        // Alone on its lines: they go, and where it was the last the comma before it.
        if lines.isFirst(entry.start), let next = lines.next(after: end), next <= bound {
            let start = commentStart(of: entry, after: before?.end ?? container.range.lowerBound)
            let comma = entry.comma == nil ? before?.comma : nil
            return (comma.map { [Splice($0..<$0 + 1)] } ?? []) + [Splice(start..<next)]
        }
        guard let before else { return [Splice(entry.start..<(lines.isFirst(bound) ? end : bound))] }
        if entry.comma == nil { return [Splice(before.end..<entry.end)] }
        return [Splice((before.comma.map { $0 + 1 } ?? before.end)..<end)]
    }
}
