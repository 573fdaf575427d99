import Provisioning

extension Layered {
    /// This value laid over a lower one: maps merge field by field, lists and scalars replace, null clears.
    ///
    /// A cleared field stays, as null, with the place of who cleared it, so that its origin can be told.
    package func merged(over lower: Layered) -> Layered {
        guard let above = fields, let below = lower.fields else { return self }
        if above.isEmpty { return lower }
        if below.isEmpty { return self }
        var result = below
        result.reserveCapacity(below.count + above.count)
        var position = Positions(below)
        for field in above {
            if let index = position[field.name] {
                let value = field.value.merged(over: result[index].value)
                result[index] = Field(field.name, value: value, keyNode: field.keyNode)
            } else {
                result.append(field)
            }
        }
        return Layered(.fields(result), origin)
    }

    /// Whether two values say the same, wherever they say it.
    package func says(theSameAs other: Layered) -> Bool {
        switch (kind, other.kind) {
        case (.scalar, .scalar): return isNull == other.isNull && (isNull || text == other.text)
        case (.list, .list):
            let mine = items ?? [], theirs = other.items ?? []
            return mine.count == theirs.count && zip(mine, theirs).allSatisfy { $0.says(theSameAs: $1) }
        case (.map, .map):
            let mine = fields ?? [], theirs = other.fields ?? []
            var position = Positions(theirs)
            return mine.count == theirs.count
                && mine.allSatisfy { field in
                    position[field.name].map { field.value.says(theSameAs: theirs[$0].value) } ?? false
                }
        default: return false
        }
    }

    /// This map with another value for one of its fields, which keeps its key's place.
    package func setting(_ key: String, to value: Layered) -> Layered {
        guard let fields else { return self }
        return Layered(
            .fields(fields.map { $0.key == key ? Field($0.name, value: value, keyNode: $0.keyNode) : $0 }), origin)
    }

    /// This map without some of its fields.
    package func without(_ keys: String...) -> Layered {
        guard let fields else { return self }
        return Layered(.fields(fields.filter { !keys.contains($0.key) }), origin)
    }
}

/// Where fields stand in a map: by a look along it while it is short, by a table once it is long.
struct Positions {
    private let digests: [UInt64]
    private let fields: [Layered.Field]
    private lazy var table = Dictionary(
        fields.enumerated().map { ($1.key, $0) }, uniquingKeysWith: { first, _ in first })

    init(_ fields: [Layered.Field]) {
        self.fields = fields
        digests = fields.count <= 64 ? fields.map(\.name.digest) : []
    }

    subscript(key: FieldKey) -> Int? {
        mutating get {
            if fields.count > 64 { return table[key.text] }
            for index in digests.indices where digests[index] == key.digest && fields[index].key == key.text {
                return index
            }
            return nil
        }
    }
}

// MARK: - Other names

/// The names a kind of map knows its fields by.
package struct FieldNames: Sendable {
    package let all: [FieldName]
    private var byDigest: [UInt64: Int] = [:]

    package init(_ names: [FieldName]) {
        all = names
        for (index, name) in names.enumerated() {
            for key in name.keys {
                precondition(byDigest.updateValue(index, forKey: key.digest) == nil, "`\(key.text)` names two fields")
            }
        }
    }

    func name(of node: Node, _ digest: UInt64) -> FieldName? {
        guard let index = byDigest[digest] else { return nil }
        let name = all[index]
        return name.keys.contains { $0.digest == digest && node.says($0.text) } ? name : nil
    }

    package func name(of key: String) -> FieldName? {
        let key = FieldKey(key)
        return byDigest[key.digest].map { all[$0] }.flatMap { $0.all.contains(key.text) ? $0 : nil }
    }
}

extension Layered {
    /// The same map with every field under its own name, so that layers which spell a field differently still
    /// meet; keys that name no field stay as they are.
    ///
    /// Two names for one field with different values are an error that names both places.
    package func underOwnNames(_ names: FieldNames) -> (map: Layered, diagnostics: [Diagnostic]) {
        guard case .node(let node) = content, node.kind == .map else { return (self, []) }
        var result: [Field] = []
        result.reserveCapacity(node.count)
        var diagnostics: [Diagnostic] = []
        for written in node.fields {
            let digest = written.keyNode.digest
            let value = Layered(written.value, layer: layer)
            guard let name = names.name(of: written.keyNode, digest) else {
                let key = FieldKey(text: written.key, digest: digest)
                result.append(Field(key, value: value, keyNode: written.keyNode))
                continue
            }
            let field = Field(name.keys[0], value: value, keyNode: written.keyNode)
            // Only a field with other names can come up twice.
            if name.keys.count > 1, let twin = result.firstIndex(where: { $0.isNamed(name.keys[0]) }) {
                if let clash = clash(result[twin], field) { diagnostics.append(clash) }
            } else {
                result.append(field)
            }
        }
        return (Layered(.fields(result), origin), diagnostics)
    }
}

extension Layered {
    /// Fields that this map and another say differently, those of maps within them one by one.
    package func clashes(with other: Layered) -> [Diagnostic] {
        guard let mine = fields, let theirs = other.fields else { return [] }
        var position = Positions(theirs)
        return mine.flatMap { field -> [Diagnostic] in
            guard let index = position[field.name] else { return [] }
            if field.value.kind == .map, theirs[index].value.kind == .map {
                return field.value.clashes(with: theirs[index].value)
            }
            return clash(theirs[index], field).map { [$0] } ?? []
        }
    }
}

/// What to say if two names of one field are given different values.
func clash(_ first: Layered.Field, _ second: Layered.Field) -> Diagnostic? {
    if first.value.says(theSameAs: second.value) { return nil }
    return Diagnostic(
        .error, "field.clash", "`\(first.writtenKey)` and `\(second.writtenKey)` name the same field but differ",
        at: second.keyPlace, hint: "keep one; the other is at \(first.value.place?.description ?? first.value.layer)")
}
