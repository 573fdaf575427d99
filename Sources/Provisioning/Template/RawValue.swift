/// A value in a cloud's or another tool's own words, carried as it is.
///
/// Plain text of a document becomes null, a boolean or a number by the core schema of YAML 1.2, so `no` and `0777`
/// stay text.
package indirect enum RawValue: Hashable, Sendable {
    case null
    case boolean(Bool)
    case integer(Int)
    case number(Double)
    case text(String)
    case list([RawValue])
    case map([Field])

    /// Fields keep the order they were written in.
    package struct Field: Hashable, Sendable, Codable {
        package var key: String
        package var value: RawValue

        package init(_ key: String, _ value: RawValue) {
            self.key = key
            self.value = value
        }
    }

    package subscript(key: String) -> RawValue? {
        guard case .map(let fields) = self else { return nil }
        return fields.first { $0.key == key }?.value
    }
}

extension RawValue: Codable {
    private enum Kind: String, CodingKey { case boolean, integer, number, text, list, map }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Kind.self)
        switch container.allKeys.first {
        case .boolean: self = .boolean(try container.decode(Bool.self, forKey: .boolean))
        case .integer: self = .integer(try container.decode(Int.self, forKey: .integer))
        case .number: self = .number(try container.decode(Double.self, forKey: .number))
        case .text: self = .text(try container.decode(String.self, forKey: .text))
        case .list: self = .list(try container.decode([RawValue].self, forKey: .list))
        case .map: self = .map(try container.decode([Field].self, forKey: .map))
        case nil: self = .null
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Kind.self)
        switch self {
        case .null: break
        case .boolean(let value): try container.encode(value, forKey: .boolean)
        case .integer(let value): try container.encode(value, forKey: .integer)
        case .number(let value): try container.encode(value, forKey: .number)
        case .text(let value): try container.encode(value, forKey: .text)
        case .list(let items): try container.encode(items, forKey: .list)
        case .map(let fields): try container.encode(fields, forKey: .map)
        }
    }
}
