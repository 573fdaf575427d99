import Glibc
import Provisioning

/// A thread that may wait for others: the tasks of a test share a few, and must not.
final class Reader<Value: Sendable>: Sendable {
    private let result = Lock<Value?>(nil)
    private let thread = Lock(pthread_t())

    init(_ body: @escaping @Sendable () -> Value) {
        let work = Unmanaged.passRetained(
            Work { [result] in
                let value = body()
                result.withLock { $0 = value }
            })
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { context in
                Unmanaged<Work>.fromOpaque(context!).takeRetainedValue().body()
                return nil
            }, work.toOpaque())
        precondition(code == 0, "a thread could not be started")
        self.thread.withLock { $0 = thread }
    }

    /// What it came to, when it has ended.
    func value() -> Value {
        pthread_join(thread.withLock { $0 }, nil)
        return result.withLock { $0! }
    }
}

private final class Work: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}

/// Where a thread stops until the test lets it pass.
final class Gate: @unchecked Sendable {
    private let arrivals = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
    private let passes = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init() {
        sem_init(arrivals, 0, 0)
        sem_init(passes, 0, 0)
    }

    deinit {
        for semaphore in [arrivals, passes] {
            sem_destroy(semaphore)
            semaphore.deallocate()
        }
    }

    func stopHere() {
        sem_post(arrivals)
        sem_wait(passes)
    }

    func awaitArrival() { sem_wait(arrivals) }
    func letPass() { sem_post(passes) }
}
