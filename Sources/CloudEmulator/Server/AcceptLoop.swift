import Cloud
import Glibc

/// Takes connections and gives each a thread of its own, until it is told to stop.
///
/// Only its own thread counts the connections, so nothing is locked; others ring.
final class AcceptLoop: Sendable {
    private static let connectionsMax = 64

    private let listener: Listener
    private let bells: Bells
    /// Rung by each connection as the last thing it does.
    private let ended: Bell
    private let answer: @Sendable (HTTPRequest) -> HTTPResponse

    init(_ listener: Listener, _ answer: @escaping @Sendable (HTTPRequest) -> HTTPResponse) throws(SystemFailure) {
        self.listener = listener
        self.bells = Bells(stop: try Bell(), makeRoom: try Bell())
        self.ended = try Bell()
        self.answer = answer
    }

    /// Ends the loop, and each connection with the answer it is about to give.
    func stop() { bells.stop.ring() }

    /// Returns once it was told to stop and the last connection has ended.
    func run() {
        var open = 0
        var hasAskedForRoom = false
        var isExhausted = false
        while !bells.stop.isRinging {
            let looks = !hasAskedForRoom && !isExhausted
            let arrived = wait(for: looks ? listener.descriptor : -1, isExhausted ? 100 : -1)
            let freed = ended.take(AcceptLoop.connectionsMax)
            open -= freed
            if freed > 0 { hasAskedForRoom = false }
            isExhausted = false
            guard arrived else { continue }
            if open == AcceptLoop.connectionsMax {
                // Whoever waits outside goes before one that holds a place and has nothing to say.
                bells.makeRoom.ring()
                hasAskedForRoom = true
                continue
            }
            bells.makeRoom.take()
            switch listener.accept() {
            case .connection(let socket): if start(socket) { open += 1 }
            case .exhausted: isExhausted = true
            case .none: break
            }
        }
        while open > 0 {
            var wait = pollfd(fd: ended.descriptor, events: Int16(POLLIN), revents: 0)
            poll(&wait, 1, -1)
            open -= ended.take(AcceptLoop.connectionsMax)
        }
    }

    /// Waits until a bell rings or the time is over; true: a connection has arrived.
    private func wait(for listener: CInt, _ milliseconds: CInt) -> Bool {
        let events = Int16(POLLIN)
        var waits = [
            // A negative one is passed over.
            pollfd(fd: listener, events: events, revents: 0),
            pollfd(fd: bells.stop.descriptor, events: events, revents: 0),
            pollfd(fd: ended.descriptor, events: events, revents: 0),
        ]
        return poll(&waits, 3, milliseconds) > 0 && waits[0].revents != 0
    }

    private func start(_ socket: CInt) -> Bool {
        let connection = Connection(socket: socket, bells: bells, answer: answer)
        let hasStarted = startThread { [ended] in
            connection.run()
            close(socket)
            ended.ring()
        }
        if !hasStarted { close(socket) }
        return hasStarted
    }
}

/// What connections listen for while they have nothing to do.
struct Bells: Sendable {
    /// Never taken: it rings for all of them.
    let stop: Bell
    /// Whoever takes a ring ends.
    let makeRoom: Bell
}
