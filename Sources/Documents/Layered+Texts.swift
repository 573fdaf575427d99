extension Layered {
    /// Whether a scalar was written without quotes.
    package var isPlain: Bool {
        if case .node(let node) = content { node.isPlain } else { false }
    }

    /// Whether any text in it holds a mark.
    package func mentions(_ mark: StaticString) -> Bool {
        let mark = UnsafeBufferPointer(start: mark.utf8Start, count: mark.utf8CodeUnitCount)
        return mentions(mark)
    }

    private func mentions(_ mark: UnsafeBufferPointer<UInt8>) -> Bool {
        switch content {
        case .node(let node): node.mentions(mark)
        case .made(let made):
            switch made.value {
            case .text(let text): text.utf8.holds(mark)
            case .items(let items): items.contains { $0.mentions(mark) }
            case .fields(let fields): fields.contains { $0.value.mentions(mark) }
            }
        }
    }

    /// The same with every text that holds a mark replaced; what does not hold it is not copied.
    package func replacingTexts(holding mark: StaticString, with replacement: (Layered) -> Layered) -> Layered {
        guard mentions(mark) else { return self }
        if let fields {
            return Layered(
                .fields(
                    fields.map { field in
                        Field(
                            field.name, value: field.value.replacingTexts(holding: mark, with: replacement),
                            keyNode: field.keyNode)
                    }), origin)
        }
        if let items {
            return Layered(.items(items.map { $0.replacingTexts(holding: mark, with: replacement) }), origin)
        }
        return replacement(self)
    }
}

extension Node {
    /// Looks at bytes; makes no `String`.
    fileprivate func mentions(_ mark: UnsafeBufferPointer<UInt8>) -> Bool {
        switch kind {
        case .scalar: bytes.holds(mark)
        case .list: items.contains { $0.mentions(mark) }
        case .map: fields.contains { $0.value.mentions(mark) }
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
