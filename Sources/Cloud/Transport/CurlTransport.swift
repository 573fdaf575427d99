import Provisioning
import Synchronization

/// The network, through libcurl: one thread that carries every request, with connections kept for the next.
///
/// No redirect is followed: a signature is good for one address. Proxies are taken from the usual environment
/// variables, except towards this machine itself.
package final class CurlTransport: Transport {
    private enum State {
        case unopened
        case open(CurlLoop)
        case closed
    }

    private let settings: CurlSettings
    private let state = Lock(State.unopened)

    /// Opens nothing yet: libcurl and the thread come with the first request.
    package init(_ settings: CurlSettings = CurlSettings()) { self.settings = settings }

    deinit {
        if case .open(let loop) = state.withLock({ $0 }) { loop.close {} }
    }

    package func send(
        _ request: HTTPRequest, within deadline: Duration
    ) async throws(TransportError) -> HTTPResponse {
        let loop = try openLoop()
        let token = CancelToken()
        // No call waits for a day, and adding more than a clock can hold would trap.
        let due = ContinuousClock.now + min(deadline, .seconds(86400))
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                loop.start(
                    CurlTicket(request: request, due: due, within: deadline, token: token, continuation: continuation))
            }
        } onCancel: {
            // It may run before the ticket is in the inbox, so the loop reads the token when it starts one.
            token.cancel()
            loop.cancel(token)
        }
        return try result.get()
    }

    /// Ends what is under way and gives back once the thread is gone; nothing can be sent any more.
    package func close() async {
        let last = state.withLock { state in
            defer { state = .closed }
            return state
        }
        guard case .open(let loop) = last else { return }
        await withCheckedContinuation { continuation in loop.close { continuation.resume() } }
    }

    /// Loads libcurl before anything is to be sent; what goes wrong is for the first request to tell.
    package static func load(_ settings: CurlSettings) { _ = try? CurlLibrary.loaded(settings.library) }

    private func openLoop() throws(TransportError) -> CurlLoop {
        try state.withLock { (state: inout State) throws(TransportError) -> CurlLoop in
            switch state {
            case .open(let loop): return loop
            case .closed: throw .unsent("the transport is closed")
            case .unopened:
                let loop = try CurlLoop(CurlLibrary.loaded(settings.library), settings)
                state = .open(loop)
                return loop
            }
        }
    }
}

/// One request on its way to the thread, and who waits for it.
struct CurlTicket: Sendable {
    let request: HTTPRequest
    let due: ContinuousClock.Instant
    /// The deadline as the caller gave it, for the error's text.
    let within: Duration
    let token: CancelToken
    let continuation: CheckedContinuation<Result<HTTPResponse, TransportError>, Never>
}

/// Whether the task that waits for a request was cancelled.
final class CancelToken: Sendable {
    private let cancelled = Atomic(false)

    var isCancelled: Bool { cancelled.load(ordering: .acquiring) }

    func cancel() { cancelled.store(true, ordering: .releasing) }
}
