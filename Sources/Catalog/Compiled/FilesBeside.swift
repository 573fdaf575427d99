import Provisioning

/// A file that a template names, as it lay on the disk when it was read.
struct FileBeside: Sendable, Hashable {
    var path: String
    /// Where that leads through all links, and so whether it may be read; nil: nowhere.
    var real: String?
    /// Nil: there is none.
    var file: FoundFile?

    /// Looks at it; to be done before it is read, so that what changes meanwhile is seen as changed.
    init(_ path: String) {
        self.path = path
        real = realPath(path)
        file = Directories.look(at: path, directory: 0)
    }

    fileprivate init(path: String, real: String?, file: FoundFile?) {
        self.path = path
        self.real = real
        self.file = file
    }
}

/// The files beside the catalog's own that its templates were put together from.
struct FilesBeside: Sendable, Hashable {
    /// In the order of their paths.
    private(set) var files: [FileBeside]
    /// Where the directories lead that such files may lie in; none where there is no file.
    private let directories: [String?]

    init(_ files: Set<FileBeside>, _ references: References) {
        self.files = files.sorted { $0.path < $1.path }
        directories = files.isEmpty ? [] : references.directories.map { realPath($0) }
    }

    /// The same files as they are now.
    func again(_ references: References) -> FilesBeside {
        FilesBeside(Set(files.map { FileBeside($0.path) }), references)
    }

    /// Whether a later write would be sure to change the identity of every file.
    func areSettled(at nanoseconds: Int64) -> Bool { found.areSettled(at: nanoseconds) }

    /// The sum of each file's content; nil if one cannot be read.
    func contentSums() -> [UInt64]? { found.contentSums() }

    private var found: Directories {
        var found = Directories([])
        found.files = files.compactMap(\.file)
        return found
    }

    /// What differs first, for a person; nil: nothing does.
    func difference(to now: FilesBeside) -> String? {
        for (before, after) in zip(files, now.files) where before != after {
            return "`\(before.path)` \(after.file == nil ? "is gone" : "changed")"
        }
        return self == now ? nil : "the directories that templates may read from are others"
    }

    // MARK: - As a compiled catalog holds them

    var compiled: [UInt8] {
        var writer = ByteWriter()
        writer.put(UInt32(directories.count))
        for directory in directories { writer.put(directory) }
        writer.put(UInt32(files.count))
        for file in files {
            writer.put(file.path)
            writer.put(file.real)
            writer.put(file.file != nil)
            if let found = file.file { writer.put(found) }
        }
        return writer.bytes
    }

    init?(compiled bytes: UnsafeRawBufferPointer) {
        var reader = ByteReader(bytes)
        directories = (0..<reader.count()).map { _ in reader.optionalText() }
        files = (0..<reader.count()).map { _ in
            FileBeside(
                path: reader.text(), real: reader.optionalText(), file: reader.bool() ? reader.foundFile() : nil)
        }
        if reader.isDamaged || !reader.isAtEnd { return nil }
    }
}

extension ByteWriter {
    fileprivate mutating func put(_ text: String?) {
        put(text != nil)
        if let text { put(text) }
    }
}

extension ByteReader {
    fileprivate mutating func optionalText() -> String? { bool() ? text() : nil }
}
