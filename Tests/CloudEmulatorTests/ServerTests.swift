import Cloud
import Glibc
import Provisioning
import Testing

@testable import CloudEmulator

/// What a client on the wire may do, and what it gets.
@Suite struct ServerTests {
    private func get(_ path: String, _ more: String = "") -> String { "GET \(path) HTTP/1.1\r\nHost: a\r\n\(more)\r\n" }

    @Test func aConnectionCarriesManyRequestsAlsoAllAtOnce() async throws {
        let server = try EchoServer()
        let client = try server.client()
        for number in 1...3 {
            client.send(get("/\(number)"))
            let head = ["HTTP/1.1 200 OK", "X-Echo: yes", "Content-Length: 2"]
            #expect(client.reply() == .init(head: head, body: "/\(number)"))
        }
        client.send((100...299).map { get("/\($0)") }.joined())
        for number in 100...299 { #expect(client.reply()?.body == "/\(number)") }
        await server.end()
    }

    @Test func aRequestMayComeByteByByte() async throws {
        let server = try EchoServer()
        let client = try server.client()
        for byte in "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n" {
            client.send(String(byte))
        }
        #expect(client.reply()?.body == "/abc")
        await server.end()
    }

    @Test func whoeverWantsTheConnectionClosedGetsIt() async throws {
        let server = try EchoServer()
        for request in [get("/", "Connection: close\r\n"), "GET / HTTP/1.0\r\n\r\n"] {
            let client = try server.client()
            client.send(request)
            #expect(client.reply()?.head.contains("Connection: close") == true)
            #expect(client.isClosedByServer())
        }
        let old = try server.client()
        old.send("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        #expect(old.reply()?.head.contains("Connection: keep-alive") == true)
        old.send("GET /b HTTP/1.0\r\n\r\n")
        #expect(old.reply()?.body == "/b")
        await server.end()
    }

    @Test func whoeverAsksForTheHeadGetsNoBody() async throws {
        let server = try EchoServer()
        let client = try server.client()
        client.send("HEAD /abc HTTP/1.1\r\nHost: a\r\n\r\n" + get("/next"))
        #expect(client.reply(hasBody: false)?.head.last == "Content-Length: 4")
        #expect(client.reply()?.body == "/next")
        await server.end()
    }

    @Test func whoeverAsksWhetherToGoOnIsToldTo() async throws {
        let server = try EchoServer()
        let client = try server.client()
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
        #expect(client.reply()?.head == ["HTTP/1.1 100 Continue"])
        client.send("ab")
        #expect(client.reply()?.body == "/ab")
        await server.end()
    }

    @Test func aBadRequestIsAnsweredAndEndsTheConnectionAlone() async throws {
        let server = try EchoServer()
        let other = try server.client()
        // More than the server reads before it says no: the answer must survive that.
        let much = String(repeating: "x", count: 2 << 20)
        for (request, status) in [
            ("nonsense\r\n\r\n", 400), ("GET / HTTP/3.0\r\n\r\n", 505), (get("/", "A: \(much)\r\n"), 431),
            ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(2 << 20)\r\n\r\n\(much)", 413),
        ] {
            let client = try server.client()
            client.send(get("/good") + request)
            #expect(client.reply()?.body == "/good")
            let reply = client.reply()
            #expect(reply?.status == status)
            #expect(reply?.head.contains("Connection: close") == true)
            #expect(client.isClosedByServer())
        }
        other.send(get("/still"))
        #expect(other.reply()?.body == "/still")
        await server.end()
    }

    @Test func aClientThatLeavesDisturbsNobody() async throws {
        let server = try EchoServer()
        for _ in 0..<5 {
            let client = try server.client()
            // It is gone long before all of these are answered.
            client.send((0..<2_000).map { get("/\($0)") }.joined())
        }
        var half: RawClient? = try server.client()
        half?.send("POST / HTTP/1.1\r\nHo")
        let client = try server.client()
        client.send(get("/here"))
        #expect(client.reply()?.body == "/here")
        half = nil
        await server.end()
    }

    // MARK: - Many at once

    @Test func whoeverComesIsServedThoughOthersHoldTheirConnections() async throws {
        let server = try EchoServer()
        var clients: [RawClient] = []
        for number in 1...150 {
            let client = try server.client()
            client.send(get("/\(number)"))
            #expect(client.reply()?.body == "/\(number)")
            clients.append(client)
        }
        await server.end()
    }

    // MARK: - The end

    @Test func aRequestUnderWayIsAnsweredBeforeTheServerEnds() async throws {
        let server = try EchoServer()
        let idle = try server.client()
        let half = try server.client()
        let busy = try server.client()
        for client in [idle, half] {
            client.send(get("/first"))
            #expect(client.reply()?.body == "/first")
        }
        busy.send(get("/wait"))
        #expect(server.hasBegunToWait())
        // From here on nothing is awaited: a request may take ten seconds to come, and other tests longer than that.
        half.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\na")

        server.loop.stop()
        #expect(idle.isClosedByServer())
        server.letGo.ring()
        half.send("b")
        for (client, body) in [(busy, "/wait"), (half, "/ab")] {
            let reply = client.reply()
            #expect(reply?.body == body)
            #expect(reply?.head.contains("Connection: close") == true)
            #expect(client.isClosedByServer())
        }
        await server.end()
    }

    @Test func theEmulatorAnswersOverTheWire() async throws {
        let cloud = try EmulatedCloud()
        let (ports, said) = AsyncStream.makeStream(of: Int.self)
        let server = EmulatorServer(cloud.emulator)
        let running = Task { try await server.run(host: "localhost", port: 0) { said.yield($0) } }
        var all = ports.makeAsyncIterator()
        let port = try #require(await all.next())
        let client = try RawClient(port: port)
        let request = cloud.request("RunInstances", EmulatedCloud.launchParameters(2...2))
        var headers = request.headers
        for (name, value) in [("Host", request.endpoint.authority), ("Content-Length", "\(request.body.count)")]
        where headers[name] == nil { headers.append(HTTPHeader(name, value)) }
        let head = headers.map { "\($0.name): \($0.value)\r\n" }.joined()
        let body = String(decoding: request.body, as: UTF8.self)
        client.send("\(request.method) \(request.target) HTTP/1.1\r\n\(head)\r\n\(body)")
        #expect(client.reply()?.status == 200)
        #expect(cloud.describe().instances.count == 2)

        await #expect(throws: SystemFailure.self) { try await server.run(port: port) }
        running.cancel()
        try await running.value
        #expect(throws: RawClient.Failure.self) { try RawClient(port: port) }
    }

    @Test func aServerWhoseTaskIsCancelledAlreadyEnds() async throws {
        let server = EmulatorServer(try EmulatedCloud().emulator)
        let running = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await server.run(port: 0)
        }
        try await running.value
    }
}

/// A server that answers each request with its path and its body; `/wait` is answered once `letGo` rings.
private final class EchoServer: Sendable {
    let loop: AcceptLoop
    let letGo: Bell
    private let port: Int
    private let begun: Bell
    private let ended: AsyncStream<Void>

    init() throws {
        let listener = try Listener(host: "127.0.0.1", port: 0)
        let letGo = try Bell()
        let begun = try Bell()
        let (ended, ends) = AsyncStream.makeStream(of: Void.self)
        let loop = try AcceptLoop(listener) { request in
            if request.path == "/wait" {
                begun.ring()
                var wait = pollfd(fd: letGo.descriptor, events: Int16(POLLIN), revents: 0)
                poll(&wait, 1, 20_000)
            }
            return HTTPResponse(
                status: 200, headers: [HTTPHeader("X-Echo", "yes")], body: Array(request.path.utf8) + request.body)
        }
        #expect(
            startThread {
                loop.run()
                ends.finish()
            })
        (self.loop, self.letGo, self.port, self.begun, self.ended) = (loop, letGo, listener.port, begun, ended)
    }

    func client() throws -> RawClient { try RawClient(port: port) }

    /// Returns when a request waits to be let go.
    ///
    /// It holds the thread: whoever awaits may come back after that request has lost its patience, where many other
    /// tests want a thread.
    func hasBegunToWait() -> Bool {
        var wait = pollfd(fd: begun.descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&wait, 1, 20_000) > 0
    }

    func end() async {
        loop.stop()
        for await _ in ended {}
    }
}
