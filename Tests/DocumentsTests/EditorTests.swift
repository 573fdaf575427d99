import Documents
import Provisioning
import Testing

/// A document after some changes.
func edited(
    _ text: String, json: Bool = false, _ change: (inout DocumentEditor) throws -> Void
) throws -> String {
    var editor = try DocumentEditor(Array(text.utf8), file: json ? "t.json" : "t.yaml")
    try change(&editor)
    return String(decoding: editor.bytes, as: UTF8.self)
}

/// The codes a change is refused with.
func refusal(_ text: String, _ change: (inout DocumentEditor) throws -> Void) throws -> [String] {
    var editor = try DocumentEditor(Array(text.utf8), file: "t.yaml")
    do {
        try change(&editor)
        return []
    } catch let rejected as Rejected {
        #expect(String(decoding: editor.bytes, as: UTF8.self) == text)
        return rejected.diagnostics.map(\.code)
    }
}

struct EditorTests {
    let catalog = """
        # The catalog.
        defaults:
            zones: [a, b]   # two

        templates:
            # The small one.
            cpu-small:
                # Not more.
                max_machines:   50   # a limit
                tags:   # ours
                    # who pays
                    team: x # y

            cpu-large:
                machine_types:
                - c6i.large # good
                - c5.large
                machine_bootstrap: |
                    #!/bin/sh
                    echo

        """

