import Glibc
import Provisioning

/// A process's claim to be alive: a lock on a file of its own, which the kernel gives up however the process ends.
///
/// So whoever finds a lease can tell at once that its owner was killed, instead of waiting for it to run out.
package final class Presence: Sendable {
    /// Who we are in leases.
    package let owner: String
    private let folder: String
    private let descriptor: Int32

    /// - Throws: `Rejected` if the folder cannot be written.
    package init(in folder: String, owner: String) throws {
        self.owner = owner
        self.folder = folder
        mkdir(folder, 0o700)
        guard let claimed = Presence.claim("\(folder)/\(owner)") else {
            throw Rejected(
                Diagnostic(
                    .error, "state.unwritable", "`\(folder)` cannot be written: \(String(cString: strerror(errno)))",
                    hint: "choose a folder you may write with `--state-dir` or `MUSTER_STATE_DIR`"))
        }
        descriptor = claimed
    }

    /// Opens and locks a file that is still there once it is locked: between the two, somebody who tidies up may
    /// have taken it for one that was left behind.
    private static func claim(_ path: String) -> Int32? {
        for _ in 0..<100 {
            let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
            guard file >= 0 else { return nil }
            var held = stat()
            var named = stat()
            if flock(file, LOCK_EX | LOCK_NB) == 0, fstat(file, &held) == 0, stat(path, &named) == 0,
                held.st_ino == named.st_ino, held.st_dev == named.st_dev
            {
                return file
            }
            close(file)
        }
        return nil
    }

    /// Takes away what processes that were killed have left.
    package func tidy() {
        guard let stream = opendir(folder) else { return }
        var names: [String] = []
        while let entry = readdir(stream) {
            names.append(
                withUnsafePointer(to: &entry.pointee.d_name) {
                    String(cString: UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self))
                })
        }
        closedir(stream)
        for name in names where !name.hasPrefix(".") { _ = isGone(name) }
    }

    deinit {
        unlink("\(folder)/\(owner)")
        close(descriptor)
    }

    /// Whether the owner of a lease has ended.
    package func isGone(_ other: String) -> Bool {
        guard other != owner, !other.contains("/") else { return false }
        let path = "\(folder)/\(other)"
        let file = open(path, O_RDWR | O_CLOEXEC)
        // No file: it ended as it should, and took its claim with it.
        guard file >= 0 else { return errno == ENOENT }
        defer { close(file) }
        guard flock(file, LOCK_SH | LOCK_NB) == 0 else { return false }
        unlink(path)
        return true
    }
}
