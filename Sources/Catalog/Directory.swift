import Provisioning

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A template file as it lies on the disk.
struct FoundFile: Sendable, Hashable {
    var path: String
    /// The position of its directory in the catalog's list.
    var directory: Int
    /// What a write would change. A write that keeps the size within one tick of the file system's clock
    /// escapes it; the cache's time to live is there for those.
    var device: UInt64
    var inode: UInt64
    var size: Int64
    var modifiedNanoseconds: Int64
    /// Nobody can set it, as the other may be.
    var changedNanoseconds: Int64

    /// By bytes: a combining mark after a slash makes another letter of it.
    var name: String {
        path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path.unicodeScalars[path.utf8.index(after: $0)...]) }
            ?? path
    }
}

/// A directory of template files. What is in it is looked at by itself.
struct FoundFolder: Sendable, Hashable {
    var path: String
    var device: UInt64
    var inode: UInt64
}

/// What a look at the catalog's directories found.
struct Directories: Sendable, Hashable {
    var files: [FoundFile] = []
    /// Every directory that was looked through.
    var folders: [FoundFolder] = []
    /// Directories that cannot be read, and why.
    var troubles: [String: String] = [:]
    /// What has a template file's name but cannot be read as one, and why.
    var fileTroubles: [String: String] = [:]

    static let depthMax = 16
    private static let filesMax = 200_000

    /// All YAML and JSON files in some directories and in the directories under them, in the order of their
    /// names. What begins with a dot is left out.
    init(_ paths: [String]) {
        for (number, path) in paths.enumerated() {
            var trimmed = Substring(path)
            while trimmed.count > 1, trimmed.hasSuffix("/") { trimmed = trimmed.dropLast() }
            var seen: Set<Identity> = []
            read(String(trimmed), number, depth: 0, &seen)
        }
    }

    private struct Identity: Hashable {
        var device: UInt64
        var inode: UInt64
    }

    /// Looks at one file; nil if there is none.
    static func look(at path: String, directory: Int) -> FoundFile? {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return FoundFile(
            path: path, directory: directory, device: UInt64(status.st_dev), inode: UInt64(status.st_ino),
            size: Int64(status.st_size),
            modifiedNanoseconds: nanoseconds(status.st_mtim), changedNanoseconds: nanoseconds(status.st_ctim))
    }

    private static func nanoseconds(_ time: timespec) -> Int64 {
        Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// Whether a file of this name would be read, or told to be left out.
    static func reads(_ name: String) -> Bool { !name.hasPrefix(".") && FileNaming.stem(name) != nil }

    private mutating func read(_ path: String, _ number: Int, depth: Int, _ seen: inout Set<Identity>) {
        guard let stream = opendir(path) else {
            troubles[path] = errno == ENOENT ? "there is none" : String(cString: strerror(errno))
            return
        }
        defer { closedir(stream) }
        var status = stat()
        // A directory is read once, whatever links lead to it: one that leads back up would go round for ever.
        guard fstat(dirfd(stream), &status) == 0,
            seen.insert(Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))).inserted
        else { return }
        folders.append(FoundFolder(path: path, device: UInt64(status.st_dev), inode: UInt64(status.st_ino)))
        if depth > Directories.depthMax {
            troubles[path] = "it is more than \(Directories.depthMax) directories down"
            return
        }
        for entry in entries(of: stream, at: path).sorted(by: { $0.name < $1.name }) {
            let child = "\(path)/\(entry.name)"
            if entry.isDirectory {
                read(child, number, depth: depth + 1, &seen)
            } else if files.count >= Directories.filesMax {
                troubles[path] = "there are more than \(Directories.filesMax) template files"
                return
            } else if let file = Directories.look(at: child, directory: number) {
                files.append(file)
            } else if let why = whyNot(child) {
                fileTroubles[child] = why
            }
        }
    }

    /// The directories and template files in a directory.
    private mutating func entries(of stream: OpaquePointer, at path: String) -> [(name: String, isDirectory: Bool)] {
        var entries: [(name: String, isDirectory: Bool)] = []
        errno = 0
        while let entry = readdir(stream) {
            let bytes = withUnsafePointer(to: &entry.pointee.d_name) { name in
                let start = UnsafeRawPointer(name)
                let length = strlen(start.assumingMemoryBound(to: CChar.self))
                return Array(UnsafeRawBufferPointer(start: start, count: length))
            }
            if bytes.first == UInt8(ascii: ".") { continue }
            guard let name = String(validating: bytes, as: UTF8.self) else {
                // No path that could be shown leads to it.
                let shown = String(decoding: bytes, as: UTF8.self)
                if Int(entry.pointee.d_type) == DT_DIR || FileNaming.stem(shown) != nil {
                    fileTroubles["\(path)/\(shown)"] = "its name is not UTF-8"
                }
                continue
            }
            let type = Int(entry.pointee.d_type)
            // A link's own type says nothing about what it leads to.
            let isDirectory = type == DT_DIR || (type != DT_REG && isDirectoryByStatus("\(path)/\(name)"))
            if isDirectory || FileNaming.stem(name) != nil { entries.append((name, isDirectory)) }
            errno = 0
        }
        if errno != 0 { troubles[path] = String(cString: strerror(errno)) }
        return entries
    }

    /// Why what was just listed is no file; nil if it was taken away since.
    private func whyNot(_ path: String) -> String? {
        var status = stat()
        if stat(path, &status) == 0 {
            return status.st_mode & S_IFMT == S_IFREG ? nil : "it is not a regular file"
        }
        let problem = errno
        guard lstat(path, &status) == 0 else { return nil }
        return problem == ENOENT ? "it is a link that leads nowhere" : String(cString: strerror(problem))
    }

    private func isDirectoryByStatus(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}
