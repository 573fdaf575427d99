import CExpat

/// Builds a tree from expat's events.
///
/// A value, to which expat is given a pointer: a large answer is some hundred thousand events, and the runtime would
/// watch over each access to a part of an object.
struct XMLReader {
    private var nodes: [XMLTree.Node] = []
    private var text: [UInt8] = []
    private var names = XMLNames()
    private var open: [Level] = []
    private var flaw: String?
    private let parser: XML_Parser

    /// An element whose end has not come.
    private struct Level {
        let node: UInt32
        var lastChild = XMLTree.Node.none
        /// Where the characters since the last tag begin.
        var textStart: Int
    }

    static func read(_ bytes: [UInt8]) throws(XMLError) -> XMLTree {
        guard bytes.count <= XMLTree.bytesMax else {
            throw XMLError(line: 1, column: 1, reason: "it is larger than \(XMLTree.bytesMax) bytes")
        }
        guard let parser = XML_ParserCreate(nil) else {
            throw XMLError(line: 1, column: 1, reason: "there is no memory to read it in")
        }
        defer { XML_ParserFree(parser) }
        var reader = XMLReader(parser, expecting: bytes.count)
        let status = withUnsafeMutablePointer(to: &reader) { reader in
            XML_SetUserData(parser, reader)
            return bytes.withUnsafeBytes { bytes in
                XML_Parse(parser, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), CInt(bytes.count), 1)
            }
        }
        guard status == XML_STATUS_OK else { throw reader.error }
        return XMLTree(nodes: reader.nodes, text: reader.text, names: reader.names)
    }

    private init(_ parser: XML_Parser, expecting count: Int) {
        self.parser = parser
        text.reserveCapacity(count / 3)
        nodes.reserveCapacity(count / 32)
        XML_SetElementHandler(parser, elementBegan, elementEnded)
        XML_SetCharacterDataHandler(parser, charactersCame)
        XML_SetDoctypeDeclHandler(parser, documentTypeCame, nil)
    }

    private var error: XMLError {
        let code = XML_GetErrorCode(parser)
        return XMLError(
            line: Int(XML_GetCurrentLineNumber(parser)), column: Int(XML_GetCurrentColumnNumber(parser)) + 1,
            reason: flaw ?? XML_ErrorString(code).map { String(cString: $0) } ?? "error \(code.rawValue)")
    }
}

// MARK: - What expat tells

extension XMLReader {
    fileprivate mutating func begin(_ name: UnsafePointer<CChar>) {
        guard open.count < XMLTree.depthMax else { return stop("it is nested too deeply") }
        guard nodes.count < XMLTree.elementsMax else { return stop("it has too many elements") }
        let index = UInt32(nodes.count)
        nodes.append(XMLTree.Node(name: names.intern(localPart(name))))
        if let last = open.indices.last {
            // What stands between tags is indentation.
            text.removeLast(text.count - open[last].textStart)
            if open[last].lastChild == XMLTree.Node.none {
                nodes[Int(open[last].node)].firstChild = index
            } else {
                nodes[Int(open[last].lastChild)].nextSibling = index
            }
            open[last].lastChild = index
        }
        open.append(Level(node: index, textStart: text.count))
    }

    fileprivate mutating func end() {
        guard let level = open.popLast() else { return }
        let count = text.count - level.textStart
        if level.lastChild == XMLTree.Node.none {
            nodes[Int(level.node)].textStart = UInt32(level.textStart)
            nodes[Int(level.node)].textCount = UInt32(count)
        } else {
            text.removeLast(count)
        }
        if let last = open.indices.last { open[last].textStart = text.count }
    }

    fileprivate mutating func append(_ characters: UnsafeBufferPointer<UInt8>) { text.append(contentsOf: characters) }

    fileprivate mutating func stop(_ reason: String) {
        if flaw == nil { flaw = reason }
        XML_StopParser(parser, XML_Bool(XML_FALSE))
    }

    private func localPart(_ name: UnsafePointer<CChar>) -> UnsafeBufferPointer<UInt8> {
        var count = 0, start = 0
        while name[count] != 0 {
            if name[count] == CChar(UInt8(ascii: ":")) { start = count + 1 }
            count += 1
        }
        let bytes = UnsafeRawPointer(name + start).assumingMemoryBound(to: UInt8.self)
        return UnsafeBufferPointer(start: bytes, count: count - start)
    }
}

private func reader(_ me: UnsafeMutableRawPointer?) -> UnsafeMutablePointer<XMLReader> {
    me!.assumingMemoryBound(to: XMLReader.self)
}

private func elementBegan(
    _ me: UnsafeMutableRawPointer?, _ name: UnsafePointer<XML_Char>?,
    _: UnsafeMutablePointer<UnsafePointer<XML_Char>?>?
) {
    reader(me).pointee.begin(name!)
}

private func elementEnded(_ me: UnsafeMutableRawPointer?, _: UnsafePointer<XML_Char>?) { reader(me).pointee.end() }

private func charactersCame(_ me: UnsafeMutableRawPointer?, _ characters: UnsafePointer<XML_Char>?, _ count: CInt) {
    let bytes = UnsafeRawPointer(characters!).assumingMemoryBound(to: UInt8.self)
    reader(me).pointee.append(UnsafeBufferPointer(start: bytes, count: Int(count)))
}

private func documentTypeCame(
    _ me: UnsafeMutableRawPointer?, _: UnsafePointer<XML_Char>?, _: UnsafePointer<XML_Char>?,
    _: UnsafePointer<XML_Char>?, _: CInt
) {
    reader(me).pointee.stop("it has a document type")
}
