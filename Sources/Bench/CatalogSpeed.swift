import Catalog
import Cloud
import Glibc
import Provisioning

/// How long a catalog takes that nobody has asked before: reading its files, resolving every template, and checking
/// each by what its cloud's manuals say, which is read once before.
enum CatalogSpeed {
    /// One line for a program: least and median milliseconds, least milliseconds of CPU, and bytes of memory a
    /// template.
    static func measure(_ directory: String, rulesIn providers: String) throws -> String {
        var known = try CloudRules("aws", folder: "\(providers)/aws")
        known.builtAPIs = Set(known.apis)
        let rules = known
        func catalog() -> TemplateCatalog {
            TemplateCatalog(
                directories: [directory],
                accounts: [CatalogAccount(name: "prod", cloud: "aws", region: "us-east-1")],
                rules: TemplateRules { cloud in cloud == rules.cloud ? .success(rules) : nil }, surroundings: .system)
        }
        let before = residentBytes()
        let held = catalog()
        let news = held.check()
        if let first = news.first { throw LedgerTrouble(why: "the sample catalog is no good: \(first.message)") }
        let grown = residentBytes() - before
        let templates = held.all().templates.count

        var wall: [Double] = [], processor: [Double] = []
        while wall.count < 7 {
            let start = wallSeconds(), begun = cpuSeconds()
            precondition(catalog().check().isEmpty, "the catalog changed under us")
            wall.append((wallSeconds() - start) * 1000)
            processor.append((cpuSeconds() - begun) * 1000)
        }
        wall.sort()
        processor.sort()
        return "\(round2(wall[0])) \(round2(wall[wall.count / 2])) \(round2(processor[0])) \(grown / templates)"
    }
}
