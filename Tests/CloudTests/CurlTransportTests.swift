import Cloud
import FoundationEssentials
import Provisioning
import Testing

/// The transport against real sockets on the loopback interface.
@Suite(.timeLimit(.minutes(1))) struct CurlTransportTests {
    private let transport = CurlTransport()

    /// Answers every request on every connection with its body's own bytes.
    private func echo() throws -> LoopbackServer {
        try LoopbackServer { connection, _ in
            while let request = connection.request() {
                connection.answer(request.components(separatedBy: "\r\n\r\n").dropFirst().joined(separator: "\r\n\r\n"))
            }
        }
    }

    private func failure(
        of request: HTTPRequest, within deadline: Duration = .seconds(20), on transport: CurlTransport? = nil
    ) async -> TransportError? {
        do throws(TransportError) {
            _ = try await (transport ?? self.transport).send(request, within: deadline)
            return nil
        } catch { return error }
    }

    // MARK: What is sent

    @Test func whatIsSentIsWhatWasWritten() async throws {
        let server = try echo()
        let response = try await transport.send(
            HTTPRequest(
                method: "POST", endpoint: server.endpoint, path: "/a/../b%2Fc", query: "x=1&x=%20",
                headers: [.init("Host", "ec2.example"), .init("X-Empty", ""), .init("x-LOWER", "1")],
                body: Array("abc".utf8)),
            within: .seconds(20))
        #expect(response.status == 200)
        #expect(response.body == Array("abc".utf8))
        let lines = server.requests[0].components(separatedBy: "\r\n")
        #expect(lines[0] == "POST /a/../b%2Fc?x=1&x=%20 HTTP/1.1")
        #expect(
            lines.dropFirst().sorted()
                == ["", "Content-Length: 3", "Host: ec2.example", "X-Empty:", "abc", "x-LOWER: 1"])
    }

    @Test(arguments: ["GET", "HEAD", "DELETE", "POST", "PUT", "PATCH"])
    func everyMethodIsSentAsItself(_ method: String) async throws {
        let server = try LoopbackServer { connection, _ in
            while let request = connection.request() {
                request.hasPrefix("HEAD") ? connection.write("HTTP/1.1 200 OK\r\n\r\n") : connection.answer("")
            }
        }
        let request = HTTPRequest(method: method, endpoint: server.endpoint)
        let response = try await transport.send(request, within: .seconds(20))
        #expect(response.status == 200)
        #expect(server.requests[0].hasPrefix("\(method) / HTTP/1.1\r\n"))
        let saysLength = server.requests[0].contains("Content-Length: 0\r\n")
        #expect(saysLength == ["POST", "PUT", "PATCH"].contains(method))
    }

    @Test func aLargeBodyGoesOutAndComesBackWithoutAskingFirst() async throws {
        let server = try echo()
        let body = [UInt8](repeating: UInt8(ascii: "x"), count: 5 << 20)
        let response = try await transport.send(
            HTTPRequest(method: "POST", endpoint: server.endpoint, body: body), within: .seconds(50))
        #expect(response.body == body)
        #expect(!server.requests[0].prefix(1000).lowercased().contains("expect"))
    }

    @Test func aHeaderThatWouldBreakTheLineIsNotSent() async throws {
        let server = try echo()
        let request = HTTPRequest(method: "GET", endpoint: server.endpoint, headers: [.init("X-A", "1\r\nX-B: 2")])
        let error = await failure(of: request)
        #expect(error == .unsent("cannot send to \(server.endpoint): the header `X-A` holds a line break"))
        #expect(server.connectionCount == 0)
    }

    // MARK: What comes back

    @Test func headersAreReadInOrderAndInterimAnswersAreNot() async throws {
        let server = try LoopbackServer { connection, _ in
            _ = connection.request()
            connection.write("HTTP/1.1 100 Continue\r\nX-Interim: 1\r\n\r\n")
            connection.answer(
                "<ok/>", status: "503 Slow Down", headers: ["X-Two: a", "x-two:  b \t", "X-Fold: one", " two"])
        }
        let request = HTTPRequest(method: "GET", endpoint: server.endpoint)
        let response = try await transport.send(request, within: .seconds(20))
        #expect(response.status == 503)
        #expect(response.headers.filter { $0.name.lowercased() == "x-two" }.map(\.value) == ["a", "b"])
        #expect(response.headers["X-Interim"] == nil)
        #expect(response.headers["X-Fold"] == "one two")
        #expect(response.body == Array("<ok/>".utf8))
    }

    @Test func aRedirectIsAnAnswerLikeAnyOther() async throws {
        let server = try LoopbackServer { connection, _ in
            while connection.request() != nil {
                connection.answer("", status: "302 Found", headers: ["Location: /elsewhere"])
            }
        }
        let request = HTTPRequest(method: "GET", endpoint: server.endpoint)
        let response = try await transport.send(request, within: .seconds(20))
        #expect(response.status == 302)
        #expect(server.requests.count == 1)
    }

    @Test func aConnectionIsKeptForTheNextRequest() async throws {
        let server = try echo()
        for number in 1...5 {
            let body = Array("\(number)".utf8)
            let response = try await transport.send(
                HTTPRequest(method: "POST", endpoint: server.endpoint, body: body), within: .seconds(20))
            #expect(response.body == body)
        }
        #expect(server.connectionCount == 1)
    }

    @Test func twoHundredAtOnceGetTheirOwnAnswers() async throws {
        let server = try echo()
        let transport = transport
        let answers = await withTaskGroup(of: (Int, String?).self) { group in
            for number in 0..<200 {
                group.addTask {
                    let request = HTTPRequest(method: "POST", endpoint: server.endpoint, body: Array("n\(number)".utf8))
                    let response = try? await transport.send(request, within: .seconds(50))
                    return (number, response.map { String(decoding: $0.body, as: UTF8.self) })
                }
            }
            return await group.reduce(into: [Int: String?]()) { $0[$1.0] = $1.1 }
        }
        #expect(answers.count == 200)
        #expect(answers.allSatisfy { $0.value == "n\($0.key)" })
        #expect(server.connectionCount <= 64)
    }

    // MARK: What did not leave this machine

    @Test func aRefusedConnectionIsUnsentAndSaysWhere() async throws {
        let port = try LoopbackServer.freePort()
        let endpoint = Endpoint(scheme: .http, host: "127.0.0.1", port: port)
        let error = await failure(of: HTTPRequest(method: "POST", endpoint: endpoint, query: "secret=1"))
        #expect(error == .unsent("cannot connect to http://127.0.0.1:\(port): Connection refused"))
    }

    @Test func tlsThatIsNotAgreedOnIsUnsent() async throws {
        let server = try LoopbackServer { connection, _ in connection.write("this is no handshake\r\n") }
        let endpoint = Endpoint(scheme: .https, host: "127.0.0.1", port: server.port)
        let error = await failure(of: HTTPRequest(method: "POST", endpoint: endpoint))
        let why = try #require(error?.unsentReason, "\(String(describing: error))")
        #expect(why.hasPrefix("cannot connect to \(endpoint): "))
    }

    @Test func aHandshakeThatNeverEndsIsUnsentAtTheDeadline() async throws {
        let server = try LoopbackServer { connection, _ in connection.waitForClose() }
        let endpoint = Endpoint(scheme: .https, host: "127.0.0.1", port: server.port)
        let error = await failure(of: HTTPRequest(method: "POST", endpoint: endpoint), within: .milliseconds(100))
        #expect(error == .unsent("cannot connect to \(endpoint): no connection within 100ms"))
    }

    @Test func aHandshakeSlowerThanTheConnectTimeoutIsUnsent() async throws {
        let server = try LoopbackServer { connection, _ in connection.waitForClose() }
        let endpoint = Endpoint(scheme: .https, host: "127.0.0.1", port: server.port)
        var settings = CurlSettings()
        settings.connectTimeout = .milliseconds(100)
        let error = await failure(of: HTTPRequest(method: "POST", endpoint: endpoint), on: CurlTransport(settings))
        #expect(error == .unsent("cannot connect to \(endpoint): no connection in time"))
    }

    @Test func whatWaitsForAFreeConnectionUntilItsDeadlineIsUnsent() async throws {
        let server = try LoopbackServer { connection, _ in
            _ = connection.request()
            connection.waitForClose()
        }
        var settings = CurlSettings()
        settings.connectionsPerHost = 1
        let transport = CurlTransport(settings)
        let first = Task { await failure(of: HTTPRequest(method: "POST", endpoint: server.endpoint), on: transport) }
        for await _ in server.arrivals { break }
        let request = HTTPRequest(method: "POST", endpoint: server.endpoint)
        let second = await failure(of: request, within: .milliseconds(100), on: transport)
        #expect(second == .unsent("cannot connect to \(server.endpoint): no connection within 100ms"))
        first.cancel()
        let firstError = await first.value
        #expect(firstError == .unknown("the call to \(server.endpoint) was cancelled before its answer came"))
        #expect(server.requests.count == 1)
    }

    @Test func aMissingLibraryIsUnsentAndSaysWhatToInstall() async throws {
        var settings = CurlSettings()
        settings.library = "libnothing-of-this-name.so.4"
        let endpoint = Endpoint(scheme: .http, host: "127.0.0.1", port: 1)
        let error = await failure(of: HTTPRequest(method: "GET", endpoint: endpoint), on: CurlTransport(settings))
        let why = try #require(error?.unsentReason, "\(String(describing: error))")
        #expect(why.contains("libnothing-of-this-name.so.4"))
        #expect(why.contains("apt install libcurl4"))
    }

    @Test func whatCannotBeLoadedAheadIsToldByTheFirstRequest() async throws {
        var settings = CurlSettings()
        settings.library = "libnothing-of-this-name.so.4"
        CurlTransport.load(settings)
        let endpoint = Endpoint(scheme: .http, host: "127.0.0.1", port: 1)
        let error = await failure(of: HTTPRequest(method: "GET", endpoint: endpoint), on: CurlTransport(settings))
        #expect(error?.unsentReason?.contains("cannot open libcurl") == true)
    }

    @Test func whatIsLoadedAheadSendsForEveryTransport() async throws {
        let server = try echo()
        CurlTransport.load(CurlSettings())
        for transport in [CurlTransport(), CurlTransport()] {
            let request = HTTPRequest(method: "POST", endpoint: server.endpoint, body: Array("abc".utf8))
            #expect(try await transport.send(request, within: .seconds(20)).body == Array("abc".utf8))
            await transport.close()
        }
    }

    @Test func aTaskCancelledBeforehandSendsNothing() async throws {
        let server = try echo()
        let task = Task {
            // Goes on only once it is cancelled.
            for await _ in AsyncStream<Never>.makeStream().stream {}
            return await failure(of: HTTPRequest(method: "POST", endpoint: server.endpoint))
        }
        task.cancel()
        let error = await task.value
        #expect(error == .unsent("the call to \(server.endpoint) was cancelled before it was sent"))
        #expect(server.connectionCount == 0)
    }

    // MARK: What may have arrived

    @Test func noAnswerWithinTheDeadlineIsUnknown() async throws {
        let server = try LoopbackServer { connection, _ in
            _ = connection.request()
            connection.waitForClose()
        }
        let request = HTTPRequest(method: "POST", endpoint: server.endpoint)
        let error = await failure(of: request, within: .milliseconds(100))
        #expect(error == .unknown("no answer from \(server.endpoint) within 100ms"))
        #expect(server.requests.count == 1)
    }

    @Test func noAnswerOnAKeptConnectionIsUnknownToo() async throws {
        let server = try LoopbackServer { connection, _ in
            if connection.request() != nil { connection.answer("first") }
            _ = connection.request()
            connection.waitForClose()
        }
        let request = HTTPRequest(method: "POST", endpoint: server.endpoint)
        _ = try await transport.send(request, within: .seconds(20))
        let error = await failure(of: request, within: .milliseconds(100))
        #expect(error == .unknown("no answer from \(server.endpoint) within 100ms"))
        #expect(server.connectionCount == 1)
    }

    private static let beginnings = [
        "", "HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\ncut short",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", "not HTTP at all",
    ]

    @Test(arguments: beginnings, [false, true])
    func anAnswerCutShortIsUnknown(_ beginning: String, withReset: Bool) async throws {
        let server = try LoopbackServer { connection, _ in
            _ = connection.request()
            connection.write(beginning)
            if withReset { connection.resetOnClose() }
        }
        let error = await failure(of: HTTPRequest(method: "POST", endpoint: server.endpoint))
        let why = try #require(error?.unknownReason, "\(String(describing: error))")
        #expect(why.hasPrefix("no whole answer from \(server.endpoint): "))
    }

    /// libcurl would send it again on a fresh connection.
    @Test(arguments: [false, true])
    func aCallLostOnAKeptConnectionIsNotSentAgain(withReset: Bool) async throws {
        let server = try LoopbackServer { connection, number in
            if number == 1 {
                if connection.request() != nil { connection.answer("first") }
                _ = connection.request()
                if withReset { connection.resetOnClose() }
            } else {
                while connection.request() != nil { connection.answer("again") }
            }
        }
        let request = HTTPRequest(method: "POST", endpoint: server.endpoint, body: Array("launch".utf8))
        _ = try await transport.send(request, within: .seconds(20))
        let error = await failure(of: request)
        _ = try #require(error?.unknownReason, "\(String(describing: error))")
        #expect(server.requests.count == 2)

        // The next one finds a fresh connection.
        let response = try await transport.send(request, within: .seconds(20))
        #expect(response.body == Array("again".utf8))
    }

    @Test func aReadLostOnAKeptConnectionIsSentAgain() async throws {
        let server = try LoopbackServer { connection, number in
            if number == 1 {
                if connection.request() != nil { connection.answer("first") }
                _ = connection.request()
            } else {
                while connection.request() != nil { connection.answer("again") }
            }
        }
        let request = HTTPRequest(method: "GET", endpoint: server.endpoint)
        _ = try await transport.send(request, within: .seconds(20))
        let response = try await transport.send(request, within: .seconds(20))
        #expect(response.body == Array("again".utf8))
        #expect(server.requests.count == 3)
    }

    @Test func aTaskCancelledAfterSendingLeavesTheOutcomeUnknown() async throws {
        let server = try LoopbackServer { connection, _ in
            _ = connection.request()
            connection.waitForClose()
        }
        let task = Task { await failure(of: HTTPRequest(method: "POST", endpoint: server.endpoint)) }
        for await _ in server.arrivals { break }
        task.cancel()
        let error = await task.value
        #expect(error == .unknown("the call to \(server.endpoint) was cancelled before its answer came"))
    }

    @Test func anAnswerLargerThanTheLimitIsUnknown() async throws {
        let server = try LoopbackServer { connection, _ in
            _ = connection.request()
            connection.answer(String(repeating: "x", count: 100_001))
        }
        var settings = CurlSettings()
        settings.bodyBytesMax = 100_000
        let request = HTTPRequest(method: "POST", endpoint: server.endpoint)
        let error = await failure(of: request, on: CurlTransport(settings))
        #expect(error == .unknown("no whole answer from \(server.endpoint): it is larger than 100000 bytes"))
    }

    // MARK: The end

    @Test func closingEndsWhatIsUnderWayAndTakesNothingMore() async throws {
        let server = try LoopbackServer { connection, _ in
            _ = connection.request()
            connection.waitForClose()
        }
        let task = Task { await failure(of: HTTPRequest(method: "POST", endpoint: server.endpoint)) }
        for await _ in server.arrivals { break }
        await transport.close()
        let error = await task.value
        #expect(error == .unknown("the call to \(server.endpoint) was given up, for the transport was closed"))
        let late = await failure(of: HTTPRequest(method: "POST", endpoint: server.endpoint))
        #expect(late == .unsent("the transport is closed"))
        await transport.close()
    }

    @Test func aTransportLetGoOfEndsItsThreadAndClosesItsConnections() async throws {
        let (ends, ended) = AsyncStream.makeStream(of: Bool.self)
        let server = try LoopbackServer { connection, _ in
            if connection.request() != nil { connection.answer("") }
            ended.yield(connection.waitForClose())
        }
        do {
            let request = HTTPRequest(method: "GET", endpoint: server.endpoint)
            _ = try await CurlTransport().send(request, within: .seconds(20))
        }
        let wasClosed = await ends.first { _ in true }
        #expect(wasClosed == true)
    }

    @Test func callsCancelledAtAnyMomentAllEnd() async throws {
        let server = try LoopbackServer { connection, _ in
            _ = connection.request()
            connection.waitForClose()
        }
        let tasks = (0..<200).map { _ in
            Task { await failure(of: HTTPRequest(method: "POST", endpoint: server.endpoint)) }
        }
        for await _ in server.arrivals { break }
        for task in tasks { task.cancel() }
        var unsent = 0
        for task in tasks {
            let error = await task.value
            if error?.unsentReason != nil { unsent += 1 } else { #expect(error?.unknownReason != nil) }
        }
        // At most 64 connections were open, so others were still waiting for one; some of those may have begun
        // on a connection that a cancelled call gave back.
        #expect(unsent > 0)
    }

    @Test func theCABundleIsTakenFromTheEnvironment() {
        #expect(CurlSettings(environment: [:]).caBundle == nil)
        #expect(CurlSettings(environment: ["SSL_CERT_FILE": "/s", "CURL_CA_BUNDLE": ""]).caBundle == "/s")
        #expect(CurlSettings(environment: ["SSL_CERT_FILE": "/s", "AWS_CA_BUNDLE": "/a"]).caBundle == "/a")
    }
}

extension TransportError {
    fileprivate var unsentReason: String? {
        if case .unsent(let why) = self { why } else { nil }
    }

    fileprivate var unknownReason: String? {
        if case .unknown(let why) = self { why } else { nil }
    }
}
