import Documents
import Engine
import Foundation
import FoundationXML
import Provisioning
import Testing

@testable import CLI

/// The report of `template validate` in the notations that machines read.
struct CatalogReportTests {
    static let report = CatalogReport(
        diagnostics: [
            Diagnostic(.error, "file.missing", "there is no file `drafts/none.yaml`"),
            Diagnostic(.warning, "catalog.unknown-file", "`notes.yaml` is left out", hint: "name it after a layer"),
            Diagnostic(
                .error, "template.unknown-key", "`instance_typ` is not a template key",
                at: Place(file: "/srv/catalog/sub dir/é#1.yaml", line: 7, column: 3),
                hint: "did you mean `instance_type`?"),
            Diagnostic(
                .error, "field.type", "`a` must be text, not `<b> & \"c\" 'd'\t\u{1b}]]>\n`",
                at: Place(file: "/srv/catalog/sub dir/é#1.yaml", line: 9, column: 12)),
            Diagnostic(
                .note, "field.clash", "two ways to say it",
                at: Place(file: "/etc/muster/templates.yaml", line: 1, column: 1)
            ),
        ], templates: 12,
        files: ["drafts/none.yaml", "/srv/catalog/awsprov_templates.yaml", "/srv/catalog/sub dir/é#1.yaml"])

    static let sound = CatalogReport(diagnostics: [], templates: 2, files: ["templates.yaml", "templates.yaml"])

    static let results: [ValidationResult] = {
        let now = Timestamp("2026-11-21T12:40:43.125Z")!
        var sound = ValidationResult(template: "cpu-small", account: "demo", validatedAt: now)
        sound.features = [.onDemand, .spot]
        sound.findings = [
            Finding(.image, "/aws/service/a", .verified("ami-1, a, x86_64"), id: "ami-1"),
            Finding(.subnet, "subnet-1", .unknown("UnauthorizedOperation: no")), Finding(.key, "ops", .verified("rsa")),
        ]
        var broken = ValidationResult(template: "gpu", account: "prod", validatedAt: now)
        broken.findings = [Finding(.securityGroup, "sg-1", .absent("there is no such security group here"))]
        broken.errors = [
            Diagnostic(
                .error, "template.absent", "the security group `sg-1` of template `gpu` cannot be used",
                at: Place(file: "templates.yaml", line: 3, column: 5))
        ]
        broken.warnings = [Diagnostic(.warning, "template.not-yet", "`x` is not supported yet")]
        return [sound, broken, ValidationResult(template: "lost", account: nil, validatedAt: now)]
    }()

