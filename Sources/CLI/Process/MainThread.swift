import Glibc

/// Runs tasks on the main thread while it waits for them, in the order in which they are ready.
///
/// A command does one thing after another and mostly waits for clouds and disks: other threads would only cost it their
/// start, and the way from one to the next.
final class MainThread: TaskExecutor, @unchecked Sendable {
    static let executor = MainThread()

    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let news = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    // These for whoever holds the mutex.
    private var ready: [UnownedJob] = []
    private var sleepers: [Sleeper] = []
    private var mayBeOver = false

    private init() {
        mutex.initialize(to: pthread_mutex_t())
        news.initialize(to: pthread_cond_t())
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(news, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        alone {
            ready.append(job)
            pthread_cond_signal(news)
        }
    }

    /// Runs what is ready, and what becomes so, until it is over; whoever ends it says that it may be.
    func run(until isOver: () -> Bool) {
        while !isOver() {
            let (jobs, awake) = alone {
                if ready.isEmpty, !mayBeOver { waitForNews() }
                defer { (ready, mayBeOver) = ([], false) }
                return (ready, takeAwake(at: .now))
            }
            // Not by whoever holds the mutex: what goes on then is enqueued here.
            for sleeper in awake { sleeper.wake() }
            for job in jobs { job.runSynchronously(on: asUnownedTaskExecutor()) }
        }
    }

    /// Has it looked whether it is over.
    func askAgain() {
        alone {
            mayBeOver = true
            pthread_cond_signal(news)
        }
    }

    private func alone<Result>(_ body: () -> Result) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body()
    }

    // MARK: - Sleep

    /// As `Task.sleep`, which would start a thread for it.
    ///
    /// - Throws: `CancellationError`.
    func sleep(for duration: Duration) async throws {
        let sleeper = Sleeper(until: .now + duration)
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                guard sleeper.fallAsleep(continuation) else { return continuation.resume() }
                alone {
                    sleepers.append(sleeper)
                    pthread_cond_signal(news)
                }
            }
        } onCancel: {
            sleeper.wake()
        }
        try Task.checkCancellation()
    }

    /// Until somebody signals, or the first sleeper's time has come.
    private func waitForNews() {
        guard let next = sleepers.lazy.map(\.end).min() else {
            pthread_cond_wait(news, mutex)
            return
        }
        var end = timespec()
        clock_gettime(CLOCK_MONOTONIC, &end)
        let (seconds, attoseconds) = max(.zero, ContinuousClock.now.duration(to: next)).components
        let nanoseconds = end.tv_nsec + Int(attoseconds / 1_000_000_000)
        end.tv_sec += Int(seconds) + nanoseconds / 1_000_000_000
        end.tv_nsec = nanoseconds % 1_000_000_000
        pthread_cond_timedwait(news, mutex, &end)
    }

    private func takeAwake(at now: ContinuousClock.Instant) -> [Sleeper] {
        let awake = sleepers.filter { $0.end <= now }
        if !awake.isEmpty { sleepers.removeAll { $0.end <= now } }
        return awake
    }
}
