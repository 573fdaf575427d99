import FoundationEssentials
import Glibc
import Testing

/// A new directory under /tmp, gone when its test is over.
final class ScratchDirectory: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/catalog-XXXXXX".utf8CString)
        path = String(cString: try #require(mkdtemp(&template)))
    }

    /// Writes a file, and the directories it is in.
    func write(_ name: String, _ text: String) throws {
        let parts = name.split(separator: "/").map(String.init)
        for count in 1..<max(1, parts.count) { mkdir("\(path)/" + parts.prefix(count).joined(separator: "/"), 0o755) }
        let file = try #require(fopen("\(path)/\(name)", "w"))
        defer { fclose(file) }
        try #require(fputs(text, file) >= 0)
    }

    /// Writes a file again once the file system's clock has ticked: it does so every few milliseconds.
    func writeLater(_ name: String, _ text: String) throws {
        let before = changed(name)
        repeat { try write(name, text) } while changed(name) == before
    }

    private func changed(_ name: String) -> [Int] {
        var status = stat()
        stat("\(path)/\(name)", &status)
        return [status.st_ctim.tv_sec, status.st_ctim.tv_nsec]
    }

    func rename(_ name: String, to other: String) throws {
        try #require(Glibc.rename("\(path)/\(name)", "\(path)/\(other)") == 0)
    }

    func link(_ name: String, to target: String) throws { try #require(symlink(target, "\(path)/\(name)") == 0) }

    func remove(_ name: String) { unlink("\(path)/\(name)") }

    /// Sets when a file was last changed.
    func touch(_ name: String, second: Int) {
        let time = timespec(tv_sec: second, tv_nsec: 0)
        utimensat(AT_FDCWD, "\(path)/\(name)", [time, time], 0)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }
}
