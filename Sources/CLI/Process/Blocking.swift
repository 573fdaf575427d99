import Glibc
import Provisioning

/// Runs asynchronous work from the synchronous main thread, and waits for it.
///
/// An asynchronous `main` would cost every start 4 ms.
func blocking<Result: Sendable>(_ body: @escaping @Sendable () async throws -> Result) throws -> Result {
    try wait(for: Promise(body))
}

/// The same, for work that a signal may end: SIGINT or SIGTERM cancels it, and a second one ends the process.
///
/// - Throws: `Interrupted` if a signal came, whatever the work made of it.
func interruptible<Result: Sendable>(_ body: @escaping @Sendable () async throws -> Result) throws -> Result {
    let signals = Signals()
    let promise = Promise(body)
    signals.onArrival { promise.cancel() }
    let result = Swift.Result { try wait(for: promise) }
    if let signal = signals.arrived { throw Interrupted(signal: signal) }
    return try result.get()
}

/// A signal asked for an end.
struct Interrupted: Error {
    let signal: Int32
}

private func wait<Value>(for promise: Promise<Value>) throws -> Value {
    promise.done.wait()
    return try promise.outcome.withLock { $0! }.get()
}

/// Work under way in a task of its own.
private final class Promise<Value: Sendable>: Sendable {
    let outcome = Lock<Result<Value, any Error>?>(nil)
    let done = Semaphore()
    private let task = Lock<Task<Void, Never>?>(nil)

    init(_ body: @escaping @Sendable () async throws -> Value) {
        let started = Task.detached { [outcome, done] in
            let result: Result<Value, any Error>
            do { result = .success(try await body()) } catch { result = .failure(error) }
            outcome.withLock { $0 = result }
            done.signal()
        }
        task.withLock { $0 = started }
    }

    func cancel() { task.withLock { $0?.cancel() } }
}

private final class Semaphore: @unchecked Sendable {
    private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init() { sem_init(semaphore, 0, 0) }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    func signal() { sem_post(semaphore) }

    func wait() {
        // A signal's handler may have interrupted the wait.
        while sem_wait(semaphore) != 0 && errno == EINTR {}
    }
}
