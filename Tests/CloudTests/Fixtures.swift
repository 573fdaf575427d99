import FoundationEssentials

/// Files beside the tests, found from where this one stands.
enum Fixtures {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures")

    static func bytes(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: folder.appending(path: path))) }

    static func text(_ path: String) throws -> String { String(decoding: try bytes(path), as: UTF8.self) }

    static func folders(in path: String) throws -> [String] {
        let root = folder.appending(path: path)
        return try FileManager.default.contentsOfDirectory(atPath: root.path).sorted().filter {
            var isFolder = false
            return FileManager.default.fileExists(atPath: root.appending(path: $0).path, isDirectory: &isFolder)
                && isFolder
        }
    }
}
