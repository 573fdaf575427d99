import Glibc

/// A file that could not be read, with the system's reason.
package struct FileFailure: Error, Sendable, Hashable, CustomStringConvertible {
    package let code: CInt

    package init(code: CInt) { self.code = code }

    package var isMissing: Bool { code == ENOENT || code == ENOTDIR }

    package var description: String { isMissing ? "no such file" : String(cString: strerror(code)) }

    /// Reads a whole small file; one past 16 MiB is none that people write by hand.
    package static func read(_ path: String) throws -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw FileFailure(code: errno) }
        defer { close(file) }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 16384)
        while true {
            let count = Glibc.read(file, &part, part.count)
            if count == 0 { return bytes }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw FileFailure(code: errno) }
            guard bytes.count + count <= 16 << 20 else { throw FileFailure(code: EFBIG) }
            bytes.append(contentsOf: part[..<count])
        }
    }
}
