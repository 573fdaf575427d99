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

    /// A wider cell stands out of its column: all others of it would be filled up with as many spaces.
    private static let widthMax = 1000

    /// Lines with their cells below each other. Nothing is cut off and no line ends in a space, so that columns
    /// can be taken apart again.
    static func aligned(_ rows: [[String]]) -> String {
        var measures = Measures()
        for row in rows { measures.add(row) }
        return String(unsafeUninitializedCapacity: measures.bytes(of: rows)) { buffer in
            var end = 0
            var number = 0
            for row in rows {
                var pending = 0
                for (column, raw) in row.enumerated() {
                    let width = measures.cells[number]
                    if width > 0 {
                        for _ in 0..<pending {
                            buffer[end] = UInt8(ascii: " ")
                            end += 1
                        }
                        pending = 0
                        var text = measures.cleaned[number] ?? raw
                        end = text.withUTF8 { buffer[end...].update(fromContentsOf: $0) }
                    }
                    number += 1
                    pending += measures.padding(after: width, in: column)
                }
                buffer[end] = UInt8(ascii: "\n")
                end += 1
            }
            return end
        }
    }

    static func lines(_ rows: [[String]]) -> [String] {
        aligned(rows).split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    }

    /// How wide everything is. Counting characters is slow, and nearly every cell is ASCII.
    private struct Measures {
        /// The width of each column.
        private(set) var columns: [Int] = []
        /// The width of each cell, row by row.
        private(set) var cells: [Int] = []
        /// What is written for the cells that are not written as they are, by their numbers.
        private(set) var cleaned: [Int: String] = [:]

        mutating func add(_ row: [String]) {
            while columns.count < row.count { columns.append(0) }
            for (column, raw) in row.enumerated() {
                var width = raw.utf8.count
                if !raw.isSimple {
                    var text = String(raw.map { $0.isPrintable ? $0 : " " })
                    while text.utf8.last == UInt8(ascii: " ") { text.removeLast() }
                    width = text.count
                    cleaned[cells.count] = text
                }
                cells.append(width)
                if width <= Table.widthMax { columns[column] = max(columns[column], width) }
            }
        }

        func padding(after width: Int, in column: Int) -> Int { max(0, columns[column] - width) + Table.gap }

        /// How much is written in all: what stands last in a row is not followed by spaces.
        func bytes(of rows: [[String]]) -> Int {
            var bytes = rows.count
            var number = 0
            for row in rows {
                var pending = 0
                for column in row.indices {
                    let width = cells[number]
                    if width > 0 {
                        // Only what is ASCII is as long as it is wide.
                        bytes += pending + (cleaned[number]?.utf8.count ?? width)
                        pending = 0
                    }
                    number += 1
                    pending += padding(after: width, in: column)
                }
            }
            return bytes
        }
    }
}

extension String {
    /// Whether it is ASCII to be written as it is: no control characters, no space at its end.
    fileprivate var isSimple: Bool {
        var text = self
        return text.withUTF8 { bytes in
            if bytes.last == UInt8(ascii: " ") { return false }
            for byte in bytes where byte < 0x20 || byte >= 0x7f { return false }
            return true
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
