import Provisioning

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

// What a cell holds, by its number: `Node` and `Layered` are such numbers with the tree they are of.
extension Tree {
    /// The value a cell stands for: an alias is the value it names, and is where that is written.
    func target(_ cell: Int) -> Int { cells[cell].kind == .alias ? Int(cells[cell].start) : cell }

    func kind(of cell: Int) -> Node.Kind {
        switch cells[cell].kind {
        case .list: .list
        case .map: .map
        case .scalar, .alias: .scalar
        }
    }

    func place(of cell: Int) -> Place {
        Place(file: file, line: Int(cells[cell].line) + 1, column: Int(cells[cell].column) + 1)
    }

    // MARK: - Scalars

    /// A scalar's bytes.
    func withBytes<Result>(of cell: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        let start = Int(cells[cell].start), length = Int(cells[cell].length)
        return text.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[start..<start + length])) }
    }

    /// A scalar's text as written; nil for a list or a map.
    func text(of cell: Int) -> String? {
        cells[cell].kind == .scalar ? withBytes(of: cell) { String(decoding: $0, as: UTF8.self) } : nil
    }

    /// Nothing, `~` or `null`, without quotes.
    func isNull(_ cell: Int) -> Bool {
        guard cells[cell].kind == .scalar, cells[cell].isPlain else { return false }
        switch cells[cell].length {
        case 0: return true
        case 1: return says("~", at: cell)
        case 4: return says("null", at: cell) || says("Null", at: cell) || says("NULL", at: cell)
        default: return false
        }
    }

    /// Whether a scalar is this text; compares bytes, makes no `String`.
    func says(_ wanted: String, at cell: Int) -> Bool {
        let length = Int(cells[cell].length)
        if length != wanted.utf8.count { return false }
        if length == 0 { return true }
        return withBytes(of: cell) { bytes in
            wanted.utf8.withContiguousStorageIfAvailable { memcmp($0.baseAddress!, bytes.baseAddress!, length) == 0 }
                ?? wanted.utf8.elementsEqual(bytes)
        }
    }

    func digest(of cell: Int) -> UInt64 { withBytes(of: cell) { FieldKey.digest($0) } }

    // MARK: - Lists and maps

    /// How many items a list has, or fields a map.
    func count(of cell: Int) -> Int { cells[cell].kind == .scalar ? 0 : Int(cells[cell].length) }

    /// A list's items; none for anything else.
    func items(of cell: Int) -> Items {
        Items(tree: self, cursor: cells[cell].kind == .list ? Int(cells[cell].start) : 0)
    }

    /// A map's keys with their values, in the order they are written; none for anything else.
    func pairs(of cell: Int) -> Pairs {
        Pairs(tree: self, cursor: cells[cell].kind == .map ? Int(cells[cell].start) : 0)
    }

    struct Items: Sequence, IteratorProtocol, Sendable {
        let tree: Tree
        var cursor: Int

        mutating func next() -> Int? {
            guard cursor != 0 else { return nil }
            defer { cursor = Int(tree.cells[cursor].next) }
            return tree.target(cursor)
        }
    }

    struct Pairs: Sequence, IteratorProtocol, Sendable {
        let tree: Tree
        var cursor: Int

        mutating func next() -> (key: Int, value: Int)? {
            guard cursor != 0 else { return nil }
            let key = cursor, value = Int(tree.cells[key].next)
            cursor = Int(tree.cells[value].next)
            return (tree.target(key), tree.target(value))
        }
    }
}
