import FoundationEssentials
import Provisioning

/// Variants are stored as JSON text, with sorted keys so that equal values are equal text.
enum JSON {
    static func text(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    static func value<Value: Decodable>(_ text: String, as type: Value.Type = Value.self) throws -> Value {
        do {
            return try JSONDecoder().decode(Value.self, from: Data(text.utf8))
        } catch {
            throw LedgerError.damaged("\(Value.self) cannot be read: \(error)")
        }
    }
}

/// Values by the text that they were read from, so that the same text is read once.
final class Remembered<Value: Decodable & Sendable>: Sendable {
    private let values = Lock<[String: Value]>([:])

    func value(_ text: String) throws -> Value {
        if let value = values.withLock({ $0[text] }) { return value }
        let value = try JSON.value(text, as: Value.self)
        values.withLock { values in
            // More than are under way at once; what is still wanted is soon here again.
            if values.count == 100 { values.removeAll() }
            values[text] = value
        }
        return value
    }
}
