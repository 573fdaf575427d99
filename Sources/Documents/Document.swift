import Provisioning

/// What one file said, every value with its place.
package struct Document: Sendable {
    /// As shown in diagnostics.
    package let file: String
    /// Nil: the file says nothing.
    package let root: Node?

    package enum Format: Sendable {
        case yaml, json

        /// By the end of a file's name; what is not `.json` is YAML.
        package init(fileName: String) { self = fileName.hasSuffix(".json") ? .json : .yaml }
    }

    /// Reads text; the document is nil if it could not be read to its end.
    ///
    /// A key given twice is an error too, but the rest is still read, so that all that is wrong with a file is
    /// said at once: look at the diagnostics, not only for a document.
    package static func parse(
        _ bytes: [UInt8], file: String, format: Format? = nil
    ) -> (document: Document?, diagnostics: [Diagnostic]) {
        bytes.withUnsafeBufferPointer { all in
            // A byte order mark is no character of the first line.
            let hasMark = all.count >= 3 && all[0] == 0xEF && all[1] == 0xBB && all[2] == 0xBF
            return parse(
                UnsafeBufferPointer(rebasing: all[(hasMark ? 3 : 0)...]), file: file,
                format: format ?? Format(fileName: file))
        }
    }

    private static func parse(
        _ bytes: UnsafeBufferPointer<UInt8>, file: String, format: Format
    ) -> (document: Document?, diagnostics: [Diagnostic]) {
        if bytes.count > Bounds.bytesMax { return (nil, [tooLarge(file)]) }
        var builder = TreeBuilder(file: file, byteCount: bytes.count)
        do throws(Unparsed) {
            switch format {
            case .yaml: try YAMLReader.read(bytes, into: &builder)
            case .json:
                try checkUTF8(bytes, file: file)
                try JSONReader.read(bytes, into: &builder)
            }
        } catch {
            return (nil, builder.diagnostics + [error.diagnostic])
        }
        let diagnostics = builder.diagnostics
        let tree = builder.finish()
        return (Document(file: file, root: tree.map { Node($0, 0) }), diagnostics)
    }

    /// Reads a file; `shownAs` is what diagnostics call it.
    package static func read(
        _ path: String, shownAs: String? = nil
    ) -> (document: Document?, diagnostics: [Diagnostic]) {
        let file = shownAs ?? path
        do throws(FileTrouble) {
            return parse(try readFile(path, atMost: Bounds.bytesMax), file: file, format: Format(fileName: path))
        } catch {
            switch error {
            case .missing:
                return (nil, [Diagnostic(.error, "file.missing", "there is no file `\(file)`")])
            case .unreadable(let why):
                return (nil, [Diagnostic(.error, "file.unreadable", "`\(file)` cannot be read: \(why)")])
            case .tooLarge:
                return (nil, [tooLarge(file)])
            }
        }
    }

    private static func tooLarge(_ file: String) -> Diagnostic {
        Diagnostic(.error, "file.too-large", "`\(file)` has more than \(Bounds.bytesMax >> 20) MiB")
    }

    /// libyaml looks for itself.
    private static func checkUTF8(_ bytes: UnsafeBufferPointer<UInt8>, file: String) throws(Unparsed) {
        guard let offset = TextPosition.offsetOfBadCharacter(in: bytes) else { return }
        throw Unparsed(
            diagnostic: Diagnostic(
                .error, "yaml.encoding", "not UTF-8 text", at: Place(file, TextPosition(of: offset, in: bytes, .json)),
                hint: "save the file as UTF-8"))
    }
}
