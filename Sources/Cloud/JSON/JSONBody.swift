import Provisioning

/// JSON as it goes over the wire: what a strategy writes into the body of a call.
package indirect enum JSONBody: Sendable, Hashable {
    case null
    case boolean(Bool)
    case integer(Int)
    case number(Double)
    case text(String)
    case list([JSONBody])
    /// In the order they were written in.
    case object([Field])

    package struct Field: Sendable, Hashable {
        package var key: String
        package var value: JSONBody

        package init(_ key: String, _ value: JSONBody) {
            self.key = key
            self.value = value
        }
    }
}

// MARK: - How it is made

extension JSONBody {
    /// Only the fields that have a value: what nobody says is left to the cloud.
    package static func object(of fields: KeyValuePairs<String, JSONBody?>) -> JSONBody {
        .object(fields.compactMap { key, value in value.map { Field(key, $0) } })
    }

    /// Nil where it would be empty.
    package static func list(unlessEmpty items: [JSONBody]) -> JSONBody? { items.isEmpty ? nil : .list(items) }

    /// An object with texts, sorted by key; nil where it would be empty.
    package static func texts(_ texts: [String: String]) -> JSONBody? {
        texts.isEmpty ? nil : .object(texts.sorted { $0.key < $1.key }.map { Field($0.key, .text($0.value)) })
    }

    /// What a template says in the cloud's own words.
    package init(_ raw: RawValue) {
        self =
            switch raw {
            case .null: .null
            case .boolean(let value): .boolean(value)
            case .integer(let value): .integer(value)
            case .number(let value): .number(value)
            case .text(let value): .text(value)
            case .list(let items): .list(items.map { JSONBody($0) })
            case .map(let fields): .object(fields.map { Field($0.key, JSONBody($0.value)) })
            }
    }

    package subscript(key: String) -> JSONBody? {
        guard case .object(let fields) = self else { return nil }
        return fields.first { $0.key == key }?.value
    }

    /// The same with another laid over it: objects field by field, anything else as a whole; null takes away.
    package func merged(with over: JSONBody?) -> JSONBody {
        guard let over else { return self }
        guard case .object(var fields) = self, case .object(let others) = over else { return over }
        for other in others {
            let index = fields.firstIndex { $0.key == other.key }
            switch (index, other.value) {
            case (let index?, .null): fields.remove(at: index)
            case (nil, .null): break
            case (let index?, let value): fields[index].value = fields[index].value.merged(with: value)
            case (nil, let value): fields.append(Field(other.key, value))
            }
        }
        return .object(fields)
    }
}

extension JSONBody: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByStringInterpolation
{
    package init(stringLiteral value: String) { self = .text(value) }
    package init(integerLiteral value: Int) { self = .integer(value) }
    package init(booleanLiteral value: Bool) { self = .boolean(value) }
    package init(arrayLiteral elements: JSONBody...) { self = .list(elements) }
    package init(dictionaryLiteral elements: (String, JSONBody)...) {
        self = .object(elements.map { Field($0.0, $0.1) })
    }
}

// MARK: - How it is read by people

extension JSONBody {
    /// A line for each single value: `properties.hardwareProfile.vmSize` and what it is.
    package var lines: [(name: String, value: String)] {
        var lines: [(name: String, value: String)] = []
        collect("", into: &lines)
        return lines
    }

    private func collect(_ path: String, into lines: inout [(name: String, value: String)]) {
        switch self {
        case .object(let fields) where !fields.isEmpty:
            for field in fields { field.value.collect(path.isEmpty ? field.key : "\(path).\(field.key)", into: &lines) }
        case .list(let items) where !items.isEmpty:
            for (index, item) in items.enumerated() { item.collect("\(path)[\(index)]", into: &lines) }
        case .text(let text): lines.append((path, text))
        default: lines.append((path, String(decoding: bytes, as: UTF8.self)))
        }
    }
}
