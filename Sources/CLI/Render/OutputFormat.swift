import ArgumentParser
import Provisioning

/// The notations of `--output`.
enum OutputFormat: String, CaseIterable, ExpressibleByArgument {
    case table, json, yaml, ids
}

extension OutputFormat {
    /// The version of the JSON and YAML forms. They only grow; a change that takes something away raises it.
    static let version = 1

    /// What is written for a view, with its last line ended.
    ///
    /// - Throws: `Rejected` where ids are wanted of what has none.
    func text(of view: View) throws -> String {
        switch self {
        case .table: return view.blocks().map(\.text).filter { !$0.isEmpty }.joined(separator: "\n")
        case .json: return JSONText.document(envelope(view))
        case .yaml: return YAMLText.document(envelope(view))
        case .ids:
            guard let ids = view.ids else {
                throw Rejected(
                    Diagnostic(
                        .error, "output.no-ids", "`--output ids` cannot show this: it has no ids",
                        hint: "choose `table`, `json` or `yaml`"))
            }
            return ids().map { $0 + "\n" }.joined()
        }
    }

    private func envelope(_ view: View) -> Rendered {
        .object([
            .init(key: "version", value: .integer(OutputFormat.version)), .init(key: view.noun, value: view.value()),
        ])
    }
}

extension View.Block {
    var text: String {
        switch self {
        case .table(let table): table.text
        case .facts(let facts): Table.aligned(facts.map { [$0.name, $0.value] })
        case .lines(let lines): lines.map { $0 + "\n" }.joined()
        }
    }
}
