/// A JSON value. Integers stay integers, and the fields of an object keep the order they came in.
package enum JSONValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)
}

/// Fields with names, each name once.
///
/// Objects of the wire are small, so that a field is found by looking along them.
package struct JSONObject: Sendable {
    package private(set) var fields: [Field] = []

    package struct Field: Sendable, Hashable {
        package var name: String
        package var value: JSONValue
    }

    package init() {}

    /// Setting nil takes a field away; a new field comes last.
    package subscript(name: String) -> JSONValue? {
        get { fields.first { $0.name == name }?.value }
        set {
            let at = fields.firstIndex { $0.name == name }
            switch (at, newValue) {
            case (let at?, let value?): fields[at].value = value
            case (let at?, nil): fields.remove(at: at)
            case (nil, let value?): fields.append(Field(name: name, value: value))
            case (nil, nil): break
            }
        }
    }

    package var isEmpty: Bool { fields.isEmpty }
    package var names: [String] { fields.map(\.name) }

    mutating func reserve(_ count: Int) { fields.reserveCapacity(count) }

    /// Only for a name that is known not to be there yet.
    mutating func append(_ name: String, _ value: JSONValue) { fields.append(Field(name: name, value: value)) }
}

// MARK: - Looking in

extension JSONValue {
    /// A field of an object; nil where there is none, or where this is no object.
    package subscript(name: String) -> JSONValue? {
        get { object?[name] }
        set {
            var object = object ?? JSONObject()
            object[name] = newValue
            self = .object(object)
        }
    }

    package var string: String? { if case .string(let text) = self { text } else { nil } }
    package var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    package var array: [JSONValue]? { if case .array(let values) = self { values } else { nil } }
    package var object: JSONObject? { if case .object(let object) = self { object } else { nil } }
    package var isNull: Bool { self == .null }

    /// A whole number, however it was written.
    package var integer: Int? {
        switch self {
        case .integer(let value): value
        case .number(let value): Int(exactly: value)
        default: nil
        }
    }

    package var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }
}

// MARK: - Sameness

/// The order of fields means nothing.
extension JSONObject: Hashable {
    package static func == (a: Self, b: Self) -> Bool {
        a.fields.count == b.fields.count && a.fields.allSatisfy { b[$0.name] == $0.value }
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(Set(fields))
    }
}

// MARK: - Written in Swift

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral,
    ExpressibleByStringInterpolation
{
    package init(stringLiteral text: String) { self = .string(text) }
    package init(integerLiteral value: Int) { self = .integer(value) }
    package init(floatLiteral value: Double) { self = .number(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(arrayLiteral values: JSONValue...) { self = .array(values) }

    /// A field whose value is nil is left out.
    package init(dictionaryLiteral fields: (String, JSONValue?)...) {
        var object = JSONObject()
        for (name, value) in fields { if let value { object[name] = value } }
        self = .object(object)
    }

    package init(_ texts: [String]) { self = .array(texts.map(JSONValue.string)) }

    package init(_ texts: [String: String]) {
        var object = JSONObject()
        for (name, text) in texts.sorted(by: { $0.key < $1.key }) { object.append(name, .string(text)) }
        self = .object(object)
    }
}

// MARK: - Saved

/// As its text, which is shorter and quicker than a tree of containers.
extension JSONValue: Codable {
    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        do {
            self = try JSONValue(parsing: Array(text.utf8))
        } catch {
            throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "\(error)"))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
