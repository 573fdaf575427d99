import Catalog
import Glibc
import Provisioning

/// How long a catalog takes that nobody has asked before: reading its files, resolving and checking every template.
enum CatalogSpeed {
    /// One line for a program: least and median milliseconds, least milliseconds of CPU, and bytes of memory a
    /// template.
    static func measure(_ directory: String) throws -> String {
        let before = residentBytes()
        let held = catalog(directory)
        let news = held.check()
        if let first = news.first { throw LedgerTrouble(why: "the sample catalog is no good: \(first.message)") }
        let grown = residentBytes() - before
        let templates = held.all().templates.count

        var wall: [Double] = [], processor: [Double] = []
        while wall.count < 7 {
            let start = wallSeconds(), begun = cpuSeconds()
            precondition(catalog(directory).check().isEmpty, "the catalog changed under us")
            wall.append((wallSeconds() - start) * 1000)
            processor.append((cpuSeconds() - begun) * 1000)
        }
        wall.sort()
        processor.sort()
        return "\(round2(wall[0])) \(round2(wall[wall.count / 2])) \(round2(processor[0])) \(grown / templates)"
    }

    private static func catalog(_ directory: String) -> TemplateCatalog {
        TemplateCatalog(
            directories: [directory], accounts: [CatalogAccount(name: "prod", cloud: "aws")], surroundings: .system)
    }
}
