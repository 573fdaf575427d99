/// What an editor puts into a text: a value, or an entry as it is written elsewhere.
indirect enum Material {
    case value(Written)
    /// A map, or a list, that has this one entry.
    case entry(Passage)
    case field(String, Material)

    func wrapped(in step: Step) -> Material {
        switch (step, self) {
        case (.key(let key), .value(let value)): .value(.map([.init(key, value)]))
        case (.key(let key), _): .field(key, self)
        case (.item, _): self
        }
    }

    /// A map, or without a key a list, that has nothing else.
    func asOnlyEntry(under key: String?) -> Material {
        switch (self, key) {
        case (_, let key?): wrapped(in: .key(key))
        case (.value(let value), nil): .value(.list([value]))
        case (.entry, nil), (.field, nil): self
        }
    }

    func layout(indent: Int, step: Int, listsBelow: Bool) -> Layout {
        switch self {
        case .value(let value): return value.layout(indent: indent, step: step, listsBelow: listsBelow)
        case .entry(let passage): return Layout(below: passage.lines(indent: indent))
        case .field(let key, let inner):
            let within = inner.layout(indent: indent + step, step: step, listsBelow: listsBelow)
            let inline = within.inline.isEmpty ? "" : " " + within.inline
            return Layout(below: [spaces(indent) + YAMLText.inline(key, inFlow: false) + ":" + inline] + within.below)
        }
    }

    /// As an entry of a block: a field under a key, or an item.
    func entryLines(key: String?, indent: Int, step: Int) -> [String] {
        switch (self, key) {
        case (_, let key?):
            return wrapped(in: .key(key)).layout(indent: indent, step: step, listsBelow: false).below
        case (.value(let value), nil): return value.itemLines(indent: indent, step: step)
        case (.entry, nil), (.field, nil): return layout(indent: indent, step: step, listsBelow: false).below
        }
    }

    /// As an entry between brackets; `indent` is that of its line, or nil if it shares one with others.
    func flowEntry(key: String?, _ format: Document.Format, indent: Int?, step: Int) -> String {
        switch self {
        case .entry(let passage): return passage.lines(indent: indent ?? 0).joined(separator: "\n").trimmedBefore
        case .field(let inner, let material):
            // Only block style is put together from parts.
            return "\(inner): " + material.flowEntry(key: nil, format, indent: indent, step: step)
        case .value(let value):
            let name =
                key.map { (format == .json ? Written.quote($0) : YAMLText.inline($0, inFlow: true)) + ": " } ?? ""
            return name + (format == .json ? value.json(indent: indent, step: step) : value.flow)
        }
    }
}

extension String {
    fileprivate var trimmedBefore: String { String(drop { $0 == " " }) }
}
