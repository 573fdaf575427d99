/// A value as it stands in a text: the bytes it takes, and those of all within it.
struct Extent {
    enum Kind { case scalar, alias, list, map }

    enum Style {
        /// Between brackets, in quotes, or bare words.
        case inline
        /// Lines after a `|` or a `>`.
        case blockText
        /// A list of dashes, or a map with a field a line.
        case block
    }

    var kind: Kind
    var style: Style
    /// With an anchor or a tag before it, without the line end after it.
    var range: Range<Int>
    var anchor: String?
    /// A scalar's text, an alias's name.
    var text = ""
    var isPlain = false
    var entries: [Entry] = []

    struct Entry {
        /// Nil: it is an item of a list.
        var key: Extent?
        /// What comes right before the value: a field's colon, an item's dash.
        var mark: Range<Int>?
        var value: Extent
        /// The comma behind it.
        var comma: Int?

        /// Where it begins: at its key, or at its dash.
        var start: Int {
            key?.range.lowerBound ?? min(mark?.lowerBound ?? value.range.lowerBound, value.range.lowerBound)
        }
        var end: Int { max(value.range.upperBound, mark?.upperBound ?? 0, key?.range.upperBound ?? 0) }
    }

    var isNull: Bool { kind == .scalar && isPlain && Written(word: text) == .null || isNothing }
    private var isNothing: Bool { kind == .scalar && isPlain && text.isEmpty }

    var hasMergeKey: Bool { entries.contains { $0.key?.isPlain == true && $0.key?.text == "<<" } }

    /// The last, as readers of doubtful files take it.
    func index(ofKey key: String) -> Int? { entries.lastIndex { $0.key?.kind == .scalar && $0.key?.text == key } }

    /// All anchors that are set in it.
    var anchors: Set<String> {
        var all = entries.reduce(into: Set<String>()) { all, entry in
            all.formUnion(entry.value.anchors)
            if let key = entry.key { all.formUnion(key.anchors) }
        }
        if let anchor { all.insert(anchor) }
        return all
    }

    /// Where the aliases within it stand, by name.
    func visitAliases(_ visit: (String, Range<Int>) -> Void) {
        if kind == .alias { visit(text, range) }
        for entry in entries {
            entry.key?.visitAliases(visit)
            entry.value.visitAliases(visit)
        }
    }
}
