import Documents
import Foundation
import Provisioning
import Testing

@testable import CLI

/// The lines that diagnostics quote, and where the carets stand under them.
struct SnippetTests {
    @Test func aDiagnosticShowsTheLineItSpeaksOf() throws {
        let text = """
            templates:
              gpu:
                instance_typ: m6i.large
                tags: {é: x, 名前: "a, b", 🙂🙂: [1]}
            \t\ttabbed:\tvalue here # and why
            \(String(repeating: "x ", count: 80))wrong: here\(String(repeating: " y", count: 80))
              last: end
            """
        let sources = SourceFiles { $0 == "t/a.yaml" ? SourceText(Array(text.utf8), file: $0) : nil }
        func found(_ word: String, _ line: Int, _ column: Int, _ severity: Diagnostic.Severity = .error) -> Diagnostic {
            Diagnostic(
                severity, "test.code", "look at `\(word)`", at: Place(file: "t/a.yaml", line: line, column: column),
                hint: line == 3 ? "did you mean `instance_type`?" : nil)
        }
        let diagnostics = [
            found("instance_typ", 3, 5), found("x", 4, 15), found("名前", 4, 18), found("a, b", 4, 22),
            found("🙂🙂", 4, 30), found("value here", 5, 11, .warning), found("wrong", 6, 161),
            found("the end", 7, 12, .note), Diagnostic(.error, "test.code", "it stands nowhere"),
        ]
        try expectGolden(DiagnosticText.text(diagnostics, sources: sources), "snippets.txt")
    }

