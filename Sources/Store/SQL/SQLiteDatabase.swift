import CSQLite
import Glibc
import Provisioning

/// A ledger in one SQLite file (or in memory), with a write-ahead log.
package final class SQLiteDatabase: Database {
    private let connection: Lock<SQLiteConnection>

    /// Opens the file, creating it with mode 0600, and brings its tables up to date.
    ///
    /// - Throws: `Rejected` where it cannot be written or was made by a newer version; `LedgerError`.
    package init(path: String) throws {
        connection = Lock(try SQLiteConnection(path: path))
        try connection.withLock { try migrate($0, path: path) }
    }

    package static func inMemory() throws -> SQLiteDatabase { try SQLiteDatabase(path: ":memory:") }

    package func transaction<Result>(
        _ durability: Durability, _ body: (any SQL) throws -> Result
    ) throws -> Result {
        try connection.withLock { connection in
            try connection.turn(to: durability)
            // Write locks are taken at the beginning: one that began by reading could not be granted one later.
            return try connection.bracketed("BEGIN IMMEDIATE", body)
        }
    }

    package func read<Result>(_ body: (any SQL) throws -> Result) throws -> Result {
        try connection.withLock { try $0.bracketed("BEGIN", body) }
    }
}

/// One connection; its owner sees to it that one thread at a time uses it.
final class SQLiteConnection: SQL {
    private let handle: OpaquePointer
    private let path: String
    private var durability = Durability.atOnce
    /// Prepared statements by their text.
    private var statements: [String: Prepared] = [:]
    /// The last two that were used: what is done for a thousand machines uses them in turn, and the same text is told by
    /// where it lies in memory, while looking it up takes as long as it is.
    private var lately: [(text: String, prepared: Prepared)] = []

    private struct Prepared {
        let handle: OpaquePointer
        /// Which value goes to each position. SQLite takes `$1` for a name and counts by first appearance, so
        /// `$2` is at position 1 in a statement that names it first.
        let order: [Int]
    }

    init(path: String) throws {
        SQLiteConnection.settings
        if path != ":memory:" { try SQLiteConnection.create(path) }
        var handle: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
        let code = sqlite3_open_v2(path, &handle, flags, nil)
        guard let handle else { throw LedgerError.failed("out of memory") }
        self.handle = handle
        self.path = path
        guard code == SQLITE_OK else { throw SQLiteConnection.unusable(path, String(cString: sqlite3_errmsg(handle))) }
        // Long enough for any other process's transaction; those hold no cloud call, so they are short.
        sqlite3_busy_timeout(handle, 10_000)
        do {
            try turnToWAL()
            try execute("PRAGMA synchronous=FULL")
            try execute("PRAGMA foreign_keys=OFF")
            try execute("PRAGMA cache_size=-16000")
        } catch LedgerError.failed(let why) {
            throw SQLiteConnection.unusable(path, why)
        }
    }

    deinit {
        for statement in statements.values { sqlite3_finalize(statement.handle) }
        if isLogShort { muster_sqlite_leave_log(handle) }
        sqlite3_close_v2(handle)
    }

    /// Whether the write-ahead log is read sooner by whoever opens the ledger next than it is written into the ledger's
    /// file and taken away now, which takes two syncs, and two more for the next log.
    private var isLogShort: Bool {
        var status = stat()
        return stat("\(path)-wal", &status) == 0 && status.st_size < 1 << 20
    }

    /// Made once, before the first connection.
    private static let settings: Void = muster_sqlite_count_no_memory()

