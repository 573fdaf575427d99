import Provisioning

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

extension HeldFile {
    /// What tells a file from another, or from itself at another time.
    struct Identity: Equatable {
        var device: UInt
        var inode: UInt
        var size: Int
        var modifiedNanoseconds: Int
        var mode: mode_t
        var owner: uid_t
        var group: gid_t
    }

    /// How long somebody else may hold the directory.
    private static let patienceMilliseconds = 10_000

    /// What a path names in the end.
    static func target(of path: String) throws(Rejected) -> String {
        if let resolved = realpath(path, nil) {
            defer { free(resolved) }
            return String(cString: resolved)
        }
        var status = stat()
        if lstat(path, &status) == 0 { throw unwritable(path, "it is a link that leads nowhere") }
        return path
    }

    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The last part of a path.
    package static func name(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
    }

    /// False: this file system knows no locks, and only the look right before the write is left.
    static func lock(_ directory: Int32, _ path: String) throws(Rejected) -> Bool {
        for _ in 0..<patienceMilliseconds / 10 {
            if flock(directory, LOCK_EX | LOCK_NB) == 0 { return true }
            if errno != EWOULDBLOCK, errno != EINTR { return false }
            usleep(10_000)
        }
        throw Rejected(
            Diagnostic(
                .error, "file.busy", "somebody else is changing `\(path)`, or a file beside it, and does not end",
                hint: "try again when they are done"))
    }

    /// What a file holds that nobody is to change; nil if there is none.
    package static func contents(of path: String) throws(Rejected) -> [UInt8]? { try read(path, path).0 }

    /// Nothing if there is no such file.
    static func read(_ path: String, _ shownAs: String) throws(Rejected) -> ([UInt8]?, Identity?) {
        do throws(FileTrouble) {
            // Its identity first: what is written while we read is seen as a change.
            guard let identity = identity(of: path) else { return (nil, nil) }
            return (try readFile(path, atMost: Bounds.bytesMax), identity)
        } catch {
            switch error {
            case .missing: return (nil, nil)
            case .tooLarge:
                throw Rejected(
                    Diagnostic(.error, "file.too-large", "`\(shownAs)` has more than \(Bounds.bytesMax >> 20) MiB"))
            case .unreadable(let why):
                throw Rejected(Diagnostic(.error, "file.unreadable", "`\(shownAs)` cannot be read: \(why)"))
            }
        }
    }

    private static func identity(of path: String) -> Identity? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return Identity(
            device: UInt(status.st_dev), inode: UInt(status.st_ino), size: Int(status.st_size),
            modifiedNanoseconds: Int(status.st_mtim.tv_sec) * 1_000_000_000 + Int(status.st_mtim.tv_nsec),
            mode: status.st_mode & 0o7777, owner: status.st_uid, group: status.st_gid)
    }

    /// Takes away what writers left that were ended in the middle; with the lock held there is none at work.
    func removeRemains(of name: String) {
        let copy = dup(directory)
        guard copy >= 0, let stream = fdopendir(copy) else { return }
        defer { closedir(stream) }
        rewinddir(stream)
        while let entry = readdir(stream) {
            let found = entryName(entry)
            guard found.hasPrefix(".\(name)."), found.hasSuffix(".new") else { continue }
            let middle = found.dropFirst(name.count + 2).dropLast(4)
            if !middle.isEmpty, middle.utf8.allSatisfy({ (0x30...0x39).contains($0) }) { unlinkat(directory, found, 0) }
        }
    }
}
