import Documents
import Provisioning
import Testing

/// What YAML leaves open, or leaves to each version, is settled here: a text stays the text that was written.
struct DialectTests {
    static let traps = [
        "no", "Yes", "ON", "off", "y", "0777", "0o17", "0x1F", "0b11", "1_000", "1e3", "+1", "1:30", "190:20:30",
        ".inf", "-.INF", ".nan", "2026-01-01", "2026-01-01T00:00:00Z", "=", "True", "1.", "12e03",
    ]

    @Test(arguments: traps)
    func textThatLooksLikeSomethingElseStaysText(_ text: String) throws {
        let value = try #require(try root("a: \(text)\n")["a"])
        #expect(value.text == text && !value.isNull)
        var reader = FieldReader(Layered(try root("a: \(text)\n"), layer: "file"), what: "thing")
        #expect(reader.string("a") == text)
    }

    @Test(arguments: ["0777", "0o17", "0x1F", "0b11", "1_000", "1e3", "+1", "1:30", ".inf", "1.", "yes", "~x", "''"])
    func aWholeNumberIsWrittenInDigits(_ text: String) throws {
        var reader = FieldReader(Layered(try root("a: \(text)\n"), layer: "file"), what: "thing")
        #expect(reader.integer("a") == nil)
        #expect(codes(reader.finish()) == ["field.type@1:4"])
    }

    @Test(arguments: ["yes", "no", "on", "off", "y", "n", "True", "FALSE", "1", "0"])
    func aBooleanIsTrueOrFalse(_ text: String) throws {
        var reader = FieldReader(Layered(try root("a: \(text)\n"), layer: "file"), what: "thing")
        #expect(reader.boolean("a") == nil)
        #expect(codes(reader.finish()) == ["field.type@1:4"])
    }

    @Test(arguments: [".inf", "-.inf", ".nan", "nan", "inf", "0x1p3", "1e999"])
    func aNumberIsFiniteAndDecimal(_ text: String) throws {
        var reader = FieldReader(Layered(try root("a: \(text)\n"), layer: "file"), what: "thing")
        #expect(reader.number("a") == nil)
        #expect(codes(reader.finish()) == ["field.type@1:4"])
    }

    @Test func onlyWhatIsNotQuotedIsNull() throws {
        for text in ["~", "null", "Null", "NULL", ""] { #expect(try root("a: \(text)\n")["a"]?.isNull == true) }
        for text in ["'~'", "\"null\"", "nULL", "''", "!!str", "!!str null", "|\n  null"] {
            #expect(try root("a: \(text)\n")["a"]?.isNull == false)
        }
    }

    @Test func keysAreToldApartByTheirTextAlone() throws {
        #expect(
            codes(parse("a: 1\n\"a\": 2\n'a': 3\n").diagnostics) == [
                "yaml.duplicate-key@2:1", "yaml.duplicate-key@3:1",
            ])
        #expect(codes(parse("x: &k a\na: 1\n*k : 2\n").diagnostics) == ["yaml.duplicate-key@3:1"])
        #expect(codes(parse("a: 1\n\"\\x61\": 2\n").diagnostics) == ["yaml.duplicate-key@2:1"])
        #expect(codes(parse("{\"a\": 1, \"\\u0061\": 2}", file: "t.json").diagnostics) == ["yaml.duplicate-key@1:10"])
        // The same letter, composed and not: two keys, as they are to whoever looks one up by bytes.
        #expect(try root("\u{E9}: 1\ne\u{301}: 2\n").count == 2)
    }

    @Test func ofAKeyGivenTwiceTheFirstStays() throws {
        let (document, diagnostics) = parse("a: 1\nb: 2\na: 3\nc: 4\na: 5\n")
        #expect(diagnostics.count == 2)
        #expect(document?.root?.fields.map { "\($0.key)=\($0.value.text ?? "")" } == ["a=1", "b=2", "c=4"])
        #expect(document?.root?.count == 3)
    }

    @Test func emptyAndNullKeysAreKeysAndListsAndMapsAreNot() throws {
        #expect(try root("'': 1\n")[""]?.text == "1")
        #expect(try root("?\n: 1\n")[""]?.text == "1")
        #expect(try root("~: 1\nnull: 2\n").fields.map(\.key) == ["~", "null"])
        for text in ["[a]: 1", "{a: b}: 1", "? [a]\n: 1", "? {a: b}\n: 1", "a: &a [1]\n*a : 2"] {
            let (document, diagnostics) = parse(text)
            #expect(document == nil && diagnostics.map(\.message) == ["a key must be text, not a list or a map"])
        }
    }

    @Test func aMergeKeyIsOneOnlyWithoutQuotes() throws {
        #expect(try root("{'<<': {a: 1}}").fields.map(\.key) == ["<<"])
        #expect(try root("{\"<<\": {\"a\": 1}}", file: "t.json").fields.map(\.key) == ["<<"])
        #expect(try root("{<<: {a: 1}}").fields.map(\.key) == ["a"])
    }

    @Test func aFileHoldsOneDocument() throws {
        #expect(codes(parse("a: 1\n---\nb: 2\n").diagnostics) == ["yaml.syntax@2:1"])
        #expect(codes(parse("a: 1\n...\n---\nb: 2\n").diagnostics) == ["yaml.syntax@3:1"])
        #expect(codes(parse("---\n---\n").diagnostics) == ["yaml.syntax@2:1"])
        #expect(try root("---\na: 1\n...\n# the end\n")["a"]?.text == "1")
    }

    @Test func directivesAndTagsChangeNothingOrAreRefused() throws {
        #expect(try root("%YAML 1.1\n---\na: no\n")["a"]?.text == "no")
        #expect(try root("%TAG !e! tag:yaml.org,2002:\n---\na: !e!str 1\n")["a"]?.text == "1")
        for text in ["a: !mine 1", "%TAG ! tag:x,2000:\n---\na: !y 1", "a: !<x> 1", "a: !!python/object:os.system 1"] {
            let (document, diagnostics) = parse(text)
            #expect(document == nil && diagnostics.map(\.code) == ["yaml.syntax"])
            #expect(diagnostics[0].hint == "leave it out: each field knows its own type")
        }
        #expect(codes(parse("%YAML 3.0\n---\na: 1\n").diagnostics) == ["yaml.syntax@1:1"])
        #expect(codes(parse("%YAML 1.1\n%YAML 1.1\n---\na: 1\n").diagnostics) == ["yaml.syntax@2:1"])
    }
}
