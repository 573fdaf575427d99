import Glibc

/// Where the lines come from that diagnostics quote.
struct SourceFiles: Sendable {
    /// Nil: there is nothing to be quoted.
    let read: @Sendable (_ file: String) -> SourceText?

    static let none = SourceFiles { _ in nil }

    /// The files on the disk, save those that changed since now: their lines are no longer those that were checked.
    static func onDisk() -> SourceFiles {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return onDisk(unchangedSince: now)
    }

    static func onDisk(unchangedSince moment: timespec) -> SourceFiles {
        let seconds = moment.tv_sec, nanoseconds = moment.tv_nsec
        return SourceFiles { file in
            contents(of: file, unchangedSince: (seconds, nanoseconds)).flatMap { SourceText($0, file: file) }
        }
    }

    /// More than any file that is read as a template.
    private static let bytesMax = 32 << 20

    private static func contents(of path: String, unchangedSince moment: (Int, Int)) -> [UInt8]? {
        // Not to wait for a writer, should the name be a pipe's.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size <= bytesMax,
            // The time of its change, not of its writing: that one a file keeps when it is moved over another.
            (status.st_ctim.tv_sec, status.st_ctim.tv_nsec) <= moment
        else { return nil }
        let size = Int(status.st_size)
        var isWhole = true
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                let got = Glibc.read(descriptor, buffer.baseAddress! + count, size - count)
                if got < 0, errno == EINTR { continue }
                if got <= 0 {
                    isWhole = false
                    return
                }
                count += got
            }
        }
        return isWhole ? bytes : nil
    }
}
