import FoundationEssentials
import Glibc
import Testing

/// A new folder under /tmp, gone when its test is over.
final class ScratchFolder: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/store-XXXXXX".utf8CString)
        path = String(cString: try #require(mkdtemp(&template)))
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    func mode(of name: String) throws -> mode_t {
        var status = stat()
        try #require(stat(file(name), &status) == 0)
        return status.st_mode & 0o777
    }
}
