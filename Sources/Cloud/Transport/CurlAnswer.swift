/// An answer as it comes in, line by line and part by part.
struct CurlAnswer {
    var bodyBytesMax = 0
    private(set) var isOversized = false
    /// Whether the empty line after the headers has come.
    private(set) var hasWholeHead = false
    private var status = 0
    private var headers: [HTTPHeader] = []
    private var headerBytes = 0
    private var body: [UInt8] = []

    /// Servers allow themselves 8 to 64 KiB.
    static let headerBytesMax = 256 << 10

    var response: HTTPResponse { HTTPResponse(status: status, headers: headers, body: body) }

    /// False: too much.
    mutating func take(header line: UnsafeRawBufferPointer) -> Bool {
        headerBytes += line.count
        guard headerBytes <= CurlAnswer.headerBytesMax else {
            isOversized = true
            return false
        }
        let text = trimmed(line[...])
        if text.starts(with: "HTTP/".utf8) {
            // A new head: what came before was an interim answer, such as `100 Continue`.
            headers.removeAll(keepingCapacity: true)
            hasWholeHead = false
            let afterVersion = text.drop { $0 != UInt8(ascii: " ") }.dropFirst()
            status = Int(String(decoding: afterVersion.prefix(3), as: UTF8.self)) ?? 0
        } else if text.isEmpty {
            hasWholeHead = true
        } else if let first = line.first, first == UInt8(ascii: " ") || first == UInt8(ascii: "\t") {
            // A value folded over two lines, as old servers may.
            if let last = headers.indices.last {
                headers[last].value += " " + String(decoding: text, as: UTF8.self)
            }
        } else if let colon = text.firstIndex(of: UInt8(ascii: ":")) {
            let name = String(decoding: text[..<colon], as: UTF8.self)
            headers.append(HTTPHeader(name, String(decoding: trimmed(text[(colon + 1)...]), as: UTF8.self)))
        }
        return true
    }

    /// False: too much.
    mutating func take(body part: UnsafeRawBufferPointer) -> Bool {
        guard body.count + part.count <= bodyBytesMax else {
            isOversized = true
            return false
        }
        if body.isEmpty, let promised = headers["Content-Length"].flatMap({ Int($0) }), promised <= bodyBytesMax {
            body.reserveCapacity(promised)
        }
        body.append(contentsOf: part)
        return true
    }
}

private func trimmed(_ text: Slice<UnsafeRawBufferPointer>) -> Slice<UnsafeRawBufferPointer> {
    func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }
    var text = text.drop(while: isSpace)
    while let last = text.last, isSpace(last) { text.removeLast() }
    return text
}
