import Catalog
import Provisioning

/// What a change of a template file came to, or would.
struct EditReport {
    let edit: TemplateEdit
    let verb: TemplateChange.Verb
    let isRehearsal: Bool

    var view: View {
        View("change") {
            [
                "file": .text(edit.file), "layer": .text(edit.layer.name), "template": .text(edit.id.text),
                "diff": .text(diff), "changed": .boolean(edit.isChange), "dry_run": .boolean(isRehearsal),
            ]
        } ids: {
            [edit.id.text]
        } blocks: {
            // The diff's last line ends itself.
            [.lines(diff.isEmpty ? [] : [String(diff.dropLast())]), .lines([sentence])]
        }
    }

    private var diff: String { UnifiedDiff.text(from: edit.before, to: edit.after, file: edit.file) }

    private var sentence: String {
        guard edit.isChange else { return "template \(edit.id) is so already: \(edit.file) stays as it is" }
        let done =
            switch verb {
            case .create, .copy: "created"
            case .update: "updated"
            case .delete: "deleted"
            }
        let what = isRehearsal ? "would be \(done)" : "is \(done)"
        let rest = isRehearsal ? "; nothing was written" : ""
        return "template \(edit.id) \(what) in \(edit.file), the \(edit.layer.name) layer\(left)\(rest)"
    }

    /// What a deleted template still is.
    private var left: String {
        guard case .delete = verb, !edit.others.isEmpty else { return "" }
        return "; it is still in \(edit.others.joined(separator: ", "))"
    }
}
