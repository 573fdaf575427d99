/// The environment's variables; an empty one counts as not set. It holds secrets, so it cannot be printed.
struct Environment: Sendable {
    private let variables: @Sendable (String) -> String?

    init(_ variables: [String: String]) {
        self.variables = { name in variables[name].flatMap { $0.isEmpty ? nil : $0 } }
    }

    subscript(name: String) -> String? { variables(name) }

    /// The first of some names that is set.
    func first(of names: [String]) -> (name: String, value: String)? {
        for name in names {
            if let value = self[name] { return (name, value) }
        }
        return nil
    }
}
