import Catalog
import Provisioning
import Testing

struct SearchTests {
    private func find(_ words: [String] = [], where condition: String? = nil) throws -> [String] {
        let setting = try Setting([
            "templates.yaml": """
            defaults: {image: ami-1}
            templates:
              web: {vmTypes: [m6i.large, c6i.large], tags: {team: web, cost.center: "7"}, max_machines: 9, cloud: aws}
              gpu: {vmType: g5.xlarge, description: For Inference, lifetime: 90m, price_type: spot, limit: 100}
              grid: {vmTypes: {c6i.xlarge: 1}, tags: {team: grid}, zones: [a, b], is_active: false}
              disk: {vmType: t, cloud: azure, machine_disks: [{device: a, size_gb: 5}, {size_gb: 500}]}
              some: {requirements: {memory: {min: 512MiB}}, cloud: azure}
              many: {requirements: {memory: {min: 16GiB}}, cloud: azure, max_price: 0.10, price_type: spot}
            """
        ])
        let (templates, diagnostics) = setting.catalog.search(
            try TemplateQuery(words: words, where: [condition].compactMap(\.self)))
        #expect(diagnostics == [])
        return templates.map(\.id.text)
    }

    @Test(arguments: [
        ("tags.team = web", ["web"]),
        ("tags.team=web", ["web"]),
        ("tags.cost.center = 7", ["web"]),
        ("instanceTags.team != web and cloud = aws", ["gpu", "grid"]),
        ("machine_type = c6i.*", ["grid", "web"]),
        ("vmTypes = c6i.* and tags.team = web", ["web"]),
        ("not tags and cloud = aws", ["gpu"]),
        ("tags", ["grid", "web"]),
        ("limit > 9", ["gpu"]),
        ("max_machines >= 9", ["gpu", "web"]),
        ("max_machines < 10", ["web"]),
        ("lifetime < 2h and lifetime >= 90m", ["gpu"]),
        ("price_type = ondemand and cloud = aws", ["grid", "web"]),
        ("is_active = false", ["grid"]),
        ("zones = b", ["grid"]),
        ("description ~ inference", ["gpu"]),
        ("tags.team = web or tags.team = grid and is_active = true", ["web"]),
        ("(tags.team = web or tags.team = grid) and is_active = true", ["web"]),
        ("NOT (tags.team = 'web' OR price_type == \"spot\") and cloud = aws", ["grid"]),
        ("id = g*", ["gpu", "grid"]),
        ("cloud = aws", ["gpu", "grid", "web"]),
        ("source_file ~ templates.yaml and cloud = aws", ["gpu", "grid", "web"]),
        ("requirements.memory.min > 1GiB", ["many"]), ("requirements.memory.min <= 1GiB", ["some"]),
        ("machine_disks", ["disk"]), ("machine_disks.size_gb > 100", ["disk"]), ("machine_disks.device = a", ["disk"]),
        ("lifetime = 1h30m", ["gpu"]), ("max_price = 0.1", ["many"]), ("max_machines = 9.0", ["web"]),
    ])
    func aConditionFindsWhatMeetsIt(_ condition: String, _ found: [String]) throws {
        #expect(try find(where: condition) == found)
    }

    @Test func wordsAreLookedForAnywhereAndAllOfThem() throws {
        #expect(try find(["C6I"]) == ["grid", "web"])
        #expect(try find(["c6i", "grid"]) == ["grid"])
        #expect(try find(["inference"], where: "price_type = spot") == ["gpu"])
        #expect(try find(["nowhere"]) == [])
    }

    @Test(arguments: [
        ("tgas.team = web", "search.field"), ("tags.team =", "search.syntax"), ("= web", "search.syntax"),
        ("tags.team = web and", "search.syntax"), ("(tags", "search.syntax"), ("tags)", "search.syntax"),
        ("tags.team = 'web", "search.syntax"), ("", "search.syntax"), ("tags tags", "search.syntax"),
        (String(repeating: "not ", count: 1_000) + "tags", "search.syntax"),
    ])
    func whatCannotBeUnderstoodIsSaid(_ condition: String, _ code: String) throws {
        let rejected = #expect(throws: Rejected.self) { try TemplateQuery(where: condition) }
        #expect(rejected?.diagnostics.map(\.code) == [code])
    }

    @Test func aMistypedFieldIsToldWhatItMeant() throws {
        let rejected = #expect(throws: Rejected.self) { try TemplateQuery(where: "max_machnes > 3") }
        #expect(rejected?.diagnostics.first?.hint == "did you mean `max_machines`?")
    }
}
