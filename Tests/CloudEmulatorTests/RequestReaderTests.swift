import Cloud
import Testing

@testable import CloudEmulator

/// Bytes become the requests that were meant, or are refused; they never become others.
@Suite struct RequestReaderTests {
    // MARK: - What is read

    @Test func aRequestIsReadWithEverythingInIt() throws {
        let read = try requests(
            in: "POST /a%20b?Action=X&y=?z HTTP/1.1\r\nHost: here.example:4566\r\nX-One:  a b\t\r\n"
                + "Content-Length: 3\r\n\r\nabc")
        #expect(
            read == [
                ReceivedRequest(
                    request: HTTPRequest(
                        method: "POST", endpoint: Endpoint(scheme: .http, host: "here.example", port: 4566),
                        path: "/a%20b", query: "Action=X&y=?z",
                        headers: [
                            HTTPHeader("Host", "here.example:4566"), HTTPHeader("X-One", "a b"),
                            HTTPHeader("Content-Length", "3"),
                        ], body: Array("abc".utf8)),
                    isLast: false, isCurrent: true)
            ])
    }

    @Test func aChunkedBodyIsPutTogether() throws {
        let read = try requests(
            in: "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n"
                + "4\r\nWiki\r\n00A;name=\"x\"\r\npedia\r\n\r\na\r\n0\r\nChecksum: 1\r\nOther: 2\r\n\r\n"
                + "GET / HTTP/1.1\r\nHost: b\r\n\r\n")
        #expect(read.map { String(decoding: $0.request.body, as: UTF8.self) } == ["Wikipedia\r\n\r\na", ""])
        #expect(read.map(\.request.endpoint.host) == ["a", "b"])
    }

    @Test func requestsInARowAreReadInTheirOrder() throws {
        let read = try requests(in: (1...50).map { "GET /\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined(separator: "\r\n"))
        #expect(read.map(\.request.path) == (1...50).map { "/\($0)" })
    }

    @Test(arguments: [
        ("HTTP/1.1", "X: y", false), ("HTTP/1.1", "Connection: close", true),
        ("HTTP/1.1", "Connection: foo,\tCLOSE , bar", true), ("HTTP/1.1", "Connection: closed", false),
        ("HTTP/1.0", "X: y", true), ("HTTP/1.0", "Connection: Keep-Alive", false),
        ("HTTP/1.0", "Connection: keep-alive, close", true),
    ])
    func aConnectionStaysAsItsVersionAndItsHeaderSay(_ version: String, _ header: String, _ isLast: Bool) throws {
        let read = try requests(in: "GET / \(version)\r\nHost: a\r\n\(header)\r\n\r\n")
        #expect(read.map(\.isLast) == [isLast])
        #expect(read.map(\.isCurrent) == [version == "HTTP/1.1"])
    }

    @Test func anOldClientNeedNotSayTheHost() throws {
        let read = try requests(in: "GET / HTTP/1.0\r\n\r\n")
        #expect(read.map(\.request.endpoint) == [Endpoint(scheme: .http, host: "127.0.0.1")])
    }

    @Test(arguments: [
        ("http://other/a?b=c", "/a", "b=c"), ("HTTP://other", "/", ""), ("http://other?b=c", "/", "b=c"),
        ("*", "*", ""), ("/?", "/", ""), ("//a", "//a", ""),
    ])
    func everyFormOfTargetIsRead(_ target: String, _ path: String, _ query: String) throws {
        let read = try requests(in: "GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(read.map(\.request.path) == [path])
        #expect(read.map(\.request.query) == [query])
    }

    // MARK: - What is refused

    @Test(arguments: [
        "GET / HTTP/1.1\nHost: a\n\n", "GET / HTTP/1.1\r\nHost: a\n\r\n", "\n", "GET /\r\n\r\n", "GET  / HTTP/1.1\r\n",
        "GET / HTTP/1.1 \r\n", "GET /a b HTTP/1.1\r\n", "GET /\u{7}a HTTP/1.1\r\n", "GET /ä HTTP/1.1\r\n",
        " / HTTP/1.1\r\n", "G(T / HTTP/1.1\r\n", "GET a HTTP/1.1\r\n", "GET https://a/ HTTP/1.1\r\n",
        "GET / http/1.1\r\n", "GET / SMTP\r\n", "\u{16}\u{3}\u{1}\r\n",
        head("No colon"), head(": empty"), head("Blank : a"), head(" Folded: a"), head("A: b\r\n folded"),
        head("A: b\rc"), head("A: b\0c"), head("A: \u{7F}"), head("Nämé: a"),
        head("Content-Length: "), head("Content-Length: -1"), head("Content-Length: +1"), head("Content-Length: 1 1"),
        head("Content-Length: 0x1"), head("Content-Length: 1, 1"), head("Content-Length: 1\r\nContent-Length: 1"),
        head("Content-Length: 1\r\nTransfer-Encoding: chunked"),
        "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", head("Host: a b"),
        "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", "GET / HTTP/1.1\r\nHost: \r\n\r\n",
        chunked("\r\n"), chunked("g\r\n"), chunked("-1\r\n"), chunked("1 \r\n"), chunked(";a\r\n"), chunked("0x1\r\n"),
        chunked("1\r\nab\r\n"), chunked("1\r\na\n"), chunked("0000000000000001\r\n"), chunked("1\n"),
        chunked("\u{FF11}\r\n"),
    ])
    func whatIsNoRequestIsRefused(_ text: String) {
        #expect(throws: RequestFlaw.malformed) { try requests(in: text) }
    }

    @Test(arguments: [
        ("GET / HTTP/2.0\r\n", RequestFlaw.unknownVersion), ("GET / HTTP/1.2\r\n", .unknownVersion),
        (head("Transfer-Encoding: gzip, chunked"), .unknownTransferCoding),
        (head("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"), .unknownTransferCoding),
        (head("Expect: miracles\r\nContent-Length: 1"), .unknownExpectation),
    ])
    func whatWeDoNotKnowIsCalledByItsName(_ text: String, _ flaw: RequestFlaw) {
        #expect(throws: flaw) { try requests(in: text) }
    }

    @Test func aBodyMayBeAsLargeAsTheBoundAndNotLarger() throws {
        let max = RequestReader.bodyBytesMax
        let full = String(repeating: "x", count: max)
        let half = String(repeating: "x", count: max / 2)
        let halves = "\(String(max / 2, radix: 16))\r\n\(half)\r\n\(String(max / 2, radix: 16))\r\n\(half)\r\n"
        #expect(try requests(in: head("Content-Length: \(max)") + full).map(\.request.body.count) == [max])
        #expect(try requests(in: chunked(halves + "0\r\n\r\n")).map(\.request.body.count) == [max])
        for text in [
            head("Content-Length: \(max + 1)"), head("Content-Length: 99999999999999999999999999"),
            chunked(halves + "1\r\n"), chunked("fffffffffffffff\r\n"),
        ] {
            #expect(throws: RequestFlaw.bodyTooLarge) { try requests(in: text) }
        }
    }

    @Test func aHeadMayBeAsLargeAsTheBoundAndNotLarger() throws {
        let max = RequestReader.headBytesMax
        let filler = head("A: ").utf8.count
        #expect(try requests(in: head("A: " + String(repeating: "x", count: max - filler))).count == 1)
        let much = String(repeating: "x", count: max)
        for text in [
            head("A: " + String(repeating: "x", count: max - filler + 1)), "GET /\(much)",
            "GET / HTTP/1.1\r\nA: \(much)", "GET / HTTP/1.1\r\n" + String(repeating: "A: b\r\n", count: max / 6),
            String(repeating: "\r\n", count: max), chunked("1;\(much)"), chunked("0\r\nA: \(much)"),
        ] {
            #expect(throws: RequestFlaw.headTooLarge) { try requests(in: text) }
        }
    }

    // MARK: - However it comes

    private static let row =
        "POST /a?b=c HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab\r\nc\r\nGET / HTTP/1.1\r\nHost: b:1\r\n\r\n"
        + "POST / HTTP/1.1\r\nHost: c\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1;x\r\n\n\r\n0\r\nT: u\r\n\r\n"
        + "GET /last HTTP/1.0\r\n\r\n"

    @Test func whereverItIsCutTheRequestsAreTheSame() throws {
        let bytes = Array(Self.row.utf8)
        let whole = try requests(in: Self.row)
        #expect(whole.map(\.request.path) == ["/a", "/", "/", "/last"])
        for cut in 0...bytes.count {
            #expect(try requests(in: [bytes[..<cut], bytes[cut...]]) == whole, "cut at \(cut)")
        }
        #expect(try requests(in: bytes.indices.map { bytes[$0...$0] }) == whole)
    }

    @Test func noRequestIsReadBeforeItsLastByte() throws {
        let bytes = Array("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab".utf8)
        var reader = RequestReader()
        #expect(reader.isBetweenRequests)
        for byte in bytes.dropLast() {
            reader.append([byte])
            let early = try reader.next()
            #expect(early == nil)
            #expect(!reader.isBetweenRequests)
        }
        reader.append([bytes.last!])
        let request = try reader.next()?.request
        #expect(request?.body == Array("ab".utf8))
        #expect(reader.isBetweenRequests)
    }

    @Test func whoeverWaitsToBeToldToGoOnIsToldOnce() throws {
        for body in ["Content-Length: 2", "Transfer-Encoding: chunked"] {
            var reader = RequestReader()
            reader.append(Array(head("Expect: 100-Continue\r\n\(body)").utf8))
            let early = try reader.next()
            #expect(early == nil)
            let (isDue, isDueAgain) = (reader.takeContinue(), reader.takeContinue())
            #expect(isDue && !isDueAgain)
        }
        for (header, body) in [("Content-Length: 2", "a"), ("Content-Length: 0", ""), ("Content-Length: 2", "abG")] {
            var reader = RequestReader()
            reader.append(Array((head("Expect: 100-continue\r\n\(header)") + body).utf8))
            _ = try reader.next()
            let isDue = reader.takeContinue()
            #expect(!isDue)
        }
    }

    @Test func noMutationCrashesTheReaderOrIsReadInTwoWays() {
        var chance = SplitMix(state: 20_261_121)
        var refused = 0
        for round in 0..<2_000 {
            let bytes = mutated(Array(Self.row.utf8), &chance)
            let whole = reading([bytes[...]])
            #expect(reading(bytes.indices.map { bytes[$0...$0] }) == whole, "round \(round): \(bytes)")
            if whole.flaw != nil { refused += 1 }
        }
        // Else the mutations would be none.
        #expect((200...1_900).contains(refused))
    }

    private func mutated(_ bytes: [UInt8], _ chance: inout SplitMix) -> [UInt8] {
        var bytes = bytes
        for _ in 0...Int.random(in: 0..<3, using: &chance) where !bytes.isEmpty {
            let at = Int.random(in: 0..<bytes.count, using: &chance)
            let end = min(bytes.count, at + Int.random(in: 1...20, using: &chance))
            switch Int.random(in: 0..<5, using: &chance) {
            case 0: bytes[at] = UInt8.random(in: 0...255, using: &chance)
            case 1: bytes.insert(Array("\r\n :;,0\0".utf8).randomElement(using: &chance)!, at: at)
            case 2: bytes.removeSubrange(at..<end)
            case 3: bytes.insert(contentsOf: bytes[at..<end], at: at)
            default: bytes.removeLast(bytes.count - at)
            }
        }
        return bytes
    }
}

// MARK: - Reading

private struct Reading: Equatable {
    var requests: [ReceivedRequest] = []
    var flaw: RequestFlaw?
}

private func reading(_ parts: [ArraySlice<UInt8>]) -> Reading {
    var reader = RequestReader()
    var reading = Reading()
    do {
        for part in parts {
            reader.append(part)
            while let request = try reader.next() { reading.requests.append(request) }
        }
    } catch {
        reading.flaw = error
    }
    return reading
}

@discardableResult private func requests(in parts: [ArraySlice<UInt8>]) throws -> [ReceivedRequest] {
    let reading = reading(parts)
    if let flaw = reading.flaw { throw flaw }
    return reading.requests
}

@discardableResult private func requests(in text: String) throws -> [ReceivedRequest] {
    try requests(in: [Array(text.utf8)[...]])
}

private func head(_ header: String) -> String { "POST / HTTP/1.1\r\nHost: a\r\n\(header)\r\n\r\n" }
private func chunked(_ body: String) -> String { head("Transfer-Encoding: chunked") + body }

private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
