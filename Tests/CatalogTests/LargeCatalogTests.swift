import Catalog
import Provisioning
import Testing

/// A catalog large enough to be read and checked on all cores.
struct LargeCatalogTests {
    private static let folders = 6, templates = 100

    private static func id(_ folder: Int, _ number: Int) -> String { "t-\(folder)-\(100 + number)" }

    /// One template in thirty-seven has an unknown key, and one id is given twice.
    private static let files: [String: String] = {
        let script = String(repeating: "x", count: 400)
        var files: [String: String] = [:]
        for folder in 0..<folders {
            var text = "defaults: {image: i}\ntemplates:\n"
            for number in 0..<templates {
                let mistake = (folder * templates + number) % 37 == 5 ? ", colour: red" : ""
                text += "- {id: \(id(folder, number)), vmType: t, user_data: \(script)\(mistake)}\n"
            }
            if folder == 3 { text += "- {id: \(id(3, 7)), vmType: u}\n" }
            files["pool-\(folder)/awsprov_templates.yaml"] = text
        }
        return files
    }()

    private static let expected: [String] = (0..<folders).flatMap { folder in
        let file = "pool-\(folder)/awsprov_templates.yaml"
        let mistakes = (0..<templates).filter { (folder * templates + $0) % 37 == 5 }
        let column = "- {id: t-0-100, vmType: t, user_data: , ".count + 400 + 1
        return mistakes.map { "template.unknown-key@\(file):\(3 + $0):\(column)" }
            + (folder == 3 ? ["template.duplicate@\(file):\(3 + templates):8"] : [])
    }

    @Test func mistakesAreToldInTheOrderOfTheirFilesHoweverManyLook() throws {
        #expect(LargeCatalogTests.files.values.reduce(0) { $0 + $1.utf8.count } > 200_000)
        for _ in 0..<5 {
            let setting = try Setting(LargeCatalogTests.files)
            #expect(setting.codes(setting.catalog.check()) == LargeCatalogTests.expected)
        }
    }

    @Test func aTemplateAmongManyComesToWhatItComesToAlone() throws {
        let setting = try Setting(LargeCatalogTests.files)
        let together = setting.catalog.check()
        let ids = (0..<LargeCatalogTests.folders).flatMap { folder in
            (0..<LargeCatalogTests.templates).map { Template.ID(LargeCatalogTests.id(folder, $0)) }
        }
        #expect(setting.catalog.check(ids) == together)
        #expect(setting.catalog.all().templates.count == ids.count - LargeCatalogTests.expected.count)
    }
}
