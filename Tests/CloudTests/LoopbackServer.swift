import Cloud
import Foundation
import Glibc
import Provisioning

/// A small server on 127.0.0.1 that does with each connection what the test says, and remembers what came.
final class LoopbackServer: Sendable {
    let port: Int
    /// Every request as it arrives.
    let arrivals: AsyncStream<String>

    private let listener: CInt
    private let log: Log

    /// `serve` gets each connection and its number, counted from 1; the connection is closed when it returns.
    init(_ serve: @escaping @Sendable (LoopbackConnection, Int) -> Void) throws {
        let (listener, port) = try LoopbackServer.bound()
        guard listen(listener, 256) == 0 else { throw SocketFailure(step: "listen") }
        let (arrivals, arrived) = AsyncStream.makeStream(of: String.self)
        let log = Log(arrived)
        self.listener = listener
        self.port = port
        self.arrivals = arrivals
        self.log = log
        Thread.detachNewThread {
            // Ends when `stop` shuts the listener down.
            while case let accepted = accept(listener, nil, nil), accepted >= 0 {
                let number = log.countConnection()
                let connection = LoopbackConnection(socket: accepted, log: log)
                Thread.detachNewThread {
                    serve(connection, number)
                    close(accepted)
                }
            }
            close(listener)
        }
    }

    deinit { stop() }

    func stop() { shutdown(listener, CInt(SHUT_RDWR)) }

    var endpoint: Endpoint { Endpoint(scheme: .http, host: "127.0.0.1", port: port) }
    var connectionCount: Int { log.connectionCount }
    var requests: [String] { log.requests }

    /// A port that nobody listens on.
    static func freePort() throws -> Int {
        let (socket, port) = try bound()
        close(socket)
        return port
    }

    private static func bound() throws -> (socket: CInt, port: Int) {
        let socket = Glibc.socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        guard socket >= 0 else { throw SocketFailure(step: "socket") }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let done = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, size) == 0 && getsockname(socket, $0, &size) == 0
            }
        }
        guard done else { throw SocketFailure(step: "bind") }
        return (socket, Int(UInt16(bigEndian: address.sin_port)))
    }

    struct SocketFailure: Error { let step: String }

    final class Log: Sendable {
        private let state = Lock((connections: 0, requests: [String]()))
        private let arrived: AsyncStream<String>.Continuation

        init(_ arrived: AsyncStream<String>.Continuation) { self.arrived = arrived }

        var connectionCount: Int { state.withLock { $0.connections } }
        var requests: [String] { state.withLock { $0.requests } }

        func countConnection() -> Int {
            state.withLock { state in
                state.connections += 1
                return state.connections
            }
        }

        func add(_ request: String) {
            state.withLock { $0.requests.append(request) }
            arrived.yield(request)
        }
    }
}

/// One accepted connection, read and written with blocking calls on its own thread.
struct LoopbackConnection: Sendable {
    let socket: CInt
    let log: LoopbackServer.Log

    init(socket: CInt, log: LoopbackServer.Log) {
        self.socket = socket
        self.log = log
        // Bounds the life of a thread whose client has gone astray.
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    /// One request with its body; nil: the client has closed.
    func request() -> String? {
        var bytes: [UInt8] = []
        while true {
            if let headEnd = bytes.range(of: "\r\n\r\n") {
                let head = String(decoding: bytes[..<headEnd.lowerBound], as: UTF8.self)
                let length = head.lowercased().split(separator: "\r\n").first { $0.hasPrefix("content-length:") }
                    .flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) }
                if bytes.count >= headEnd.upperBound + (length ?? 0) {
                    let text = String(decoding: bytes, as: UTF8.self)
                    log.add(text)
                    return text
                }
            }
            var part = [UInt8](repeating: 0, count: 65536)
            let count = recv(socket, &part, part.count, 0)
            if count <= 0 { return nil }
            bytes.append(contentsOf: part[..<count])
        }
    }

    func write(_ text: String) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(socket, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
            if count <= 0 { return }
            rest = rest.dropFirst(count)
        }
    }

    func answer(_ body: String, status: String = "200 OK", headers: [String] = []) {
        let head = ["HTTP/1.1 \(status)", "Content-Length: \(body.utf8.count)"] + headers
        write(head.joined(separator: "\r\n") + "\r\n\r\n" + body)
    }

    /// Waits until the client closes, or for as long as a connection may live; false: it did not close.
    @discardableResult func waitForClose() -> Bool {
        var byte: UInt8 = 0
        while true {
            let count = recv(socket, &byte, 1, 0)
            if count <= 0 { return count == 0 }
        }
    }

    /// Makes the close that follows a reset.
    func resetOnClose() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(socket, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }
}

extension [UInt8] {
    fileprivate func range(of text: String) -> Range<Int>? {
        let wanted = Array(text.utf8)
        guard count >= wanted.count else { return nil }
        return (0...(count - wanted.count)).first { self[$0..<($0 + wanted.count)].elementsEqual(wanted) }
            .map { $0..<($0 + wanted.count) }
    }
}
