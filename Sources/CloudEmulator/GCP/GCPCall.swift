import Cloud
import Provisioning

/// A call as it came over the wire: whose project, which method, what it says. Its form has been checked.
struct GCPCall {
    let method: GCPMethod
    let project: String
    let query: [String: String]
    let body: JSONValue
    let user: String
    let now: Timestamp
    /// What the path names.
    private let names: [String: String]

    /// The method that a request names, as far as can be told before it is checked.
    static func method(of request: HTTPRequest) -> GCPMethod? {
        guard let parts = parts(of: request.path), parts.count >= 4, parts[2] == "projects" else { return nil }
        return GCPMethod.find(request.method, parts[4...])?.method
    }

    init(_ request: HTTPRequest, user: String, at now: Timestamp) throws(GCPError) {
        guard let parts = GCPCall.parts(of: request.path) else { throw GCPCall.noSuchPage(request) }
        guard parts.count >= 4, parts[2] == "projects",
            let (method, names) = GCPMethod.find(request.method, parts[4...])
        else { throw GCPCall.noSuchPage(request) }
        guard isGCPProject(parts[3]) else {
            throw .invalid(
                at: "project", parts[3],
                "Must be a match of regex '(?:(?:[-a-z0-9]{1,63}\\.)*(?:[a-z]"
                    + "(?:[-a-z0-9]{0,61}[a-z0-9])?):)?(?:[0-9]{1,19}|(?:[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?))'")
        }
        guard let text = QueryText(Array(request.query.utf8)) else { throw .malformed("The query cannot be read.") }
        var query: [String: String] = [:]
        for (name, value) in text.pairs {
            guard method.query.contains(name) || GCPMethod.commonQuery.contains(name) else {
                throw .unknownParameter(name)
            }
            query[name] = value
        }
        self.method = method
        self.project = parts[3]
        self.names = names
        self.query = query
        self.user = user
        self.now = now
        self.body = try GCPCall.body(of: request, method.body)
    }

    private static func body(of request: HTTPRequest, _ shape: String?) throws(GCPError) -> JSONValue {
        guard let shape else {
            // The libraries of some languages send `{}` where nothing is wanted.
            guard request.body.isEmpty || request.body == Array("{}".utf8) else {
                throw .malformed("Invalid JSON payload received. The method takes no body.")
            }
            return .object(JSONObject())
        }
        guard !request.body.isEmpty else { return .object(JSONObject()) }
        let value: JSONValue
        do throws(JSONFlaw) { value = try JSONValue(parsing: request.body) } catch {
            throw .malformed("Invalid JSON payload received. \(error)")
        }
        return try GCPShape.checked(value, shape, at: "resource")
    }

    private static func noSuchPage(_ request: HTTPRequest) -> GCPError {
        GCPError(404, "The requested URL \(request.path) was not found on this server.", "notFound")
    }

    /// `["compute", "v1", "projects", "demo", "zones", …]`
    static func parts(of path: String) -> [String]? {
        var parts: [String] = []
        for part in path.split(separator: "/") {
            guard let text = decoded(part) else { return nil }
            parts.append(text)
        }
        return parts
    }

    /// A part of a path, where a plus sign is one.
    private static func decoded(_ part: Substring) -> String? {
        guard part.contains("%") else { return String(part) }
        var bytes: [UInt8] = []
        var rest = Array(part.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let high = rest.popFirst().flatMap(hexValue),
                let low = rest.popFirst().flatMap(hexValue)
            else { return nil }
            bytes.append(high << 4 | low)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    // MARK: - What it says

    /// What stands in the path where the method has this in braces; the tables have it wherever it is asked for.
    subscript(name: String) -> String { names[name] ?? "" }

    func names(_ name: String) -> Bool { names[name] != nil }

    /// Where what it names lies.
    var place: GCPPlace {
        if let zone = names["zone"] { return .zone(zone) }
        if let region = names["region"] { return .region(region) }
        return .global
    }

    /// `projects/demo/zones/us-central1-a`
    func path(_ rest: String) -> String { "projects/\(project)/\(rest)" }

    func number(_ name: String) throws(GCPError) -> Int? {
        guard let text = query[name] else { return nil }
        guard let number = Int(text) else { throw .invalid(at: name, text, "Must be a number.") }
        return number
    }

    /// Nil: the call may be carried out more than once.
    func requestID() throws(GCPError) -> String? {
        guard let text = query["requestId"] else { return nil }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [8, 4, 4, 4, 12], parts.joined().allSatisfy(\.isHexDigit),
            text.contains(where: { $0 != "0" && $0 != "-" })
        else {
            throw .invalid(
                at: "requestId", text,
                "The request ID must be a valid UUID with the exception that zero UUID "
                    + "is not supported.")
        }
        return text.lowercased()
    }
}

/// `demo`, `example.com:demo`, or a number.
private func isGCPProject(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 127
        && text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
                UInt8(ascii: "."), UInt8(ascii: ":"):
                true
            default: false
            }
        }
}

extension JSONValue {
    /// The address of a thing, as the API writes it.
    static func link(_ path: String) -> JSONValue { .string(gcpBase + path) }
}

let gcpBase = "https://www.googleapis.com/compute/v1/"

/// `projects/p/zones/z/…` of an address, however much of it was written.
func gcpPath(_ reference: String) -> Substring {
    for version in ["/compute/v1/", "/compute/beta/", "/compute/alpha/"] {
        if let range = reference.firstRange(of: version) { return reference[range.upperBound...] }
    }
    return reference.drop { $0 == "/" }
}

/// What stands behind the last slash.
func gcpName(_ reference: String) -> String { String(reference.split(separator: "/").last ?? "") }

/// What follows a word in an address: the zone in `zones/us-central1-a/machineTypes/e2-small`.
func gcpPart(_ word: String, of reference: String) -> String? {
    let parts = gcpPath(reference).split(separator: "/")
    guard let at = parts.firstIndex(where: { $0 == word }), at + 1 < parts.count else { return nil }
    return String(parts[at + 1])
}
