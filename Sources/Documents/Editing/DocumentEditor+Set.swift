import Provisioning

extension DocumentEditor {
    /// Puts a value in another's place; a field that is not there is added, and the maps it is in.
    package mutating func set(_ path: [Step], to new: Written) throws(Rejected) {
        let expected = value.setting(path[...], to: new)
        // Saying it in other words would be no change.
        if expected == value, value(at: path) != nil { return }
        let trail = try trail(path)
        var material = Material.value(new)
        if trail.missing.isEmpty {
            if trail.end?.kind == .alias { throw alias(path, at: path) }
            if let end = trail.end { try rejectLoss(of: end, path) }
            return try accept(replace(trail, material), expecting: expected, at: path)
        }
        for step in trail.missing.dropFirst().reversed() { material = material.wrapped(in: step) }
        try add(trail, trail.missing.first!, material, expecting: expected, at: path)
    }

    /// Adds an item to the list that stands at a path, or will.
    package mutating func append(_ new: Written, to path: [Step]) throws(Rejected) {
        let expected = value.appending(new, to: path[...])
        let trail = try trail(path)
        guard trail.missing.isEmpty, trail.end?.kind == .list else {
            return try set(path, to: .list([new]))
        }
        try add(trail, nil, .value(new), expecting: expected, at: path)
    }

    /// Adds an entry to the container that a trail ends in; `step` is nil for an item of a list.
    mutating func add(
        _ trail: Trail, _ step: Step?, _ material: Material, expecting expected: Written, at path: [Step]
    ) throws(Rejected) {
        if case .item = step { throw unsafe(path) }
        let key: String? = if case .key(let key)? = step { key } else { nil }
        guard let container = trail.end, !container.isNull, !mayBecomeBlock(container, in: trail) else {
            let whole = material.asOnlyEntry(under: key)
            return try accept(replace(trail, whole), expecting: expected, at: path)
        }
        let splices =
            container.style == .inline
            ? addInFlow(to: container, key, material) : addInBlock(to: container, key, material)
        try accept(splices, expecting: expected, at: path)
    }

    /// Whether it is a `{}` or `[]` that stands for what would be written as lines if there were any.
    private func mayBecomeBlock(_ container: Extent, in trail: Trail) -> Bool {
        format == .yaml && container.entries.isEmpty && container.style == .inline
            && trail.last.map { $0.container.style == .block } ?? true
    }

    // MARK: - Block style

    private func addInBlock(to container: Extent, _ key: String?, _ material: Material) -> [Splice] {
        let first = container.entries[0].start, last = container.entries[container.entries.count - 1]
        let column = first - lines.start(of: first)
        let entry = material.entryLines(key: key, indent: column, step: step)
        let separator = isSetApart(last, in: container) ? [""] : []
        return [insertion(of: separator + entry, afterLineOf: last.end)]
    }

    /// Whether blank lines stand between the entries of a container.
    private func isSetApart(_ last: Extent.Entry, in container: Extent) -> Bool {
        guard container.entries.count > 1, lines.isFirst(last.start) else { return false }
        let above = lines.previous(of: commentStart(of: last, after: container.entries.dropLast().last?.end ?? 0))
        return above.map(lines.isBlank) ?? false
    }

    func insertion(of new: [String], afterLineOf offset: Int) -> Splice {
        let text = new.joined(separator: "\n")
        guard let next = lines.next(after: offset) else {
            return .insert(lines.bytes.isEmpty ? text + "\n" : "\n" + text, at: lines.bytes.count)
        }
        return .insert(text + "\n", at: next)
    }

    // MARK: - Flow style

    private func addInFlow(to container: Extent, _ key: String?, _ material: Material) -> [Splice] {
        let open = lines.start(of: container.range.lowerBound)
        guard let last = container.entries.last else {
            let inside = container.range.lowerBound + 1..<container.range.upperBound - 1
            guard format == .json else {
                return [Splice(inside, material.flowEntry(key: key, format, indent: nil, step: step))]
            }
            let indent = lines.indentation(of: open)
            let entry = material.flowEntry(key: key, format, indent: indent + step, step: step)
            return [Splice(inside, "\n" + spaces(indent + step) + entry + "\n" + spaces(indent))]
        }
        let isOnLines = lines.isFirst(last.start)
        let indent = isOnLines ? lines.indentation(of: lines.start(of: last.start)) : nil
        let entry = material.flowEntry(key: key, format, indent: indent, step: step)
        guard let indent else {
            return last.comma.map { [.insert(" " + entry, at: $0 + 1)] } ?? [.insert(", " + entry, at: last.end)]
        }
        let comma: [Splice] = last.comma == nil ? [.insert(",", at: last.end)] : []
        let end = (last.comma ?? last.end - 1) + 1
        let isBracketBehind = lines.end(of: end) >= container.range.upperBound
        if isBracketBehind { return [.insert((comma.isEmpty ? "" : ",") + "\n" + spaces(indent) + entry, at: end)] }
        return comma + [insertion(of: [spaces(indent) + entry], afterLineOf: end)]
    }
}
