import Provisioning

/// The door to the ledger.
///
/// A body is synchronous, so a call to a cloud cannot stand inside a transaction.
package protocol Database: Sendable {
    /// Runs the body with nobody else writing, and commits what it did before returning; if the body or the
    /// commit throws, nothing was done.
    func transaction<Result>(_ durability: Durability, _ body: (any SQL) throws -> Result) throws -> Result

    /// Runs the body on one unchanging state of the ledger.
    func read<Result>(_ body: (any SQL) throws -> Result) throws -> Result
}

/// When what was committed is safe from a power cut. From the end of a process it always is.
///
/// Commits reach the disk in their order: after a power cut the ledger is as it was after one of them, and after none
/// that comes before the last `atOnce`.
package enum Durability: Sendable {
    /// Before the transaction returns: what is about to leave the house (a call, a promise, an answer) rests on it.
    case atOnce
    /// With the next one that is `atOnce`: nothing outside rests on it yet, or it would be found out again.
    case later
}

extension Database {
    package func transaction<Result>(_ body: (any SQL) throws -> Result) throws -> Result {
        try transaction(.atOnce, body)
    }
}

/// Statements on an open transaction. One dialect for every engine: `$1` parameters, TEXT and BIGINT.
package protocol SQL {
    /// Runs a statement that gives no rows; returns how many it changed.
    @discardableResult
    func run(_ statement: String, _ values: [SQLValue]) throws -> Int

    /// Runs a query; the row handed over is valid during the call only.
    func rows(_ query: String, _ values: [SQLValue], _ body: (any Row) throws -> Void) throws
}

/// Columns count from 0.
package protocol Row {
    func text(_ column: Int32) -> String?
    func integer(_ column: Int32) -> Int64?
}

package enum SQLValue: Sendable, Hashable {
    case null
    case text(String)
    case integer(Int64)
}

extension SQLValue {
    package init(_ text: String?) { self = text.map { .text($0) } ?? .null }
    package init(_ number: Int?) { self = number.map { .integer(Int64($0)) } ?? .null }
    package init(_ moment: Timestamp?) { self = moment.map { .integer($0.microseconds) } ?? .null }
    package init<Subject>(_ id: Identifier<Subject>?) { self.init(id?.text) }
}

extension SQL {
    @discardableResult
    package func run(_ statement: String, _ values: SQLValue...) throws -> Int { try run(statement, values) }

    /// Every row of a query, as what `body` makes of it.
    package func all<Element>(
        _ query: String, _ values: SQLValue..., as body: (any Row) throws -> Element
    ) throws -> [Element] {
        var result: [Element] = []
        try rows(query, values) { result.append(try body($0)) }
        return result
    }

    /// The first row of a query, as what `body` makes of it.
    package func first<Element>(
        _ query: String, _ values: SQLValue..., as body: (any Row) throws -> Element
    ) throws -> Element? {
        var result: Element?
        try rows(query, values) { if result == nil { result = try body($0) } }
        return result
    }
}

// Inlined, for there the type is known: made out at run time it takes longer than the reading of the row.
extension Row {
    @inline(__always)
    package func moment(_ column: Int32) -> Timestamp? { integer(column).map { Timestamp(microseconds: $0) } }

    @inline(__always)
    package func id<Subject>(_ column: Int32) -> Identifier<Subject>? { text(column).map { Identifier($0) } }

    /// The text of a column that is never null.
    package func required(_ column: Int32) throws -> String {
        guard let text = text(column) else { throw LedgerError.damaged("column \(column) is empty") }
        return text
    }

    @inline(__always)
    package func variant<Variant: RawRepresentable<String>>(_ column: Int32) throws -> Variant {
        let text = try required(column)
        guard let value = Variant(rawValue: text) else { throw LedgerError.damaged("`\(text)` is no known state") }
        return value
    }
}

package enum LedgerError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The engine's own words, and on what.
    case failed(String)
    /// What is stored is not what this program stores.
    case damaged(String)
    /// Somebody changed it in the meantime: what was decided rests on what is true no longer.
    case stale(String)

    /// For a person.
    package var diagnostic: Diagnostic {
        Diagnostic(
            .error, "ledger.unusable", description,
            hint: "`muster doctor` looks through it; a damaged ledger is best replaced by its backup")
    }

    package var description: String {
        switch self {
        case .failed(let why): "the ledger could not be used: \(why)"
        case .damaged(let why): "the ledger holds what was never stored there: \(why)"
        case .stale(let what): "\(what) was changed by somebody else"
        }
    }
}
