import ArgumentParser
import Provisioning

/// A length of time on the command line: `90s`, `15m`, `1h30m`.
struct Span: ExpressibleByArgument {
    let duration: Duration

    init?(argument: String) {
        guard let duration = Duration(text: argument) else { return nil }
        self.duration = duration
    }

    /// Whole seconds, as orders count; a part of one counts as none.
    var seconds: Int { Int(duration.components.seconds) }

    var defaultValueDescription: String { duration.text }
}

/// A tag on the command line: `team=risk`.
struct TagArgument: ExpressibleByArgument {
    let key: String
    let value: String

    init?(argument: String) {
        guard let mark = argument.firstIndex(of: "="), mark > argument.startIndex else { return nil }
        key = String(argument[..<mark])
        value = String(argument[argument.index(after: mark)...])
    }
}

/// A value for a template's parameter: `size=large`.
struct ParameterArgument: ExpressibleByArgument {
    let name: String
    let value: String

    init?(argument: String) {
        guard let tag = TagArgument(argument: argument) else { return nil }
        name = tag.key
        value = tag.value
    }
}

extension [ParameterArgument] {
    /// By name, the last of a name winning; nil: none is given.
    var values: [String: String]? {
        isEmpty ? nil : Dictionary(map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    }
}
