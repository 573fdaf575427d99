import Documents
import Provisioning
import Testing

/// Bytes that are no text, or text that is no document: said at its place, and never more than said.
struct BadBytesTests {
    @Test(arguments: ["t.yaml", "t.json"])
    func whatIsNotUTF8IsSaidWhereverItStands(_ file: String) {
        // Overlong, a surrogate, beyond the last character, cut short, a continuation alone.
        let bad: [[UInt8]] = [
            [0xC0, 0x80], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82], [0xF0, 0x9F],
            [0x80], [0xFF],
        ]
        for bytes in bad {
            for (before, after) in [("{\"a", "\": 1}"), ("{\"a\": \"", "\"}"), ("{\"a\": 1} ", "")] {
                let (document, diagnostics) = Document.parse(
                    Array(before.utf8) + bytes + Array(after.utf8), file: file)
                #expect(document == nil)
                #expect(codes(diagnostics) == ["yaml.encoding@1:\(before.count + 1)"], "\(bytes) after \(before)")
            }
        }
        let comment = Document.parse(Array("a: 1 # \u{1F642}".utf8) + [0xC3, 0x28], file: "t.yaml")
        #expect(codes(comment.diagnostics) == ["yaml.encoding@1:9"])
    }

    @Test func utf16IsNoUTF8() {
        let little = "a: b\n".utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        let big = "a: b\n".utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
        for bytes in [[0xFF, 0xFE] + little, [0xFE, 0xFF] + big] {
            for file in ["t.yaml", "t.json"] {
                let (document, diagnostics) = Document.parse(bytes, file: file)
                #expect(document == nil && codes(diagnostics) == ["yaml.encoding@1:1"])
            }
        }
        // Without its mark it is text full of NUL.
        #expect(codes(Document.parse(little, file: "t.yaml").diagnostics) == ["yaml.encoding@1:2"])
    }

    @Test(arguments: [0x00, 0x01, 0x07, 0x1B, 0x7F] as [UInt8])
    func controlCharactersAreRefused(_ byte: UInt8) {
        for (before, after) in [("a: x", "y\n"), ("a", "b: 1\n"), ("a: 1 # ", "\n"), ("a: \"", "\"\n")] {
            let (document, diagnostics) = Document.parse(
                Array(before.utf8) + [byte] + Array(after.utf8), file: "t.yaml")
            #expect(document == nil)
            #expect(codes(diagnostics) == ["yaml.encoding@1:\(before.count + 1)"])
        }
        if byte < 0x20 {
            let json = Document.parse(Array("[\"".utf8) + [byte] + Array("\"]".utf8), file: "t.json")
            #expect(codes(json.diagnostics) == ["yaml.syntax@1:3"])
        }
    }

    @Test func anEscapedControlCharacterIsTextLikeAnyOther() throws {
        for file in ["t.yaml", "t.json"] {
            #expect(try root(#"["\u0000\u001b"]"#, file: file).items.map(\.text) == ["\u{0}\u{1B}"])
        }
    }

    @Test func tabsAreToldWhereTheyAreNotTaken() throws {
        #expect(
            parse("a:\n  b: 1\n\tc: 2\n").diagnostics.map(\.hint) == ["indent with spaces: YAML does not take tabs"])
        #expect(try root("a:\t1\t# one\n")["a"]?.text == "1")
        #expect(try root("{\"a\":\t[\t1\t]\t}", file: "t.json")["a"]?.count == 1)
    }

    @Test(arguments: [
        ("a: [1, 2", "1:9"), ("a: [1, 2\n", "2:1"), ("\n[", "2:2"), ("a: \"x", "1:6"), ("a: 'x\r\n y", "2:3"),
        ("a: {b: é", "1:9"),
    ])
    func whatIsMissingAtTheEndIsMissingInTheLastLine(_ text: String, _ place: String) {
        #expect(codes(parse(text).diagnostics) == ["yaml.syntax@\(place)"])
    }

    @Test func aValueLeftOutAtTheEndStandsInTheLastLine() throws {
        let map = try root("a: 1\n? b")
        #expect(map["b"]?.isNull == true)
        #expect(map["b"]?.place.line == 2)
        let list = try root("- x\n-")
        #expect(list.items.map(\.place.line) == [1, 2])
    }

    @Test func placesCountTheLinesThatTheReaderCounts() throws {
        // CR, NEL, LS and PS end lines in YAML; in JSON only LF does.
        let text = "a: 1\rb: 2\u{85}c: 3\u{2028}d: 4\u{2029}e: 5\r\nf: [\n"
        #expect(codes(parse(text).diagnostics) == ["yaml.syntax@7:1"])
        let bytes = Array("a: 1\rb: 2\u{2028}c: ".utf8) + [0xFF]
        #expect(codes(Document.parse(bytes, file: "t.yaml").diagnostics) == ["yaml.encoding@3:4"])
        #expect(try root("[1,\r2]", file: "t.json").items.map(\.place.line) == [1, 1])
    }
}
