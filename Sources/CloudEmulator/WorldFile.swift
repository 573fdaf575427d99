import FoundationEssentials
import Provisioning

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A world on disk, which several processes may share.
struct WorldFile: Sendable {
    let path: String

    init(_ path: String) { self.path = path }

    /// Tells one version of the file from the next; every save makes a new one.
    struct Identity: Hashable, Sendable {
        fileprivate var device, inode: UInt64
        fileprivate var size, seconds, nanoseconds: Int64

        fileprivate init(_ status: stat) {
            device = UInt64(status.st_dev)
            inode = UInt64(status.st_ino)
            size = Int64(status.st_size)
            seconds = Int64(status.st_mtim.tv_sec)
            nanoseconds = Int64(status.st_mtim.tv_nsec)
        }
    }

    private struct Document: Codable {
        var format: Int
        var world: World
    }

    private static let format = 1

    /// Nil: there is no file.
    func identity() throws -> Identity? {
        var status = stat()
        if stat(path, &status) == 0 { return Identity(status) }
        guard errno == ENOENT else { throw failure("looked at") }
        return nil
    }

    func load() throws -> (World, Identity) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("opened") }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure("looked at") }
        let bytes = try readAll(descriptor, expecting: Int(status.st_size))
        do {
            let document = try JSONDecoder().decode(Document.self, from: Data(bytes))
            guard document.format == WorldFile.format else {
                throw DamagedWorld(path: path, why: "its format is \(document.format), not \(WorldFile.format)")
            }
            return (document.world, Identity(status))
        } catch let error as DamagedWorld {
            throw error
        } catch {
            throw DamagedWorld(path: path, why: "\(error)")
        }
    }

    /// Replaces the file as a whole: whoever reads it sees the old world or the new one, even after a crash.
    func save(_ world: World) throws -> Identity {
        let bytes = try JSONEncoder().encode(Document(format: WorldFile.format, world: world))
        // Savers take turns, so that one name is enough and a crash leaves at most one file behind.
        let draft = path + ".new"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("written", at: draft) }
        defer { close(descriptor) }
        try writeAll(descriptor, bytes)
        var status = stat()
        guard fsync(descriptor) == 0, fstat(descriptor, &status) == 0 else { throw failure("written", at: draft) }
        guard rename(draft, path) == 0 else { throw failure("replaced") }
        return Identity(status)
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

    private func readAll(_ descriptor: Int32, expecting size: Int) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: size)
        var done = 0
        while done < size {
            let count = bytes.withUnsafeMutableBytes { read(descriptor, $0.baseAddress! + done, size - done) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure("read") }
            if count == 0 { break }
            done += count
        }
        return Array(bytes[..<done])
    }

    private func writeAll(_ descriptor: Int32, _ bytes: Data) throws {
        try bytes.withUnsafeBytes { (buffer: UnsafeRawBufferPointer) in
            var done = 0
            while done < buffer.count {
                let count = write(descriptor, buffer.baseAddress! + done, buffer.count - done)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { throw failure("written", at: path + ".new") }
                done += count
            }
        }
    }

    private func failure(_ what: String, at path: String? = nil) -> UnusableWorldFile {
        UnusableWorldFile(path: path ?? self.path, what: what, why: String(cString: strerror(errno)))
    }
}

/// A saved world that makes no sense.
package struct DamagedWorld: Error, Sendable, CustomStringConvertible {
    package let path: String
    package let why: String

    package var description: String {
        "the emulated world in `\(path)` cannot be understood: \(why); move the file away to begin with an empty world"
    }
}

/// A saved world the system does not let us use.
package struct UnusableWorldFile: Error, Sendable, CustomStringConvertible {
    package let path: String
    package let what: String
    package let why: String

    package var description: String { "the emulated world in `\(path)` cannot be \(what): \(why)" }
}
