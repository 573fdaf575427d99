import Cloud

/// A request in the one form that both sides of a signature agree on.
struct CanonicalRequest {
    let text: String

    init(_ request: HTTPRequest, signing names: [String]) {
        let headers = names.map { "\($0):\(CanonicalRequest.value(of: $0, in: request))\n" }.joined()
        text = [
            request.method, CanonicalRequest.path(request.path), CanonicalRequest.query(request.query), headers,
            names.joined(separator: ";"), hex(sha256(request.body)),
        ].joined(separator: "\n")
    }

    /// Without `.` and `..` and empty parts, and percent-encoded once more than it came.
    private static func path(_ path: String) -> String {
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        let ending = path.hasSuffix("/") && !parts.isEmpty ? "/" : ""
        return "/" + parts.map { encoded(String($0)) }.joined(separator: "/") + ending
    }

    private static func query(_ query: String) -> String {
        guard let text = QueryText(query.utf8) else { return query }
        return text.pairs.map { (encoded($0.name), encoded($0.value)) }.sorted { $0 < $1 }
            .map { "\($0.0)=\($0.1)" }.joined(separator: "&")
    }

    /// All values under a name, in their order; blanks around them fall away, and those within shrink to one.
    private static func value(of name: String, in request: HTTPRequest) -> String {
        let found = request.headers.filter { $0.name.lowercased() == name }.map(\.value)
        // Whoever sends leaves the host to the connection; it is signed all the same.
        if found.isEmpty, name == "host" { return request.endpoint.authority }
        return found.map { $0.split(separator: " ").joined(separator: " ") }.joined(separator: ",")
    }

    /// Percent-encodes all but letters, digits, `-`, `.`, `_` and `~`.
    private static func encoded(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                bytes.append(byte)
            default:
                bytes.append(UInt8(ascii: "%"))
                bytes.append(contentsOf: hex([byte]).uppercased().utf8)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
