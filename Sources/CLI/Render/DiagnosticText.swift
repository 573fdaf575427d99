import Provisioning

/// Diagnostics as a person reads them.
///
///     error: `instance_typ` is not a template key [template.unknown-key]
///       --> templates/aws/gpu/a100.yaml:7:3
///        |
///      7 |   instance_typ: m6i.large
///        |   ^^^^^^^^^^^^
///     hint: did you mean `instance_type`?
enum DiagnosticText {
    static func text(_ diagnostics: [Diagnostic], ink: Ink = .none, sources: SourceFiles = .none) -> String {
        // Diagnostics come by place: the file that is in hand is most often the next one's too.
        var inHand: (file: String, text: SourceText?)?
        let texts = diagnostics.map { diagnostic in
            var snippet: String?
            if let place = diagnostic.place {
                if inHand?.file != place.file { inHand = (place.file, sources.read(place.file)) }
                snippet = inHand?.text?.line(place.line, around: place.column).flatMap {
                    Snippet.text($0, number: place.line) { ink.paint($0, diagnostic.severity.colour) }
                }
            }
            return text(diagnostic, snippet, ink)
        }
        return texts.joined(separator: "\n")
    }

    private static func text(_ diagnostic: Diagnostic, _ snippet: String?, _ ink: Ink) -> String {
        var text = ink.paint(diagnostic.severity.rawValue, diagnostic.severity.colour)
        text += ": \(diagnostic.message.harmless) [\(diagnostic.code)]\n"
        if let place = diagnostic.place { text += "  --> \(place.description.harmless)\n" }
        if let snippet { text += snippet }
        if let hint = diagnostic.hint {
            if diagnostic.place != nil, snippet == nil { text += "\n" }
            text += "hint: \(hint.harmless)\n"
        }
        return text
    }
}

extension String {
    /// Without what would steer the terminal: messages repeat what files say, escapes of theirs among it.
    fileprivate var harmless: String {
        var text = ""
        for scalar in unicodeScalars {
            let isHarmless = scalar == "\n" || scalar == "\t" || !scalar.steersTerminal
            text.unicodeScalars.append(isHarmless ? scalar : "\u{FFFD}")
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
