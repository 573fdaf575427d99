import Documents
import Provisioning

@testable import Catalog

/// What must be true of the reader whatever bytes it is given: it says no or gives a sound tree, and never
/// anything in between.
///
/// `Tests/Fuzz` asks it of millions of made-up files, `FuzzCorpusTests` of those that were worth keeping.
struct ReadingCheck {
    /// What was found not to be true.
    private(set) var faults: [String] = []

    init(_ bytes: [UInt8]) {
        let yaml = check(bytes, file: "t.yaml")
        let json = check(bytes, file: "t.json")
        // YAML takes less than JSON here and there, but must not understand it differently.
        if let json, let yaml, json != yaml, !hasBreaksOfYAMLAlone(bytes) {
            faults.append("as JSON it says \(json), as YAML \(yaml)")
        }
    }

    /// Reads, walks and resolves; the tree in words, if there is one that nothing is wrong with.
    private mutating func check(_ bytes: [UInt8], file: String) -> String? {
        let (document, diagnostics) = Document.parse(bytes, file: file)
        let again = Document.parse(bytes, file: file)
        if diagnostics != again.diagnostics || said(document) != said(again.document) {
            faults.append("\(file): read twice it says two things")
        }
        if document == nil, !diagnostics.hasErrors { faults.append("\(file): refused, but nothing is wrong") }

        let text = Lines(bytes, isYAML: file == "t.yaml")
        for diagnostic in diagnostics { expect(diagnostic.place, in: text, diagnostic.code) }
        if let root = document?.root {
            walk(root, in: text, depth: 1)
            let layered = Layered(root, layer: "file")
            for leaf in layered.leaves() { expect(leaf.origin.place, in: text, "leaf") }
            if !layered.says(theSameAs: layered), diagnostics.isEmpty {
                faults.append("\(file): it does not say what it says")
            }
            if let fields = layered.merged(over: layered).fields, fields.count > root.count {
                faults.append("\(file): laid over itself it grows")
            }
        }
        resolve(document, diagnostics, file: file, in: text)
        return diagnostics.isEmpty ? said(document) : nil
    }

    // MARK: - The tree

    private mutating func walk(_ node: Node, in text: Lines, depth: Int) {
        expect(node.place, in: text, "value")
        if depth > 100 { return faults.append("deeper than any file may be") }
        switch node.kind {
        case .scalar:
            if node.text == nil || node.count != 0 { faults.append("a scalar without text") }
        case .list:
            if node.items.reduce(0, { count, _ in count + 1 }) != node.count { faults.append("items are miscounted") }
            for item in node.items { walk(item, in: text, depth: depth + 1) }
        case .map:
            if node.fields.reduce(0, { count, _ in count + 1 }) != node.count { faults.append("fields are miscounted") }
            for field in node.fields {
                expect(field.keyPlace, in: text, "key")
                if node[field.key] == nil { faults.append("`\(field.key)` is there and cannot be found") }
                walk(field.value, in: text, depth: depth + 1)
            }
        }
    }

    /// A tree in words, without places: two that say the same are the same.
    private func said(_ document: Document?) -> String {
        guard let document else { return "no document" }
        return document.root.map(said) ?? "nothing"
    }

    private func said(_ node: Node) -> String {
        switch node.kind {
        case .scalar: node.isNull ? "null" : "\(node.text.debugDescription)"
        case .list: "[" + node.items.map(said).joined(separator: ", ") + "]"
        case .map:
            "{" + node.fields.map { "\($0.key.debugDescription): \(said($0.value))" }.joined(separator: ", ") + "}"
        }
    }

    // MARK: - As a template file

    private static let accounts = [
        CatalogAccount(name: "demo", cloud: "aws", isEmulated: true), CatalogAccount(name: "research", cloud: "gcp"),
    ]

    private mutating func resolve(_ document: Document?, _ diagnostics: [Diagnostic], file: String, in text: Lines) {
        let rank = Rank(layer: .legacy, reach: .everyone, directory: 0, path: file)
        let content = TemplateFile(document, diagnostics, rank: rank)
        let snapshot = Snapshot(
            files: [content], accounts: ReadingCheck.accounts, rules: TemplateRules(), diagnostics: [])
        var told = snapshot.diagnostics
        for id in snapshot.ids {
            for account in ReadingCheck.accounts where snapshot.knows(id, at: account) {
                do throws(Rejected) {
                    told += try snapshot.resolve(id, at: account).warnings
                } catch {
                    if !error.diagnostics.hasErrors { faults.append("`\(id)` is refused, but nothing is wrong") }
                    told += error.diagnostics
                }
            }
        }
        for diagnostic in told { expect(diagnostic.place, in: text, diagnostic.code) }
    }

    // MARK: - Places

    private mutating func expect(_ place: Place?, in text: Lines, _ what: String) {
        if let place, !text.has(place) { faults.append("\(what) at \(place), where \(text) has nothing") }
    }

    /// NEL, LS and PS are breaks, and so folded, in a YAML string, and letters like any other in a JSON string.
    private func hasBreaksOfYAMLAlone(_ bytes: [UInt8]) -> Bool {
        String(decoding: bytes, as: UTF8.self).unicodeScalars.contains {
            ["\u{85}", "\u{2028}", "\u{2029}"].contains($0)
        }
    }
}

/// How long the lines of a text are, as its reader counts them.
private struct Lines: CustomStringConvertible {
    private var lengths = [0]

    init(_ bytes: [UInt8], isYAML: Bool) {
        let scalars = Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)
        for (index, scalar) in scalars.enumerated() {
            let isBreak =
                switch scalar {
                case "\n": true
                case "\r": isYAML && (index + 1 == scalars.count || scalars[index + 1] != "\n")
                case "\u{85}", "\u{2028}", "\u{2029}": isYAML
                default: false
                }
            if isBreak { lengths.append(0) } else { lengths[lengths.count - 1] += 1 }
        }
    }

    /// The end of a line and the end of the text are places too.
    func has(_ place: Place) -> Bool {
        lengths.indices.contains(place.line - 1) && (1...lengths[place.line - 1] + 1).contains(place.column)
    }

    var description: String { "a text of \(lengths.count) lines" }
}
