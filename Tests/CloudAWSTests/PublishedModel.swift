import FoundationEssentials

/// A service's own description of itself, in botocore's form.
struct PublishedModel: Decodable, Sendable {
    let metadata: Metadata
    let operations: [String: Operation]
    let shapes: [String: Shape]

    struct Metadata: Decodable {
        let apiVersion, `protocol`: String
    }

    struct Operation: Decodable {
        let input: Reference?
    }

    struct Reference: Decodable {
        let shape: String
        let locationName, queryName: String?
    }

    struct Shape: Decodable {
        let type: String
        let members: [String: Reference]?
        let member: Reference?
        let required: [String]?
        let `enum`: [String]?
    }

    private static let read = Dictionary(
        uniqueKeysWithValues: ["ec2-2016-11-15", "autoscaling-2011-01-01"].map { name in
            (
                name,
                Result { try JSONDecoder().decode(Self.self, from: Fixtures.data("apispecs/aws/\(name).json")) }
            )
        })

    static func published(_ name: String) throws -> PublishedModel { try read[name]!.get() }

    /// What a member is called on the wire.
    func wireName(_ name: String, _ member: Reference) -> String {
        if metadata.protocol == "query" { return member.locationName ?? name }
        return member.queryName ?? member.locationName.map { $0.prefix(1).uppercased() + $0.dropFirst() } ?? name
    }

    // MARK: - The `query` protocol

    /// Everything that is wrong with a request's parameters by the `query` protocol, where the numbers of a list
    /// follow `member`; empty: it is valid.
    func faults(in parameters: [(name: String, value: String)]) -> [String] {
        var faults: [String] = []
        var tree = Tree()
        for (name, value) in parameters {
            let path = name.split(separator: ".", omittingEmptySubsequences: false)
            if !tree.insert(value, at: path[...]) { faults.append("\(name) is given twice") }
        }
        if tree.parts.removeValue(forKey: "Version")?.value != metadata.apiVersion {
            faults.append("the version is not the model's")
        }
        guard let action = tree.parts.removeValue(forKey: "Action")?.value, let input = operations[action]?.input else {
            return faults + ["there is no such action"]
        }
        check(tree, as: input.shape, named: action, &faults)
        return faults
    }

    private func check(_ tree: Tree, as name: String, named path: String, _ faults: inout [String]) {
        let shape = shapes[name]!
        switch shape.type {
        case "structure":
            if tree.value != nil { faults.append("\(path) is a structure, not a value") }
            let members = Dictionary(
                uniqueKeysWithValues: (shape.members ?? [:]).map { (wireName($0, $1), (name: $0, shape: $1.shape)) })
            for (key, part) in tree.parts {
                if let member = members[key] {
                    check(part, as: member.shape, named: "\(path).\(key)", &faults)
                } else {
                    faults.append("\(path) has no \(key)")
                }
            }
            let given = Set(tree.parts.keys.compactMap { members[$0]?.name })
            for name in shape.required ?? [] where !given.contains(name) { faults.append("\(path) needs \(name)") }
        case "list":
            guard tree.value == nil, Array(tree.parts.keys) == ["member"], let items = tree.parts["member"],
                items.value == nil
            else { return faults.append("\(path) is a list, whose numbers follow `member`") }
            let numbers = items.parts.keys.compactMap { Int($0) }.sorted()
            if numbers != Array(1...max(1, items.parts.count)) {
                faults.append("\(path) is not numbered from 1 without gaps")
            }
            for (key, part) in items.parts { check(part, as: shape.member!.shape, named: "\(path).\(key)", &faults) }
        default: checkScalar(tree, shape, named: path, &faults)
        }
    }

    private func checkScalar(_ tree: Tree, _ shape: Shape, named path: String, _ faults: inout [String]) {
        for key in tree.parts.keys { faults.append("\(path) is a value and has no \(key)") }
        guard let value = tree.value else { return faults.append("\(path) has no value") }
        let isFine =
            switch shape.type {
            case "integer": Int32(value).map(String.init) == value
            case "boolean": value == "true" || value == "false"
            case "double": Double(value) != nil
            case "string": true
            default: false
            }
        if !isFine { faults.append("\(path) is no \(shape.type): \(value)") }
        if let words = shape.enum, !words.contains(value) { faults.append("\(path) cannot be \(value)") }
    }

    private struct Tree {
        var value: String?
        var parts: [String: Tree] = [:]

        /// False: there is a value already.
        mutating func insert(_ value: String, at path: ArraySlice<Substring>) -> Bool {
            guard let first = path.first else {
                defer { self.value = value }
                return self.value == nil
            }
            return parts[String(first), default: Tree()].insert(value, at: path.dropFirst())
        }
    }
}
