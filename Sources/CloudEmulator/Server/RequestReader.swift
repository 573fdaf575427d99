import Cloud

/// Makes requests of the bytes of one connection, however they were cut on the way.
///
/// After a flaw there is nothing more to read.
struct RequestReader {
    static let headBytesMax = 64 << 10
    /// Well above user data of 16 KiB and the tags of everything.
    static let bodyBytesMax = 1 << 20

    /// What stands at the front of the unread bytes.
    private enum Place {
        case requestLine, header
        case body(left: Int)
        case chunkSize, chunk(left: Int), chunkEnd, trailer
    }

    private var place = Place.requestLine
    private var unread = ReceivedBytes()
    private var head: RequestHead?
    private var body: [UInt8] = []
    /// Of the head, and then of the trailer.
    private var lineBytes = 0
    private var owesContinue = false

    /// True: not a byte of a next request has come.
    var isBetweenRequests: Bool {
        if case .requestLine = place { unread.isEmpty } else { false }
    }

    mutating func append(_ bytes: some Collection<UInt8>) { unread.append(bytes) }

    /// The next request; nil: more bytes are needed.
    mutating func next() throws(RequestFlaw) -> ReceivedRequest? {
        while true {
            switch place {
            case .requestLine:
                guard let line = try line() else { return nil }
                // Some send an empty line after a body that nobody counted.
                if line.isEmpty { continue }
                head = try RequestHead(line)
                place = .header
            case .header:
                guard let line = try line() else { return nil }
                if line.isEmpty { try beginBody() } else { try head!.addHeader(line) }
            case .body(left: 0):
                return try finish()
            case .body(let left):
                guard let rest = takeBody(left) else { return nil }
                place = .body(left: rest)
            case .chunkSize:
                guard let line = try line() else { return nil }
                let size = try chunkSize(line)
                guard size <= RequestReader.bodyBytesMax - body.count else { throw .bodyTooLarge }
                place = size == 0 ? .trailer : .chunk(left: size)
            case .chunk(left: 0):
                place = .chunkEnd
            case .chunk(let left):
                guard let rest = takeBody(left) else { return nil }
                place = .chunk(left: rest)
            case .chunkEnd:
                guard let line = try line() else { return nil }
                guard line.isEmpty else { throw .malformed }
                lineBytes = 0
                place = .chunkSize
            case .trailer:
                // None of it is of use to us.
                guard let line = try line() else { return nil }
                if line.isEmpty { return try finish() }
            }
        }
    }

    /// True, once for a request, if its sender waits to be told to send the body.
    mutating func takeContinue() -> Bool {
        defer { owesContinue = false }
        return owesContinue
    }

    // MARK: - Step by step

    private mutating func line() throws(RequestFlaw) -> ArraySlice<UInt8>? {
        guard let line = try unread.line(of: RequestReader.headBytesMax - lineBytes, orElse: .headTooLarge)
        else { return nil }
        lineBytes += line.count + 2
        guard lineBytes <= RequestReader.headBytesMax else { throw .headTooLarge }
        return line
    }

    private mutating func beginBody() throws(RequestFlaw) {
        lineBytes = 0
        switch try head!.framing() {
        case .length(let length):
            guard length <= RequestReader.bodyBytesMax else { throw .bodyTooLarge }
            body.reserveCapacity(length)
            place = .body(left: length)
            owesContinue = try head!.expectsContinue() && length > 0 && unread.isEmpty
        case .chunked:
            place = .chunkSize
            owesContinue = try head!.expectsContinue() && unread.isEmpty
        }
    }

    /// How much is left to take; nil: more bytes are needed.
    private mutating func takeBody(_ left: Int) -> Int? {
        let part = unread.take(left)
        if part.isEmpty { return nil }
        // It was sent unasked.
        owesContinue = false
        body += part
        return left - part.count
    }

    private mutating func finish() throws(RequestFlaw) -> ReceivedRequest {
        defer { (place, head, body, lineBytes, owesContinue) = (.requestLine, nil, [], 0, false) }
        let head = head!
        return ReceivedRequest(
            request: HTTPRequest(
                method: head.method, endpoint: try head.endpoint(), path: head.path, query: head.query,
                headers: head.headers, body: body),
            isLast: !head.keepsAlive, isCurrent: head.isCurrent)
    }
}

/// A request, and what its sender said of the connection.
struct ReceivedRequest: Sendable, Hashable {
    var request: HTTPRequest
    /// The connection ends with its answer.
    var isLast: Bool
    /// False: HTTP/1.0.
    var isCurrent: Bool
}

/// Reads `1a2b` and `1a2b;extension`.
private func chunkSize(_ line: ArraySlice<UInt8>) throws(RequestFlaw) -> Int {
    let digits = line.prefix { $0 != UInt8(ascii: ";") }
    guard !digits.isEmpty, digits.count <= 15 else { throw .malformed }
    var size = 0
    for digit in digits {
        guard digit < 0x80, let value = Character(UnicodeScalar(digit)).hexDigitValue else { throw .malformed }
        size = size << 4 + value
    }
    return size
}
