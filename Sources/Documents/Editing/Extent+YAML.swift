import CYAML

/// Finds where the values of a YAML text stand: its structure by libyaml's events, the dashes, colons and commas
/// between them by its tokens.
struct YAMLExtents {
    private let bytes: [UInt8]
    private var events: [Event] = []
    private var next = 0
    private var dashes: [Range<Int>] = []
    private var colons: [Range<Int>] = []
    private var commas: [Range<Int>] = []

    private struct Event {
        enum Kind { case scalar, alias, list, map, end }

        var kind: Kind
        var style = Extent.Style.inline
        var range: Range<Int>
        var anchor: String?
        var text = ""
        var isPlain = false
    }

    /// The root of a text that is known to be valid; nil if it holds nothing at all.
    static func root(of bytes: [UInt8]) -> Extent? {
        var extents = YAMLExtents(bytes: bytes)
        extents.readEvents()
        extents.readTokens()
        return extents.events.isEmpty ? nil : extents.value()
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    // MARK: - Put together

    private mutating func value() -> Extent {
        let event = events[next]
        next += 1
        var extent = Extent(
            kind: event.kind == .alias ? .alias : event.kind == .scalar ? .scalar : event.kind == .list ? .list : .map,
            style: event.style, range: event.range, anchor: event.anchor, text: event.text, isPlain: event.isPlain)
        if extent.style == .blockText { extent.range = withoutBlankEnd(extent.range) }
        if event.kind == .scalar || event.kind == .alias { return extent }
        while events[next].kind != .end { extent.entries.append(entry(of: extent)) }
        let end = events[next].range.upperBound
        next += 1
        if extent.style == .inline {
            extent.range = event.range.lowerBound..<end
            for index in extent.entries.indices { addComma(to: index, of: &extent) }
        } else {
            extent.range = event.range.lowerBound..<(extent.entries.last?.end ?? event.range.upperBound)
        }
        return extent
    }

    private mutating func entry(of container: Extent) -> Extent.Entry {
        if container.kind == .list {
            let value = value()
            let dash = container.style == .block ? YAMLExtents.last(dashes, before: value.range.lowerBound) : nil
            return Extent.Entry(mark: dash, value: value)
        }
        let key = value(), value = value()
        let colon = YAMLExtents.first(colons, from: key.range.upperBound)
        return Extent.Entry(
            key: key, mark: colon.flatMap { $0.upperBound <= value.range.lowerBound ? $0 : nil }, value: value)
    }

    private func addComma(to index: Int, of extent: inout Extent) {
        let isLast = index + 1 == extent.entries.count
        let bound = isLast ? extent.range.upperBound : extent.entries[index + 1].start
        guard let comma = YAMLExtents.first(commas, from: extent.entries[index].end), comma.upperBound <= bound else {
            return
        }
        extent.entries[index].comma = comma.lowerBound
    }

    /// libyaml counts the blank lines after a block of text as its own; they are, only where it keeps them.
    private func withoutBlankEnd(_ range: Range<Int>) -> Range<Int> {
        var end = range.upperBound
        if bytes[..<end].last == 0x0A { end -= 1 }
        if bytes[range.lowerBound..<end].last == 0x0D { end -= 1 }
        let header = bytes[range].drop { $0 != UInt8(ascii: "|") && $0 != UInt8(ascii: ">") }.prefix { $0 > 0x20 }
        if header.contains(UInt8(ascii: "+")) { return range.lowerBound..<end }
        while end > range.lowerBound, [0x20, 0x0A, 0x0D].contains(bytes[end - 1]) {
            // Spaces at the end of a line that says something stay.
            let lineStart = bytes[..<end].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
            guard bytes[max(lineStart, range.lowerBound)..<end].allSatisfy({ [0x20, 0x0D].contains($0) }) else { break }
            end = max(range.lowerBound, lineStart - 1)
            if end > range.lowerBound, bytes[end - 1] == 0x0D { end -= 1 }
        }
        return range.lowerBound..<end
    }

    private static func first(_ ranges: [Range<Int>], from offset: Int) -> Range<Int>? {
        let index = partition(ranges) { $0.lowerBound >= offset }
        return index < ranges.count ? ranges[index] : nil
    }

    private static func last(_ ranges: [Range<Int>], before offset: Int) -> Range<Int>? {
        let index = partition(ranges) { $0.lowerBound >= offset }
        return index > 0 ? ranges[index - 1] : nil
    }

    /// The first of an ordered list for which something holds.
    private static func partition(_ ranges: [Range<Int>], _ holds: (Range<Int>) -> Bool) -> Int {
        var low = 0, high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if holds(ranges[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }

    // MARK: - libyaml

    private mutating func readEvents() {
        let offsets = CharacterOffsets(bytes)
        YAMLExtents.withParser(bytes) { parser in
            let event = UnsafeMutablePointer<yaml_event_t>.allocate(capacity: 1)
            defer { event.deallocate() }
            while yaml_parser_parse(parser, event) == 1 {
                defer { yaml_event_delete(event) }
                if event.pointee.type == YAML_STREAM_END_EVENT { return }
                let range = offsets.range(event.pointee.start_mark, event.pointee.end_mark)
                if let event = YAMLExtents.event(event.pointee, range) { events.append(event) }
            }
        }
    }

    private static func event(_ event: yaml_event_t, _ range: Range<Int>) -> Event? {
        func name(_ anchor: UnsafeMutablePointer<UInt8>?) -> String? { anchor.map { String(cString: $0) } }
        switch event.type {
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            let isBlock = scalar.style == YAML_LITERAL_SCALAR_STYLE || scalar.style == YAML_FOLDED_SCALAR_STYLE
            let text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
            return Event(
                kind: .scalar, style: isBlock ? .blockText : .inline, range: range, anchor: name(scalar.anchor),
                text: text, isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE && scalar.tag == nil)
        case YAML_ALIAS_EVENT:
            return Event(kind: .alias, range: range, text: name(event.data.alias.anchor) ?? "")
        case YAML_SEQUENCE_START_EVENT:
            let list = event.data.sequence_start
            return Event(
                kind: .list, style: list.style == YAML_FLOW_SEQUENCE_STYLE ? .inline : .block, range: range,
                anchor: name(list.anchor))
        case YAML_MAPPING_START_EVENT:
            let map = event.data.mapping_start
            return Event(
                kind: .map, style: map.style == YAML_FLOW_MAPPING_STYLE ? .inline : .block, range: range,
                anchor: name(map.anchor))
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: return Event(kind: .end, range: range)
        default: return nil
        }
    }

    private mutating func readTokens() {
        let offsets = CharacterOffsets(bytes)
        YAMLExtents.withParser(bytes) { parser in
            let token = UnsafeMutablePointer<yaml_token_t>.allocate(capacity: 1)
            defer { token.deallocate() }
            while yaml_parser_scan(parser, token) == 1 {
                defer { yaml_token_delete(token) }
                let range = offsets.range(token.pointee.start_mark, token.pointee.end_mark)
                switch token.pointee.type {
                case YAML_BLOCK_ENTRY_TOKEN: dashes.append(range)
                case YAML_VALUE_TOKEN: colons.append(range)
                case YAML_FLOW_ENTRY_TOKEN: commas.append(range)
                case YAML_STREAM_END_TOKEN, YAML_NO_TOKEN: return
                default: break
                }
            }
        }
    }

    private static func withParser(_ bytes: [UInt8], _ body: (UnsafeMutablePointer<yaml_parser_t>) -> Void) {
        let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
        defer { parser.deallocate() }
        precondition(yaml_parser_initialize(parser) == 1, "out of memory")
        defer { yaml_parser_delete(parser) }
        bytes.withUnsafeBufferPointer { bytes in
            yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
            yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
            body(parser)
        }
    }
}

/// Where each character of a text begins, for libyaml's marks count characters.
private struct CharacterOffsets {
    /// Nil: every character is one byte.
    private let offsets: [UInt32]?
    private let count: Int

    init(_ bytes: [UInt8]) {
        count = bytes.count
        guard bytes.contains(where: { $0 >= 0x80 }) else {
            offsets = nil
            return
        }
        offsets = bytes.indices.lazy.filter { bytes[$0] & 0xC0 != 0x80 }.map(UInt32.init)
    }

    func range(_ start: yaml_mark_t, _ end: yaml_mark_t) -> Range<Int> {
        let start = offset(start.index)
        return start..<max(start, offset(end.index))
    }

    private func offset(_ character: Int) -> Int {
        guard let offsets else { return min(character, count) }
        return character < offsets.count ? Int(offsets[character]) : count
    }
}
