import Provisioning

/// All that one file said: its values in one array, their text in one piece of memory.
///
/// A catalog of ten thousand templates has a quarter of a million values. Kept as cells of 24 bytes, with no
/// `String` until somebody asks for one, they are read about ten times as fast as a tree of objects.
final class Tree: Sendable {
    let file: String
    let cells: [Cell]
    let text: [UInt8]

    init(file: String, cells: [Cell], text: [UInt8]) {
        self.file = file
        self.cells = cells
        self.text = text
    }

    static let none = Tree(file: "", cells: [], text: [])
}

/// One value. Number 0 is the root, which nothing links to, so that 0 means "none" in every link.
struct Cell: Sendable {
    enum Kind: UInt8, Sendable { case scalar, list, map, alias }

    var kind: Kind
    /// Written without quotes, so that `null` means nothing rather than four letters.
    var isPlain: Bool
    /// Both from 0.
    var line: UInt32
    var column: UInt32
    /// A scalar's text in the arena; a list's or map's first child; what an alias stands for.
    var start: UInt32 = 0
    /// A scalar's bytes; a list's items; a map's fields.
    var length: UInt32 = 0
    /// The next item, or the next key or value.
    var next: UInt32 = 0

    init(_ kind: Kind, isPlain: Bool = false, line: Int, column: Int) {
        self.kind = kind
        self.isPlain = isPlain
        self.line = UInt32(truncatingIfNeeded: line)
        self.column = UInt32(truncatingIfNeeded: column)
    }
}

/// Bounds on what a file may ask of its reader; far beyond what anybody writes by hand.
enum Bounds {
    static let bytesMax = 64 << 20
    static let depthMax = 100
    /// How many values aliases and merge keys may add: a few lines of `*a, *a, *a` can stand for billions.
    static let expansionMax = 100_000
    static let tagDirectivesMax = 100
}

/// Why reading a file ended before its end.
struct Unparsed: Error {
    var diagnostic: Diagnostic
}
