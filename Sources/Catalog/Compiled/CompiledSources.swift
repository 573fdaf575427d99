#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

// What a compiled catalog was made from: directories and files with all that a change would change. Files that are
// left out are among them, for they raise warnings.

extension Directories {
    var compiled: [UInt8] {
        var writer = ByteWriter()
        writer.put(UInt32(folders.count))
        for folder in folders {
            writer.put(folder.path)
            writer.put(folder.device)
            writer.put(folder.inode)
        }
        writer.put(UInt32(files.count))
        for file in files { writer.put(file) }
        return writer.bytes
    }

    init?(compiled bytes: UnsafeRawBufferPointer) {
        self.init([])
        var reader = ByteReader(bytes)
        for _ in 0..<reader.count() {
            folders.append(FoundFolder(path: reader.text(), device: reader.number(), inode: reader.number()))
        }
        for _ in 0..<reader.count() { files.append(reader.foundFile()) }
        if reader.isDamaged || !reader.isAtEnd { return nil }
    }

    var byteCount: Int64 { files.reduce(0) { $0 + $1.size } }

    /// Whether a later write would be sure to change the identity of every file.
    ///
    /// A file system's clock ticks slowly: a write right after another may leave the same time. So what was written
    /// shortly before it was read, or after it by a clock that is not ours, proves nothing.
    func areSettled(at nanoseconds: Int64) -> Bool {
        let latest = nanoseconds - Directories.tick
        return troubles.isEmpty && fileTroubles.isEmpty
            && files.allSatisfy { $0.modifiedNanoseconds < latest && $0.changedNanoseconds < latest }
    }

    /// The slowest there is is that of FAT.
    private static let tick: Int64 = 2_000_000_000

    /// What differs first, for a person.
    func difference(to now: Directories) -> String {
        if let unreadable = now.troubles.keys.min() ?? now.fileTroubles.keys.min() {
            return "`\(unreadable)` cannot be read"
        }
        let before = Dictionary(files.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
        for file in now.files {
            guard let old = before[file.path] else { return "`\(file.path)` is new" }
            if old != file { return "`\(file.path)` changed" }
        }
        let left = Set(now.files.map(\.path))
        if let gone = files.first(where: { !left.contains($0.path) }) { return "`\(gone.path)` is gone" }
        return "the directories are others"
    }

    /// The sum of each file's content; nil if one cannot be read.
    func contentSums() -> [UInt64]? {
        var sums: [UInt64] = []
        for file in files {
            guard let sum = contentSum(of: file) else { return nil }
            sums.append(sum)
        }
        return sums
    }
}

extension ByteWriter {
    mutating func put(_ file: FoundFile) {
        put(file.path)
        put(Int64(file.directory))
        put(file.device)
        put(file.inode)
        put(file.size)
        put(file.modifiedNanoseconds)
        put(file.changedNanoseconds)
    }
}

extension ByteReader {
    mutating func foundFile() -> FoundFile {
        FoundFile(
            path: text(), directory: Int(number(Int64.self)), device: number(), inode: number(), size: number(),
            modifiedNanoseconds: number(), changedNanoseconds: number())
    }
}

/// Not by mapping it: who reads a mapped file that is cut short meanwhile is killed.
private func contentSum(of file: FoundFile) -> UInt64? {
    let descriptor = open(file.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 8)
    defer { chunk.deallocate() }
    var sums = ByteWriter()
    var left = Int(file.size)
    while left > 0 {
        let count = min(left, chunk.count)
        var filled = 0
        while filled < count {
            let got = read(descriptor, chunk.baseAddress! + filled, count - filled)
            if got < 0, errno == EINTR { continue }
            if got <= 0 { return nil }
            filled += got
        }
        sums.put(checksum(UnsafeRawBufferPointer(rebasing: chunk[..<count])))
        left -= count
    }
    return sums.bytes.withUnsafeBytes { checksum($0) }
}
