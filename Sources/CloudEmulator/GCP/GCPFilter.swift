/// What a listing is narrowed down by: comparisons of fields, joined by AND, OR and NOT.
///
/// https://cloud.google.com/compute/docs/reference/rest/v1/instances/list
indirect enum GCPFilter: Sendable {
    case everything
    case compare(path: [String], GCPComparison, value: String)
    case all([GCPFilter])
    case any([GCPFilter])
    case not(GCPFilter)

    /// - Parameter shape: of what is listed; a field that it does not have is a mistake.
    init(_ text: String, of shape: String) throws(GCPError) {
        guard !text.allSatisfy(\.isWhitespace) else {
            self = .everything
            return
        }
        var reader = GCPFilterReader(text)
        self = try reader.read()
        try check(GCPShape.all[shape], in: text)
    }

    func accepts(_ item: JSONValue) -> Bool {
        switch self {
        case .everything: true
        case .compare(let path, let comparison, let value):
            comparison.holds(for: values(at: path[...], in: item), value)
        case .all(let parts): parts.allSatisfy { $0.accepts(item) }
        case .any(let parts): parts.contains { $0.accepts(item) }
        case .not(let part): !part.accepts(item)
        }
    }

    /// What a path leads to; through a list, that of each in it.
    private func values(at path: ArraySlice<String>, in item: JSONValue) -> [JSONValue] {
        if let list = item.array { return list.flatMap { values(at: path, in: $0) } }
        guard let name = path.first else { return [item] }
        return item[name].map { values(at: path.dropFirst(), in: $0) } ?? []
    }

    private func check(_ shape: GCPShape?, in text: String) throws(GCPError) {
        switch self {
        case .everything: break
        case .compare(let path, _, _):
            guard let shape, GCPFilter.has(path[...], .shape(""), shape) else { throw GCPFilter.flaw(text) }
        case .all(let parts), .any(let parts): for part in parts { try part.check(shape, in: text) }
        case .not(let part): try part.check(shape, in: text)
        }
    }

    private static func has(_ path: ArraySlice<String>, _ kind: GCPShape.Kind, _ shape: GCPShape?) -> Bool {
        guard let name = path.first else { return true }
        switch kind {
        case .shape(let type):
            guard let next = (shape ?? GCPShape.all[type])?.fields[name] else { return false }
            return has(path.dropFirst(), next, nil)
        case .list(let item): return has(path, item, nil)
        case .map: return true
        case .any: return true
        default: return false
        }
    }

    static func flaw(_ text: String) -> GCPError { .invalid(at: "filter", text, "Invalid list filter expression.") }
}

/// How a field is compared.
enum GCPComparison: String, Sendable {
    case equal = "="
    case unequal = "!="
    case less = "<"
    case greater = ">"
    case atMost = "<="
    case atLeast = ">="
    /// Has: a text within the field's own; `*`: whether the field is there.
    case has = ":"
    /// By a pattern that matches the whole.
    case matches = "eq"
    case differs = "ne"

    func holds(for values: [JSONValue], _ wanted: String) -> Bool {
        switch self {
        case .equal: values.contains { GCPComparison.text($0) == wanted }
        case .unequal: !values.contains { GCPComparison.text($0) == wanted }
        case .has:
            wanted == "*" ? !values.isEmpty : values.contains { GCPComparison.contains($0, wanted) }
        case .matches: values.contains { GCPComparison.matches($0, wanted) }
        case .differs: !values.contains { GCPComparison.matches($0, wanted) }
        case .less: values.contains { GCPComparison.isLess($0, wanted) }
        case .atMost: values.contains { GCPComparison.isLess($0, wanted) || GCPComparison.text($0) == wanted }
        case .greater: values.contains { GCPComparison.isLess(wanted, $0) }
        case .atLeast: values.contains { GCPComparison.isLess(wanted, $0) || GCPComparison.text($0) == wanted }
        }
    }

    private static func text(_ value: JSONValue) -> String {
        switch value {
        case .string(let text): text
        default: value.text
        }
    }

    private static func contains(_ value: JSONValue, _ wanted: String) -> Bool {
        guard let object = value.object else {
            let text = text(value).lowercased(), wanted = wanted.lowercased()
            return wanted.hasSuffix("*") ? text.hasPrefix(wanted.dropLast()) : text.contains(wanted)
        }
        // Of a map it is asked whether it has a key.
        return object.names.contains(wanted)
    }

    private static func matches(_ value: JSONValue, _ pattern: String) -> Bool {
        guard let regex = try? Regex(pattern) else { return false }
        return text(value).wholeMatch(of: regex) != nil
    }

    private static func isLess(_ value: JSONValue, _ wanted: String) -> Bool { isLess(text(value), wanted) }
    private static func isLess(_ wanted: String, _ value: JSONValue) -> Bool { isLess(wanted, text(value)) }
    private static func isLess(_ a: String, _ b: String) -> Bool {
        if let a = Double(a), let b = Double(b) { a < b } else { a < b }
    }
}
