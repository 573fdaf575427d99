/// One piece of news for a person: what is wrong, where, and what to do.
///
/// Data and wording are apart, so that every face can render it. Codes are stable; `docs/diagnostics.md`
/// lists them.
package struct Diagnostic: Hashable, Sendable, Codable {
    package enum Severity: String, Sendable, Codable { case error, warning, note }

    package var severity: Severity
    /// Stable and dotted: `template.unknown-key`.
    package var code: String
    /// One sentence in lower case without a full stop, literals in backticks.
    package var message: String
    package var place: Place?
    /// What to do about it, as a sentence of the same form.
    package var hint: String?

    package init(
        _ severity: Severity = .error, _ code: String, _ message: String, at place: Place? = nil,
        hint: String? = nil
    ) {
        self.severity = severity
        self.code = code
        self.message = message
        self.place = place
        self.hint = hint
    }
}

/// Where something is written. Lines and columns count from 1; columns count characters.
package struct Place: Hashable, Sendable, Codable, CustomStringConvertible {
    package var file: String
    package var line: Int
    package var column: Int

    package init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    package var description: String { "\(file):\(line):\(column)" }
}

/// Input that cannot be accepted: nothing was stored, nothing was sent.
package struct Rejected: Error, Sendable, Equatable {
    package let diagnostics: [Diagnostic]

    package init(_ diagnostics: [Diagnostic]) { self.diagnostics = diagnostics }
    package init(_ diagnostic: Diagnostic) { self.init([diagnostic]) }
}

extension [Diagnostic] {
    package var hasErrors: Bool { contains { $0.severity == .error } }

    /// Throws `Rejected` with all of them if any is an error.
    package func rejectErrors() throws {
        if hasErrors { throw Rejected(self) }
    }
}
