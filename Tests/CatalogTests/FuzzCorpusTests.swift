import FoundationEssentials
import Testing

/// The files that `scripts/fuzz` found worth keeping, read again.
struct FuzzCorpusTests {
    @Test func noFileOfTheCorpusBreaksTheReader() throws {
        let folder = #filePath.split(separator: "/").dropLast(2).reduce("") { "\($0)/\($1)" } + "/Fixtures/fuzz"
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        #expect(names.count >= 20)
        for name in names {
            let bytes = try [UInt8](Data(contentsOf: URL(filePath: "\(folder)/\(name)")))
            #expect(ReadingCheck(bytes).faults == [], "\(name)")
        }
    }
}
