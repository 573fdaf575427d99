import Documents
import Testing

/// Every style in which YAML writes a value, and the JSON that says the same.
struct StyleTests {
    @Test(arguments: [
        // Block and flow.
        ("a: 1\nb:\n  - x\n  - y: z\n", #"{"a": "1", "b": ["x", {"y": "z"}]}"#),
        ("- - 1\n  - 2\n- - 3\n", #"[["1", "2"], ["3"]]"#),
        ("a:\n- x\n- y\nb: 2\n", #"{"a": ["x", "y"], "b": "2"}"#),
        ("{a: [1, {b: 2}], c: }\n", #"{"a": ["1", {"b": "2"}], "c": null}"#),
        ("[a, b,\n c,]\n", #"["a", "b", "c"]"#),
        ("[a: 1, b]\n", #"[{"a": "1"}, "b"]"#),
        ("? a\n: 1\n? b\n", #"{"a": "1", "b": null}"#),
        ("{\"a\":1}\n", #"{"a": "1"}"#),
        ("-\n  a: 1\n-\n", #"[{"a": "1"}, null]"#),
        // Plain scalars over several lines.
        ("a: one\n  two\n\n  three\n", #"{"a": "one two\nthree"}"#),
        ("a: b#c d # comment\n", #"{"a": "b#c d"}"#),
        ("a: http://x:80/?q=[1]\n", #"{"a": "http://x:80/?q=[1]"}"#),
        ("a: - b\n", nil), ("a: b: c\n", nil), ("a: @x\n", nil), ("a: `x`\n", nil), ("a: %x\n", nil),
        // Quoted.
        ("a: 'it''s'\n", #"{"a": "it's"}"#),
        ("a: 'one\n\n  two'\n", #"{"a": "one\ntwo"}"#),
        ("a: \"one \\\n   two\\n\\t\\x41\\u00e9\\U0001F642\\e\"\n", #"{"a": "one two\n\tAé🙂\u001b"}"#),
        ("a: \"\\q\"\n", nil), ("a: 'x\n", nil), ("a: 'x' y\n", nil), ("a: \"\\ud83d\"\n", nil),
        // Literal and folded.
        ("a: |\n  one\n   two\n\n  three\n\n\nb: 1\n", #"{"a": "one\n two\n\nthree\n", "b": "1"}"#),
        ("a: |-\n  one\n\n", #"{"a": "one"}"#),
        ("a: |+\n  one\n\n", #"{"a": "one\n\n"}"#),
        ("a: |2\n   one\n", #"{"a": " one\n"}"#),
        ("a: >\n  one\n  two\n\n  three\n   four\n  five\n", #"{"a": "one two\nthree\n four\nfive\n"}"#),
        ("a: >-\n\n  one\n  # no comment\n", #"{"a": "\none # no comment"}"#),
        ("a: |\n  #!/bin/sh\n  echo \"a: b\"\n", ##"{"a": "#!/bin/sh\necho \"a: b\"\n"}"##),
        ("a: | x\n", nil), ("a: |0\n  x\n", nil),
        // Anchors, aliases and merge keys.
        ("a: &x [1]\nb: *x\nc: &x 2\nd: *x\n", #"{"a": ["1"], "b": ["1"], "c": "2", "d": "2"}"#),
        ("&k a: 1\nb: *k\n", #"{"a": "1", "b": "a"}"#),
        ("a: &x {p: 1}\nb: {<<: *x, q: 2}\n", #"{"a": {"p": "1"}, "b": {"q": "2", "p": "1"}}"#),
        ("a: *x\nb: &x 1\n", nil), ("a: &x\n", #"{"a": null}"#), ("a: &x &y 1\n", nil), ("a: *\n", nil),
        // Comments, directives, line ends, indentation.
        ("# one\n\na: 1 # two\n  # three\nb: 2\n# four", #"{"a": "1", "b": "2"}"#),
        ("%YAML 1.2\n# x\n---\na: 1\n...\n", #"{"a": "1"}"#),
        ("a: 1\r\nb: |\r\n  x\r\n  y\r\n", #"{"a": "1", "b": "x\ny\n"}"#),
        ("a: 1\n b: 2\n", nil), ("a:\n   b: 1\n  c: 2\n", nil), ("- a\nb: 1\n", nil), ("a: [1\nb: 2\n", nil),
        ("a: 1]\n", #"{"a": "1]"}"#), ("]\n", nil), ("a: [,]\n", nil), ("--- a\n--- b\n", nil), ("%YAML\n---\n", nil),
    ])
    func aStyleSaysWhatItsJSONSays(_ text: String, _ json: String?) throws {
        let (document, diagnostics) = parse(text)
        guard let json else {
            #expect(document == nil)
            #expect(diagnostics.map(\.code) == ["yaml.syntax"])
            #expect(diagnostics[0].place != nil)
            return
        }
        #expect(diagnostics.isEmpty, "\(diagnostics)")
        #expect(said(document?.root) == said(try root(json, file: "t.json")))
    }

    private func said(_ node: Node?) -> String {
        guard let node else { return "nothing" }
        return switch node.kind {
        case .scalar: node.isNull ? "null" : "\(node.text ?? "")".debugDescription
        case .list: "[" + node.items.map(said).joined(separator: ", ") + "]"
        case .map:
            "{" + node.fields.map { "\($0.key.debugDescription): \(said($0.value))" }.joined(separator: ", ") + "}"
        }
    }
}
