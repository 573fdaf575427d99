/// Rows under headers, in columns as wide as what stands in them.
struct Table: Equatable {
    let headers: [String]
    let rows: [[String]]

    init(_ headers: String..., rows: [[String]]) {
        self.headers = headers
        self.rows = rows
    }

    /// Headers only where there is something under them: an empty list is empty.
    var text: String { rows.isEmpty ? "" : Table.aligned([headers] + rows) }

    /// What stands where there is nothing.
    static let nothing = "-"

    private static let gap = 2

    /// Lines with their cells below each other. Nothing is cut off and no line ends in a space, so that columns
    /// can be taken apart again.
    static func aligned(_ rows: [[String]]) -> String { lines(rows).map { $0 + "\n" }.joined() }

    static func lines(_ rows: [[String]]) -> [String] {
        var widths = [Int](repeating: 0, count: rows.map(\.count).max() ?? 0)
        let cells = rows.map { $0.map(Cell.init) }
        for row in cells {
            for (column, cell) in row.enumerated() { widths[column] = max(widths[column], cell.width) }
        }
        return cells.map { row in
            var text = ""
            var pending = 0
            for (column, cell) in row.enumerated() {
                if cell.width > 0 {
                    for _ in 0..<pending { text.append(" ") }
                    pending = 0
                    text += cell.text
                }
                pending += widths[column] - cell.width + gap
            }
            return text
        }
    }

    private struct Cell {
        let text: String
        let width: Int

        init(_ raw: String) {
            // Counting characters is slow, and nearly every cell is ASCII.
            let isSimple = raw.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7f }
            var text = isSimple ? raw : String(raw.map { $0.isPrintable ? $0 : " " })
            while text.utf8.last == UInt8(ascii: " ") { text.removeLast() }
            self.text = text
            width = isSimple ? text.utf8.count : text.count
        }
    }
}

extension Character {
    /// False for what would move the cursor or colour the terminal: line ends and other control characters.
    var isPrintable: Bool {
        unicodeScalars.allSatisfy {
            switch $0.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: false
            default: true
            }
        }
    }
}
