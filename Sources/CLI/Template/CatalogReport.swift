import ArgumentParser
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
        ])
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
