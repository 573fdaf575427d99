import Provisioning

/// What one look at the house found.
struct Check: Equatable {
    enum State: String { case ok, warning, error }

    let name: String
    let state: State
    let detail: String

    init(_ name: String, _ state: State, _ detail: String) {
        self.name = name
        self.state = state
        self.detail = detail
    }

    init(_ name: String, failed error: any Error) {
        self.init(name, .error, Check.words(of: error))
    }

    /// Looks, and says what was found.
    init(_ name: String, _ look: () throws -> String) {
        do { self.init(name, .ok, try look()) } catch { self.init(name, failed: error) }
    }

    /// What is wrong with some of a number of templates.
    init(_ name: String, _ diagnostics: [Diagnostic], count: Int) {
        let errors = diagnostics.count { $0.severity == .error }
        guard let worst = diagnostics.first(where: { $0.severity == .error }) ?? diagnostics.first else {
            self.init(name, .ok, "\(count) can be used")
            return
        }
        let place = worst.place.map { " (\($0))" } ?? ""
        let others = diagnostics.count > 1 ? ", and \(diagnostics.count - 1) more: see `muster template validate`" : ""
        self.init(name, errors > 0 ? .error : .warning, worst.message + place + others)
    }

    private static func words(of error: any Error) -> String {
        guard let rejected = error as? Rejected else { return "\(error)" }
        return rejected.diagnostics.map { diagnostic in
            diagnostic.message + (diagnostic.place.map { " (\($0))" } ?? "")
                + (diagnostic.hint.map { "; \($0)" } ?? "")
        }.joined(separator: "; ")
    }
}

extension [Check] {
    var view: View {
        View("checks") {
            .list(map { ["name": .text($0.name), "state": .text($0.state.rawValue), "detail": .text($0.detail)] })
        } ids: {
            map(\.name)
        } blocks: {
            [.table(Table("CHECK", "STATE", "DETAIL", rows: map { [$0.name, $0.state.rawValue, $0.detail] }))]
        }
    }
}
