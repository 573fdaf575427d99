import Provisioning

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A file that is held from reading to writing, so that of two who change it at once neither loses what the other did.
///
/// What is locked is the directory, by `flock`: the file itself is replaced by every write, and a lock would stay
/// with the old one. Whoever writes without asking for the lock is noticed right before the new file takes the old
/// one's place. A link is followed, and stays a link.
package final class HeldFile {
    /// As it was called; what diagnostics say.
    private let shownAs: String
    let path: String
    let directory: Int32
    let isLocked: Bool
    /// What it held; nil: there is none yet.
    package let bytes: [UInt8]?
    private let identity: Identity?

    /// - Throws: `Rejected` if it cannot be read, or somebody holds it for too long.
    package init(_ path: String) throws(Rejected) {
        shownAs = path
        self.path = try HeldFile.target(of: path)
        let folder = HeldFile.folder(of: self.path)
        let directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if directory < 0 { throw HeldFile.unwritable(path, "its folder: \(String(cString: strerror(errno)))") }
        do throws(Rejected) {
            isLocked = try HeldFile.lock(directory, path)
            (bytes, identity) = try HeldFile.read(self.path, path)
        } catch {
            close(directory)
            throw error
        }
        self.directory = directory
    }

    deinit { close(directory) }

    /// Puts new content in the file's place: whoever reads it, at whatever moment, gets all of the old or all of the
    /// new. Its mode stays, and its owner where that is permitted.
    ///
    /// - Throws: `Rejected` if the file is not as it was read, or cannot be written; it is then as it was.
    package func replace(with new: [UInt8]) throws(Rejected) {
        let name = HeldFile.name(of: path)
        // With a dot before it, so that no catalog takes it for one of its own.
        let beside = ".\(name).\(getpid()).new"
        if isLocked { removeRemains(of: name) }
        do throws(Rejected) {
            try make(beside, of: new)
            let now = try HeldFile.read(path, shownAs)
            guard now.1 == identity, now.0 == bytes else { throw changed }
            try put(beside, as: name)
        } catch {
            unlinkat(directory, beside, 0)
            throw error
        }
        // The name is on the disk only once its directory is.
        if fsync(directory) != 0, errno != EINVAL { throw failed() }
    }

    private func put(_ beside: String, as name: String) throws(Rejected) {
        if bytes == nil {
            // Unlike a rename, a link is not put over a file that came into being since.
            if linkat(directory, beside, directory, name, 0) == 0 {
                unlinkat(directory, beside, 0)
                return
            }
            // Some file systems have no links; the look just now has to do there.
            if errno == EEXIST { throw changed }
        }
        if renameat(directory, beside, directory, name) != 0 { throw failed() }
    }

    private var changed: Rejected {
        Rejected(
            Diagnostic(
                .error, "file.changed", "`\(shownAs)` was changed by somebody else just now",
                hint: "look at it, and try again"))
    }

    private func make(_ name: String, of new: [UInt8]) throws(Rejected) {
        unlinkat(directory, name, 0)
        // Nobody else's until it has its mode.
        let file = openat(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        if file < 0 { throw failed() }
        defer { close(file) }
        var done = 0
        while done < new.count {
            let count = new[done...].withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
            if count < 0, errno != EINTR { throw failed() }
            done += max(0, count)
        }
        // The group may be ours to give where the owner is not. The mode comes last: a new owner would take some
        // of it away.
        if let identity, fchown(file, identity.owner, identity.group) != 0 {
            _ = fchown(file, uid_t.max, identity.group)
        }
        if fchmod(file, identity?.mode ?? modeOfNew) != 0 { throw failed() }
        if fsync(file) != 0 { throw failed() }
    }

    /// A new file may be read and written by those who may read and write its folder, and run by nobody.
    private var modeOfNew: mode_t {
        var status = stat()
        return fstat(directory, &status) == 0 ? status.st_mode & 0o666 : 0o600
    }

    private func failed() -> Rejected { HeldFile.unwritable(shownAs, String(cString: strerror(errno))) }

    static func unwritable(_ path: String, _ why: String) -> Rejected {
        Rejected(Diagnostic(.error, "file.unwritable", "`\(path)` cannot be written: \(why)"))
    }
}
