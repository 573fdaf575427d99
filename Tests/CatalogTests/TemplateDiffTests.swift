import Provisioning
import Testing

@testable import Catalog

struct TemplateDiffTests {
    /// Each change as `path: from -> to`, with `-` where nothing is said and `null` where it is cleared.
    private func changes(_ text: String, _ from: Template.ID = "a", _ to: Template.ID = "b") throws -> [String] {
        let setting = try Setting(["templates.yaml": "defaults: {image: i, machine_type: t}\n" + text])
        func shown(_ value: TemplateDiff.Value?) -> String { value.map { $0.text ?? "null" } ?? "-" }
        let changes = try setting.catalog.diff(from, to).diff.changes
        return changes.map { "\($0.path): \(shown($0.from)) -> \(shown($0.to))" }
    }

    @Test func whatIsOnOneSideOnlyAndWhatDiffersIsTold() throws {
        let text = """
            templates:
              a: {name: one, zones: [z1, z2], tags: {team: risk, env: prod}}
              b: {name: two, zones: [z1, z2], tags: {env: prod}, lifetime: 1h}
            """
        #expect(try changes(text) == ["lifetime: - -> 1h", "name: one -> two", "tags.team: risk -> -"])
        #expect(try changes(text, "b", "a") == ["lifetime: 1h -> -", "name: two -> one", "tags.team: - -> risk"])
        #expect(try changes(text, "a", "a") == [])
    }

    @Test func aSpellingIsNoDifference() throws {
        #expect(
            try changes(
                """
                templates:
                  - {id: a, limit: 5, tags: team=risk}
                  - {template_id: b, maxNumber: 5, instanceTags: {team: risk}}
                """) == [])
    }

    @Test func whatIsClearedIsAsIfNobodyGaveIt() throws {
        #expect(try changes("templates: {a: {zones: null}, b: {}}") == [])
        #expect(try changes("templates: {a: {zones: null}, b: {zones: [z]}}") == ["zones: null -> [z]"])
        // Text that only looks like it clears nothing.
        #expect(try changes("templates: {a: {name: null}, b: {name: \"null\"}}") == ["name: null -> null"])
    }

    @Test func everySideSaysWhoSetIt() throws {
        let setting = try Setting([
            "templates.yaml": "defaults: {image: i, machine_type: t}\ntemplates: {a: {}, b: {image: j}}"
        ])
        let change = try #require(try setting.catalog.diff("a", "b").diff.changes.first)
        #expect(change.from?.origin.hasSuffix("/templates.yaml:1:19 (legacy defaults)") == true)
        #expect(change.to?.origin.hasSuffix("/templates.yaml:2:31 (legacy)") == true)
    }

    @Test func whatIsWrongWithEitherIsToldAtOnce() throws {
        let setting = try Setting(["templates.yaml": "templates: {a: {image: i}}"])
        do throws(Rejected) {
            _ = try setting.catalog.diff("a", "nobody")
            Issue.record("it was compared")
        } catch {
            #expect(error.diagnostics.map(\.code) == ["template.unknown", "template.missing-type"])
        }
        #expect(throws: Rejected.self) { try setting.catalog.diff("nobody", "a") }
    }
}