    @Test func whatTheCloudsSaidStandsInTheReport() throws {
        try expectGolden(Self.results.text, "validate-results.txt")
        let report = CatalogReport(diagnostics: [], templates: 3, files: [], results: Self.results)
        try expectGolden(report.json, "validate-results.json")
        let results = Array(try #require(parse(report.json)["results"]).items)
        #expect(results.map { $0["is_valid"]?.text } == ["true", "false", "true"])
        #expect(results[2]["findings"]?.isNull == true)
    }

    @Test func everyNotationIsAsItWasRead() throws {
        try expectGolden(DiagnosticText.text(Self.report.diagnostics), "validate.txt")
        try expectGolden(Self.report.json, "validate.json")
        try expectGolden(Self.report.sarif(workingDirectory: "/srv/catalog"), "validate.sarif")
        try expectGolden(Self.report.junit, "validate.xml")
        try expectGolden(Self.sound.json, "validate-sound.json")
        try expectGolden(Self.sound.sarif(workingDirectory: "/"), "validate-sound.sarif")
        try expectGolden(Self.sound.junit, "validate-sound.xml")
    }

    @Test func onlyErrorsMakeACatalogInvalid() {
        #expect(!Self.report.isValid)
        #expect(Self.sound.isValid)
        #expect(CatalogReport(diagnostics: [Self.report.diagnostics[1]], templates: 0, files: []).isValid)
    }

    @Test func jsonHoldsEveryField() throws {
        let root = try parse(Self.report.json)
        #expect(root["version"]?.text == "1" && root["valid"]?.text == "false" && root["templates"]?.text == "12")
        let found = Array(try #require(root["diagnostics"]).items)
        #expect(found.count == Self.report.diagnostics.count)
        for (node, diagnostic) in zip(found, Self.report.diagnostics) {
            #expect(
                Set(node.fields.map(\.key)) == ["severity", "code", "message", "file", "line", "column", "hint"])
            #expect(node["message"]?.text == diagnostic.message)
            #expect(node["line"]?.isNull == (diagnostic.place == nil))
        }
    }

    /// SARIF 2.1.0: what sections 3.13, 3.14, 3.18, 3.19 and 3.27 require, and what code scanning asks for beside it.
    @Test(arguments: [report, sound]) func sarifHasWhatTheStandardRequires(_ report: CatalogReport) throws {
        let root = try parse(report.sarif(workingDirectory: "/srv/catalog"))
        #expect(root["version"]?.text == "2.1.0")
        let runs = Array(try #require(root["runs"]).items)
        #expect(runs.count == 1)
        let driver = try #require(runs[0]["tool"]?["driver"])
        #expect(driver["name"]?.text == "muster" && driver["version"]?.text == Muster.version)
        #expect(driver["informationUri"] == nil)
        #expect(runs[0]["columnKind"]?.text == "unicodeCodePoints")
        let rules = Array(try #require(driver["rules"]).items)
        let ids = rules.compactMap { $0["id"]?.text }
        #expect(ids == Set(report.diagnostics.map(\.code)).sorted())
        #expect(rules.allSatisfy { $0["shortDescription"]?["text"]?.text?.isEmpty == false })
        let results = Array(try #require(runs[0]["results"]).items)
        #expect(results.count == report.diagnostics.count)
        for (result, diagnostic) in zip(results, report.diagnostics) {
            #expect(result["message"]?["text"]?.text?.hasPrefix(diagnostic.message) == true)
            #expect(["error", "warning", "note"].contains(result["level"]?.text))
            #expect(result["level"]?.text == diagnostic.severity.rawValue)
            #expect(result["ruleId"]?.text == diagnostic.code)
            let index = try #require(result["ruleIndex"]?.text.flatMap { Int($0) })
            #expect(ids[index] == diagnostic.code)
            let location = result["locations"]?.items.map { $0 }.first?["physicalLocation"]
            #expect((location == nil) == (report.file(of: diagnostic) == nil))
            #expect(location?["region"]?["startLine"]?.text == diagnostic.place.map { String($0.line) })
            #expect(location?["region"]?["startColumn"]?.text == diagnostic.place.map { String($0.column) })
            if let uri = location?["artifactLocation"]?["uri"]?.text {
                #expect(uri.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F })
            }
        }
    }

    @Test(arguments: [
        ("/w/t/a.yaml", "/w", "t/a.yaml"), ("/w/t/a.yaml", "/w/", "t/a.yaml"),
        ("/work/a.yaml", "/w", "file:///work/a.yaml"),
        ("./t/a.yaml", "/w", "t/a.yaml"), ("../a.yaml", "/w", "../a.yaml"), ("/a b.yaml", "/w", "file:///a%20b.yaml"),
        ("/a.yaml", "/", "a.yaml"), ("x:y%.yaml", "/w", "x%3Ay%25.yaml"), ("é.yaml", "/w", "%C3%A9.yaml"),
        ("a\n.yaml", "/w", "a%0A.yaml"),
    ])
    func aFileIsNamedFromTheWorkingDirectory(_ file: String, _ directory: String, _ uri: String) {
        #expect(FileReference.uri(of: file, from: directory) == uri)
    }

    @Test func junitIsXMLThatSaysWhatWasMeant() throws {
        let read = try JUnitReading(Self.report.junit)
        #expect(read.suites.count == 5)
        #expect(read.cases == read.suites)
        let errors = Self.report.diagnostics.filter { $0.severity == .error }
        #expect(read.failures.count == errors.count)
        // XML has no way to say an escape character.
        let messages = errors.map { $0.message.replacing("\u{1b}", with: "\u{FFFD}") }
        #expect(Set(read.failures.map(\.message)) == Set(messages))
        #expect(Set(read.failures.map(\.type)) == Set(errors.map(\.code)))
        #expect(read.totals["tests"] == "5" && read.totals["failures"] == "2")
    }

    @Test func aSoundCatalogHasOneGoodCaseAFile() throws {
        let read = try JUnitReading(Self.sound.junit)
        #expect(read.suites == ["templates.yaml"])
        #expect(read.failures.isEmpty)
        #expect(try JUnitReading(CatalogReport(diagnostics: [], templates: 0, files: []).junit).suites.isEmpty)
    }

    @Test func aFileThatIsNotThereIsNoGoodCase() throws {
        let report = CatalogReport(
            diagnostics: [Diagnostic(.error, "file.missing", "there is no file `a.yaml`")], templates: 0,
            files: ["a.yaml"])
        let read = try JUnitReading(report.junit)
        #expect(read.suites == ["a.yaml"])
        #expect(read.totals["failures"] == "1")
    }

    @Test func theMeaningsAreThoseOfThePage() throws {
        let page = try String(
            contentsOf: URL(filePath: #filePath).deletingLastPathComponent().appending(
                path: "../../docs/diagnostics.md"), encoding: .utf8)
        let rows = page.matches(of: /^\|\s*`([a-z.-]+)`\s*\|\s*(.*?)\s*\|/.anchorsMatchLineEndings())
        let meanings = Dictionary(uniqueKeysWithValues: rows.map { (String($0.1), String($0.2)) })
        let ofCatalogs = meanings.filter { row in
            ["catalog.", "spec.", "template.", "field.", "file.", "yaml."].contains { row.key.hasPrefix($0) }
        }
        #expect(!ofCatalogs.isEmpty)
        #expect(DiagnosticMeaning.texts == ofCatalogs)
    }

    private func parse(_ text: String) throws -> Node {
        let (document, diagnostics) = Document.parse(Array(text.utf8), file: "t.json")
        try #require(diagnostics.isEmpty, "\(diagnostics)")
        return try #require(document?.root)
    }
}

/// What a reader of JUnit XML makes of it.
private final class JUnitReading: NSObject, XMLParserDelegate {
    private(set) var totals: [String: String] = [:]
    private(set) var suites: [String] = []
    private(set) var cases: [String] = []
    private(set) var failures: [(message: String, type: String)] = []

    init(_ text: String) throws {
        super.init()
        let parser = XMLParser(data: Data(text.utf8))
        parser.delegate = self
        try #require(parser.parse(), "\(String(describing: parser.parserError)) in \(text)")
    }

    func parser(
        _ parser: XMLParser, didStartElement element: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        switch element {
        case "testsuites": totals = attributes
        case "testsuite": suites.append(attributes["name"] ?? "")
        case "testcase": cases.append(attributes["name"] ?? "")
        case "failure": failures.append((attributes["message"] ?? "", attributes["type"] ?? ""))
        default: break
        }
    }
}
