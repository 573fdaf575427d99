import Glibc
import Provisioning

/// Runs asynchronous work from the synchronous main thread, and on it, until it is over.
///
/// An asynchronous `main` would cost every start 4 ms.
func blocking<Result: Sendable>(_ body: @escaping @Sendable () async throws -> Result) throws -> Result {
    try Promise(body, on: MainThread.executor).value()
}

/// The same on the threads that all tasks share, for what serves many at a time.
func serving<Result: Sendable>(_ body: @escaping @Sendable () async throws -> Result) throws -> Result {
    try Promise(body, on: nil).value()
}

/// The same, for work that a signal may end: SIGINT or SIGTERM cancels it, and a second one ends the process.
///
/// - Throws: `Interrupted` if a signal came, whatever the work made of it.
func interruptible<Result: Sendable>(_ body: @escaping @Sendable () async throws -> Result) throws -> Result {
    let signals = Signals.shared
    let promise = Promise(body, on: MainThread.executor)
    signals.onArrival { promise.cancel() }
    let result = Swift.Result { try promise.value() }
    if let signal = signals.arrived { throw Interrupted(signal: signal) }
    return try result.get()
}

/// A signal asked for an end.
struct Interrupted: Error {
    let signal: Int32
}

/// Work under way in a task of its own.
private final class Promise<Value: Sendable>: Sendable {
    private let outcome: Lock<Result<Value, any Error>?>
    private let task: Task<Void, Never>

    init(_ body: @escaping @Sendable () async throws -> Value, on executor: MainThread?) {
        let outcome = Lock<Result<Value, any Error>?>(nil)
        self.outcome = outcome
        task = Task.detached(executorPreference: executor) {
            await TaskHome.$executor.withValue(executor) {
                let result: Result<Value, any Error>
                do { result = .success(try await body()) } catch { result = .failure(error) }
                outcome.withLock { $0 = result }
                MainThread.executor.askAgain()
            }
        }
    }

    func cancel() { task.cancel() }

    func value() throws -> Value {
        MainThread.executor.run { outcome.withLock { $0 != nil } }
        return try outcome.withLock { $0! }.get()
    }
}
