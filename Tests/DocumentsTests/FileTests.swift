import Documents
import FoundationEssentials
import Glibc
import Testing

final class FileTests {
    /// New, empty, and gone when the test is over.
    private let directory: String

    init() throws {
        var template = Array("/tmp/documents-XXXXXX".utf8CString)
        directory = String(cString: try #require(mkdtemp(&template)))
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    private func write(_ bytes: [UInt8], to path: String) throws {
        let file = try #require(fopen(path, "w"))
        defer { fclose(file) }
        try #require(fwrite(bytes, 1, bytes.count, file) == bytes.count)
    }

    @Test func aFileIsReadAndShownUnderItsOtherName() throws {
        let path = directory + "/a.yaml"
        try write(Array("a: b".utf8), to: path)
        #expect(Document.read(path).document?.root?["a"]?.place.file == path)
        #expect(Document.read(path, shownAs: "templates/a.yaml").document?.file == "templates/a.yaml")
    }

    @Test func aFileOfManyPiecesIsReadWhole() throws {
        let path = directory + "/a.json"
        let text = "[" + (0..<200_000).map(String.init).joined(separator: ",") + "]"
        try write(Array(text.utf8), to: path)
        #expect(Document.read(path).document?.root?.count == 200_000)
    }

    @Test func aFileUnderProcWhoseSizeIsNotKnownIsReadWhole() {
        #expect(Document.read("/proc/self/status").document?.root?["Pid"]?.text == "\(getpid())")
    }

    @Test func whatCannotBeReadIsSaid() throws {
        #expect(Document.read(directory + "/none.yaml").diagnostics.map(\.code) == ["file.missing"])
        #expect(Document.read(directory).diagnostics.map(\.code) == ["file.unreadable"])
        let pipe = directory + "/pipe.yaml"
        try #require(mkfifo(pipe, 0o600) == 0)
        #expect(Document.read(pipe).diagnostics.map(\.code) == ["file.unreadable"])
        let large = directory + "/large.yaml"
        try write([], to: large)
        try #require(truncate(large, 65 << 20) == 0)
        #expect(Document.read(large).diagnostics.map(\.code) == ["file.too-large"])
    }
}
