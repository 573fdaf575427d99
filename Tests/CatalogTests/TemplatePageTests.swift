import Documents
import FoundationEssentials
import Provisioning
import Testing

@testable import Catalog

/// `docs/templates.md` says what the table of keys says, no more and no less.
struct TemplatePageTests {
    private let page: Page

    init() throws { page = try Page("docs/templates.md") }

    @Test func everyKeyHasARowAndEveryRowAKey() {
        let rows = page.rows(under: "Key")
        let keys = Dictionary(keys(TemplateKeys.described), uniquingKeysWith: { first, _ in first })
        // An empty reading would pass everything.
        #expect(rows.count > 100 && keys.count > 100)
        let named = rows.map { $0.words(0).joined(separator: " ") }
        #expect(Set(named).count == named.count, "a key has two rows")
        #expect(Set(keys.keys).subtracting(named).sorted() == [], "not in docs/templates.md")
        #expect(Set(named).subtracting(keys.keys).sorted() == [], "in docs/templates.md, but no key")
    }

    @Test func aRowHasTheOtherNamesOfItsKeyAndTheFeatureItNeeds() {
        let keys = Dictionary(keys(TemplateKeys.described), uniquingKeysWith: { first, _ in first })
        for row in page.rows(under: "Key") {
            let path = row.words(0).joined(separator: " ")
            guard let key = keys[path] else { continue }
            #expect(row.words(1) == key.aliases, "\(path)")
            #expect(row.words(4) == [key.feature?.rawValue].compactMap(\.self), "\(path)")
        }
    }

    @Test func aRowNamesTheWordsAndBoundsThatItsKeyTakes() {
        let keys = Dictionary(keys(TemplateKeys.described), uniquingKeysWith: { first, _ in first })
        for row in page.rows(under: "Key") {
            let path = row.words(0).joined(separator: " ")
            guard let key = keys[path] else { continue }
            for word in words(of: key.value) { #expect(row.words(2).contains(word), "\(path) takes \(word)") }
            guard case .integer(let range) = key.value, range.upperBound < .max else { continue }
            for bound in [range.lowerBound, range.upperBound] {
                #expect(row.cell(2).split { !$0.isNumber }.contains("\(bound)"), "\(path) has the bound \(bound)")
            }
        }
    }

    @Test func whatIsRefusedIsListedUnderItsOwnName() {
        let listed = page.rows(under: "For").flatMap { $0.words(1) }
        let refused = TemplateKeys.described.filter { !$0.isSupported }.map(\.key)
        #expect(refused.count > 30)
        #expect(listed.sorted() == refused.sorted())
    }

    @Test func theFeaturesOfEveryAPIAreThoseOfItsFile() throws {
        var apis: Set<String> = []
        for table in page.tables where table.first?.cell(0) == "Feature" {
            for (column, api) in table[0].cells.enumerated().dropFirst() {
                let name = api.filter { $0 != "`" }
                apis.insert(name)
                let parts = name.split(separator: "/")
                let path = "\(Page.root)/providers/\(parts[0])/apis/\(parts[1]).yaml"
                let document = try #require(Document.read(path).document, "\(path)")
                let features = document.root?["features"]?.items.compactMap(\.text) ?? []
                #expect(features.count > 5, "\(name)")
                let said = table.dropFirst().filter { $0.cell(column) == "yes" }.flatMap { $0.words(0) }
                #expect(said.sorted() == features.sorted(), "\(name)")
            }
        }
        #expect(apis.count == 9)
    }

    // MARK: - The table of keys

    /// With their paths: those of nested maps after the key that they are under.
    private func keys(_ keys: [TemplateKey], under path: String = "") -> [(String, TemplateKey)] {
        keys.filter(\.isSupported).flatMap { key in
            [("\(path)\(key.key)", key)] + parts(of: key.value, under: "\(path)\(key.key)")
        }
    }

    private func parts(of value: TemplateKey.Value, under path: String) -> [(String, TemplateKey)] {
        switch value {
        case .map(let parts): keys(parts, under: "\(path).")
        case .mapOf(let value): self.parts(of: value, under: "\(path).NAME")
        case .listOf(let value): self.parts(of: value, under: "\(path)[]")
        case .either(let values): values.flatMap { parts(of: $0, under: path) }
        default: []
        }
    }

    private func words(of value: TemplateKey.Value) -> [String] {
        switch value {
        case .word(let words), .spelling(let words): words
        case .either(let values): values.flatMap { words(of: $0) }
        case .boolean: ["true", "false"]
        default: []
        }
    }
}

/// A page's tables.
private struct Page {
    struct Row {
        var cells: [String]

        func cell(_ index: Int) -> String { index < cells.count ? cells[index] : "" }
        /// What stands between backticks.
        func words(_ index: Int) -> [String] {
            cell(index).split(separator: "`", omittingEmptySubsequences: false).enumerated()
                .filter { $0.offset % 2 == 1 }.map { String($0.element) }
        }
    }

    static let root = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined()

    /// Each with its heads first; the line below them is left out.
    var tables: [[Row]] = []

    init(_ path: String) throws {
        let data = try #require(FileManager.default.contents(atPath: "\(Page.root)/\(path)"))
        var isInTable = false
        for line in String(decoding: data, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false) {
            guard line.hasPrefix("|") else {
                isInTable = false
                continue
            }
            if line.hasPrefix("|---") { continue }
            let cells = line.dropFirst().dropLast().split(separator: "|", omittingEmptySubsequences: false)
            if !isInTable { tables.append([]) }
            isInTable = true
            tables[tables.count - 1].append(Row(cells: cells.map(trimmed)))
        }
    }

    func rows(under head: String) -> [Row] {
        tables.filter { $0.first?.cell(0) == head }.flatMap { $0.dropFirst() }
    }

    private func trimmed(_ text: Substring) -> String {
        String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
