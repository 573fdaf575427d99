import FoundationEssentials

/// A service of Google's own description of itself: what may be sent to it, and what it may answer.
package struct DiscoveryDocument: Decodable, Sendable {
    package let schemas: [String: Schema]
    private let servicePath: String
    private let resources: [String: Resource]

    package struct Schema: Decodable, Sendable {
        package let type, format: String?
        package let reference: String?
        package let properties: [String: Schema]?
        package let additionalProperties, items: Box?
        package let `enum`: [String]?
        package let readOnly: Bool?

        package enum CodingKeys: String, CodingKey {
            case type, format, properties, additionalProperties, items, `enum`, readOnly
            case reference = "$ref"
        }

        package final class Box: Decodable, Sendable {
            package let schema: Schema
            package init(from decoder: any Decoder) throws { schema = try Schema(from: decoder) }
        }
    }

    package struct Method: Decodable, Sendable {
        package let id, httpMethod, path: String
        package let parameters: [String: Parameter]?
        package let request, response: Reference?
    }

    package struct Parameter: Decodable, Sendable {
        package let location: String
        package let type: String
        package let required: Bool?
    }

    package struct Reference: Decodable, Sendable {
        package let name: String
        package enum CodingKeys: String, CodingKey { case name = "$ref" }
    }

    private struct Resource: Decodable, Sendable {
        let methods: [String: Method]?
        let resources: [String: Resource]?

        var all: [Method] { (methods ?? [:]).values + (resources ?? [:]).values.flatMap(\.all) }
    }

    /// - Parameter bytes: `compute.v1.json`
    package init(_ bytes: Data) throws { self = try JSONDecoder().decode(DiscoveryDocument.self, from: bytes) }

    package var methods: [Method] { resources.values.flatMap(\.all) }

    // MARK: - Requests

    /// What is wrong with a request, in its form; empty: nothing.
    ///
    /// - Parameter path: without the query: `/compute/v1/projects/p/zones/z/instances`.
    package func flaws(inRequest verb: String, _ path: String, query: [String: String], body: Data?) -> [String] {
        guard let method = method(verb, path) else { return ["no method is \(verb) \(path)"] }
        let parameters = method.parameters ?? [:]
        var flaws: [String] = []
        for name in query.keys where parameters[name]?.location != "query" && !DiscoveryDocument.common.contains(name) {
            flaws.append("\(method.id) has no parameter \(name)")
        }
        for (name, parameter) in parameters
        where parameter.required == true && parameter.location == "query" && query[name] == nil {
            flaws.append("\(method.id) needs the parameter \(name)")
        }
        guard let schema = method.request?.name else {
            return flaws + (body?.isEmpty ?? true ? [] : ["\(method.id) has no body"])
        }
        guard let body, let value = try? JSONDecoder().decode(Tree.self, from: body) else {
            return flaws + ["\(method.id) needs a body of JSON"]
        }
        return flaws + self.flaws(in: value, as: Schema(referring: schema), at: schema, isRequest: true)
    }

    package func method(_ verb: String, _ path: String) -> Method? {
        let parts = path.split(separator: "/")
        return methods.first { method in
            let wanted = (servicePath + method.path).split(separator: "/")
            return method.httpMethod == verb && wanted.count == parts.count
                && zip(wanted, parts).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
        }
    }

    private static let common: Set = ["alt", "fields", "prettyPrint", "quotaUser", "key"]

    // MARK: - Values

    /// What is wrong with a value of some schema: fields that it does not have, and values not of their type.
    package func flaws(in bytes: Data, as schema: String) -> [String] {
        guard let value = try? JSONDecoder().decode(Tree.self, from: bytes) else { return ["no JSON"] }
        return flaws(in: value, as: Schema(referring: schema), at: schema, isRequest: false)
    }

    private func flaws(in value: Tree, as schema: Schema, at place: String, isRequest: Bool) -> [String] {
        if let name = schema.reference {
            guard let named = schemas[name] else { return ["\(place): there is no schema \(name)"] }
            return flaws(in: value, as: named, at: place, isRequest: isRequest)
        }
        switch (schema.type, value) {
        case ("object", .object(let fields)):
            return fields.sorted { $0.key < $1.key }.flatMap { name, value -> [String] in
                if let property = schema.properties?[name] {
                    if isRequest, property.readOnly == true { return ["\(place).\(name) is the cloud's to say"] }
                    return flaws(in: value, as: property, at: "\(place).\(name)", isRequest: isRequest)
                }
                guard let any = schema.additionalProperties?.schema else { return ["\(place) has no field \(name)"] }
                return flaws(in: value, as: any, at: "\(place)[\(name)]", isRequest: isRequest)
            }
        case ("array", .array(let values)):
            guard let item = schema.items?.schema else { return [] }
            return values.enumerated().flatMap {
                flaws(in: $1, as: item, at: "\(place)[\($0)]", isRequest: isRequest)
            }
        case ("string", .string(let text)): return flaws(in: text, as: schema, at: place)
        case ("boolean", .bool), ("number", .number), ("any", _): return []
        case ("integer", .number(let number)):
            return number == number.rounded() ? [] : ["\(place) is no whole number"]
        default: return ["\(place) is no \(schema.type ?? "value")"]
        }
    }

    private func flaws(in text: String, as schema: Schema, at place: String) -> [String] {
        if let choices = schema.enum, !choices.contains(text) { return ["\(place) cannot be \(text)"] }
        return switch schema.format {
        case "int64" where Int64(text) == nil, "uint64" where UInt64(text) == nil: ["\(place) is no number: \(text)"]
        case "byte" where Data(base64Encoded: DiscoveryDocument.plain(text)) == nil: ["\(place) is no Base64: \(text)"]
        default: []
        }
    }

    private static func plain(_ text: String) -> String { String(text.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 }) }
}

extension DiscoveryDocument.Schema {
    fileprivate init(referring name: String) {
        self.init(
            type: nil, format: nil, reference: name, properties: nil, additionalProperties: nil, items: nil, enum: nil,
            readOnly: nil)
    }
}

/// Any JSON.
private enum Tree: Decodable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([Tree])
    case object([String: Tree])

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let bool = try? value.decode(Bool.self) {
            self = .bool(bool)
        } else if let number = try? value.decode(Double.self) {
            self = .number(number)
        } else if let text = try? value.decode(String.self) {
            self = .string(text)
        } else if let values = try? value.decode([Tree].self) {
            self = .array(values)
        } else {
            self = .object(try value.decode([String: Tree].self))
        }
    }
}
