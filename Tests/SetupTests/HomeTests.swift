import Glibc
import Provisioning
import Testing

@testable import Setup

@Suite struct HomeTests {
    @Test func theNamedHomeIsTaken() throws {
        let home = try ScratchHome()
        #expect(try Home.find(["MUSTER_HOME": home.file("home")]) == home.file("home"))
    }

    @Test func aNamedFolderThatIsNoHomeIsRejectedRatherThanPassedOver() throws {
        let home = try ScratchHome()
        for folder in [home.file("user"), home.file("home/config"), "/nowhere"] {
            let error = #expect(throws: Rejected.self) { try Home.find(["MUSTER_HOME": folder]) }
            #expect(error?.diagnostics.map(\.code) == ["home.missing"])
            #expect(error?.diagnostics.first?.message.contains("`\(folder)`") == true)
            #expect(error?.diagnostics.first?.hint?.contains("MUSTER_HOME") == true)
        }
    }

    @Test func aHomeWithoutProvidersIsNone() throws {
        let home = try ScratchHome()
        try home.write("half/config/default.yaml", ScratchHome.shipped)
        #expect(throws: Rejected.self) { try Home.find(["MUSTER_HOME": home.file("half")]) }
    }

    @Test(arguments: [("/a/b/c", "/a/b"), ("/a", ""), ("a", ""), ("", "")])
    func theParentOfAPathIsWhatItIsIn(path: String, folder: String) {
        #expect(parent(of: path) == folder)
    }

    @Test(arguments: [("b", "/a", "/a/b"), ("/b", "/a", "/b"), ("b", "", "b"), ("../b", "/a", "/a/../b")])
    func aPathIsMeantFromItsFolder(written: String, folder: String, meant: String) {
        #expect(path(written, in: folder) == meant)
    }
}

@Suite struct OwnerKeyTests {
    private let home: ScratchHome

    init() throws {
        home = try ScratchHome()
        try home.write("state/.keep", "")
    }

    private var folder: String { home.file("state") }
    private let tags = { (mark: String) in [OurTag.token: "int-1", OurTag.owner: mark] }

    @Test func aKeyIsMadeOnceAndKept() throws {
        let first = try OwnerKey.mark(in: folder, .system).mark("int-1")
        let second = try OwnerKey.mark(in: folder, .system).mark("int-1")
        #expect(first == second)
        #expect(first.hasPrefix("ldg-"))
    }

    @Test func aKeyIsReadableForItsOwnerOnlyAndLeavesNoDraft() throws {
        _ = try OwnerKey.mark(in: folder, .system)
        var status = stat()
        try #require(stat("\(folder)/owner.key", &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
        #expect(access("\(folder)/owner.key.\(getpid())", F_OK) != 0)
    }

    @Test func theKeyHasTwoHundredFiftySixBitsOfChance() throws {
        _ = try OwnerKey.mark(
            in: folder, Surroundings(now: { Timestamp(seconds: 0) }, sleep: { _ in }, random: { 0x0123_4567_89ab_cdef })
        )
        let file = try #require(fopen("\(folder)/owner.key", "r"))
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        try #require(fgets(&line, 256, file) != nil)
        let words = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            .split(separator: " ")
        #expect(words.last == Substring(String(repeating: "0123456789abcdef", count: 4) + "\n"))
    }

    @Test func twoFoldersHaveTwoKeysThatProveNothingToEachOther() throws {
        try home.write("other/.keep", "")
        let one = try OwnerKey.mark(in: folder, .system), other = try OwnerKey.mark(in: home.file("other"), .system)
        #expect(one.isProved(by: tags(one.mark("int-1"))))
        #expect(!other.isProved(by: tags(one.mark("int-1"))))
    }

    @Test func manyWhoComeAtOnceShareOneKey() async throws {
        let folder = folder
        let marks = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<16 {
                group.addTask { try OwnerKey.mark(in: folder, .system).mark("int-1") }
            }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(marks.count == 1)
    }

    /// The draft of a process that was killed while it made the key, and whose number came round again.
    @Test func aDraftLeftBehindDoesNotKeepAKeyFromBeingMade() throws {
        try home.write("state/owner.key.\(getpid())", "ldg-half")
        #expect(try OwnerKey.mark(in: folder, .system).mark("int-1").hasPrefix("ldg-"))
    }

    @Test(arguments: ["", "nonsense", "ldg-1", "ldg-1 ", "ldg-1 \n", "ldg-1 0123456789abcdef\n"])
    func aDamagedKeyIsRejectedAndLeftAsItIs(text: String) throws {
        try home.write("state/owner.key", text)
        let error = #expect(throws: Rejected.self) { try OwnerKey.mark(in: folder, .system) }
        #expect(error?.diagnostics.map(\.code) == ["state.damaged"])
        var status = stat()
        #expect(stat("\(folder)/owner.key", &status) == 0 && Int(status.st_size) == text.utf8.count)
    }

    @Test func aFolderThatCannotBeWrittenIsRejected() {
        let error = #expect(throws: Rejected.self) { try OwnerKey.mark(in: "/proc", .system) }
        #expect(error?.diagnostics.map(\.code) == ["state.unwritable"])
    }
}
