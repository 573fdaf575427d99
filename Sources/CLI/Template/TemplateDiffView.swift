import Catalog
import Provisioning

extension TemplateDiff {
    var view: View {
        View("diff") {
            ["from": .text(from.text), "to": .text(to.text), "changes": .list(changes.map(\.rendered))]
        } ids: {
            changes.map(\.path)
        } blocks: {
            changes.isEmpty ? [] : [.lines(["--- \(from)", "+++ \(to)"] + changes.flatMap(\.lines))]
        }
    }
}

extension TemplateDiff.Change {
    fileprivate var rendered: Rendered {
        [
            "path": .text(path), "from": .text(from?.text), "to": .text(to?.text), "from_origin": .text(from?.origin),
            "to_origin": .text(to?.origin),
        ]
    }

    fileprivate var lines: [String] {
        [("-", from), ("+", to)].compactMap { sign, value in
            value.map { "\(sign) \(onOneLine(path)): \($0.text.map(onOneLine) ?? "null") (\($0.origin))" }
        }
    }
}

/// A script has many lines, and a line of a difference must stay one.
private func onOneLine(_ text: String) -> String {
    if text.allSatisfy(\.isPrintable) { return text }
    var quoted = ""
    JSONText.quote(text, to: &quoted)
    return quoted
}