    @Test func aValueIsReplacedWhereItStands() throws {
        let new = try edited(catalog) { try $0.set(["templates", "cpu-small", "max_machines"], to: .plain("7")) }
        #expect(new == catalog.replacing("max_machines:   50   # a", with: "max_machines:   7   # a"))
        let flow = try edited(catalog) { try $0.set(["defaults", "zones"], to: .list([.text("c")])) }
        #expect(flow == catalog.replacing("[a, b]", with: "[c]"))
        let block = try edited(catalog) {
            try $0.set(["templates", "cpu-large", "machine_bootstrap"], to: .text("a\n\n b"))
        }
        #expect(
            block
                == catalog.replacing(
                    "|\n            #!/bin/sh\n            echo", with: "|-\n            a\n\n             b"))
    }

    @Test func aMapOrAListGivesWayWithItsCommentsButNotThatOfItsKey() throws {
        let text = try edited(catalog) { try $0.set(["templates", "cpu-small", "tags"], to: .text("none")) }
        #expect(text.contains("        tags: none   # ours\n\n    cpu-large:"))
        let map = try edited(catalog) {
            try $0.set(
                ["templates", "cpu-small", "tags"], to: .map([.init("a", .text("no")), .init("b", .plain("1"))]))
        }
        #expect(map.contains("        tags:   # ours\n            a: \"no\"\n            b: 1\n\n    cpu-large:"))
        let list = try edited(catalog) {
            try $0.set(["templates", "cpu-large", "machine_types"], to: .list([.text("m")]))
        }
        #expect(list.contains("machine_types:\n            - m\n        machine_bootstrap: |"))
        let made = try edited(catalog) {
            try $0.set(["templates", "cpu-small", "max_machines"], to: .map([.init("x", .text("z"))]))
        }
        #expect(made.contains("max_machines:   # a limit\n            x: z\n        tags:"))
    }

    @Test func aFieldIsAddedAsItsSiblingsAreIndented() throws {
        let new = try edited(catalog) {
            try $0.set(["templates", "cpu-small", "description"], to: .text("new"))
            try $0.set(["templates", "cpu-small", "tags", "env"], to: .text("prod"))
            try $0.set(["templates", "tiny", "tags", "env"], to: .text("prod"))
        }
        #expect(
            new.contains("            team: x # y\n            env: prod\n        description: new\n\n    cpu-large:"))
        #expect(new.hasSuffix("            echo\n\n    tiny:\n        tags:\n            env: prod\n"))
    }

    @Test func aFieldGoesWithItsOwnComments() throws {
        let limit = try edited(catalog) { try $0.remove(["templates", "cpu-small", "max_machines"]) }
        #expect(
            limit == catalog.replacing("        # Not more.\n        max_machines:   50   # a limit\n", with: ""))
        let tag = try edited(catalog) { try $0.remove(["templates", "cpu-small", "tags", "team"]) }
        #expect(tag.contains("        tags: {}   # ours\n\n    cpu-large:"))
        let template = try edited(catalog) { try $0.remove(["templates", "cpu-small"]) }
        #expect(template.contains("templates:\n    cpu-large:\n"))
        let last = try edited(catalog) { try $0.remove(["templates", "cpu-large"]) }
        #expect(last.hasSuffix("team: x # y\n"))
        let item = try edited(catalog) { try $0.remove(["templates", "cpu-large", "machine_types", 0]) }
        #expect(item.contains("machine_types:\n        - c5.large\n"))
        #expect(try edited("# of the file\na: 1\nb: 2\n") { try $0.remove(["a"]) } == "# of the file\nb: 2\n")
    }

    @Test func anItemIsAddedToListsOfEitherStyle() throws {
        let new = try edited(catalog) {
            try $0.append(.text("m5.large"), to: ["templates", "cpu-large", "machine_types"])
            try $0.append(.text("c, d"), to: ["defaults", "zones"])
            try $0.append(.text("s"), to: ["defaults", "subnets"])
        }
        #expect(new.contains("- c5.large\n        - m5.large\n        machine_bootstrap"))
        #expect(new.contains("zones: [a, b, \"c, d\"]   # two\n    subnets: [s]\n\ntemplates:"))
    }

    @Test func aListOfTemplatesIsEditedByPosition() throws {
        let list = "- template_id: a  # first\n  x: 1\n  # of b\n- template_id: b\n  y: |\n    1\n\n- template_id: c\n"
        let set = try edited(list) { try $0.set([0, "z"], to: .list([.map([.init("k", .text("v"))])])) }
        #expect(set == list.replacing("  x: 1\n", with: "  x: 1\n  z:\n    - k: v\n"))
        #expect(
            try edited(list) { try $0.remove([0, "template_id"]) }
                == list.replacing("- template_id: a  # first\n  x: 1", with: "- x: 1"))
        #expect(
            try edited(list) { try $0.remove([1]) }
                == "- template_id: a  # first\n  x: 1\n  # of b\n\n- template_id: c\n")
        #expect(
            try edited(list) { try $0.append(.map([.init("template_id", .text("d")), .init("name", .null)]), to: []) }
                == list + "\n- template_id: d\n  name: null\n")
    }

    @Test func jsonKeepsItsLayout() throws {
        let json = """
            {
              "templates": [
                {
                  "templateId": "a",
                  "max": 1, "tags": {}
                },
                {"templateId": "b"}
              ]
            }

            """
        #expect(
            try edited(json, json: true) { try $0.set(["templates", 0, "max"], to: .plain("20")) }
                == json.replacing("\"max\": 1", with: "\"max\": 20"))
        #expect(
            try edited(json, json: true) { try $0.set(["templates", 0, "tags", "a\"b"], to: .text("1")) }
                == json.replacing("{}", with: "{\n        \"a\\\"b\": \"1\"\n      }"))
        #expect(
            try edited(json, json: true) { try $0.remove(["templates", 0]) }
                == json.replacing(
                    "    {\n      \"templateId\": \"a\",\n      \"max\": 1, \"tags\": {}\n    },\n", with: ""))
        #expect(
            try edited(json, json: true) { try $0.remove(["templates", 1]) }
                == json.replacing("},\n    {\"templateId\": \"b\"}", with: "}"))
        #expect(
            try edited(json, json: true) { try $0.set(["templates", 1, "x"], to: .map([.init("y", .plain("true"))])) }
                == json.replacing("\"b\"}", with: "\"b\", \"x\": {\"y\": true}}"))
        #expect(
            try edited(json, json: true) {
                try $0.append(
                    .map([.init("templateId", .text("c")), .init("l", .list([.text("m")]))]), to: ["templates"])
            }
                == json.replacing(
                    "\"b\"}", with: "\"b\"},\n    {\n      \"templateId\": \"c\",\n      \"l\": [\"m\"]\n    }"))
    }

    @Test func anEmptyFileBecomesOne() throws {
        func add(_ text: String, json: Bool = false) throws -> String {
            try edited(text, json: json) { try $0.set(["templates", "a", "x"], to: .text("z")) }
        }
        #expect(try add("") == "templates:\n  a:\n    x: z\n")
        #expect(try add("# comment\n") == "# comment\ntemplates:\n  a:\n    x: z\n")
        #expect(try add("# comment") == "# comment\ntemplates:\n  a:\n    x: z")
        #expect(try add("{}\n") == "templates:\n  a:\n    x: z\n")
        #expect(try add("templates:\n") == "templates:\n  a:\n    x: z\n")
        #expect(try add("templates: {} # none\n") == "templates: # none\n  a:\n    x: z\n")
        #expect(try add("defaults:\n   x: 1") == "defaults:\n   x: 1\ntemplates:\n   a:\n      x: z")
        #expect(try add("", json: true) == "{\n  \"templates\": {\n    \"a\": {\n      \"x\": \"z\"\n    }\n  }\n}\n")
        #expect(try add("{\"v\": 1}", json: true) == "{\"v\": 1, \"templates\": {\"a\": {\"x\": \"z\"}}}")
    }

    @Test func lineEndsAMarkAndWideCharactersStay() throws {
        let text = "\u{FEFF}a: größe — 𝄞 # ü\r\nb:\r\n  c: 1\r\n"
        let new = try edited(text) {
            try $0.set(["a"], to: .text("groß\nund klein\n"))
            try $0.set(["b", "d"], to: .map([.init("e", .text("f"))]))
        }
        #expect(new == "\u{FEFF}a: | # ü\r\n  groß\r\n  und klein\r\nb:\r\n  c: 1\r\n  d:\r\n    e: f\r\n")
    }

    @Test func whatOthersReadTooIsNotTouched() throws {
        let text = "base: &b {x: 1}\nuse: *b\nmore:\n  <<: *b\n  y: 2\n"
        #expect(try refusal(text) { try $0.set(["use", "x"], to: .plain("2")) } == ["edit.alias"])
        #expect(try refusal(text) { try $0.set(["use"], to: .plain("2")) } == ["edit.alias"])
        #expect(try refusal(text) { try $0.set(["more", "x"], to: .plain("2")) } == ["edit.alias"])
        #expect(try refusal(text) { try $0.set(["base", "x"], to: .plain("2")) } == ["edit.unsafe"])
        #expect(try refusal(text) { try $0.remove(["base"]) } == ["edit.alias"])
        #expect(try refusal(text) { try $0.set(["more", "y", "z"], to: .plain("2")) } == ["edit.kind"])
        #expect(try refusal(text) { try $0.remove(["more", "z"]) } == ["edit.missing"])
        #expect(
            try edited(text) { try $0.set(["more", "y"], to: .plain("3")) } == text.replacing("y: 2", with: "y: 3"))
    }

    @Test func textReadsBackAsItself() throws {
        let texts = [
            "no", "0777", "1e3", "*a", "&b", "!c", "%d", "@e", "a: b", "a #b", "a:", "- a", "", " a ", "~", "null",
            "yes",
            "0x1F", "1:30", "2026-01-31", ".5", "1_000", "<<", "=", "a\tb", "\u{1B}[0m", "a\u{2028}b", "\u{FEFF}x",
            "two\nlines", "two\nlines\n", "\nx", " x\ny", "x\n\n", "\n", "a\r\nb", "x \ny", "'q'", "\"q\"", "`", "[a",
            "a]",
            "{", "a, b", "?", "? a", "--- a", "...", "é\u{301}", "\u{301}", "𝄞", "#!/bin/sh\n\tx\n", "true", "12",
            "a'b", "a\\b",
        ]
        for text in texts {
            for json in [false, true] {
                let start = json ? "{\"a\": 1, \"l\": [1]}" : "a: 1\nl: [1]\nm:\n- 1\n"
                var editor = try DocumentEditor(Array(start.utf8), file: json ? "t.json" : "t.yaml")
                try editor.set(["a"], to: .text(text))
                try editor.append(.text(text), to: ["l"])
                if !text.isEmpty { try editor.set([.key(text)], to: .text(text)) }
                if !json { try editor.append(.text(text), to: ["m"]) }
                #expect(editor.value(at: ["a"]) == .text(text), "\(text.debugDescription)")
            }
        }
    }

    @Test func ambiguousTextIsQuotedAndOnlyThat() throws {
        func written(_ text: String) throws -> String { try edited("a: 1") { try $0.set(["a"], to: .text(text)) } }
        for text in ["no", "0777", "1e3", "50", "true", "1:30", "2026-01-31", "-1", "0o7", "1_0", ".inf", "On"] {
            #expect(try written(text) == "a: \"\(text)\"")
        }
        for text in ["1h30m", "1d", "m6i.large", "us-east-1a", "a b", "/dev/xvda", "https://x.y/z", "arn:aws:iam::1:x"]
        {
            #expect(try written(text) == "a: \(text)")
        }
    }

    @Test func anEntryIsCopiedAsItIsWritten() throws {
        var editor = try DocumentEditor(Array(catalog.utf8), file: "t.yaml")
        let passage = try #require(editor.passage(at: ["templates", "cpu-small"], as: "copy"))
        try editor.insert(passage, into: ["templates"])
        let copied = """

                # The small one.
                copy:
                    # Not more.
                    max_machines:   50   # a limit
                    tags:   # ours
                        # who pays
                        team: x # y

            """
        #expect(String(decoding: editor.bytes, as: UTF8.self) == catalog + copied)

        let elsewhere = try edited("templates:\n  a: {x: 1}\n") { try $0.insert(passage, into: ["templates"]) }
        #expect(elsewhere.hasPrefix("templates:\n  a: {x: 1}\n  # The small one.\n  copy:\n      # Not more.\n"))
        let fresh = try edited("") { try $0.insert(passage, into: ["templates"]) }
        #expect(fresh.hasPrefix("templates:\n  # The small one.\n  copy:\n      # Not more.\n"))
        let json = try edited("{}", json: true) { try $0.insert(passage, into: ["templates"]) }
        #expect(json.contains("\"copy\": {\n      \"max_machines\": 50,\n"))
    }
}
