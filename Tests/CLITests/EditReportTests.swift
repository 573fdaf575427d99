import Provisioning
import Testing

@testable import CLI
@testable import Catalog

/// What is shown of a change of a template file.
struct EditReportTests {
    private func edit(_ before: String, _ after: String, others: [String] = []) -> TemplateEdit {
        TemplateEdit(
            id: "b", file: "t/awsprov_templates.yaml", layer: .provider, before: before, after: after, warnings: [],
            others: others)
    }

    private let text = (1...9).map { "line \($0)\n" }.joined()

    @Test func aChangeIsShownAsAUnifiedDiffAndASentence() throws {
        let after = text.replacing("line 5\n", with: "line five\nline six\n")
        try expectGolden(EditReport(edit: edit(text, after), verb: .update, isRehearsal: false).view, "change")
    }

    @Test func theSentenceTellsWhatCameOfIt() throws {
        func sentence(_ verb: TemplateChange.Verb, _ edit: TemplateEdit, _ isRehearsal: Bool = false) throws -> String?
        {
            let view = EditReport(edit: edit, verb: verb, isRehearsal: isRehearsal).view
            return try OutputFormat.table.text(of: view).split(separator: "\n").last.map(String.init)
        }
        #expect(
            try sentence(.create(from: nil), edit("", "a\n"), true)
                == "template b would be created in t/awsprov_templates.yaml, the provider layer; nothing was written")
        #expect(
            try sentence(.delete, edit("a\n", ""), false)
                == "template b is deleted in t/awsprov_templates.yaml, the provider layer")
        #expect(
            try sentence(.delete, edit("a\n", "", others: ["x"]))
                == "template b is deleted in t/awsprov_templates.yaml, the provider layer; it is still in x")
        #expect(
            try sentence(.update, edit("a\n", "a\n"))
                == "template b is so already: t/awsprov_templates.yaml stays as it is")
    }

    @Test func aDiffIsWhatPatchTakes() {
        func diff(_ old: String, _ new: String) -> String { UnifiedDiff.text(from: old, to: new, file: "f") }
        #expect(diff(text, text) == "")
        #expect(diff("", "a\n") == "--- /dev/null\n+++ f\n@@ -0,0 +1 @@\n+a\n")
        #expect(diff("a\n", "") == "--- f\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n")
        #expect(
            diff("a\nb", "a\nc\n") == "--- f\n+++ f\n@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+c\n")
        #expect(diff("a\r\nb\r\n", "a\r\nc\r\n") == "--- f\n+++ f\n@@ -1,2 +1,2 @@\n a\r\n-b\r\n+c\r\n")
        // Far apart they are hunks of their own, near each other one.
        let many = (1...30).map { "\($0)\n" }.joined()
        let far = many.replacing("\n3\n", with: "\nx\n").replacing("\n28\n", with: "\ny\n")
        #expect(
            diff(many, far).split(separator: "\n").filter { $0.hasPrefix("@@") } == [
                "@@ -1,6 +1,6 @@", "@@ -25,6 +25,6 @@",
            ])
        let near = many.replacing("\n3\n", with: "\nx\n").replacing("\n10\n", with: "\n")
        #expect(diff(many, near).split(separator: "\n").filter { $0.hasPrefix("@@") } == ["@@ -1,13 +1,12 @@"])
    }
}
