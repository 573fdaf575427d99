import FoundationEssentials
import Glibc
import Provisioning
import Store
import Testing

@Suite struct MigrationTests {
    private let newest: Int64 = 3

    private func version(_ database: SQLiteDatabase) throws -> Int64? {
        try database.read { try $0.first("PRAGMA user_version") { $0.integer(0) } ?? nil }
    }

    @Test func aNewFileComesUpToDate() throws {
        let folder = try ScratchFolder()
        #expect(try version(SQLiteDatabase(path: folder.file("ledger.sqlite"))) == newest)
    }

    /// A file of version 0 is what a program that was killed before its first migration leaves.
    @Test func aCopyOfAFileOfVersionZeroIsBroughtUpToDate() throws {
        let folder = try ScratchFolder()
        let empty = try #require(fopen(folder.file("old.sqlite"), "w"))
        fclose(empty)
        let database = try SQLiteDatabase(path: folder.file("old.sqlite"))
        #expect(try version(database) == newest)
        try database.transaction { try RequestRepository($0).insert(Sample.request(key: "k")) }
        #expect(try database.read { try RequestRepository($0).request(key: "k") } != nil)
    }

    /// What the program wrote before there were scaffolds: two machines running, one promised.
    @Test func aCopyOfAnOldLedgerKeepsAllThatIsInIt() throws {
        let folder = try ScratchFolder()
        let fixture = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures/ledgers/version-1.sqlite")
        try Data(contentsOf: fixture).write(to: URL(filePath: folder.file("old.sqlite")))
        let database = try SQLiteDatabase(path: folder.file("old.sqlite"))
        #expect(try version(database) == newest)
        let machines = try database.read { try MachineRepository($0).machines(in: nil) }
        #expect(machines.map(\.state) == [.running, .running, .planned])
        #expect(machines.allSatisfy { $0.weight == 1 && $0.group == nil })
        #expect(try database.read { try RequestRepository($0).requests() }.map(\.state) == [.open, .fulfilled])
    }

    @Test func openingAgainChangesNothing() throws {
        let folder = try ScratchFolder()
        let first = try SQLiteDatabase(path: folder.file("ledger.sqlite"))
        try first.transaction { try RequestRepository($0).insert(Sample.request(key: "k")) }
        func changes() throws -> Int64? {
            try first.read { try $0.first("PRAGMA data_version") { $0.integer(0) ?? 0 } }
        }
        let before = try changes()
        let second = try SQLiteDatabase(path: folder.file("ledger.sqlite"))
        #expect(try version(second) == newest)
        #expect(try changes() == before)
        #expect(try second.read { try RequestRepository($0).requests().count } == 1)
    }

    @Test func aLedgerOfANewerProgramIsRejectedAndLeftAsItIs() throws {
        let folder = try ScratchFolder()
        let path = folder.file("ledger.sqlite")
        try SQLiteDatabase(path: path).transaction {
            try RequestRepository($0).insert(Sample.request(key: "k"))
            try $0.run("PRAGMA user_version = 99")
        }
        let error = #expect(throws: Rejected.self) { try SQLiteDatabase(path: path) }
        #expect(error?.diagnostics.map(\.code) == ["ledger.newer"])
        #expect(
            error?.diagnostics.first?.message == "the ledger `\(path)` is of version 99, this program knows \(newest)")
    }

    @Test func manyOpeningANewLedgerAtOnceMakeItOnce() async throws {
        let folder = try ScratchFolder()
        let path = folder.file("ledger.sqlite")
        let versions = try await withThrowingTaskGroup(of: Int64?.self) { group in
            for _ in 0..<8 {
                group.addTask { try self.version(SQLiteDatabase(path: path)) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(versions == Array(repeating: newest, count: 8))
    }
}
