import Cloud
import Glibc
import Provisioning

/// One accepted connection: reads its requests and answers them in their order, on the thread that runs it.
struct Connection: Sendable {
    /// How long a client may keep silent between requests.
    private static let idleDuration: Duration = .seconds(60)
    /// How long a request may take to come, from its first byte, and an answer to go.
    private static let transferSeconds = 10
    /// How long we wait for a client to have read all and close.
    private static let farewellDuration: Duration = .seconds(1)

    private let socket: CInt
    private let bells: Bells
    private let answer: @Sendable (HTTPRequest) -> HTTPResponse

    /// It is for the caller to close the socket after `run`.
    init(socket: CInt, bells: Bells, answer: @escaping @Sendable (HTTPRequest) -> HTTPResponse) {
        self.socket = socket
        self.bells = bells
        self.answer = answer
        // An answer must not wait for the acknowledgement of the one before.
        socket.setOption(CInt(IPPROTO_TCP), TCP_NODELAY, CInt(1))
        socket.setOption(SOL_SOCKET, SO_SNDTIMEO, timeval(tv_sec: Connection.transferSeconds, tv_usec: 0))
    }

    func run() {
        var reader = RequestReader()
        do {
            while let received = try next(&reader) {
                let response = answer(received.request)
                let isLast = received.isLast || bells.stop.isRinging
                let bytes = response.bytes(
                    hasBody: received.request.method != "HEAD",
                    connection: isLast ? "close" : received.isCurrent ? nil : "keep-alive")
                guard write(bytes) else { return }
                if isLast { return sayFarewell() }
            }
        } catch {
            if write(error.response.bytes(hasBody: true, connection: "close")) { sayFarewell() }
        }
    }

    /// The next request; nil: there will be none.
    private func next(_ reader: inout RequestReader) throws(RequestFlaw) -> ReceivedRequest? {
        var due: ContinuousClock.Instant?
        while true {
            if let request = try reader.next() { return request }
            if reader.takeContinue(), !write(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)) { return nil }
            let bytes: [UInt8]
            if reader.isBetweenRequests {
                guard awaitRequest() else { return nil }
                bytes = receive()
            } else {
                due = due ?? .now + .seconds(Connection.transferSeconds)
                guard awaitBytes(until: due!) else { return nil }
                bytes = receive()
            }
            // The client has closed, or is gone.
            if bytes.isEmpty { return nil }
            reader.append(bytes)
        }
    }

    // MARK: - Waiting

    /// True: a request begins to come. What has come goes before any bell.
    private func awaitRequest() -> Bool {
        let due = ContinuousClock.now + Connection.idleDuration
        while true {
            let ready = ready(or: [bells.stop.descriptor, bells.makeRoom.descriptor], until: due)
            if ready[0] { return true }
            // A ring for room that another took is not ours.
            if ready[1] || ready[2] && bells.makeRoom.take() > 0 || .now >= due { return false }
        }
    }

    private func awaitBytes(until due: ContinuousClock.Instant) -> Bool {
        while .now < due {
            if ready(or: [], until: due)[0] { return true }
        }
        return false
    }

    /// Waits for the socket or one of the others to have something to read, and says which have.
    private func ready(or others: [CInt], until due: ContinuousClock.Instant) -> [Bool] {
        var waits = ([socket] + others).map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        // Rounded up, for what is left of a millisecond would be spent turning in a loop.
        let milliseconds = max(0, (due - .now).wholeMicroseconds / 1000 + 1)
        guard poll(&waits, nfds_t(waits.count), CInt(milliseconds)) > 0 else { return waits.map { _ in false } }
        return waits.map { $0.revents != 0 }
    }

    // MARK: - Bytes

    /// What there is, once there is something; empty: the other side sends no more.
    private func receive() -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 16 << 10) { buffer, count in
            var received: Int
            repeat { received = recv(socket, buffer.baseAddress, buffer.count, 0) } while received < 0 && errno == EINTR
            count = max(0, received)
        }
    }

    /// False: the other side is gone, or does not read.
    private func write(_ bytes: [UInt8]) -> Bool {
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { send(socket, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { return false }
            written += count
        }
        return true
    }

    /// Reads on for a while after the last answer: a socket closed with bytes unread would take the answer back.
    private func sayFarewell() {
        shutdown(socket, CInt(SHUT_WR))
        let due = ContinuousClock.now + Connection.farewellDuration
        while awaitBytes(until: due), !receive().isEmpty {}
    }
}
