import FoundationEssentials
import Testing

/// Files beside the tests, found from where this one stands.
enum Fixtures {
    static let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    static let house = tests.deletingLastPathComponent()

    static func house(file: String) throws -> Data { try Data(contentsOf: house.appending(path: file)) }

    static func data(_ path: String) throws -> Data {
        try Data(contentsOf: tests.appending(path: "Fixtures").appending(path: path))
    }
}

/// Golden files: what a person has read and found right.
///
/// `MUSTER_WRITE_GOLDEN=1 swift test` writes them anew; the change is then reviewed like any other.
enum Golden {
    static func expect(_ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let file = Fixtures.tests.appending(path: "CloudGCPTests/Golden").appending(path: name)
        if ProcessInfo.processInfo.environment["MUSTER_WRITE_GOLDEN"] == "1" {
            try Data(text.utf8).write(to: file)
            return
        }
        let golden = try? String(contentsOf: file, encoding: .utf8)
        #expect(text == golden, "against Golden/\(name)", sourceLocation: sourceLocation)
    }
}
