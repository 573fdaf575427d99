import CloudEmulator
import FoundationEssentials

/// The published descriptions of Azure's APIs (Swagger 2.0), and what a body has wrong by them.
///
/// A field that nobody describes is wrong, at any depth: it is either a slip or of another version.
package struct SwaggerModel: Sendable {
    private struct Operation: Sendable {
        let parts: [String]
        let method: String
        let id: String
        /// The description it is in.
        let file: Int
        let value: JSONValue
    }

    private let files: [JSONValue]
    private let operations: [Operation]

    /// All that are in a folder.
    package init(folder: URL) throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".json") }
        let files = try names.sorted().map { name in
            try JSONValue(parsing: Array(Data(contentsOf: folder.appending(path: name))))
        }
        var operations: [Operation] = []
        for (number, file) in files.enumerated() {
            for path in file["paths"]?.object?.fields ?? [] {
                let parts = path.name.split(separator: "/").map { $0.hasPrefix("{") ? "{}" : $0.lowercased() }
                for method in path.value.object?.fields ?? [] where method.name != "parameters" {
                    operations.append(
                        Operation(
                            parts: parts, method: method.name.uppercased(),
                            id: method.value["operationId"]?.string ?? "", file: number, value: method.value))
                }
            }
        }
        self.files = files
        self.operations = operations
    }

    /// What is wrong with a request's body; a path that nobody describes is wrong itself.
    package func faults(inRequest body: JSONValue, _ method: String, _ path: String) -> [String] {
        guard let operation = operation(method, path) else { return ["\(method) \(path): no such operation"] }
        let parameter = operation.value["parameters"]?.array?.first { $0["in"]?.string == "body" }
        guard let schema = parameter?["schema"] else { return ["\(operation.id): takes no body"] }
        return faults(in: body, schema, operation.file, isRequest: true, at: operation.id)
    }

    /// What is wrong with an answer.
    package func faults(inAnswer body: JSONValue?, status: Int, _ method: String, _ path: String) -> [String] {
        guard let operation = operation(method, path) else { return ["\(method) \(path): no such operation"] }
        let responses = operation.value["responses"]
        guard let response = responses?["\(status)"] ?? (status >= 400 ? responses?["default"] : nil) else {
            return status >= 400 ? [] : ["\(operation.id): \(status) is no answer of it"]
        }
        guard let schema = response["schema"] else {
            // What an error looks like some descriptions leave to the reader.
            return body == nil || status >= 400 ? [] : ["\(operation.id): \(status) has no body"]
        }
        guard let body else { return ["\(operation.id): \(status) must have a body"] }
        return faults(in: body, schema, operation.file, isRequest: false, at: operation.id)
    }

    /// What is wrong with a request's query.
    package func faults(inQuery names: [String], _ method: String, _ path: String) -> [String] {
        guard let operation = operation(method, path) else { return ["\(method) \(path): no such operation"] }
        let known = (operation.value["parameters"]?.array ?? []).filter { $0["in"]?.string == "query" }
        let missing = known.filter { $0["required"]?.bool == true }.compactMap { $0["name"]?.string }
            .filter { !names.contains($0) }.map { "\(operation.id): `\($0)` is missing" }
        let allowed = known.compactMap { $0["name"]?.string }
        return missing + names.filter { !allowed.contains($0) }.map { "\(operation.id): nobody describes `\($0)`" }
    }

    package func describes(_ method: String, _ path: String) -> Bool { operation(method, path) != nil }

    private func operation(_ method: String, _ path: String) -> Operation? {
        let parts = path.split(separator: "/").map { $0.lowercased() }
        return operations.first { operation in
            operation.method == method && operation.parts.count == parts.count
                && zip(operation.parts, parts).allSatisfy { $0 == "{}" || $0 == $1 }
        }
    }

    // MARK: - Values

    private func faults(
        in value: JSONValue, _ schema: JSONValue, _ file: Int, isRequest: Bool, at place: String, depth: Int = 0
    ) -> [String] {
        guard depth < 40 else { return ["\(place): too deep"] }
        if let name = schema["$ref"]?.string?.split(separator: "/").last.map(String.init) {
            // What a description leaves out is anything.
            guard let definition = files[file]["definitions"]?[name] else { return [] }
            return faults(in: value, definition, file, isRequest: isRequest, at: place, depth: depth + 1)
        }
        let (properties, required, isOpen) = fields(of: schema, file, depth: 0)
        if !properties.isEmpty || schema["type"]?.string == "object" || schema["allOf"] != nil {
            guard let object = value.object else { return ["\(place): no object"] }
            var faults =
                isRequest
                ? required.filter { object[$0] == nil && properties[$0]?["readOnly"]?.bool != true }.sorted()
                    .map { "\(place): `\($0)` is missing" } : []
            for field in object.fields {
                let inner = "\(place).\(field.name)"
                if let known = properties[field.name] {
                    if isRequest, known["readOnly"]?.bool == true {
                        faults.append("\(inner): is not the caller's to set")
                    }
                    faults += self.faults(
                        in: field.value, known, file, isRequest: isRequest, at: inner, depth: depth + 1)
                } else if let anything = schema["additionalProperties"], anything.object?.isEmpty == false {
                    faults += self.faults(
                        in: field.value, anything, file, isRequest: isRequest, at: inner, depth: depth + 1)
                } else if !isOpen {
                    faults.append("\(inner): nobody describes it")
                }
            }
            return faults
        }
        return plainFaults(in: value, schema, file, isRequest, place, depth)
    }

    private func plainFaults(
        in value: JSONValue, _ schema: JSONValue, _ file: Int, _ isRequest: Bool, _ place: String, _ depth: Int
    ) -> [String] {
        switch schema["type"]?.string {
        case "array":
            guard let values = value.array else { return ["\(place): no list"] }
            guard let items = schema["items"] else { return [] }
            return values.enumerated().flatMap { number, value in
                faults(in: value, items, file, isRequest: isRequest, at: "\(place)[\(number)]", depth: depth + 1)
            }
        case "string":
            guard let text = value.string else { return ["\(place): no text"] }
            let isClosed = schema["x-ms-enum"]?["modelAsString"]?.bool == false
            guard isClosed, let allowed = schema["enum"]?.array,
                !allowed.contains(where: { $0.string?.lowercased() == text.lowercased() })
            else { return [] }
            return ["\(place): `\(text)` is none of its values"]
        case "integer": return value.integer == nil ? ["\(place): no whole number"] : []
        case "number": return value.number == nil ? ["\(place): no number"] : []
        case "boolean": return value.bool == nil ? ["\(place): neither true nor false"] : []
        default: return []
        }
    }

    /// An object's own fields and those it has from others, and whether it may have any other.
    private func fields(
        of schema: JSONValue, _ file: Int, depth: Int
    ) -> (properties: [String: JSONValue], required: Set<String>, isOpen: Bool) {
        var properties: [String: JSONValue] = [:]
        var required = Set((schema["required"]?.array ?? []).compactMap(\.string))
        // An object of which nothing is said may hold anything.
        var isOpen =
            schema["additionalProperties"] != nil
            || (schema["properties"] == nil && schema["allOf"] == nil)
        for part in schema["allOf"]?.array ?? [] where depth < 10 {
            let name = part["$ref"]?.string?.split(separator: "/").last.map(String.init)
            guard let definition = name.map({ files[file]["definitions"]?[$0] }) ?? part else {
                isOpen = true
                continue
            }
            let more = fields(of: definition, file, depth: depth + 1)
            properties.merge(more.properties) { $1 }
            required.formUnion(more.required)
            isOpen = isOpen || more.isOpen
        }
        for field in schema["properties"]?.object?.fields ?? [] { properties[field.name] = field.value }
        return (properties, required, isOpen)
    }
}
