import Documents
import Provisioning
import Testing

@testable import CLI
@testable import Catalog

/// JSON and YAML must say what was meant, whatever was meant.
struct NotationTests {
    /// Texts that some reader has taken for something else.
    static let traps = [
        "", " ", "a b", " a", "a ", "no", "No", "yes", "on", "OFF", "y", "null", "~", "true", "1", "1.5", "0x1f", "1e3",
        "0o7", "1_000", "12:30:45", "2026-11-21", ".inf", ".nan", "=", "<<", "-", "- a", "?", "? a", ":", "a: b", "a:",
        "a #b",
        "#a", "&a", "*a", "!a", "!!str a", "|", ">", "%a", "@a", "`a`", "'a'", "\"a\"", "[a]", "{a: b}", "a, b", "---",
        "--- a", "...", "a\nb", "a\n", "\na", "a\tb", "a\\b", "a\r\nb", "\u{0}", "\u{1b}[31m", "\u{7f}", "\u{85}",
        "\u{a0}",
        "\u{2028}", "\u{feff}", "é", "漢字", "🙂", "e\u{301}", "/etc/passwd", "m6i.large", "req-06fz3k9q2m7w1c4d",
    ]

    @Test(arguments: traps) func aTextSurvivesYAML(_ text: String) throws {
        let node = try read(
            YAMLText.document(["key": .text(text), "list": .list([.text(text)]), "end": .text("x")]), .yaml)
        #expect(node["key"]?.text == text)
        #expect(node["key"]?.isNull == false)
        #expect(node["list"]?.items.map(\.text) == [text])
        #expect(node["end"]?.text == "x")
    }

    @Test(arguments: traps) func aTextSurvivesJSON(_ text: String) throws {
        let node = try read(JSONText.document(["key": .text(text), text: .text("named")]), .json)
        #expect(node["key"]?.text == text)
        #expect(node[text]?.text == "named")
    }

    @Test(arguments: traps) func aTextMayBeAKeyInYAML(_ text: String) throws {
        let node = try read(YAMLText.document([text: .integer(1), "\(text)2": ["inner": .null]]), .yaml)
        #expect(node[text]?.text == "1")
        #expect(node["\(text)2"]?["inner"]?.isNull == true)
    }

    @Test(arguments: traps) func nothingWrittenCanSteerATerminal(_ text: String) {
        for written in [YAMLText.document([text: .text(text)]), JSONText.document([text: .text(text)])] {
            #expect(written.unicodeScalars.allSatisfy { $0 == "\n" || $0.properties.generalCategory != .control })
        }
    }

    @Test(arguments: [
        (0.5, "0.5", "0.5"), (-1.25, "-1.25", "-1.25"), (3, "3.0", "3.0"), (1e20, "1e+20", "1.0e+20"),
        (1e-300, "1e-300", "1.0e-300"), (1.5e300, "1.5e+300", "1.5e+300"), (.infinity, "null", ".inf"),
        (-.infinity, "null", "-.inf"), (.nan, "null", ".nan"),
    ])
    func aNumberIsNoText(_ number: Double, inJSON json: String, inYAML yaml: String) {
        #expect(JSONText.document(.list([.number(number)])) == "[\n  \(json)\n]\n")
        #expect(YAMLText.document(["a": .number(number)]) == "a: \(yaml)\n")
    }

    @Test func aTemplatesOwnNumbersStayNumbers() {
        let value = RawValue.map([.init("ratio", .number(0.5)), .init("count", .integer(2))])
        #expect(value.rendered == ["ratio": .number(0.5), "count": .integer(2)])
        var parameter = Parameter(name: "share")
        parameter.min = 0.5
        parameter.max = 2
        guard case .object(let fields) = parameter.rendered else { Issue.record("no object"); return }
        #expect(fields.filter { ["min", "max"].contains($0.key) }.map(\.value) == [.number(0.5), .integer(2)])
    }

    @Test func everyShapeNestsInEveryOther() throws {
        let leaf: [Rendered] = [
            .null, .boolean(true), .boolean(false), .integer(-3), .text("a: b"), .list([]), .object([]),
        ]
        let value: Rendered = [
            "list": .list(leaf), "lists": .list([.list(leaf), .list([.list([.text("deep")])])]),
            "map": .object(leaf.enumerated().map { .init(key: "k\($0.offset)", value: $0.element) }),
            "maps": .list([["a": .list([["b": .integer(1)], ["c": .list([.null])]]), "d": ["e": .text("f")]]]),
        ]
        let json = JSONText.document(value), yaml = YAMLText.document(value)
        #expect(try shape(read(json, .json)) == shape(read(yaml, .yaml)))
        try expectGolden(json, "nesting.json")
        try expectGolden(yaml, "nesting.yaml")
    }

    private func read(_ text: String, _ format: Document.Format) throws -> Node {
        let (document, diagnostics) = Document.parse(Array(text.utf8), file: "t", format: format)
        try #require(diagnostics.isEmpty, "\(diagnostics) in \(text)")
        return try #require(document?.root)
    }

    private func shape(_ node: Node) -> String {
        switch node.kind {
        case .scalar: node.isNull ? "null" : "<\(node.text ?? "")>"
        case .list: "[" + node.items.map { shape($0) }.joined(separator: ",") + "]"
        case .map: "{" + node.fields.map { "\($0.key)=\(shape($0.value))" }.joined(separator: ",") + "}"
        }
    }
}

struct TableTests {
    @Test func columnsAreAsWideAsWhatStandsInThem() {
        let table = Table("ID", "STATE", "WHY", rows: [["a", "running", "-"], ["long-one", "ok", "some words"]])
        #expect(table.text == "ID        STATE    WHY\na         running  -\nlong-one  ok       some words\n")
    }

    @Test func noLineEndsInASpace() {
        let table = Table("A", "B", "C", rows: [["x", "", ""], ["", "yy", ""], ["z ", "", " "]])
        #expect(table.text == "A  B   C\nx\n   yy\nz\n")
    }

    @Test func nothingIsCutOff() {
        let long = String(repeating: "x", count: 5000)
        #expect(Table("A", "B", rows: [[long, "b"]]).text.hasSuffix("\(long)  b\n"))
    }

    @Test func oneHugeCellDoesNotWidenTheOthers() {
        let huge = String(repeating: "x", count: 20 << 20)
        let rows = [[huge, "b", huge]] + Array(repeating: ["é", "c", "d"], count: 50_000)
        let text = Table("A", "B", "C", rows: rows).text
        #expect(text.hasPrefix("A  B  C\n\(huge)  b  \(huge)\né  c  d\n"))
        #expect(text.utf8.count == 8 + 2 * huge.utf8.count + 6 + 50_000 * 9)
    }

    @Test func aCellCannotBreakItsLineOrColourTheTerminal() {
        let table = Table("A", "B", rows: [["a\nb\u{1b}[31m\r\n", "é\u{2028}漢"]])
        #expect(table.text == "A         B\na b [31m  é 漢\n")
    }

    @Test func anEmptyTableHasNoHeaders() {
        #expect(Table("A", rows: []).text == "")
    }
}
