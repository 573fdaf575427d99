import Documents
import Provisioning
import Testing

func parse(_ text: String, file: String = "t.yaml") -> (document: Document?, diagnostics: [Diagnostic]) {
    Document.parse(Array(text.utf8), file: file)
}

func root(_ text: String, file: String = "t.yaml") throws -> Node {
    let (document, diagnostics) = parse(text, file: file)
    try #require(diagnostics.isEmpty, "\(diagnostics)")
    return try #require(document?.root)
}

/// Code and place of each diagnostic, as `code@line:column`.
func codes(_ diagnostics: [Diagnostic]) -> [String] {
    diagnostics.map { "\($0.code)@\($0.place.map { "\($0.line):\($0.column)" } ?? "-")" }
}

struct DocumentTests {
    @Test func columnsCountCharactersNotBytes() throws {
        let map = try root("é: {🙂: ü, next: 1}\nlist:\n  - 漢字\n  - {a: ~}\n")
        let inner = try #require(map["é"])
        #expect(inner.place == Place(file: "t.yaml", line: 1, column: 4))
        #expect(inner["🙂"]?.place.column == 8)
        #expect(inner["🙂"]?.text == "ü")
        #expect(inner["next"]?.place.column == 17)
        #expect(map["list"]?.items.map(\.place.line) == [3, 4])
        #expect(map.fields.map(\.key) == ["é", "list"])
        #expect(map.fields.map(\.keyPlace.line) == [1, 2])
    }

    @Test func jsonHasTheSamePlaces() throws {
        let map = try root("{\"é🙂\": [1, \"ü\", {\"x\": true}],\n\t\"b\"\n:\tnull}", file: "t.json")
        let items = try Array(#require(map["é🙂"]).items)
        #expect(items.map(\.place.column) == [9, 12, 17])
        #expect(items.map(\.text) == ["1", "ü", nil])
        #expect(map["b"]?.isNull == true)
        #expect(map["b"]?.place == Place(file: "t.json", line: 3, column: 3))
    }

    @Test func textIsKeptAsWritten() throws {
        let map = try root("a: no\nb: 0777\nc: 1e3\nd: '~'\ne:\nf: null\ng: !!str null\nh: \"x\\ty\"\n")
        #expect(["a", "b", "c", "d", "h"].map { map[$0]?.text } == ["no", "0777", "1e3", "~", "x\ty"])
        #expect(["d", "e", "f", "g"].map { map[$0]?.isNull } == [false, true, true, false])
    }

    @Test func anEmptyFileHasNoRoot() {
        for text in ["", "# nothing\n", "\u{FEFF}"] {
            let (document, diagnostics) = parse(text)
            #expect(document != nil && document?.root == nil && diagnostics.isEmpty)
        }
        #expect(parse("  \n", file: "t.json").document?.root == nil)
    }

    @Test func aByteOrderMarkMovesNoColumn() throws {
        #expect(try root("\u{FEFF}a: b").fields.map(\.keyPlace.column) == [1])
    }

    @Test func aKeyGivenTwiceIsReportedWithBothPlacesAndTheRestIsRead() throws {
        let (document, diagnostics) = parse("a: 1\nb: {x: 1, y: 2, \"x\": 3}\na: 2\n")
        #expect(codes(diagnostics) == ["yaml.duplicate-key@2:17", "yaml.duplicate-key@3:1"])
        #expect(diagnostics[1].hint == "the first one is at t.yaml:1:1")
        #expect(document?.root?["b"]?["y"]?.text == "2")
    }

    @Test func duplicatesAreFoundInLongMapsToo() {
        let text = (0..<500).map { "key\($0 == 321 ? 123 : $0): \($0)\n" }.joined()
        #expect(codes(parse(text).diagnostics) == ["yaml.duplicate-key@322:1"])
    }

    @Test func similarKeysAreNotDuplicates() throws {
        // The same length and the same four letters at each end.
        #expect(try root("abcd1wxyz: 1\nabcd2wxyz: 2\nabcd3wxyz: 3\n").count == 3)
    }

    @Test(arguments: [
        ("a: [1, 2", "yaml.syntax@1:9"),
        ("a: b: c", "yaml.syntax@1:5"),
        ("a:\n\tb: 1", "yaml.syntax@2:1"),
        ("a: 1\n---\nb: 2", "yaml.syntax@2:1"),
        ("a: !thing 1", "yaml.syntax@1:4"),
        ("a: !!binary aGk=", "yaml.syntax@1:4"),
        ("a: !!set {x}", "yaml.syntax@1:4"),
        ("? [1, 2]\n: x", "yaml.syntax@1:3"),
        ("a: *nobody", "yaml.syntax@1:4"),
        ("a: &a [1, *a]", "yaml.syntax@1:11"),
        ("a: {<<: 3}", "yaml.syntax@1:9"),
    ])
    func whatIsNotYAMLIsReportedAtItsPlace(_ text: String, _ code: String) {
        let (document, diagnostics) = parse(text)
        #expect(document == nil)
        #expect(codes(diagnostics) == [code])
    }

    @Test func aTabGetsAHint() {
        #expect(parse("é:\n\tb: 1").diagnostics.first?.hint == "indent with spaces: YAML does not take tabs")
    }

    @Test(arguments: [
        ("{\"a\": 1,}", 9), ("{a: 1}", 2), ("[1 2]", 4), ("[01]", 2), ("[1.]", 2), ("[+1]", 2), ("[\"\t\"]", 3),
        ("[\"\\x\"]", 3), ("[\"\\ud83d\"]", 3), ("[\"\\udE00\"]", 3), ("{\"a\" 1}", 6), ("[1] 2", 5), ("[NaN]", 2),
        ("[\"a", 4), ("{\"a\": }", 7), ("[1,", 4), ("[\"\\u12g4\"]", 7),
    ])
    func whatIsNotJSONIsReportedAtItsPlace(_ text: String, _ column: Int) {
        #expect(codes(parse(text, file: "t.json").diagnostics) == ["yaml.syntax@1:\(column)"])
    }

    @Test func jsonEscapesAndSurrogatePairsAreRead() throws {
        let list = try root(#"["\ud83d\ude00\u00e9\n\/\"\\", -0.5e+3]"#, file: "t.json")
        #expect(list.items.map(\.text) == ["😀é\n/\"\\", "-0.5e+3"])
    }

    @Test(arguments: ["t.yaml", "t.json"])
    func bytesThatAreNoTextAreReportedAtTheirPlace(_ file: String) {
        let (document, diagnostics) = Document.parse(Array("[\"é\",\n \"".utf8) + [0xFF, 0x22, 0x5D], file: file)
        #expect(document == nil)
        #expect(codes(diagnostics) == ["yaml.encoding@2:3"])
    }

    @Test(arguments: ["t.yaml", "t.json"])
    func nestingHasAnEnd(_ file: String) throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(parse(nested(100), file: file).diagnostics.isEmpty)
        #expect(codes(parse(nested(101), file: file).diagnostics) == ["yaml.depth@1:101"])
    }
}
