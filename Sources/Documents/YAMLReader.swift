import CYAML
import Provisioning

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Reads YAML by libyaml's events, which is most of what reading costs.
struct YAMLReader {
    static func read(_ bytes: UnsafeBufferPointer<UInt8>, into builder: inout TreeBuilder) throws(Unparsed) {
        try boundTags(bytes, file: builder.file)
        // On the heap, because libyaml keeps a pointer to the parser inside the parser.
        let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
        defer { parser.deallocate() }
        precondition(yaml_parser_initialize(parser) == 1, "out of memory")
        defer { yaml_parser_delete(parser) }
        // Guessing UTF-16 from two bytes would hide what is wrong with the file.
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)

        let event = UnsafeMutablePointer<yaml_event_t>.allocate(capacity: 1)
        defer { event.deallocate() }
        var documents = 0
        while true {
            guard yaml_parser_parse(parser, event) == 1 else {
                throw problem(parser, bytes, file: builder.file)
            }
            defer { yaml_event_delete(event) }
            let mark = event.pointee.start_mark
            switch event.pointee.type {
            case YAML_SCALAR_EVENT:
                let scalar = event.pointee.data.scalar
                var isPlain = scalar.style == YAML_PLAIN_SCALAR_STYLE
                if let tag = scalar.tag { isPlain = try readAsPlain(tag, isPlain: isPlain, mark, file: builder.file) }
                try builder.scalar(
                    UnsafeBufferPointer(start: scalar.value, count: scalar.length), isPlain: isPlain,
                    line: mark.line, column: mark.column, anchor: name(scalar.anchor))
            case YAML_MAPPING_START_EVENT:
                let map = event.pointee.data.mapping_start
                if let tag = map.tag { try accept(tag, "map", mark, file: builder.file) }
                try builder.begin(.map, line: mark.line, column: mark.column, anchor: name(map.anchor))
            case YAML_SEQUENCE_START_EVENT:
                let list = event.pointee.data.sequence_start
                if let tag = list.tag { try accept(tag, "seq", mark, file: builder.file) }
                try builder.begin(.list, line: mark.line, column: mark.column, anchor: name(list.anchor))
            case YAML_MAPPING_END_EVENT, YAML_SEQUENCE_END_EVENT:
                try builder.end()
            case YAML_ALIAS_EVENT:
                try builder.alias(name(event.pointee.data.alias.anchor) ?? "", line: mark.line, column: mark.column)
            case YAML_DOCUMENT_START_EVENT:
                documents += 1
                if documents > 1 {
                    throw Unparsed(
                        diagnostic: Diagnostic(
                            .error, "yaml.syntax", "a second document begins here, but a file holds one",
                            at: place(mark, file: builder.file), hint: "put it into a file of its own"))
                }
            case YAML_STREAM_END_EVENT:
                builder.pullBack(to: TextPosition(of: bytes.count, in: bytes, .yaml), ifAtLine: mark.line)
                return
            default:
                break
            }
        }
    }

    private static func name(_ anchor: UnsafeMutablePointer<UInt8>?) -> String? {
        anchor.map { String(cString: $0) }
    }

    private static func place(_ mark: yaml_mark_t, file: String) -> Place {
        Place(file: file, line: mark.line + 1, column: mark.column + 1)
    }

    // MARK: - Tags

    /// libyaml compares each `%TAG` line with all before it, and takes as many as there are.
    private static func boundTags(_ bytes: UnsafeBufferPointer<UInt8>, file: String) throws(Unparsed) {
        guard let start = bytes.baseAddress else { return }
        var at = 0, count = 0
        while let found = memchr(start + at, Int32(UInt8(ascii: "%")), bytes.count - at) {
            let offset = UnsafeRawPointer(found) - UnsafeRawPointer(start)
            at = offset + 1
            // One in the middle of a line is text; the last bytes of the rarer line breaks are not ASCII either.
            let isAtLineStart = offset == 0 || !(0x20..<0x80).contains(bytes[offset - 1])
            if !isAtLineStart || !bytes[offset...].starts(with: "%TAG".utf8) { continue }
            count += 1
            if count > Bounds.tagDirectivesMax {
                throw Unparsed(
                    diagnostic: Diagnostic(
                        .error, "yaml.syntax", "there are more than \(Bounds.tagDirectivesMax) `%TAG` lines",
                        at: Place(file, TextPosition(of: offset, in: bytes, .yaml)),
                        hint: "leave them out: each field knows its own type"))
            }
        }
    }

    private static let core = "tag:yaml.org,2002:"

    /// `!!str` and `!` make a plain scalar text; the other core tags take its quotes away.
    private static func readAsPlain(
        _ tag: UnsafeMutablePointer<UInt8>, isPlain: Bool, _ mark: yaml_mark_t, file: String
    ) throws(Unparsed) -> Bool {
        switch String(cString: tag) {
        case "!", core + "str": return false
        case core + "int", core + "float", core + "bool", core + "null": return true
        case let other: throw unknownTag(other, mark, file: file)
        }
    }

    private static func accept(
        _ tag: UnsafeMutablePointer<UInt8>, _ kind: String, _ mark: yaml_mark_t, file: String
    ) throws(Unparsed) {
        let text = String(cString: tag)
        if text != "!", text != core + kind { throw unknownTag(text, mark, file: file) }
    }

    private static func unknownTag(_ tag: String, _ mark: yaml_mark_t, file: String) -> Unparsed {
        let shown = tag.hasPrefix(core) ? "!!" + tag.dropFirst(core.count) : tag
        return Unparsed(
            diagnostic: Diagnostic(
                .error, "yaml.syntax", "the tag `\(shown.shortened)` is not supported here",
                at: place(mark, file: file),
                hint: "leave it out: each field knows its own type"))
    }

    // MARK: - Errors

    private static func problem(
        _ parser: UnsafeMutablePointer<yaml_parser_t>, _ bytes: UnsafeBufferPointer<UInt8>, file: String
    ) -> Unparsed {
        let words = parser.pointee.problem.map { String(cString: $0) } ?? "out of memory"
        if parser.pointee.error == YAML_READER_ERROR {
            // libyaml names the byte that does not fit; the character begins before it.
            let offset = TextPosition.offsetOfBadCharacter(in: bytes) ?? parser.pointee.problem_offset
            let position = TextPosition(of: offset, in: bytes, .yaml)
            return Unparsed(
                diagnostic: Diagnostic(
                    .error, "yaml.encoding", "not UTF-8 text: \(words)", at: Place(file, position),
                    hint: "save the file as UTF-8, without control characters"))
        }
        let mark = parser.pointee.problem_mark
        var hint = parser.pointee.context.map { context in
            let begun = parser.pointee.context_mark
            return "\(String(cString: context)), begun at line \(begun.line + 1), column \(begun.column + 1)"
        }
        let offset = TextPosition.offset(ofCharacter: mark.index, in: bytes)
        if words.contains("tab") || words.contains("cannot start any token"), let offset,
            bytes[offset] == UInt8(ascii: "\t")
        {
            hint = "indent with spaces: YAML does not take tabs"
        }
        // libyaml ends every text with a line break, and so may find fault with a line that is not there.
        let place =
            offset == nil ? Place(file, TextPosition(of: bytes.count, in: bytes, .yaml)) : place(mark, file: file)
        return Unparsed(
            diagnostic: Diagnostic(.error, "yaml.syntax", "not valid YAML: \(words)", at: place, hint: hint))
    }
}