    /// SQLite would create it readable for everybody.
    private static func create(_ path: String) throws {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw unusable(path, String(cString: strerror(errno))) }
        close(descriptor)
    }

    private static func unusable(_ path: String, _ why: String) -> Rejected {
        Rejected(
            Diagnostic(
                .error, "ledger.unusable", "the ledger `\(path)` cannot be used: \(why)",
                hint: "choose a folder you may write with `--state-dir` or `MUSTER_STATE_DIR`"))
    }

    // MARK: Transactions

    func bracketed<Result>(_ begin: String, _ body: (any SQL) throws -> Result) throws -> Result {
        try run(begin, [])
        do {
            let result = try body(self)
            try run("COMMIT", [])
            return result
        } catch {
            // After some errors SQLite has rolled back by itself.
            if sqlite3_get_autocommit(handle) == 0 { _ = try? run("ROLLBACK", []) }
            throw error
        }
    }

    /// With `NORMAL` the log is written by each commit, and synced by the next one with `FULL` or by a checkpoint.
    func turn(to durability: Durability) throws {
        guard durability != self.durability else { return }
        try execute("PRAGMA synchronous=\(durability == .atOnce ? "FULL" : "NORMAL")")
        self.durability = durability
    }

    /// The last connection to close takes the log away, and whoever opens just then is told that the ledger is
    /// locked without any waiting, whatever the timeout.
    private func turnToWAL() throws {
        for _ in 0..<2000 {
            let code = sqlite3_exec(handle, "PRAGMA journal_mode=WAL", nil, nil, nil)
            if code == SQLITE_OK { return }
            guard code == SQLITE_BUSY || code == SQLITE_LOCKED else { break }
            usleep(5000)
        }
        throw failure()
    }

    /// Runs several statements that take no values.
    func execute(_ script: String) throws {
        guard sqlite3_exec(handle, script, nil, nil, nil) == SQLITE_OK else { throw failure() }
    }

    // MARK: Statements

    @discardableResult
    func run(_ statement: String, _ values: [SQLValue]) throws -> Int {
        let prepared = try prepare(statement, values)
        defer { sqlite3_reset(prepared) }
        while true {
            switch sqlite3_step(prepared) {
            case SQLITE_ROW: continue
            case SQLITE_DONE: return Int(sqlite3_changes(handle))
            default: throw failure()
            }
        }
    }

    func rows(_ query: String, _ values: [SQLValue], _ body: (any Row) throws -> Void) throws {
        let prepared = try prepare(query, values)
        defer { sqlite3_reset(prepared) }
        let row = SQLiteRow(statement: prepared)
        while true {
            switch sqlite3_step(prepared) {
            case SQLITE_ROW: try body(row)
            case SQLITE_DONE: return
            default: throw failure()
            }
        }
    }

    private func prepare(_ text: String, _ values: [SQLValue]) throws -> OpaquePointer {
        let prepared = try known(text)
        let statement = prepared.handle
        for (index, number) in prepared.order.enumerated() {
            let position = Int32(index + 1)
            let code =
                switch values[number - 1] {
                case .null: sqlite3_bind_null(statement, position)
                case .integer(let number): sqlite3_bind_int64(statement, position, number)
                case .text(let text): bind(text, to: statement, at: position)
                }
            guard code == SQLITE_OK else { throw failure() }
        }
        return statement
    }

    private func known(_ text: String) throws -> Prepared {
        if let index = lately.firstIndex(where: { $0.text == text }) { return lately[index].prepared }
        let prepared = try statements[text] ?? compile(text)
        if lately.count == 2 { lately.removeFirst() }
        lately.append((text, prepared))
        return prepared
    }

    private func bind(_ text: String, to statement: OpaquePointer, at position: Int32) -> Int32 {
        var text = text
        return text.withUTF8 {
            $0.withMemoryRebound(to: CChar.self) {
                sqlite3_bind_text(statement, position, $0.baseAddress, Int32($0.count), muster_sqlite_transient())
            }
        }
    }

    private func compile(_ text: String) throws -> Prepared {
        var statement: OpaquePointer?
        let code = sqlite3_prepare_v3(handle, text, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
        guard code == SQLITE_OK, let statement else { throw failure() }
        let order = (0..<sqlite3_bind_parameter_count(statement)).map { index in
            sqlite3_bind_parameter_name(statement, index + 1).flatMap { Int(String(cString: $0).dropFirst()) } ?? 0
        }
        precondition(order.allSatisfy { $0 > 0 }, "parameters are written $1, $2 …: \(text)")
        let prepared = Prepared(handle: statement, order: order)
        statements[text] = prepared
        return prepared
    }

    private func failure() -> LedgerError { .failed(String(cString: sqlite3_errmsg(handle))) }
}

private struct SQLiteRow: Row {
    let statement: OpaquePointer

    func text(_ column: Int32) -> String? {
        guard let bytes = sqlite3_column_text(statement, column) else { return nil }
        let count = Int(sqlite3_column_bytes(statement, column))
        return String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    }

    func integer(_ column: Int32) -> Int64? {
        sqlite3_column_type(statement, column) == SQLITE_NULL ? nil : sqlite3_column_int64(statement, column)
    }
}
