import Foundation
import Provisioning
import Store

/// A ledger's file and its log, on a disk that loses with the power what was never synced.
final class Disk: Sendable {
    private let folder = "\(NSTemporaryDirectory())/disk-\(UUID().uuidString)"
    private let state: Lock<State>

    private struct State {
        var cuts = 0
        var ledger: SQLiteDatabase
        /// How much of the log is certainly there.
        var synced: Int
    }

    init() throws {
        try FileManager.default.createDirectory(atPath: "\(folder)/0", withIntermediateDirectories: true)
        let ledger = try SQLiteDatabase(path: "\(folder)/0/ledger")
        state = Lock(State(ledger: ledger, synced: try Disk.length(ofLogIn: "\(folder)/0")))
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    var ledger: SQLiteDatabase { state.withLock { $0.ledger } }

    func transaction<Result>(_ durability: Durability, _ body: (any SQL) throws -> Result) throws -> Result {
        try state.withLock { state in
            let log = "\(folder)/\(state.cuts)"
            let before = try Disk.length(ofLogIn: log)
            let result = try state.ledger.transaction(durability, body)
            let after = try Disk.length(ofLogIn: log)
            // One that wrote nothing syncs nothing either.
            if durability == .atOnce, after > before { state.synced = after }
            return result
        }
    }

    func losePower() throws {
        try state.withLock { state in
            let (old, new) = ("\(folder)/\(state.cuts)", "\(folder)/\(state.cuts + 1)")
            try FileManager.default.createDirectory(atPath: new, withIntermediateDirectories: true)
            try FileManager.default.copyItem(atPath: "\(old)/ledger", toPath: "\(new)/ledger")
            let log = try Data(contentsOf: URL(fileURLWithPath: "\(old)/ledger-wal"))
            try log.prefix(state.synced).write(to: URL(fileURLWithPath: "\(new)/ledger-wal"))
            state.ledger = try SQLiteDatabase(path: "\(new)/ledger")
            state.cuts += 1
        }
    }

    private static func length(ofLogIn folder: String) throws -> Int {
        try FileManager.default.attributesOfItem(atPath: "\(folder)/ledger-wal")[.size] as? Int ?? 0
    }
}
