import Glibc
import Provisioning

/// Runs asynchronous work from the synchronous main thread, and on it, until it is over.
///
/// An asynchronous `main` would cost every start 4 ms.
func blocking<Result: Sendable>(_ body: @escaping @Sendable () async throws -> Result) throws -> Result {
    try Promise(body).value()
}

/// The same, for work that a signal may end: SIGINT or SIGTERM cancels it, and a second one ends the process.
///
/// - Throws: `Interrupted` if a signal came, whatever the work made of it.
func interruptible<Result: Sendable>(_ body: @escaping @Sendable () async throws -> Result) throws -> Result {
    let signals = Signals.shared
    let promise = Promise(body)
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

    init(_ body: @escaping @Sendable () async throws -> Value) {
        let outcome = Lock<Result<Value, any Error>?>(nil)
        self.outcome = outcome
        task = Task.detached(executorPreference: MainThread.executor) {
            await TaskHome.$executor.withValue(MainThread.executor) {
                let result: Result<Value, any Error>
                do { result = .success(try await body()) } catch { result = .failure(error) }
                outcome.withLock { $0 = result }
            }
        }
    }

    func cancel() { task.cancel() }

    func value() throws -> Value {
        MainThread.executor.run { outcome.withLock { $0 != nil } }
        return try outcome.withLock { $0! }.get()
    }
}
