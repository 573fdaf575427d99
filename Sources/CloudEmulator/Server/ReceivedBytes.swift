/// Bytes that have come over a connection and have not been read yet.
struct ReceivedBytes {
    private var bytes: [UInt8] = []
    /// What lies before it has been read.
    private var start = 0
    /// How far the line that begins at `start` has been searched for its end, so that no byte is looked at twice.
    private var searched = 0

    var isEmpty: Bool { start == bytes.count }

    mutating func append(_ more: some Collection<UInt8>) {
        if start > 0 {
            bytes.removeFirst(start)
            searched -= start
            start = 0
        }
        bytes.append(contentsOf: more)
    }

    /// The next line without the CR LF that ends it; nil: its end has not come.
    ///
    /// A lone LF ends no line: whoever stands between us and the sender may have read it otherwise.
    mutating func line(of bytesMax: Int, orElse flaw: RequestFlaw) throws(RequestFlaw) -> ArraySlice<UInt8>? {
        while searched < bytes.count {
            defer { searched += 1 }
            if bytes[searched] != UInt8(ascii: "\n") { continue }
            guard searched > start, bytes[searched - 1] == UInt8(ascii: "\r") else { throw .malformed }
            guard searched - 1 - start <= bytesMax else { throw flaw }
            defer { start = searched + 1 }
            return bytes[start..<searched - 1]
        }
        // One more is the CR of an end that has not come.
        guard bytes.count - start <= bytesMax + 1 else { throw flaw }
        return nil
    }

    /// As many of the next bytes as there are, and not more than asked for.
    mutating func take(_ count: Int) -> ArraySlice<UInt8> {
        let end = min(start + count, bytes.count)
        defer { (start, searched) = (end, end) }
        return bytes[start..<end]
    }
}
