import Provisioning

/// A task that sleeps, woken by its time or by its end, whichever comes first.
final class Sleeper: Sendable {
    private enum State {
        case begun
        case asleep(CheckedContinuation<Void, Never>)
        case awake
    }

    let end: ContinuousClock.Instant
    private let state = Lock(State.begun)

    init(until end: ContinuousClock.Instant) { self.end = end }

    /// False: it was woken before it slept.
    func fallAsleep(_ continuation: CheckedContinuation<Void, Never>) -> Bool {
        state.withLock { state in
            guard case .begun = state else { return false }
            state = .asleep(continuation)
            return true
        }
    }

    func wake() {
        let continuation = state.withLock { state -> CheckedContinuation<Void, Never>? in
            defer { state = .awake }
            if case .asleep(let continuation) = state { return continuation }
            return nil
        }
        continuation?.resume()
    }
}
