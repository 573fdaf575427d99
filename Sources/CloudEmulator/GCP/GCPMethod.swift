/// One method of the Compute Engine API, and how a call of it is written.
struct GCPMethod: Sendable {
    /// `instances.insert`; what it is known by outside is `compute.instances.insert`.
    let name: String
    let verb: String
    /// Below the project; what stands in braces is named by the caller.
    let path: [String]
    /// Of which shape its body is; nil: it has none.
    let body: String?
    let query: Set<String>

    var id: String { "compute.\(name)" }
    /// `insert`
    var action: Substring { name.split(separator: ".").last ?? "" }
    var isListing: Bool { query.contains("pageToken") }

    /// Whether it changes anything; lists are read by POST, too.
    var mayChange: Bool { verb != "GET" && action != "wait" && !isListing && action != "testIamPermissions" }

    fileprivate init(_ line: Substring) {
        let words = line.split(separator: " ").map(String.init)
        name = words[0]
        verb = words[1]
        path = words[2] == "." ? [] : words[2].split(separator: "/").map(String.init)
        body = words[3] == "-" ? nil : words[3]
        var query = Set(words[4...])
        if query.remove("list") != nil {
            query.formUnion(["filter", "maxResults", "orderBy", "pageToken", "returnPartialSuccess"])
        }
        self.query = query
    }

    /// Nil: another path. Else what stands in it where the method has braces.
    fileprivate func names(in parts: ArraySlice<String>) -> [String: String]? {
        guard parts.count == path.count else { return nil }
        var names: [String: String] = [:]
        for (wanted, part) in zip(path, parts) {
            if wanted.hasPrefix("{") {
                names[String(wanted.dropFirst().dropLast())] = part
            } else if wanted != part {
                return nil
            }
        }
        return names
    }

    /// What every method takes.
    static let commonQuery: Set = [
        "alt", "$alt", "access_token", "callback", "fields", "key", "oauth_token", "prettyPrint", "quotaUser",
        "$prettyPrint", "$.xgafv", "$fields", "upload_protocol", "uploadType", "userIp",
    ]

    private static let all: [GCPMethod] = table.split(separator: "\n").map { GCPMethod($0) }
    /// By verb and length of path, for few share both.
    private static let byForm = Dictionary(grouping: all) { "\($0.verb) \($0.path.count)" }

    /// The method that a path below the project names, with what stands in its braces.
    static func find(_ verb: String, _ parts: ArraySlice<String>) -> (method: GCPMethod, names: [String: String])? {
        for method in byForm["\(verb) \(parts.count)"] ?? [] {
            if let names = method.names(in: parts) { return (method, names) }
        }
        return nil
    }

    static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
}
