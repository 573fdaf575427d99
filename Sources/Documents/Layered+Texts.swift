#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

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
        case .text(var text), .plain(var text), .null(var text): text.withUTF8 { $0.holds(mark) }
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
            // A text that stands for several takes their place one by one.
            return Layered(
                .items(
                    items.flatMap { item in
                        let new = item.replacingTexts(holding: mark, with: replacement)
                        return item.kind == .scalar ? new.items ?? [new] : [new]
                    }), origin)
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

extension UnsafeBufferPointer<UInt8> {
    /// By memchr, for every byte of a catalog is looked at: a seventh of the instructions of a loop.
    fileprivate func holds(_ mark: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let base = baseAddress, let first = mark.first else { return mark.isEmpty }
        var start = 0
        while let found = memchr(base + start, Int32(first), count - start) {
            start = UnsafeRawPointer(base).distance(to: found)
            if self[start...].starts(with: mark) { return true }
            start += 1
        }
        return false
    }
}
