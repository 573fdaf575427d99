import Provisioning

/// A template with its expressions put in; those that are not understood stay as they are.
///
/// Understood are `parameters('…')`, `variables('…')`, `resourceGroup().location` and `resourceId('…', '…')`.
struct DeploymentTemplate {
    let resources: [(id: ResourceID, body: JSONValue)]

    init(_ properties: JSONValue, location: String, _ call: ARMCall) throws(ARMError) {
        guard let template = properties["template"] else {
            throw .invalidTemplate("a template is required, and links to templates are not followed")
        }
        var scope = Scope(location: location, subscription: call.subscription, group: call.group)
        for field in template["parameters"]?.object?.fields ?? [] {
            let given = properties.at("parameters", field.name, "value") ?? field.value["defaultValue"]
            guard let value = given else {
                throw .invalidTemplate(
                    "The value for the template parameter '\(field.name)' is not provided. Please see "
                        + "https://aka.ms/resource-manager-parameter-files for usage details.")
            }
            if let allowed = field.value["allowedValues"]?.array, !allowed.contains(value) {
                throw .invalidTemplate(
                    "The provided value for the template parameter '\(field.name)' is not valid. The value is not part "
                        + "of the allowed value(s): '\(allowed.compactMap(\.string).joined(separator: ","))'.")
            }
            scope.parameters[field.name.lowercased()] = scope.resolve(value)
        }
        for field in template["variables"]?.object?.fields ?? [] {
            scope.variables[field.name.lowercased()] = scope.resolve(field.value)
        }
        var resources: [(ResourceID, JSONValue)] = []
        for resource in template["resources"]?.array ?? [] {
            let body = scope.resolve(resource)
            guard let type = body["type"]?.string, let name = body["name"]?.string, body["apiVersion"]?.string != nil,
                let id = scope.id(type, name.split(separator: "/").map(String.init))
            else { throw .invalidTemplate("a resource must have a type, a name and an apiVersion that fit together") }
            var plain = body
            for key in ["type", "name", "apiVersion", "dependsOn", "comments"] { plain[key] = nil }
            resources.append((id, plain))
        }
        self.resources = resources.map { (id: $0.0, body: $0.1) }
    }

    private struct Scope {
        let location, subscription, group: String
        var parameters: [String: JSONValue] = [:]
        var variables: [String: JSONValue] = [:]

        func resolve(_ value: JSONValue) -> JSONValue {
            switch value {
            case .string(let text) where text.hasPrefix("[") && text.hasSuffix("]") && !text.hasPrefix("[["):
                return expression(String(text.dropFirst().dropLast())) ?? value
            case .array(let values): return .array(values.map(resolve))
            case .object(let object):
                var result = JSONObject()
                for field in object.fields { result[field.name] = resolve(field.value) }
                return .object(result)
            default: return value
            }
        }

        /// Nil: it is not understood; nobody writes one within another more often than this.
        private func expression(_ text: String, depth: Int = 0) -> JSONValue? {
            guard depth < 8 else { return nil }
            if text.lowercased() == "resourcegroup().location" { return .string(location) }
            guard let open = text.firstIndex(of: "("), text.hasSuffix(")") else { return nil }
            let inside = text[text.index(after: open)...].dropLast()
            let arguments = inside.split(separator: ",").map { part -> String? in
                let part = part.drop { $0 == " " }
                guard part.hasPrefix("'"), part.hasSuffix("'"), part.count > 1 else {
                    return expression(String(part), depth: depth + 1)?.string
                }
                return String(part.dropFirst().dropLast())
            }
            guard !arguments.contains(nil) else { return nil }
            let words = arguments.compactMap(\.self)
            switch text[..<open].lowercased() {
            case "parameters": return words.first.flatMap { parameters[$0.lowercased()] }
            case "variables": return words.first.flatMap { variables[$0.lowercased()] }
            case "resourceid": return words.first.flatMap { id($0, Array(words.dropFirst())) }.map { .string($0.text) }
            default: return nil
            }
        }

        func id(_ type: String, _ names: [String]) -> ResourceID? {
            let parts = type.split(separator: "/").map(String.init)
            guard parts.count >= 2, parts.count - 1 == names.count else { return nil }
            return ResourceID(subscription, group, parts[0], Array(zip(parts.dropFirst(), names)).map { ($0, $1) })
        }
    }
}

extension ARMError {
    fileprivate static func invalidTemplate(_ what: String) -> ARMError {
        ARMError("InvalidTemplate", "Deployment template validation failed: '\(what)'.")
    }
}
