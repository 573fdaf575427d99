import Provisioning

/// Puts a tree together from the events of a reader, and holds the file to what YAML leaves open: no key
/// twice, a bounded depth, aliases and merge keys that cannot explode.
struct TreeBuilder {
    let file: String
    var diagnostics: [Diagnostic] = []
    var cells: [Cell] = []
    var text: [UInt8] = []
    private var open: [Open] = []
    private var anchors: [String: Anchor] = [:]
    /// Values counted with every alias written out.
    var expansion = 0
    var signatures: [Signature] = []

    private struct Open {
        var cell: UInt32
        var isMap: Bool
        var last: UInt32 = 0
        var children: UInt32 = 0
        var hasMergeKey = false
        /// How deep the values in it are nested, aliases followed.
        var height = 0
        var anchor: String?
        var expansionBefore: Int
        var awaitsKey: Bool { isMap && children % 2 == 0 }
    }

    private struct Anchor {
        var cell: UInt32
        var size: Int
        var height: Int
    }

    init(file: String, byteCount: Int) {
        self.file = file
        cells.reserveCapacity(byteCount / 16 + 16)
        text.reserveCapacity(byteCount)
    }

    /// The tree, or nil if there was no value at all.
    consuming func finish() -> Tree? {
        cells.isEmpty ? nil : Tree(file: file, cells: cells, text: text)
    }

    /// Moves values that were left out at the end of a text, and so stand on the line break libyaml adds, to the end.
    mutating func pullBack(to end: @autoclosure () -> TextPosition, ifAtLine line: Int) {
        guard let last = cells.last, last.line >= line, last.column == 0 else { return }
        let end = end()
        if end.line >= line { return }
        for index in cells.indices.reversed() {
            if cells[index].line < line { break }
            cells[index].line = UInt32(end.line)
            cells[index].column = UInt32(end.column)
        }
    }

    // MARK: - Events

    mutating func scalar(
        _ bytes: UnsafeBufferPointer<UInt8>, isPlain: Bool, line: Int, column: Int, anchor: String? = nil
    ) throws(Unparsed) {
        var cell = Cell(.scalar, isPlain: isPlain, line: line, column: column)
        cell.start = UInt32(text.count)
        cell.length = UInt32(bytes.count)
        text.append(contentsOf: bytes)
        if let top = open.indices.last, isPlain, bytes.count == 2, open[top].awaitsKey, bytes[0] == 0x3C,
            bytes[1] == 0x3C
        {
            open[top].hasMergeKey = true
        }
        let index = append(cell)
        if let anchor { anchors[anchor] = Anchor(cell: index, size: 1, height: 0) }
    }

    mutating func begin(_ kind: Cell.Kind, line: Int, column: Int, anchor: String? = nil) throws(Unparsed) {
        let cell = Cell(kind, line: line, column: column)
        if open.last?.awaitsKey == true {
            throw unparsed("yaml.syntax", "a key must be text, not a list or a map", cell)
        }
        if open.count >= Bounds.depthMax {
            throw tooDeep(cell)
        }
        let before = expansion
        let index = append(cell)
        open.append(Open(cell: index, isMap: kind == .map, anchor: anchor, expansionBefore: before))
    }

    mutating func end() throws(Unparsed) {
        let done = open.removeLast()
        let index = Int(done.cell)
        cells[index].length = done.isMap ? done.children / 2 : done.children
        if done.isMap {
            if done.children > 2 { findDuplicates(in: index) }
            if done.hasMergeKey { try merge(into: index) }
        }
        if let anchor = done.anchor {
            anchors[anchor] = Anchor(
                cell: done.cell, size: expansion - done.expansionBefore, height: done.height + 1)
        }
        raise(to: done.height + 1)
    }

    mutating func alias(_ name: String, line: Int, column: Int) throws(Unparsed) {
        var cell = Cell(.alias, line: line, column: column)
        guard let anchor = anchors[name] else {
            // An anchor is known once its value has ended, so a value cannot contain itself.
            let isInside = open.contains { $0.anchor == name }
            throw unparsed(
                "yaml.syntax",
                isInside
                    ? "`*\(name.shortened)` stands inside the value it names"
                    : "`*\(name.shortened)` names no anchor above it", cell)
        }
        if open.last?.awaitsKey == true, cells[Int(anchor.cell)].kind != .scalar {
            throw unparsed("yaml.syntax", "a key must be text, not a list or a map", cell)
        }
        // Whoever walks the tree follows aliases, and must not go deeper than the file may be nested.
        if open.count + anchor.height > Bounds.depthMax { throw tooDeep(cell) }
        raise(to: anchor.height)
        cell.start = anchor.cell
        try expand(by: anchor.size, cell)
        append(cell)
    }

    // MARK: - Linking

    @discardableResult
    private mutating func append(_ cell: Cell) -> UInt32 {
        let index = UInt32(cells.count)
        cells.append(cell)
        expansion += 1
        guard let top = open.indices.last else { return index }
        if open[top].last == 0 {
            cells[Int(open[top].cell)].start = index
        } else {
            cells[Int(open[top].last)].next = index
        }
        open[top].last = index
        open[top].children += 1
        return index
    }

    mutating func expand(by size: Int, _ cell: Cell) throws(Unparsed) {
        expansion += size
        if expansion - cells.count > Bounds.expansionMax {
            throw unparsed("yaml.alias-limit", "aliases add more than \(Bounds.expansionMax) values to this file", cell)
        }
    }

    private mutating func raise(to height: Int) {
        guard let top = open.indices.last else { return }
        open[top].height = max(open[top].height, height)
    }

    private func tooDeep(_ cell: Cell) -> Unparsed {
        unparsed("yaml.depth", "values are nested more than \(Bounds.depthMax) deep", cell)
    }

    func unparsed(_ code: String, _ message: String, _ cell: Cell) -> Unparsed {
        Unparsed(diagnostic: Diagnostic(.error, code, message, at: place(of: cell)))
    }

    func place(of cell: Cell) -> Place {
        Place(file: file, line: Int(cell.line) + 1, column: Int(cell.column) + 1)
    }

    /// The value a cell stands for.
    func target(_ index: Int) -> Int {
        cells[index].kind == .alias ? Int(cells[index].start) : index
    }
}
