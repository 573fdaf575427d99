import Glibc

/// A port of this machine that takes connections, until it goes.
final class Listener: Sendable {
    /// What to poll for reading.
    let descriptor: CInt
    let port: Int

    /// Port 0 takes a free one.
    init(host: String, port: Int) throws(SystemFailure) {
        let isIPv6 = host == "::1"
        let descriptor = socket(
            isIPv6 ? AF_INET6 : AF_INET,
            CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue) | CInt(SOCK_NONBLOCK.rawValue), 0)
        let failure = "cannot listen on \(isIPv6 ? "[::1]" : "127.0.0.1"):\(port)"
        guard descriptor >= 0 else { throw SystemFailure(failure) }
        // What an earlier server's last connections have left behind is no obstacle.
        descriptor.setOption(SOL_SOCKET, SO_REUSEADDR, CInt(1))
        let bound = isIPv6 ? bindIPv6(descriptor, port) : bindIPv4(descriptor, port)
        guard let bound, listen(descriptor, SOMAXCONN) == 0 else {
            let code = errno
            close(descriptor)
            throw SystemFailure(failure, code: code)
        }
        self.descriptor = descriptor
        self.port = bound
    }

    deinit { close(descriptor) }

    enum Accepted {
        case connection(CInt)
        /// It has gone before we came to it.
        case none
        /// The system has nothing left to hold it with.
        case exhausted
    }

    func accept() -> Accepted {
        let socket = Glibc.accept(descriptor, nil, nil)
        if socket >= 0 { return .connection(socket) }
        return [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(errno) ? .exhausted : .none
    }
}

extension CInt {
    /// Of a socket. Those we set are known to every system that we run on.
    func setOption<Value>(_ level: CInt, _ name: CInt, _ value: Value) {
        withUnsafeBytes(of: value) { bytes in
            _ = setsockopt(self, level, name, bytes.baseAddress, socklen_t(bytes.count))
        }
    }
}

/// The port it was bound to; nil: errno says why not.
private func bindIPv4(_ socket: CInt, _ port: Int) -> Int? {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
    return bindAny(socket, &address) ? Int(UInt16(bigEndian: address.sin_port)) : nil
}

private func bindIPv6(_ socket: CInt, _ port: Int) -> Int? {
    var address = sockaddr_in6()
    address.sin6_family = sa_family_t(AF_INET6)
    address.sin6_port = UInt16(port).bigEndian
    address.sin6_addr = in6addr_loopback
    return bindAny(socket, &address) ? Int(UInt16(bigEndian: address.sin6_port)) : nil
}

/// Leaves in `address` what the system made of it.
private func bindAny<Address>(_ socket: CInt, _ address: inout Address) -> Bool {
    var size = socklen_t(MemoryLayout<Address>.size)
    return withUnsafeMutableBytes(of: &address) { bytes in
        let plain = bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self)
        return bind(socket, plain, size) == 0 && getsockname(socket, plain, &size) == 0
    }
}
