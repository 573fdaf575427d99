import Glibc
import Provisioning

/// Takes SIGINT and SIGTERM from the moment it is made, before any work is begun, to the end of the process.
///
/// A thread of its own waits for them, so that what is done on their arrival may be anything, not only the little
/// that a signal handler may do.
final class Signals: Sendable {
    /// Those of a command that waits; who has not begun to is ended by the first one.
    static let shared: Signals = {
        let signals = Signals()
        signals.onArrival { [unowned signals] in _exit(128 + (signals.arrived ?? 0)) }
        return signals
    }()

    private let state = Lock((arrived: Int32?.none, action: (@Sendable () -> Void)?.none))

    init() {
        var wanted = sigset_t()
        sigemptyset(&wanted)
        sigaddset(&wanted, SIGINT)
        sigaddset(&wanted, SIGTERM)
        // Threads inherit the mask, so this comes before there are any.
        pthread_sigmask(SIG_BLOCK, &wanted, nil)
        let context = Unmanaged.passRetained(Waiter(signals: self, wanted: wanted))
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { context in
                Unmanaged<Waiter>.fromOpaque(context!).takeRetainedValue().run()
                return nil
            }, context.toOpaque())
        precondition(code == 0, "a thread could not be started")
        pthread_detach(thread)
    }

    /// The first one that came; nil: none has.
    var arrived: Int32? { state.withLock(\.arrived) }

    /// Runs the action when the first one comes, at once if it has.
    func onArrival(_ action: @escaping @Sendable () -> Void) {
        let isLate = state.withLock { state in
            state.action = action
            return state.arrived != nil
        }
        if isLate { action() }
    }

    fileprivate func arrive(_ signal: Int32) {
        let (isFirst, action) = state.withLock { state in
            defer { state.arrived = state.arrived ?? signal }
            return (state.arrived == nil, state.action)
        }
        // Whoever asks twice does not want to wait for an orderly end; the ledger does not need one.
        if !isFirst { _exit(128 + signal) }
        action?()
    }
}

private final class Waiter {
    private let signals: Signals
    private var wanted: sigset_t

    init(signals: Signals, wanted: sigset_t) {
        self.signals = signals
        self.wanted = wanted
    }

    func run() {
        while true {
            var signal: Int32 = 0
            if sigwait(&wanted, &signal) == 0 { signals.arrive(signal) }
        }
    }
}
