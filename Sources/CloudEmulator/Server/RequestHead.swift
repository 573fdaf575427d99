import Cloud

/// A request's first line and its headers, as far as they have come.
struct RequestHead {
    let method: String
    let path: String
    let query: String
    /// False: HTTP/1.0.
    let isCurrent: Bool
    private(set) var headers: [HTTPHeader] = []

    /// Reads `POST /path?query HTTP/1.1`.
    init(_ line: ArraySlice<UInt8>) throws(RequestFlaw) {
        let parts = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard parts.count == 3, isToken(parts[0]), parts[1].allSatisfy({ (0x21...0x7E).contains($0) })
        else { throw .malformed }
        let target = try originForm(String(decoding: parts[1], as: UTF8.self))
        let version = String(decoding: parts[2], as: UTF8.self)
        guard version == "HTTP/1.1" || version == "HTTP/1.0" else {
            throw version.hasPrefix("HTTP/") ? .unknownVersion : .malformed
        }
        let mark = target.firstIndex(of: "?") ?? target.endIndex
        method = String(decoding: parts[0], as: UTF8.self)
        path = String(target[..<mark])
        query = String(target[mark...].dropFirst())
        isCurrent = version == "HTTP/1.1"
    }

    /// Reads `Name: value`.
    mutating func addHeader(_ line: ArraySlice<UInt8>) throws(RequestFlaw) {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), isToken(line[..<colon]) else { throw .malformed }
        var value = line[(colon + 1)...].drop(while: isBlank)
        while let last = value.last, isBlank(last) { value.removeLast() }
        guard value.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == UInt8(ascii: "\t") }) else { throw .malformed }
        headers.append(
            HTTPHeader(String(decoding: line[..<colon], as: UTF8.self), String(decoding: value, as: UTF8.self)))
    }
}

// MARK: - What the headers say, once all have come

extension RequestHead {
    enum Framing { case length(Int), chunked }

    /// How the end of the body is told.
    ///
    /// Wherever two readers could disagree about that, the request is refused.
    func framing() throws(RequestFlaw) -> Framing {
        let lengths = values(of: "content-length")
        let codings = values(of: "transfer-encoding")
        guard let coding = codings.first else {
            guard let length = lengths.first else { return .length(0) }
            guard lengths.count == 1, !length.isEmpty, length.utf8.allSatisfy(isDigit) else { throw .malformed }
            // Digits that fit no integer are a length all the same, and too large.
            return .length(Int(length) ?? .max)
        }
        guard lengths.isEmpty, isCurrent else { throw .malformed }
        guard codings.count == 1, coding.lowercased() == "chunked" else { throw .unknownTransferCoding }
        return .chunked
    }

    /// Where the request was sent to.
    func endpoint() throws(RequestFlaw) -> Endpoint {
        let hosts = values(of: "host")
        guard hosts.count == 1 || hosts.isEmpty && !isCurrent else { throw .malformed }
        guard let host = hosts.first else { return Endpoint(scheme: .http, host: "127.0.0.1") }
        guard let endpoint = Endpoint("http://\(host)") else { throw .malformed }
        return endpoint
    }

    /// Whether the sender holds the body back until it is told to go on.
    func expectsContinue() throws(RequestFlaw) -> Bool {
        guard isCurrent, let expectation = values(of: "expect").first else { return false }
        guard expectation.lowercased() == "100-continue" else { throw .unknownExpectation }
        return true
    }

    /// Whether another request may follow.
    var keepsAlive: Bool {
        let options = values(of: "connection").joined(separator: ",").lowercased()
            .split { $0 == "," || $0 == " " || $0 == "\t" }
        return !options.contains("close") && (isCurrent || options.contains("keep-alive"))
    }

    private func values(of name: String) -> [String] {
        headers.filter { $0.name.lowercased() == name }.map(\.value)
    }
}

/// The path and query of a target; one meant for a proxy says the host first.
private func originForm(_ target: String) throws(RequestFlaw) -> String {
    if target.hasPrefix("/") || target == "*" { return target }
    let scheme = "http://"
    guard target.lowercased().hasPrefix(scheme) else { throw .malformed }
    let rest = target.dropFirst(scheme.count).drop { $0 != "/" && $0 != "?" }
    return rest.hasPrefix("/") ? String(rest) : "/\(rest)"
}

private func isToken(_ bytes: ArraySlice<UInt8>) -> Bool { !bytes.isEmpty && bytes.allSatisfy(tokenBytes.contains) }
private func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
private func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

private let tokenBytes = Set(
    "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)
