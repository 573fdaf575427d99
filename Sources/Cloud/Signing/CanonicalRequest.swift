/// A request in the one form that both ends of an AWS signature hash, whatever spelling it travels in.
struct CanonicalRequest {
    let bytes: [UInt8]
    /// `host;x-amz-date`
    let signedHeaders: String

    init(_ request: HTTPRequest, payloadHash: String, options: SigV4.Options, leavingOut unsigned: String? = nil) {
        let headers = CanonicalRequest.headers(of: request, leavingOut: unsigned)
        signedHeaders = CanonicalRequest.names(headers)

        var bytes: [UInt8] = []
        bytes.reserveCapacity(512 + request.query.utf8.count)
        func line(_ text: some Sequence<UInt8>) {
            bytes.append(contentsOf: text)
            bytes.append(newline)
        }
        line(request.method.utf8)
        line(CanonicalRequest.path(request.path, options))
        line(CanonicalRequest.query(request.query))
        for header in headers {
            bytes.append(contentsOf: header.name)
            bytes.append(UInt8(ascii: ":"))
            line(header.value)
        }
        bytes.append(newline)
        line(signedHeaders.utf8)
        bytes.append(contentsOf: payloadHash.utf8)
        self.bytes = bytes
    }

    /// What `X-Amz-SignedHeaders` must say before the rest of a presigned request is known.
    static func signedHeaders(of request: HTTPRequest) -> String { names(headers(of: request, leavingOut: nil)) }
}

// MARK: - The path and the query

extension CanonicalRequest {
    private static func path(_ path: String, _ options: SigV4.Options) -> [UInt8] {
        if path.isEmpty || path == "/" { return [slash] }
        let path = options.normalizesPath ? normalized(path) : Array(path.utf8)
        guard options.escapesPathTwice else { return path }
        var escaped: [UInt8] = []
        escaped.append(escaping: path, keeping: slash)
        return escaped
    }

    /// Without `.`, `..` and doubled slashes, as AWS's own signers remove them.
    private static func normalized(_ path: String) -> [UInt8] {
        var kept: [Substring.UTF8View] = []
        for part in Substring(path).utf8.split(separator: slash) {
            if part.elementsEqual(".".utf8) { continue }
            if part.elementsEqual("..".utf8) { _ = kept.popLast() } else { kept.append(part) }
        }
        var bytes: [UInt8] = []
        for part in kept {
            bytes.append(slash)
            bytes.append(contentsOf: part)
        }
        if bytes.isEmpty || path.utf8.last == slash { bytes.append(slash) }
        return bytes
    }

    /// Escaped one way only, and sorted by name, then value, as bytes.
    private static func query(_ query: String) -> [UInt8] {
        if query.isEmpty { return [] }
        var pairs: [(name: [UInt8], value: [UInt8])] = []
        for pair in query.utf8.split(separator: UInt8(ascii: "&")) {
            let halves = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            var name: [UInt8] = [], value: [UInt8] = []
            name.append(escaping: halves[0].unescaped)
            if halves.count == 2 { value.append(escaping: halves[1].unescaped) }
            pairs.append((name, value))
        }
        pairs.sort { a, b in
            a.name == b.name ? a.value.lexicographicallyPrecedes(b.value) : a.name.lexicographicallyPrecedes(b.name)
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(query.utf8.count + 32)
        for (index, pair) in pairs.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: "&")) }
            bytes.append(contentsOf: pair.name)
            bytes.append(UInt8(ascii: "="))
            bytes.append(contentsOf: pair.value)
        }
        return bytes
    }
}

// MARK: - The headers

extension CanonicalRequest {
    private typealias Header = (name: [UInt8], value: [UInt8])

    /// What a proxy or the HTTP client may change on the way is not signed.
    private static let unsigned: Set<String> = [
        "authorization", "connection", "expect", "keep-alive", "proxy-authenticate", "proxy-authorization", "te",
        "trailer", "transfer-encoding", "upgrade", "user-agent", "x-amzn-trace-id",
    ]

    /// Names in lower case and sorted; values of one name joined with commas in the order they were given.
    private static func headers(of request: HTTPRequest, leavingOut unsigned: String?) -> [Header] {
        var headers: [Header] = []
        headers.reserveCapacity(request.headers.count)
        for header in request.headers {
            let name = header.name.lowercased()
            if name == unsigned || CanonicalRequest.unsigned.contains(name) { continue }
            let bytes = Array(name.utf8), value = squeezed(header.value)
            if let same = headers.firstIndex(where: { $0.name == bytes }) {
                headers[same].value.append(UInt8(ascii: ","))
                headers[same].value.append(contentsOf: value)
            } else {
                headers.append((bytes, value))
            }
        }
        headers.sort { $0.name.lexicographicallyPrecedes($1.name) }
        return headers
    }

    /// Without spaces at the ends; a run of them within counts as one.
    private static func squeezed(_ value: String) -> [UInt8] {
        var value = value
        return value.withUTF8 { value in
            // Most values, and session tokens above all, are long and without a space.
            if !value.contains(where: isSpace) { return Array(value) }
            var bytes: [UInt8] = []
            bytes.reserveCapacity(value.count)
            var owesSpace = false
            for byte in value {
                if isSpace(byte) {
                    owesSpace = !bytes.isEmpty
                } else {
                    if owesSpace { bytes.append(UInt8(ascii: " ")) }
                    owesSpace = false
                    bytes.append(byte)
                }
            }
            return bytes
        }
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

    private static func names(_ headers: [Header]) -> String {
        var bytes: [UInt8] = []
        for header in headers {
            if !bytes.isEmpty { bytes.append(UInt8(ascii: ";")) }
            bytes.append(contentsOf: header.name)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

private let newline = UInt8(ascii: "\n")
private let slash = UInt8(ascii: "/")
