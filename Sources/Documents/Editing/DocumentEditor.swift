import Provisioning

/// Changes values in the text of a document, and leaves every other byte of it as it is: comments, order, layout.
///
///     var editor = try DocumentEditor(bytes, file: "templates.yaml")
///     try editor.set(["templates", "cpu-small", "max_machines"], to: .plain("20"))
///     try write(editor.bytes)
///
/// After each change the new text is read again. If it does not say what the old one said, but for that change, the
/// change is refused and the text stays as it was: a file may be written in ways that are beyond careful editing.
package struct DocumentEditor {
    package let file: String
    package let format: Document.Format
    /// What the text says.
    package private(set) var value: Written
    package private(set) var document: Document?
    private(set) var root: Extent?
    private(set) var lines: SourceLines
    private let mark: [UInt8]
    /// By how much what is nested is indented further.
    let step: Int

    /// - Throws: `Rejected` with what is wrong with the text, if it cannot be read.
    package init(_ bytes: [UInt8], file: String, format: Document.Format? = nil) throws(Rejected) {
        self.file = file
        self.format = format ?? Document.Format(fileName: file)
        let hasMark = bytes.starts(with: [0xEF, 0xBB, 0xBF])
        mark = hasMark ? Array(bytes.prefix(3)) : []
        let text = hasMark ? Array(bytes.dropFirst(3)) : bytes
        let read = Document.parse(text, file: file, format: self.format)
        if read.diagnostics.hasErrors { throw Rejected(read.diagnostics) }
        document = read.document
        value = read.document?.root.map { Written($0) } ?? .null
        lines = SourceLines(text)
        root = DocumentEditor.extent(of: text, self.format)
        step = DocumentEditor.step(root, lines) ?? 2
    }

    package var bytes: [UInt8] { mark + lines.bytes }

    /// The value at a path as it was read, with its place.
    package func node(at path: [Step]) -> Node? {
        var node = document?.root
        for step in path {
            switch step {
            case .key(let key): node = node?[key]
            case .item(let number): node = node.flatMap { Array($0.items).dropFirst(number).first }
            }
        }
        return node
    }

    package func value(at path: [Step]) -> Written? { value[path[...]] }

    private static func extent(of text: [UInt8], _ format: Document.Format) -> Extent? {
        switch format {
        case .yaml: YAMLExtents.root(of: text)
        case .json: JSONExtents.root(of: text)
        }
    }

    /// As the first nested map of the file is indented.
    private static func step(_ extent: Extent?, _ lines: SourceLines) -> Int? {
        guard let extent, extent.kind == .map, let first = extent.entries.first else { return nil }
        let indent = lines.indentation(of: lines.start(of: first.start))
        if extent.style == .inline, lines.isFirst(first.start), indent > 0 { return indent }
        for entry in extent.entries where entry.value.kind == .map {
            guard let inner = entry.value.entries.first, lines.isFirst(inner.start) else { continue }
            let further = lines.indentation(of: lines.start(of: inner.start)) - indent
            if further > 0 { return further }
        }
        return nil
    }

    // MARK: - Changing

    /// Takes a changed text, if it says what was expected of it.
    mutating func accept(_ splices: [Splice], expecting expected: Written, at path: [Step]) throws(Rejected) {
        var text = lines.bytes.applying(splices.map { $0.with(newline: lines.newline) })
        var now = read(text, expecting: expected)
        if now == nil {
            // A block of text that ends the file keeps its last line end only if the file has one.
            text += Array(lines.newline.utf8)
            now = read(text, expecting: expected)
        }
        guard let now else { throw unsafe(path) }
        (document, value) = now
        lines = SourceLines(text)
        root = DocumentEditor.extent(of: text, format)
    }

    /// What a text says; nil if that is not what is expected of it.
    private func read(_ text: [UInt8], expecting expected: Written) -> (Document?, Written)? {
        let read = Document.parse(text, file: file, format: format)
        let now = read.document?.root.map { Written($0) } ?? .null
        // What merge keys bring comes after a map's own fields, wherever those are written.
        let isMerged = root.map(\.hasMergeKeyWithin) ?? false
        let agrees = isMerged ? now.inOrder == expected.inOrder : now == expected
        return agrees && !read.diagnostics.hasErrors ? (read.document, now) : nil
    }

    func unsafe(_ path: [Step]) -> Rejected {
        Rejected(
            Diagnostic(
                .error, "edit.unsafe", "\(shown(path)) is written in a way that cannot be changed safely",
                at: placeNear(path), hint: "change the file with an editor"))
    }

    func shown(_ path: [Step]) -> String {
        let words = path.map { step in
            switch step {
            case .key(let key): key
            case .item(let number): "\(number + 1)"
            }
        }
        return words.isEmpty ? "`\(file)`" : "`\(words.joined(separator: "."))`"
    }

    /// The place of a value, or of the nearest one around where it would be.
    func placeNear(_ path: [Step]) -> Place? {
        for count in stride(from: path.count, through: 0, by: -1) {
            if let node = node(at: Array(path.prefix(count))) { return node.place }
        }
        return nil
    }
}

extension Extent {
    fileprivate var hasMergeKeyWithin: Bool { hasMergeKey || entries.contains { $0.value.hasMergeKeyWithin } }
}
