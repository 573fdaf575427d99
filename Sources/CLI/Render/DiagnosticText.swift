import Provisioning

/// Diagnostics as a person reads them.
///
///     error: `instance_typ` is not a template key [template.unknown-key]
///       --> templates/aws/gpu/a100.yaml:7:3
///
///     hint: did you mean `instance_type`?
enum DiagnosticText {
    static func text(_ diagnostics: [Diagnostic], ink: Ink = .none) -> String {
        diagnostics.map { text($0, ink: ink) }.joined(separator: "\n")
    }

    static func text(_ diagnostic: Diagnostic, ink: Ink = .none) -> String {
        var text = ink.paint(diagnostic.severity.rawValue, diagnostic.severity.colour)
        text += ": \(diagnostic.message) [\(diagnostic.code)]\n"
        if let place = diagnostic.place { text += "  --> \(place)\n" }
        if let hint = diagnostic.hint {
            if diagnostic.place != nil { text += "\n" }
            text += "hint: \(hint)\n"
        }
        return text
    }
}

extension Diagnostic.Severity {
    fileprivate var colour: Ink.Colour {
        switch self {
        case .error: .red
        case .warning: .yellow
        case .note: .cyan
        }
    }
}
