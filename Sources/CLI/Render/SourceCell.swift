/// A character of a source line as a terminal shows it.
struct SourceCell {
    let text: String
    /// In columns of a terminal.
    let width: Int
    /// The Unicode scalars that it is made of, as positions in the line.
    let scalars: Range<Int>

    /// A tab takes as many columns as here, wherever it stands: terminals do not agree on more.
    private static let tab = "    "

    static func cells(of line: String) -> [SourceCell] {
        var cells: [SourceCell] = []
        var position = 0
        for character in line {
            let next = position + character.unicodeScalars.count
            defer { position = next }
            switch character {
            case "\t": cells.append(SourceCell(text: tab, width: tab.count, scalars: position..<next))
            case _ where character.unicodeScalars.contains(where: \.steersTerminal):
                // Also the CR before a line feed, in files whose reader counts it.
                let isEnd = character == "\r" && next == line.unicodeScalars.count
                cells.append(
                    SourceCell(text: isEnd ? "" : "\u{FFFD}", width: isEnd ? 0 : 1, scalars: position..<next))
            default:
                cells.append(SourceCell(text: String(character), width: character.columns, scalars: position..<next))
            }
        }
        return cells
    }
}

extension Character {
    /// How many columns of a terminal it takes.
    fileprivate var columns: Int {
        let scalars = unicodeScalars
        // The variation selector that asks for the picture.
        if scalars.contains("\u{FE0F}") || scalars.contains(where: \.isWide) { return 2 }
        return scalars.allSatisfy(\.isWidthless) ? 0 : 1
    }
}

extension Unicode.Scalar {
    /// Control characters, line separators, and those that turn the direction of what follows.
    var steersTerminal: Bool {
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        default: (0x202A...0x202E).contains(value) || (0x2066...0x2069).contains(value)
        }
    }

    fileprivate var isWidthless: Bool {
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: true
        default: false
        }
    }

    /// Pictures and East Asian wide letters (Unicode Standard Annex 11).
    fileprivate var isWide: Bool {
        if value < 0x1100 { return false }
        return properties.isEmojiPresentation || Unicode.Scalar.wide.contains { $0.contains(value) }
    }

    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
        0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6,
        0x20000...0x3FFFD,
    ]
}
