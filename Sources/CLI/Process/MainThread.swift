import Glibc

/// Runs tasks on the main thread while it waits for them, in the order in which they are ready.
///
/// A command does one thing after another and mostly waits for clouds and disks: other threads would only cost it their
/// start, and the way from one to the next.
final class MainThread: TaskExecutor, @unchecked Sendable {
    static let executor = MainThread()

    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let news = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var ready: [UnownedJob] = []

    private init() {
        mutex.initialize(to: pthread_mutex_t())
        news.initialize(to: pthread_cond_t())
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(news, nil)
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        ready.append(job)
        pthread_cond_signal(news)
    }

    /// Runs what is ready, and what becomes so, until it is over; what ends it must be a task of this executor.
    func run(until isOver: () -> Bool) {
        while !isOver() {
            for job in next() { job.runSynchronously(on: asUnownedTaskExecutor()) }
        }
    }

    private func next() -> [UnownedJob] {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while ready.isEmpty { pthread_cond_wait(news, mutex) }
        defer { ready.removeAll() }
        return ready
    }
}
