import Glibc
import Provisioning
import Store
import Testing

@Suite struct DatabaseTests {
    /// SQLite takes `$2` for a name and counts parameters by their first appearance.
    @Test func aParameterIsKnownByItsNumberNotByItsPosition() throws {
        let database = try SQLiteDatabase.inMemory()
        let read = try database.read { sql throws in
            try sql.first("SELECT $2, $1, $2", .text("one"), .text("two")) { [$0.text(0), $0.text(1), $0.text(2)] }
        }
        #expect(read == ["two", "one", "two"])
    }

    @Test(arguments: ["", "plain", "ümläut 🖥", "it's \"quoted\"", "with\0zero", "line\nbreak", "'; DROP TABLE machine"])
    func textIsStoredAsItIs(text: String) throws {
        let database = try SQLiteDatabase.inMemory()
        let read = try database.read { try $0.first("SELECT $1", .text(text)) { $0.text(0) } }
        #expect(read == .some(text))
    }

    @Test func numbersAndNothingAreStoredAsTheyAre() throws {
        let database = try SQLiteDatabase.inMemory()
        let read = try database.read { sql throws in
            try sql.first("SELECT $1, $2, $3", .integer(.max), .integer(.min), .null) {
                [$0.integer(0), $0.integer(1), $0.integer(2)]
            }
        }
        #expect(read == [.max, .min, nil])
    }

    // MARK: Transactions

    private struct Crash: Error {}

    private func keys(_ database: SQLiteDatabase) throws -> [String?] {
        try database.read { try RequestRepository($0).requests().map(\.key) }
    }

