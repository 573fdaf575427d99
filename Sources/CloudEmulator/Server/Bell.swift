import Glibc

/// Wakes threads that wait in poll(2): a pipe whose bytes are rings.
///
/// A ring stays until someone takes it, so one that comes before the wait is not missed.
final class Bell: Sendable {
    /// What to poll for reading.
    let descriptor: CInt
    private let writing: CInt

    init() throws(SystemFailure) {
        var ends: [CInt] = [0, 0]
        guard pipe(&ends) == 0 else { throw SystemFailure("cannot open a pipe") }
        // Whoever rings never waits, nor does whoever takes what another has taken.
        for end in ends { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
        (descriptor, writing) = (ends[0], ends[1])
    }

    deinit {
        close(descriptor)
        close(writing)
    }

    func ring() {
        var byte: UInt8 = 1
        // A pipe that is full rings already.
        while write(writing, &byte, 1) < 0 && errno == EINTR {}
    }

    var isRinging: Bool {
        var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&wait, 1, 0) > 0
    }

    /// How many rings there were, up to a number; they are over then. Two threads never get the same.
    @discardableResult func take(_ countMax: Int = 1) -> Int {
        var bytes = [UInt8](repeating: 0, count: countMax)
        return max(0, read(descriptor, &bytes, countMax))
    }
}

/// The system would not do what we need.
struct SystemFailure: Error, Sendable, CustomStringConvertible {
    let description: String

    /// Said right after the call that failed.
    init(_ what: String, code: CInt = errno) { description = "\(what): \(String(cString: strerror(code)))" }
}
