import Glibc

/// A client of the server that says byte for byte what it is told to.
final class RawClient: Sendable {
    private let socket: CInt

    init(port: Int) throws {
        socket = Glibc.socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        // Bounds the life of a test whose server has gone astray.
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
        let code = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        if code != 0 { throw Failure(code: errno) }
    }

    deinit { close(socket) }

    struct Failure: Error { let code: CInt }

    struct Reply: Equatable {
        /// The status line and the headers.
        var head: [String]
        var body: String

        var status: Int? { head.first.flatMap { Int($0.split(separator: " ")[1]) } }
    }

    func send(_ text: String) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
            if count <= 0 { return }
            rest = rest.dropFirst(count)
        }
    }

    /// The next answer; nil: the server has closed, or the answer breaks off.
    func reply(hasBody: Bool = true) -> Reply? {
        var head: [String] = []
        var line: [UInt8] = []
        while true {
            guard let byte = receive(1)?.first else { return nil }
            line.append(byte)
            guard line.suffix(2) == [13, 10] else { continue }
            if line.count == 2 { break }
            head.append(String(decoding: line.dropLast(2), as: UTF8.self))
            line = []
        }
        let length = head.first { $0.hasPrefix("Content-Length: ") }.flatMap { Int($0.dropFirst(16)) } ?? 0
        guard let body = receive(hasBody ? length : 0) else { return nil }
        return Reply(head: head, body: String(decoding: body, as: UTF8.self))
    }

    /// Whether the server says no more, and says that it will not.
    func isClosedByServer() -> Bool {
        var byte: UInt8 = 0
        return recv(socket, &byte, 1, 0) == 0
    }

    private func receive(_ count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var received = 0
        while received < count {
            let part = bytes[received...].withUnsafeMutableBytes { recv(socket, $0.baseAddress, $0.count, 0) }
            if part <= 0 { return nil }
            received += part
        }
        return bytes
    }
}
