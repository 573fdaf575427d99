import FoundationEssentials
import Provisioning

/// EC2's own description of itself, in botocore's form, read as strictly as the `ec2` protocol defines it.
struct EC2Model: Decodable, Sendable {
    private let operations: [String: Operation]
    private let shapes: [String: Shape]

    private struct Operation: Decodable {
        let input: Reference
        let output: Reference?
    }

    private struct Reference: Decodable {
        let shape: String
        let locationName, queryName: String?
    }

    private struct Shape: Decodable {
        let type: String
        let members: [String: Reference]?
        let member: Reference?
        let required: [String]?
        let `enum`: [String]?
    }

    static let published = Result {
        try JSONDecoder().decode(EC2Model.self, from: Fixtures.data("apispecs/aws/ec2-2016-11-15.json"))
    }

    /// Everything that is wrong with a request's parameters; empty: it is valid.
    func faults(in parameters: [(name: String, value: String)]) -> [String] {
        var rest: [String: String] = [:]
        var faults: [String] = []
        for (name, value) in parameters {
            if rest.updateValue(value, forKey: name) != nil { faults.append("\(name) is given twice") }
        }
        if rest.removeValue(forKey: "Version") != "2016-11-15" { faults.append("the version is not the model's") }
        guard let action = rest.removeValue(forKey: "Action"), let operation = operations[action] else {
            return faults + ["there is no such action"]
        }
        var tree = Tree()
        for (name, value) in rest {
            tree.insert(value, at: name.split(separator: ".", omittingEmptySubsequences: false)[...])
        }
        check(tree, as: operation.input.shape, named: action, &faults)
        return faults
    }

    // MARK: Checking

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
            uniqueKeysWithValues: (shape.members ?? [:]).map { name, member in (wireName(name, member), (name, member))
            })
        for (key, part) in tree.parts {
            if let (_, member) = members[key] {
                check(part, as: member.shape, named: "\(path).\(key)", &faults)
            } else {
                faults.append("\(path) has no \(key)")
            }
        }
        let given = Set(tree.parts.keys.compactMap { members[$0]?.0 })
        for name in shape.required ?? [] where !given.contains(name) { faults.append("\(path) needs \(name)") }
    }

    /// In the `ec2` protocol every list is flattened: numbers follow its name at once.
    private func checkList(_ tree: Tree, _ shape: Shape, named path: String, _ faults: inout [String]) {
        if tree.value != nil { faults.append("\(path) is a list, not a value") }
        let numbers = tree.parts.keys.compactMap { Int($0) }.sorted()
        if numbers != Array(1...max(1, tree.parts.count)) || !tree.parts.keys.allSatisfy({ String(Int($0) ?? 0) == $0 })
        {
            faults.append("\(path) is not numbered from 1 without gaps")
        }
        for (key, part) in tree.parts { check(part, as: shape.member!.shape, named: "\(path).\(key)", &faults) }
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
        if let words = shape.enum, !words.contains(value) { faults.append("\(path) cannot be \(value)") }
    }

    /// The name on the wire: `queryName`, else `locationName` with a capital, else the member's own.
    private func wireName(_ name: String, _ member: Reference) -> String {
        member.queryName ?? member.locationName.map { $0.prefix(1).uppercased() + $0.dropFirst() } ?? name
    }

    // MARK: Answering

    /// An element of an answer with everything in it that the model has, each list with two items.
    ///
    /// - Parameter path: the members that lead to it from the answer's root, an item of each list among them.
    func fullAnswer(to action: String, at path: [String]) -> String {
        var shape = operations[action]!.output!.shape
        var name = action
        for part in path {
            if shapes[shape]!.type == "list" { shape = shapes[shape]!.member!.shape }
            let member = shapes[shape]!.members![part]!
            (shape, name) = (member.shape, member.locationName ?? part)
        }
        return answer(shape, named: name)
    }

    private func answer(_ name: String, named tag: String, item: Int = 1) -> String {
        let shape = shapes[name]!
        switch shape.type {
        case "structure":
            let parts = (shape.members ?? [:]).sorted { $0.key < $1.key }.map { key, member in
                answer(member.shape, named: member.locationName ?? key, item: item)
            }
            return "<\(tag)>\(parts.joined())</\(tag)>"
        case "list":
            return "<\(tag)>" + (1...2).map { answer(shape.member!.shape, named: "item", item: $0) }.joined()
                + "</\(tag)>"
        case "boolean": return "<\(tag)>true</\(tag)>"
        case "timestamp": return "<\(tag)>2026-11-21T12:40:43.000Z</\(tag)>"
        case "string": return "<\(tag)>\(shape.enum?.first ?? "text \(item)")</\(tag)>"
        default: return "<\(tag)>\(item)</\(tag)>"
        }
    }

    private struct Tree {
        var value: String?
        var parts: [String: Tree] = [:]

        mutating func insert(_ value: String, at path: ArraySlice<Substring>) {
            guard let first = path.first else { return self.value = value }
            parts[String(first), default: Tree()].insert(value, at: path.dropFirst())
        }
    }
}
