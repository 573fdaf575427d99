extension Layered {
    /// Whether a scalar was written without quotes.
    package var isPlain: Bool {
        if let written { return source.tree.cells[written].isPlain }
        switch source.made?.value {
        case .plain, .null: return true
        case .text, .items, .fields, nil: return false
        }
    }

    /// Whether any text in it holds a mark.
    package func mentions(_ mark: StaticString) -> Bool {
        let mark = UnsafeBufferPointer(start: mark.utf8Start, count: mark.utf8CodeUnitCount)
        return mentions(mark)
    }

    private func mentions(_ mark: UnsafeBufferPointer<UInt8>) -> Bool {
        if let written { return source.tree.mentions(mark, in: written) }
        return switch source.made?.value {
        case .text(let text), .plain(let text), .null(let text): text.utf8.holds(mark)
        case .items(let items): items.contains { $0.mentions(mark) }
        case .fields(let fields): fields.contains { $0.value.mentions(mark) }
        case nil: false
        }
    }

    /// The same with every text that holds a mark replaced; what does not hold it is not copied.
    package func replacingTexts(holding mark: StaticString, with replacement: (Layered) -> Layered) -> Layered {
        guard mentions(mark) else { return self }
        if let fields {
            return Layered(
                .fields(
                    fields.map { $0.holding($0.value.replacingTexts(holding: mark, with: replacement)) }), origin)
        }
        if let items {
            return Layered(.items(items.map { $0.replacingTexts(holding: mark, with: replacement) }), origin)
        }
        return replacement(self)
    }
}

extension Tree {
    /// Looks at bytes; makes no `String`.
    fileprivate func mentions(_ mark: UnsafeBufferPointer<UInt8>, in cell: Int) -> Bool {
        switch kind(of: cell) {
        case .scalar: withBytes(of: cell) { $0.holds(mark) }
        case .list: items(of: cell).contains { mentions(mark, in: $0) }
        case .map: pairs(of: cell).contains { mentions(mark, in: $0.value) }
        }
    }
}

extension Collection<UInt8> {
    fileprivate func holds(_ mark: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = mark.first else { return true }
        var rest = self[...]
        while let start = rest.firstIndex(of: first) {
            rest = rest[start...]
            if rest.starts(with: mark) { return true }
            rest = rest.dropFirst()
        }
        return false
    }
}
