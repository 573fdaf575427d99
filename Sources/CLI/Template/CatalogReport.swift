import ArgumentParser
import Engine
import Provisioning

/// The notations of `template validate --format`: for a person, for scripts, for code scanning, for test reports.
enum ReportFormat: String, CaseIterable, ExpressibleByArgument {
    case text, json, sarif, junit
}

/// What a check of the catalog found.
struct CatalogReport {
    let diagnostics: [Diagnostic]
    /// How many templates were checked: those that were named, or all sound ones of the catalog.
    let templates: Int
    /// The files that were looked at, mistakes or not.
    let files: [String]
    /// Template by template, where somebody reads it.
    var results: [ValidationResult] = []

    var isValid: Bool { !diagnostics.hasErrors }

    /// The file a diagnostic speaks of. One that could not be read at all has no place in it, but its name.
    func file(of diagnostic: Diagnostic) -> String? {
        if let place = diagnostic.place { return place.file.isEmpty ? nil : place.file }
        return files.first { diagnostic.message.contains("`\($0)`") }
    }
}

extension CatalogReport {
    /// The report as JSON, for scripts.
    var json: String {
        JSONText.document([
            "version": .integer(OutputFormat.version),
            "diagnostics": .list(diagnostics.map(rendered)),
            "templates": .integer(templates),
            "valid": .boolean(isValid),
            "results": .list(results.map(rendered)),
        ])
    }

    private func rendered(_ result: ValidationResult) -> Rendered {
        [
            "template": .text(result.template.text),
            "account": .text(result.account?.text),
            "is_valid": .boolean(result.isValid),
            "errors": .list(result.errors.map(rendered)),
            "warnings": .list(result.warnings.map(rendered)),
            "supported_features": .texts(result.features.map(\.rawValue)),
            "validated_at": .text(result.validatedAt.description),
            "findings": result.findings.map { .list($0.map(\.rendered)) } ?? .null,
        ]
    }

    private func rendered(_ diagnostic: Diagnostic) -> Rendered {
        [
            "severity": .text(diagnostic.severity.rawValue),
            "code": .text(diagnostic.code),
            "message": .text(diagnostic.message),
            "file": .text(file(of: diagnostic)),
            "line": .integer(diagnostic.place?.line),
            "column": .integer(diagnostic.place?.column),
            "hint": .text(diagnostic.hint),
        ]
    }
}

extension Finding {
    fileprivate var rendered: Rendered {
        [
            "subject": .text(subject.rawValue),
            "name": .text(name),
            "answer": .text(word),
            "detail": .text(detail),
            "id": .text(id),
        ]
    }
}

extension [ValidationResult] {
    /// What the clouds said, for a person: a line for each thing that a template names.
    var text: String {
        map { result in
            guard let findings = result.findings else { return "\(result.template) was not asked about\n\n" }
            let rows = findings.map { ["  \($0.subject.rawValue)", $0.name, $0.word, $0.detail] }
            let lines = rows.isEmpty ? ["  its cloud cannot be asked yet"] : Table.lines(rows)
            return "\(result.template)\(result.account.map { " at \($0)" } ?? "")\n"
                + lines.map { $0 + "\n" }.joined() + "\n"
        }.joined()
    }
}
