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

    var name: String { path.split(separator: "/").last.map(String.init) ?? path }
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

    static let depthMax = 16
    private static let filesMax = 200_000

    /// All YAML and JSON files in some directories and in the directories under them, in the order of their
    /// names. What begins with a dot is left out.
    init(_ paths: [String]) {
        for (number, path) in paths.enumerated() {
            var trimmed = Substring(path)
            while trimmed.count > 1, trimmed.hasSuffix("/") { trimmed = trimmed.dropLast() }
            read(String(trimmed), number, depth: 0)
        }
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

    private mutating func read(_ path: String, _ number: Int, depth: Int) {
        guard let stream = opendir(path) else {
            troubles[path] = errno == ENOENT ? "there is none" : String(cString: strerror(errno))
            return
        }
        var status = stat()
        if fstat(dirfd(stream), &status) == 0 {
            folders.append(FoundFolder(path: path, device: UInt64(status.st_dev), inode: UInt64(status.st_ino)))
        }
        var names: [(name: String, isDirectory: Bool)] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                String(cString: UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self))
            }
            if name.hasPrefix(".") { continue }
            let type = Int(entry.pointee.d_type)
            // A link's own type says nothing about what it leads to.
            let isDirectory = type == DT_DIR || (type != DT_REG && isDirectoryByStatus("\(path)/\(name)"))
            if isDirectory || FileNaming.stem(name) != nil { names.append((name, isDirectory)) }
        }
        closedir(stream)
        for entry in names.sorted(by: { $0.name < $1.name }) {
            let child = "\(path)/\(entry.name)"
            if entry.isDirectory {
                // A link back up would otherwise lead round for ever.
                if depth < Directories.depthMax { read(child, number, depth: depth + 1) }
            } else if files.count < Directories.filesMax, let file = Directories.look(at: child, directory: number) {
                files.append(file)
            }
        }
    }

    private func isDirectoryByStatus(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}
