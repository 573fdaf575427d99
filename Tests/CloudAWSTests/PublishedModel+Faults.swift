import Cloud
import FoundationEssentials
import Provisioning
import Testing

// A request, read as strictly as the model's protocol defines it.

extension PublishedModel {
    /// Expects of a call that the model describes it, and that it is sent as it is written.
    func expectValid<Reply>(
        _ call: Call<Reply>, _ name: String, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let faults = faults(in: call.form)
        #expect(faults.isEmpty, "\(name): \(faults)", sourceLocation: sourceLocation)
        let sent = call.form.map { "\($0.name)=\($0.value)" }
        #expect(sent == call.parameters.map { "\($0.name)=\($0.value)" }, "\(name)", sourceLocation: sourceLocation)
    }

    /// Everything that is wrong with a request's parameters; empty: it is valid.
    func faults(in parameters: [(name: String, value: String)]) -> [String] {
        var rest: [String: String] = [:]
        var faults: [String] = []
        for (name, value) in parameters where rest.updateValue(value, forKey: name) != nil {
            faults.append("\(name) is given twice")
        }
        if rest.removeValue(forKey: "Version") != metadata.apiVersion {
            faults.append("the version is not the model's")
        }
        guard let action = rest.removeValue(forKey: "Action"), let operation = operations[action] else {
            return faults + ["there is no such action"]
        }
        var tree = Tree()
        for (name, value) in rest {
            tree.insert(value, at: name.split(separator: ".", omittingEmptySubsequences: false)[...])
        }
        if let input = operation.input {
            check(tree, as: input.shape, named: action, &faults)
        } else if !rest.isEmpty {
            faults.append("\(action) takes nothing")
        }
        return faults
    }

    private func check(_ tree: Tree, as name: String, named path: String, _ faults: inout [String]) {
        let shape = shapes[name]!
        switch shape.type {
        case "structure": checkStructure(tree, shape, named: path, &faults)
        case "list": checkList(tree, shape, named: path, &faults)
        default: checkScalar(tree, shape, named: path, &faults)
        }
    }

    private func checkStructure(_ tree: Tree, _ shape: Shape, named path: String, _ faults: inout [String]) {
        if tree.value != nil { faults.append("\(path) is a structure, not a value") }
        let members = Dictionary(
            uniqueKeysWithValues: (shape.members ?? [:]).map { (wireName($0, $1), (name: $0, member: $1)) })
        for (key, part) in tree.parts {
            if let known = members[key] {
                check(part, as: known.member.shape, named: "\(path).\(key)", &faults)
            } else {
                faults.append("\(path) has no \(key)")
            }
        }
        let given = Set(tree.parts.keys.compactMap { members[$0]?.name })
        for name in shape.required ?? [] where !given.contains(name) { faults.append("\(path) needs \(name)") }
    }

    private func checkList(_ tree: Tree, _ shape: Shape, named path: String, _ faults: inout [String]) {
        if tree.value != nil { faults.append("\(path) is a list, not a value") }
        var items = tree
        if let word = itemName(of: shape) {
            for key in tree.parts.keys where key != word { faults.append("\(path) is a list and has no \(key)") }
            guard let inner = tree.parts[word] else { return }
            items = inner
        }
        let numbers = items.parts.keys.compactMap { Int($0) }.sorted()
        if numbers != Array(1...max(1, items.parts.count))
            || !items.parts.keys.allSatisfy({ String(Int($0) ?? 0) == $0 })
        {
            faults.append("\(path) is not numbered from 1 without gaps")
        }
        if let max = shape.max, items.parts.count > max { faults.append("\(path) has more than \(max) items") }
        for (key, part) in items.parts { check(part, as: shape.member!.shape, named: "\(path).\(key)", &faults) }
    }

    private func checkScalar(_ tree: Tree, _ shape: Shape, named path: String, _ faults: inout [String]) {
        for key in tree.parts.keys { faults.append("\(path) is a value and has no \(key)") }
        guard let value = tree.value else { return faults.append("\(path) has no value") }
        let isFine =
            switch shape.type {
            case "integer": Int32(value).map(String.init) == value
            case "long": Int64(value).map(String.init) == value
            case "boolean": value == "true" || value == "false"
            case "double": Double(value) != nil
            case "blob": Data(base64Encoded: value) != nil
            case "timestamp": (try? Date(value, strategy: .iso8601)) != nil
            case "string": true
            default: false
            }
        if !isFine { faults.append("\(path) is no \(shape.type): \(value)") }
        if shape.type == "string", value.count < shape.min ?? 0 || value.count > shape.max ?? .max {
            faults.append("\(path) is no string of its size: \(value)")
        }
        if shape.type == "integer", let number = Int(value), number < shape.min ?? .min || number > shape.max ?? .max {
            faults.append("\(path) is out of range: \(value)")
        }
        if let words = shape.enum, !words.contains(value) { faults.append("\(path) cannot be \(value)") }
    }

    /// Parameters by the parts of their names.
    private struct Tree {
        var value: String?
        var parts: [String: Tree] = [:]

        mutating func insert(_ value: String, at path: ArraySlice<Substring>) {
            guard let first = path.first else { return self.value = value }
            parts[String(first), default: Tree()].insert(value, at: path.dropFirst())
        }
    }
}
