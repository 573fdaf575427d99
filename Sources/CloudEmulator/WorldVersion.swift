#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A world's file as it was last read or written, and how far.
struct WorldVersion: Sendable {
    /// Held open: as long as it is, no other file is given its number.
    let file: OpenFile
    var identity: Identity
    /// Where the whole world ends and the changes begin; 0: it is a file of before, which has no changes.
    var wholeEnd: Int
    /// Where the next change belongs.
    var end: Int

    /// A file of before, and one whose last change was cut off, are replaced as a whole.
    var mayGrow: Bool { wholeEnd > 0 && end == identity.size }

    /// Reading all changes is to take no longer than reading the world twice.
    func hasRoom(for count: Int) -> Bool {
        end - wholeEnd + count <= max(wholeEnd, WorldVersion.fewBytes)
    }

    private static let fewBytes = 64 * 1024
}

/// Tells one state of a file from the next; every save makes a new one.
struct Identity: Hashable, Sendable {
    private var device, inode: UInt64
    private(set) var size: Int
    private var seconds, nanoseconds: Int64

    init(_ status: stat) {
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        size = Int(status.st_size)
        seconds = Int64(status.st_mtim.tv_sec)
        nanoseconds = Int64(status.st_mtim.tv_nsec)
    }

    func isOfSameFile(as other: Identity) -> Bool { device == other.device && inode == other.inode }
}

/// A file that is open as long as somebody has it.
final class OpenFile: Sendable {
    let descriptor: Int32

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }
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
