import FoundationEssentials
import Provisioning

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A world on disk, which several processes may share.
///
/// It is a file of lines: what the file is, the world as it was, and what has changed since, a line for every change.
/// Where the changes have outgrown the world, the file is replaced as a whole by one without any. A change whose line
/// has no end was cut off by a crash, before anybody heard of it.
struct WorldFile: Sendable {
    let path: String

    init(_ path: String) { self.path = path }

    private static let format = 2
    private static let head = Array("{\"format\":\(format)}\n".utf8)

    /// Files of before were one value, without an end of line.
    private struct Document: Codable {
        var format: Int
        var world: World
    }

    /// Nil: there is no file.
    func identity() throws -> Identity? {
        var status = stat()
        if stat(path, &status) == 0 { return Identity(status) }
        guard errno == ENOENT else { throw failure("looked at") }
        return nil
    }

    // MARK: - Reading

    func load() throws -> (World, WorldVersion) {
        let opened = open(path, O_RDWR | O_CLOEXEC)
        let descriptor = opened < 0 ? open(path, O_RDONLY | O_CLOEXEC) : opened
        guard descriptor >= 0 else { throw failure("opened") }
        let file = OpenFile(descriptor)
        let (bytes, identity) = try read(file, from: 0)
        var version = WorldVersion(file: file, identity: identity, wholeEnd: 0, end: 0)
        do {
            guard bytes.starts(with: WorldFile.head) else { return (try WorldFile.earlierWorld(bytes, path), version) }
            let lines = WorldFile.lines(bytes[WorldFile.head.count...])
            guard let first = lines.first else { throw DamagedWorld(path: path, why: "it has no end") }
            var world = try JSONDecoder().decode(World.self, from: Data(first))
            version.wholeEnd = first.endIndex + 1
            version.end = version.wholeEnd
            try take(lines.dropFirst(), into: &world, &version)
            return (world, version)
        } catch let error as DamagedWorld {
            throw error
        } catch {
            throw DamagedWorld(path: path, why: "\(error)")
        }
    }

    private static func earlierWorld(_ bytes: [UInt8], _ path: String) throws -> World {
        let document = try JSONDecoder().decode(Document.self, from: Data(bytes))
        guard document.format == 1 else {
            throw DamagedWorld(path: path, why: "its format is \(document.format), not \(format)")
        }
        return document.world
    }

    /// Takes what was added to a version since it was read; false: that cannot be told any more.
    func follow(_ world: inout World, _ version: inout WorldVersion) throws -> Bool {
        let (bytes, identity) = try read(version.file, from: version.end)
        // One that is another and has not grown was written over by somebody else.
        guard version.end > 0, identity.size > version.identity.size else { return false }
        var changed = world, later = version
        later.identity = identity
        guard (try? take(WorldFile.lines(bytes[...])[...], into: &changed, &later)) != nil else { return false }
        (world, version) = (changed, later)
        return true
    }

    private func take(
        _ lines: ArraySlice<ArraySlice<UInt8>>, into world: inout World, _ version: inout WorldVersion
    ) throws {
        let decoder = JSONDecoder()
        decoder.userInfo[.changesOnly] = true
        for line in lines {
            world.take(try decoder.decode(World.self, from: Data(line)))
            version.end += line.count + 1
        }
    }

    /// Those that have an end.
    private static func lines(_ bytes: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        Array(bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast())
    }

    // MARK: - Writing

    /// Adds what has changed, or replaces the file where it has grown too long; nobody else may do either meanwhile.
    func save(_ world: World, changedFrom version: WorldVersion?) throws -> WorldVersion {
        guard let version, version.mayGrow else { return try replace(by: world) }
        let encoder = JSONEncoder()
        encoder.userInfo[.changesOnly] = true
        let line = try encoder.encode(world) + [UInt8(ascii: "\n")]
        guard version.hasRoom(for: line.count) else { return try replace(by: world) }
        var later = version
        later.end += line.count
        do {
            try write(line, to: version.file.descriptor, at: version.end)
            guard fdatasync(version.file.descriptor) == 0 else { throw failure("written") }
            later.identity = try status(of: version.file)
        } catch {
            // What could not be added as a whole must not stand before what is added next.
            ftruncate(version.file.descriptor, off_t(version.end))
            throw error
        }
        return later
    }

    /// Whoever reads the file sees the old world or the new one, even after a crash.
    func replace(by world: World) throws -> WorldVersion {
        let bytes = try WorldFile.head + JSONEncoder().encode(world) + [UInt8(ascii: "\n")]
        // Savers take turns, so that one name is enough and a crash leaves at most one file behind.
        let draft = path + ".new"
        let descriptor = open(draft, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("written", at: draft) }
        let file = OpenFile(descriptor)
        try write(Data(bytes), to: descriptor, at: 0)
        guard fsync(descriptor) == 0 else { throw failure("written", at: draft) }
        let identity = try status(of: file)
        guard rename(draft, path) == 0 else { throw failure("replaced") }
        return WorldVersion(file: file, identity: identity, wholeEnd: bytes.count, end: bytes.count)
    }

    /// Runs the body while no other process does; the lock is beside the file, for the file itself is replaced.
    func locked<Result>(_ body: () throws -> Result) throws -> Result {
        // A first use may come before anybody made the folder; what else is wrong with it, opening will tell.
        if let slash = path.lastIndex(of: "/") { mkdir(String(path[..<slash]), 0o700) }
        let descriptor = open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("opened", at: path + ".lock") }
        defer { close(descriptor) }
        while flock(descriptor, LOCK_EX) != 0 {
            // A signal may have interrupted the wait; nothing else may.
            guard errno == EINTR else { throw failure("locked", at: path + ".lock") }
        }
        return try body()
    }

    // MARK: - Bytes

    private func status(of file: OpenFile) throws -> Identity {
        var status = stat()
        guard fstat(file.descriptor, &status) == 0 else { throw failure("looked at") }
        return Identity(status)
    }

    /// All that follows a place, and the file's identity when it was as long as that.
    private func read(_ file: OpenFile, from start: Int) throws -> ([UInt8], Identity) {
        let identity = try status(of: file)
        let size = max(0, identity.size - start)
        var bytes = [UInt8](repeating: 0, count: size)
        var done = 0
        while done < size {
            let count = bytes.withUnsafeMutableBytes {
                pread(file.descriptor, $0.baseAddress! + done, size - done, off_t(start + done))
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure("read") }
            if count == 0 { break }
            done += count
        }
        return (Array(bytes[..<done]), identity)
    }

    private func write(_ bytes: Data, to descriptor: Int32, at start: Int) throws {
        try bytes.withUnsafeBytes { (buffer: UnsafeRawBufferPointer) in
            var done = 0
            while done < buffer.count {
                let count = pwrite(descriptor, buffer.baseAddress! + done, buffer.count - done, off_t(start + done))
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { throw failure("written") }
                done += count
            }
        }
    }

    private func failure(_ what: String, at path: String? = nil) -> UnusableWorldFile {
        UnusableWorldFile(path: path ?? self.path, what: what, why: String(cString: strerror(errno)))
    }
}
