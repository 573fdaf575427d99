/// A cloud's XML reply as a tree, in three flat arrays: elements, their characters, and the names they use.
///
/// Attributes, comments and namespaces are not kept; an element goes by its local name. Document types and
/// entities are refused, for no cloud sends them and every trick on an XML parser begins with one.
package final class XMLTree: Sendable {
    /// Deeper than any reply of any cloud.
    package static let depthMax = 64
    package static let bytesMax = 64 << 20
    package static let elementsMax = 4 << 20

    struct Node: Sendable {
        var name: UInt32
        /// Where its characters are; both 0 for an element with children.
        var textStart: UInt32 = 0
        var textCount: UInt32 = 0
        var firstChild = Node.none
        var nextSibling = Node.none

        static let none = UInt32.max
    }

    let nodes: [Node]
    let text: [UInt8]
    let names: XMLNames

    init(nodes: [Node], text: [UInt8], names: XMLNames) {
        self.nodes = nodes
        self.text = text
        self.names = names
    }

    /// Reads a whole document and gives back its root.
    package static func parse(_ bytes: [UInt8]) throws(XMLError) -> XMLElement {
        XMLElement(tree: try XMLReader.read(bytes), index: 0)
    }
}

/// A document that could not be read, and where. It repeats nothing of the document.
package struct XMLError: Error, Sendable, Hashable, CustomStringConvertible {
    package let line: Int
    package let column: Int
    package let reason: String

    package var description: String { "the XML cannot be read at line \(line), column \(column): \(reason)" }
}

/// The names of a document's elements, each kept once and known by its number.
struct XMLNames: Sendable {
    private var bytes: [UInt8] = []
    private var ends: [UInt32] = []
    /// Open addressing over name numbers, offset by one; zero is a free place.
    private var table = [UInt32](repeating: 0, count: 64)

    func text(_ number: UInt32) -> String { String(decoding: bytes[range(number)], as: UTF8.self) }

    /// Nil: no element has that name.
    func number(of name: String) -> UInt32? {
        var name = name
        return name.withUTF8 { name in
            let found = table[place(of: name)]
            return found == 0 ? nil : found - 1
        }
    }

    mutating func intern(_ name: UnsafeBufferPointer<UInt8>) -> UInt32 {
        let place = place(of: name)
        if table[place] != 0 { return table[place] - 1 }
        bytes.append(contentsOf: name)
        ends.append(UInt32(bytes.count))
        table[place] = UInt32(ends.count)
        if ends.count * 2 > table.count { grow() }
        return UInt32(ends.count - 1)
    }

    /// Where the name is, or the free place where it belongs.
    private func place(of name: UnsafeBufferPointer<UInt8>) -> Int {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in name { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        var place = Int(truncatingIfNeeded: hash) & (table.count - 1)
        while table[place] != 0, !isName(table[place] - 1, name) { place = (place + 1) & (table.count - 1) }
        return place
    }

    private func isName(_ number: UInt32, _ name: UnsafeBufferPointer<UInt8>) -> Bool {
        let range = range(number)
        guard range.count == name.count else { return false }
        for offset in 0..<name.count where bytes[range.lowerBound + offset] != name[offset] { return false }
        return true
    }

    private func range(_ number: UInt32) -> Range<Int> {
        (number == 0 ? 0 : Int(ends[Int(number) - 1]))..<Int(ends[Int(number)])
    }

    private mutating func grow() {
        table = [UInt32](repeating: 0, count: table.count * 2)
        for number in 0..<UInt32(ends.count) {
            let free = bytes[range(number)].withUnsafeBufferPointer { place(of: $0) }
            table[free] = number + 1
        }
    }
}
