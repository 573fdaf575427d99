import Documents
import FoundationEssentials
import Glibc
import Provisioning
import Testing

struct HeldFileTests {
    /// A new folder under /tmp, gone when its test is over.
    private final class Folder {
        let path: String

        init() throws {
            var template = Array("/tmp/held-XXXXXX".utf8CString)
            path = String(cString: try #require(mkdtemp(&template)))
        }

        func write(_ name: String, _ text: String) throws {
            try Data(text.utf8).write(to: URL(filePath: "\(path)/\(name)"))
        }

        func text(_ name: String) throws -> String {
            String(decoding: try Data(contentsOf: URL(filePath: "\(path)/\(name)")), as: UTF8.self)
        }

        var names: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() } }

        deinit { try? FileManager.default.removeItem(atPath: path) }
    }

    private func codes(_ body: () throws -> Void) -> [String] {
        do {
            try body()
            return []
        } catch let rejected as Rejected {
            return rejected.diagnostics.map(\.code)
        } catch {
            return ["\(error)"]
        }
    }

    @Test func aFileIsReplacedWithItsModeAndThroughItsLink() throws {
        let folder = try Folder()
        try folder.write("real.yaml", "old")
        chmod("\(folder.path)/real.yaml", 0o640)
        symlink("real.yaml", "\(folder.path)/link.yaml")
        let held = try HeldFile("\(folder.path)/link.yaml")
        #expect(held.bytes == Array("old".utf8))
        try held.replace(with: Array("new".utf8))
        #expect(try folder.text("real.yaml") == "new")
        var status = stat()
        lstat("\(folder.path)/link.yaml", &status)
        #expect(status.st_mode & S_IFMT == S_IFLNK)
        stat("\(folder.path)/real.yaml", &status)
        #expect(status.st_mode & 0o7777 == 0o640)
        #expect(try folder.names == ["link.yaml", "real.yaml"])
    }

    @Test func aFileThatSomebodyChangedIsLeftToThem() throws {
        let folder = try Folder()
        try folder.write("a", "old")
        let changed = try HeldFile("\(folder.path)/a")
        try folder.write("a", "new")
        #expect(codes { try changed.replace(with: Array("mine".utf8)) } == ["file.changed"])
        #expect(try folder.text("a") == "new")
        #expect(try folder.names == ["a"])
    }

    @Test func aFileThatCameIntoBeingIsLeftToItsMaker() throws {
        let folder = try Folder()
        let held = try HeldFile("\(folder.path)/a")
        #expect(held.bytes == nil)
        try folder.write("a", "theirs")
        #expect(codes { try held.replace(with: []) } == ["file.changed"])
        #expect(try folder.text("a") == "theirs")
    }

    @Test func aNewFileIsAsReadableAsItsFolder() throws {
        let folder = try Folder()
        chmod(folder.path, 0o750)
        try HeldFile("\(folder.path)/a").replace(with: Array("x".utf8))
        var status = stat()
        stat("\(folder.path)/a", &status)
        #expect(status.st_mode & 0o7777 == 0o640)
        #expect(try folder.names == ["a"])
    }

    @Test func whatAKilledWriterLeftIsTakenAwayByTheNext() throws {
        let folder = try Folder()
        try folder.write("a", "1")
        for name in [".a.4711.new", ".ab.1.new", ".a.x.new"] { try folder.write(name, "half") }
        try HeldFile("\(folder.path)/a").replace(with: Array("2".utf8))
        #expect(try folder.names == [".a.x.new", ".ab.1.new", "a"])
    }

    @Test func whatCannotBeHeldIsRefused() throws {
        let folder = try Folder()
        symlink("nowhere", "\(folder.path)/link")
        #expect(codes { _ = try HeldFile("\(folder.path)/none/a") } == ["file.unwritable"])
        #expect(codes { _ = try HeldFile("\(folder.path)/link") } == ["file.unwritable"])
        #expect(codes { _ = try HeldFile(folder.path) } == ["file.unreadable"])
    }
}
