import Cloud
import Glibc

/// An emulated cloud behind a port of this machine.
package struct EmulatorServer: Sendable {
    private let emulator: Emulator
    private let log: RequestLog?

    /// - Parameter log: where each request is noted that was answered.
    package init(_ emulator: Emulator, log: RequestLog? = nil) {
        self.emulator = emulator
        self.log = log
    }

    /// Serves until the task is cancelled; requests under way are finished first.
    ///
    /// Port 0 takes a free one; `onReady` is told which. Only this machine can reach it: the credentials are public.
    package func run(
        host: String = "127.0.0.1", port: Int, onReady: @escaping @Sendable (_ port: Int) -> Void = { _ in }
    ) async throws {
        // By address: what a name means is for others to say.
        guard ["127.0.0.1", "::1", "localhost"].contains(host) else { throw NotLoopback(host: host) }
        let listener = try Listener(host: host, port: port)
        let loop = try AcceptLoop(listener) { [emulator, log] request in
            log?.timing(request, of: emulator) ?? emulator.handle(request)
        }
        // Whoever comes before the loop runs waits in the line that the system keeps.
        onReady(listener.port)
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (ended: CheckedContinuation<Void, any Error>) in
                let hasStarted = startThread {
                    loop.run()
                    ended.resume()
                }
                if !hasStarted { ended.resume(throwing: SystemFailure("cannot start the server", code: EAGAIN)) }
            }
        } onCancel: {
            loop.stop()
        }
    }
}

/// A host that others than this machine could reach.
package struct NotLoopback: Error, Sendable, CustomStringConvertible {
    package let host: String

    package var description: String {
        "the emulated cloud listens on this machine only, not on `\(host)`; use 127.0.0.1"
    }
}