    @Test(arguments: [
        // What stands before the caret, what is marked, what comes after, how far right the caret stands, its width.
        ("", "key", ": value", 0, 3), ("  é: ", "ünï", "", 5, 3), ("e\u{301}: ", "x", "", 3, 1),
        ("🙂 ", "word", " # why", 3, 4), ("漢字: ", "値", "", 6, 2), ("❤️: ", "x", "", 4, 1),
        ("👩‍👩‍👧: ", "x", "", 4, 1), ("\t", "x", ": y", 4, 1), ("\ta\t", "b", "", 9, 1),
        ("a: ", "\"b: \\\" #\"", " # c", 3, 9), ("a: ", "'it''s'", " d", 3, 7), ("a: [", "b c", ", d]", 4, 3),
        ("a: ", "[", "b]", 3, 1), ("a: ", "b, c", "", 3, 4), ("", "\"a\"", ": 1,", 0, 3), ("\"a\": ", "12", ",", 5, 2),
        ("", "-", " a", 0, 1), ("a: ", "-5", "", 3, 2), ("a: ", "http://h/#x", "", 3, 11), ("a:", "", "", 2, 1),
        ("a: ", "\"open", "", 3, 5), ("a: ", "b", "\r", 3, 1), ("\u{1b}[31m: ", "x", "", 7, 1),
    ])
    func theCaretsStandUnderTheWord(_ before: String, _ word: String, _ after: String, _ column: Int, _ width: Int)
        throws
    {
        let line = SourceLine(
            text: before + word + after, mark: before.unicodeScalars.count, isCutBefore: false, isCutAfter: false)
        let lines = try #require(Snippet.text(line, number: 10)).split(
            separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 4 && lines[0] == "    |" && lines[1].hasPrefix(" 10 | ") && lines[3] == "")
        #expect(
            lines[2]
                == "    | " + String(repeating: " ", count: column) + String(repeating: "^", count: width))
    }

    @Test(arguments: [0, 1, 40, 95, 96, 97, 150, 333, 4990, 4999, 5000])
    func aLongLineIsCutAroundTheColumn(_ position: Int) throws {
        var scalars = Array(repeating: Character("·"), count: 5000)
        if position < scalars.count { scalars[position] = "X" }
        let text = try #require(SourceText(Array((String(scalars) + "\nnext").utf8), file: "a.yaml"))
        let line = try #require(text.line(1, around: position + 1))
        let lines = try #require(Snippet.text(line, number: 1)).split(separator: "\n")
        #expect(lines[1].count <= Snippet.columnsMax + " 1 | ".count)
        #expect(lines[1].count > 80)
        let caret = try #require(lines[2].firstIndex(of: "^"))
        let column = lines[2].distance(from: lines[2].startIndex, to: caret)
        if position < scalars.count {
            #expect(Array(lines[1])[column] == "X")
            #expect(lines[2].count <= lines[1].count)
        } else {
            #expect(column == lines[1].count)
        }
    }

    @Test(arguments: [
        ("a: 1\r\n  bad: 2\r\n", "a.yaml"), ("a: 1\r  bad: 2", "a.yaml"), ("\u{feff}a: é\n  bad: 2\n", "a.yaml"),
        ("a: 1\u{85}  bad: 2\u{2028}c: 3", "a.yaml"), ("{\"a\u{85}\": 1,\n  \"bad\": 2}", "a.json"),
    ])
    func aLineIsFoundWhereTheReaderSawIt(_ text: String, _ file: String) throws {
        let source = try #require(SourceText(Array(text.utf8), file: file))
        let line = try #require(source.line(2, around: 3))
        #expect(line.text.drop { $0 == " " || $0 == "\"" }.hasPrefix("bad"))
        #expect(line.mark == 2)
    }

    @Test func thePlaceOfAValueLeadsBackToIt() throws {
        for (text, file) in [
            ("é:\n  🙂 k: {a: [漢, wanted]}\n", "a.yaml"), ("{\"é\":\n\t{\"🙂\":\t[\"漢\", \"wanted\"]}}", "a.json"),
        ] {
            var node = try #require(Document.parse(Array(text.utf8), file: file).document?.root)
            while let inner = Array(node.fields).first?.value { node = inner }
            let place = Array(node.items)[1].place
            let line = try #require(SourceText(Array(text.utf8), file: file)?.line(place.line, around: place.column))
            let rest = String(String.UnicodeScalarView(line.text.unicodeScalars.dropFirst(line.mark)))
            #expect(rest.hasPrefix("wanted") || rest.hasPrefix("\"wanted"))
        }
    }

    @Test(arguments: [(0, 1), (2, 1), (1, 0), (1, 7), (-1, 1), (Int.max, 1), (1, Int.max)])
    func aPlaceThatIsNotThereIsNotQuoted(_ line: Int, _ column: Int) throws {
        #expect(try #require(SourceText(Array("a: 12".utf8), file: "a.yaml")).line(line, around: column) == nil)
    }

    @Test func whatIsNotTextIsNotQuoted() {
        #expect(SourceText([0xFF, 0xFE, 0x61, 0x00], file: "a.yaml") == nil)
        #expect(SourceText(Array("a: ".utf8) + [0xFF], file: "a.yaml")?.line(1, around: 1) == nil)
    }

    @Test(arguments: [
        "secret_access_key: abc", "Password: x", "auth_token: abc", "endpoint: https://me:pw@host/x", "credentials: y",
    ])
    func aLineThatMayHoldASecretIsNotQuoted(_ text: String) {
        #expect(Snippet.text(SourceLine(text: text, mark: 0, isCutBefore: false, isCutAfter: false), number: 1) == nil)
    }

    @Test func onlyFilesAsTheyWereAreQuoted() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "muster-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "a.yaml").path
        let diagnostic = Diagnostic(.error, "a.b", "wrong", at: Place(file: path, line: 1, column: 1), hint: "mend it")
        let later = timespec(tv_sec: .max, tv_nsec: 0), earlier = timespec(tv_sec: 0, tv_nsec: 0)
        let plain = "error: wrong [a.b]\n  --> \(path):1:1\n\nhint: mend it\n"
        func text(_ moment: timespec) -> String {
            DiagnosticText.text([diagnostic], sources: .onDisk(unchangedSince: moment))
        }
        // A file that is gone, one that was changed, a directory.
        #expect(text(later) == plain)
        try "key: 1\n".write(toFile: path, atomically: true, encoding: .utf8)
        #expect(text(earlier) == plain)
        #expect(
            text(later)
                == "error: wrong [a.b]\n  --> \(path):1:1\n   |\n 1 | key: 1\n   | ^^^\nhint: mend it\n")
        #expect(SourceFiles.onDisk(unchangedSince: later).read(folder.path) == nil)
    }

    @Test func theCaretsTakeTheColourOfTheSeverity() {
        let sources = SourceFiles { SourceText(Array("key: 1".utf8), file: $0) }
        let diagnostic = Diagnostic(.warning, "a.b", "odd", at: Place(file: "a.yaml", line: 1, column: 1))
        let text = DiagnosticText.text([diagnostic], ink: .ansi, sources: sources)
        #expect(text.contains("   | \u{1b}[1;33m^^^\u{1b}[0m\n"))
        let plain = DiagnosticText.text([diagnostic], sources: sources)
        #expect(text.replacing(/\u{1b}\[[0-9;]*m/, with: "") == plain)
    }
}
