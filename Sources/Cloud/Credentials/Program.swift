import Glibc
import Provisioning

/// What became of a program that was to print something.
package enum ProgramEnd: Sendable {
    case done([UInt8])
    /// As the rest of a sentence that begins with its name.
    case failed(String)
}

/// A program run for what it prints: without a shell, for so long and no longer, and deaf to our input.
///
/// What it says on standard error goes nowhere: it may say more than it should.
package enum Program {
    package static func run(
        _ words: [String], in environment: [String: String], within limit: Duration = .seconds(60),
        bytesMax: Int = 64 << 10
    ) async -> ProgramEnd {
        let due = ContinuousClock.now + limit
        return await withCheckedContinuation { continuation in
            let started = startThread {
                continuation.resume(returning: run(words, environment, until: due, within: limit, bytesMax))
            }
            if !started { continuation.resume(returning: .failed("was not started: there is no thread for it")) }
        }
    }

    /// Blocks the thread that it is called on.
    private static func run(
        _ words: [String], _ environment: [String: String], until due: ContinuousClock.Instant,
        within limit: Duration, _ bytesMax: Int
    ) -> ProgramEnd {
        let process: pid_t, mouth: CInt
        switch start(words, environment) {
        case .failure(let failure): return .failed("was not started: \(failure)")
        case .success(let started): (process, mouth) = started
        }
        defer { close(mouth) }
        var output: [UInt8] = []
        let trouble = read(mouth, into: &output, until: due, within: limit, bytesMax)
        if trouble != nil { kill(process, SIGKILL) }
        let status = wait(for: process, until: due)
        if let trouble { return .failed(trouble) }
        guard let status else { return .failed("did not end within \(limit.components.seconds) s") }
        if status & 0x7F != 0 { return .failed("was ended by signal \(status & 0x7F)") }
        let code = (status >> 8) & 0xFF
        return code == 0 ? .done(output) : .failed("ended with \(code)")
    }

    /// Why reading came to no end, if it did not.
    private static func read(
        _ file: CInt, into output: inout [UInt8], until due: ContinuousClock.Instant, within limit: Duration,
        _ bytesMax: Int
    ) -> String? {
        var part = [UInt8](repeating: 0, count: 4096)
        while true {
            let left = (due - ContinuousClock.now).wholeMicroseconds / 1000
            guard left > 0 else { return "did not end within \(limit.components.seconds) s" }
            var waiting = pollfd(fd: file, events: Int16(POLLIN), revents: 0)
            let ready = poll(&waiting, 1, CInt(clamping: left))
            if ready < 0, errno != EINTR { return "cannot be heard: \(reason(errno))" }
            guard ready > 0 else { continue }
            let count = Glibc.read(file, &part, part.count)
            if count == 0 { return nil }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return "cannot be heard: \(reason(errno))" }
            guard output.count + count <= bytesMax else { return "printed more than \(bytesMax >> 10) KiB" }
            output.append(contentsOf: part[..<count])
        }
    }

    /// How it ended; nil: it had closed its output and would not end, and is ended now.
    private static func wait(for process: pid_t, until due: ContinuousClock.Instant) -> CInt? {
        var status: CInt = 0
        while ContinuousClock.now < due {
            let ended = waitpid(process, &status, WNOHANG)
            if ended == process { return status }
            if ended < 0, errno != EINTR { return nil }
            usleep(5000)
        }
        kill(process, SIGKILL)
        while waitpid(process, &status, 0) < 0 && errno == EINTR {}
        return nil
    }

    /// One at a time: another program started between a pipe's making and its marking would hold it open.
    private static let starting = Lock(())

    /// The process, and where what it prints can be read.
    private static func start(
        _ words: [String], _ environment: [String: String]
    ) -> Result<(pid_t, CInt), FileFailure> {
        starting.withLock { _ in
            var ends: [CInt] = [-1, -1]
            guard pipe(&ends) == 0 else { return .failure(FileFailure(code: errno)) }
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            let child = spawn(words, environment, output: ends[1])
            close(ends[1])
            if case .failure = child { close(ends[0]) }
            return child.map { ($0, ends[0]) }
        }
    }

    private static func spawn(
        _ words: [String], _ environment: [String: String], output: CInt
    ) -> Result<pid_t, FileFailure> {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        // Our threads take no signals; it may.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] =
            environment.sorted { $0.key < $1.key }.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in arguments + variables { free(text) } }
        var process: pid_t = 0
        let code = posix_spawnp(&process, words[0], &actions, &attributes, &arguments, &variables)
        return code == 0 ? .success(process) : .failure(FileFailure(code: code))
    }

    private static func reason(_ code: CInt) -> String { String(cString: strerror(code)) }
}
