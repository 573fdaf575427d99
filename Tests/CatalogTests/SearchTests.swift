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
            """
        ])
        let (templates, diagnostics) = setting.catalog.search(try TemplateQuery(words: words, where: condition))
        #expect(diagnostics == [])
        return templates.map(\.id.text)
    }

    @Test(arguments: [
        ("tags.team = web", ["web"]),
        ("tags.team=web", ["web"]),
        ("tags.cost.center = 7", ["web"]),
        ("instanceTags.team != web", ["gpu", "grid"]),
        ("machine_type = c6i.*", ["grid", "web"]),
        ("vmTypes = c6i.* and tags.team = web", ["web"]),
        ("not tags", ["gpu"]),
        ("tags", ["grid", "web"]),
        ("limit > 9", ["gpu"]),
        ("max_machines >= 9", ["gpu", "web"]),
        ("max_machines < 10", ["web"]),
        ("lifetime < 2h and lifetime >= 90m", ["gpu"]),
        ("price_type = ondemand", ["grid", "web"]),
        ("is_active = false", ["grid"]),
        ("zones = b", ["grid"]),
        ("description ~ inference", ["gpu"]),
        ("tags.team = web or tags.team = grid and is_active = true", ["web"]),
        ("(tags.team = web or tags.team = grid) and is_active = true", ["web"]),
        ("NOT (tags.team = 'web' OR price_type == \"spot\")", ["grid"]),
        ("id = g*", ["gpu", "grid"]),
        ("cloud = aws", ["gpu", "grid", "web"]),
        ("source_file ~ templates.yaml", ["gpu", "grid", "web"]),
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