    @Test func aTransactionThatThrowsLeavesNothing() throws {
        let folder = try ScratchFolder()
        for path in [":memory:", folder.file("ledger.sqlite")] {
            let database = try SQLiteDatabase(path: path)
            #expect(throws: Crash.self) {
                try database.transaction { sql in
                    try RequestRepository(sql).insert(Sample.request())
                    try MachineRepository(sql).insert([Sample.machine("mch-1")], cause: "promised")
                    throw Crash()
                }
            }
            let left = try database.read { sql throws in
                try ["request", "machine", "history"].map { table in
                    try sql.first("SELECT COUNT(*) FROM \(table)") { $0.integer(0) }
                }
            }
            #expect(left == [0, 0, 0])
        }
    }

    @Test func aStatementThatFailsUndoesWhatCameBeforeIt() throws {
        let database = try SQLiteDatabase.inMemory()
        try database.transaction { try RequestRepository($0).insert(Sample.request("req-1", key: "k")) }
        #expect(throws: LedgerError.self) {
            try database.transaction { sql in
                try RequestRepository(sql).insert(Sample.request("req-2", key: "other"))
                try RequestRepository(sql).insert(Sample.request("req-3", key: "k"))
            }
        }
        #expect(try keys(database) == ["k"])
    }

    @Test func theDatabaseGoesOnAfterATransactionThatThrew() throws {
        let database = try SQLiteDatabase.inMemory()
        #expect(throws: Crash.self) { try database.transaction { _ in throw Crash() } }
        try database.transaction { try RequestRepository($0).insert(Sample.request(key: "k")) }
        #expect(try keys(database) == ["k"])
    }

    @Test func aStateThatDoesNotExistIsRefusedByTheTableItself() throws {
        let database = try SQLiteDatabase.inMemory()
        try database.transaction { try MachineRepository($0).insert([Sample.machine("mch-1")], cause: "promised") }
        #expect(throws: LedgerError.self) {
            try database.transaction { try $0.run("UPDATE machine SET state = 'asleep'") }
        }
    }

    @Test func oneInstanceBelongsToOneMachineOnly() throws {
        let database = try SQLiteDatabase.inMemory()
        #expect(throws: LedgerError.self) {
            try database.transaction { sql in
                let repository = MachineRepository(sql)
                try repository.insert([Sample.machine("mch-1"), Sample.machine("mch-2")], cause: "promised")
                for id: Machine.ID in ["mch-1", "mch-2"] {
                    try Sample.bring(id, to: .launching, sql)
                    let machine = try repository.machine(id)!
                    let move = Move(machine, cause: "launched", at: Sample.start) {
                        $0.state = .pending
                        $0.instance = "i-1"
                    }
                    try repository.apply([move], at: Sample.start)
                }
            }
        }
    }

    // MARK: The file

    @Test func aLedgerSurvivesBeingClosed() throws {
        let folder = try ScratchFolder()
        try SQLiteDatabase(path: folder.file("ledger.sqlite")).transaction {
            try RequestRepository($0).insert(Sample.request(key: "kept"))
        }
        #expect(try keys(SQLiteDatabase(path: folder.file("ledger.sqlite"))) == ["kept"])
    }

    @Test func aLedgerIsReadableForItsOwnerOnly() throws {
        let folder = try ScratchFolder()
        let database = try SQLiteDatabase(path: folder.file("ledger.sqlite"))
        try database.transaction { try RequestRepository($0).insert(Sample.request()) }
        #expect(try folder.mode(of: "ledger.sqlite") == 0o600)
        #expect(try folder.mode(of: "ledger.sqlite-wal") == 0o600)
    }

    @Test func everyCommitIsOnTheDiskBeforeItReturns() throws {
        let folder = try ScratchFolder()
        let database = try SQLiteDatabase(path: folder.file("ledger.sqlite"))
        let (journal, synchronous) = try database.read { sql throws in
            (
                try sql.first("PRAGMA journal_mode") { $0.text(0) },
                try sql.first("PRAGMA synchronous") { $0.integer(0) }
            )
        }
        #expect(journal == "wal")
        #expect(synchronous == 2, "2 is FULL")
    }

    @Test func twoConnectionsSeeOneLedger() throws {
        let folder = try ScratchFolder()
        let one = try SQLiteDatabase(path: folder.file("ledger.sqlite"))
        let two = try SQLiteDatabase(path: folder.file("ledger.sqlite"))
        try one.transaction { try RequestRepository($0).insert(Sample.request("req-1", key: "one")) }
        #expect(try keys(two) == ["one"])
        try two.transaction { try RequestRepository($0).insert(Sample.request("req-2", key: "two")) }
        #expect(Set(try keys(one)) == ["one", "two"])
    }

    @Test func oneConnectionLearnsThatTheOtherCommitted() throws {
        let folder = try ScratchFolder()
        let one = try SQLiteDatabase(path: folder.file("ledger.sqlite"))
        let two = try SQLiteDatabase(path: folder.file("ledger.sqlite"))
        let before = try one.read { try History($0).lastNumber() }
        #expect(try one.read { try History($0).lastNumber() } == before)
        try two.transaction { try RequestRepository($0).insert(Sample.request()) }
        #expect(try one.read { try History($0).lastNumber() } > before)
    }

    @Test func aReaderKeepsItsStateWhileAnotherConnectionWrites() throws {
        let folder = try ScratchFolder()
        let one = try SQLiteDatabase(path: folder.file("ledger.sqlite"))
        let two = try SQLiteDatabase(path: folder.file("ledger.sqlite"))
        try one.read { sql throws in
            #expect(try RequestRepository(sql).requests().isEmpty)
            try two.transaction { try RequestRepository($0).insert(Sample.request(key: "later")) }
            #expect(try RequestRepository(sql).requests().isEmpty)
        }
        #expect(try keys(one) == ["later"])
    }

    @Test func writersOnSeveralConnectionsWaitForEachOther() async throws {
        let folder = try ScratchFolder()
        let path = folder.file("ledger.sqlite")
        _ = try SQLiteDatabase(path: path)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<4 {
                group.addTask {
                    let database = try SQLiteDatabase(path: path)
                    for number in 0..<25 {
                        try database.transaction { sql in
                            let repository = RequestRepository(sql)
                            // Reading before writing is what would fail without a write lock from the beginning.
                            _ = try repository.requests()
                            try repository.insert(Sample.request(Request.ID("req-\(writer)-\(number)")))
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try keys(SQLiteDatabase(path: path)).count == 100)
    }

    @Test func aFolderThatIsNotThereIsRejectedInWords() throws {
        let folder = try ScratchFolder()
        let error = #expect(throws: Rejected.self) { try SQLiteDatabase(path: folder.file("no/ledger.sqlite")) }
        #expect(error?.diagnostics.map(\.code) == ["ledger.unusable"])
        #expect(error?.diagnostics.first?.message.contains(folder.file("no/ledger.sqlite")) == true)
        #expect(error?.diagnostics.first?.hint?.contains("--state-dir") == true)
    }

    @Test func aFolderThatMayNotBeWrittenIsRejected() throws {
        // Not even the superuser may make a file there.
        let error = #expect(throws: Rejected.self) { try SQLiteDatabase(path: "/proc/ledger.sqlite") }
        #expect(error?.diagnostics.map(\.code) == ["ledger.unusable"])
    }

    @Test func aFileThatIsNoLedgerIsRejectedAndLeftAsItIs() throws {
        let folder = try ScratchFolder()
        let text = String(repeating: "a shopping list, not a ledger\n", count: 100)
        let file = try #require(fopen(folder.file("ledger.sqlite"), "w"))
        fputs(text, file)
        fclose(file)
        let error = #expect(throws: Rejected.self) { try SQLiteDatabase(path: folder.file("ledger.sqlite")) }
        #expect(error?.diagnostics.map(\.code) == ["ledger.unusable"])
        var status = stat()
        #expect(stat(folder.file("ledger.sqlite"), &status) == 0)
        #expect(Int(status.st_size) == text.utf8.count)
    }
}
