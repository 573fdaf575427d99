import Testing

/// `docs/diagnostics.md` and the sources know the same codes.
@Suite struct DiagnosticCodeTests {
    @Test func everyCodeIsExplainedAndEveryExplanationHasItsCode() throws {
        let sources = try swiftFiles(under: "Sources", of: houseRoot).map { try text(of: houseRoot + "/" + $0) }
        let written = sources.reduce(into: Codes()) { $0.formUnion(diagnosticCodes(in: $1)) }
        let explained = explainedCodes(in: try text(of: houseRoot + "/docs/diagnostics.md"))
        // An empty reading would pass everything.
        #expect(written.whole.contains("order.count"))

        #expect(written.whole.subtracting(explained).sorted() == [], "not in docs/diagnostics.md")
        #expect(
            explained.subtracting(written.whole).filter { !written.covers($0) }.sorted() == [],
            "in docs/diagnostics.md, but given by no source")
        #expect(
            written.endings.filter { ending in !explained.contains { $0.hasSuffix(ending) } } == [],
            "no code in docs/diagnostics.md ends like this")
    }

    @Test func everyWayToWriteACodeIsFound() {
        let codes = diagnosticCodes(
            in: #"""
                Diagnostic(.error, "one.two", "words")
                found.append(.init(
                    .warning, "three.four-five", "words"))
                reader.report(
                    "six.seven", "words", at: place)
                throw unparsed("eight.nine", "words", cell)
                report("\(what).unknown-key", "words")
                let other = Thing(code: "ten.eleven", text: "words")
                log.info("said", metadata: ["request.id": "\(id)", "cloud.api": "\(api)"])
                let file = read("provider.yaml", in: folder)
                """#)
        #expect(codes.whole == ["one.two", "three.four-five", "six.seven", "eight.nine", "ten.eleven"])
        #expect(codes.endings == [".unknown-key"])
    }

    @Test func onlyTheFirstColumnOfATableExplains() {
        let page = """
            | code | meaning | what to do |
            |---|---|---|
            | `one.two` | as `three.four` | – |
            Prose about `five.six`.
            """
        #expect(explainedCodes(in: page) == ["one.two"])
    }
}

struct Codes: Equatable {
    var whole: Set<String> = []
    /// Of codes whose first word is filled in: `.unknown-key`.
    var endings: Set<String> = []

    mutating func formUnion(_ other: Codes) {
        whole.formUnion(other.whole)
        endings.formUnion(other.endings)
    }

    func covers(_ code: String) -> Bool { endings.contains { code.hasSuffix($0) } }
}

/// A code stands behind a severity, as the argument `code`, or as the first of several arguments.
func diagnosticCodes(in source: String) -> Codes {
    let code =
        /(?:\.(?:error|warning|note)\s*,\s*|\bcode:\s*|\w\(\s*)"(?:([a-z]+(?:-[a-z]+)*\.[a-z]+(?:-[a-z]+)*)|\\\([^)"]*\)(\.[a-z]+(?:-[a-z]+)*))"\s*,/
    var codes = Codes()
    for match in source.matches(of: code) {
        if let whole = match.1, !isFileName(whole) { codes.whole.insert(String(whole)) }
        if let ending = match.2, !isFileName(ending) { codes.endings.insert(String(ending)) }
    }
    return codes
}

private func isFileName(_ text: Substring) -> Bool {
    [".yaml", ".yml", ".json", ".sqlite", ".db", ".lock", ".sock"].contains { text.hasSuffix($0) }
}

func explainedCodes(in page: String) -> Set<String> {
    Set(page.matches(of: /^\|\s*`([a-z.-]+)`\s*\|/.anchorsMatchLineEndings()).map { String($0.1) })
}
