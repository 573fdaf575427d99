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
        let positions = Positions(below)
        for field in above {
            if let index = positions.find(field.name, in: below) {
                result[index] = field.holding(field.value.merged(over: result[index].value))
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
            let positions = Positions(theirs)
            return mine.count == theirs.count
                && mine.allSatisfy { field in
                    guard let index = positions.find(field.name, in: theirs) else { return false }
                    return field.value.says(theSameAs: theirs[index].value)
                }
        default: return false
        }
    }

    /// This map with another value for one of its fields, which keeps its key's place.
    package func setting(_ key: String, to value: Layered) -> Layered {
        guard let fields else { return self }
        return Layered(.fields(fields.map { $0.key == key ? $0.holding(value) : $0 }), origin)
    }

    /// This map without some of its fields.
    package func without(_ keys: String...) -> Layered { without(keys) }

    package func without(_ keys: [String]) -> Layered {
        guard let fields else { return self }
        return Layered(.fields(fields.filter { !keys.contains($0.key) }), origin)
    }
}

// MARK: - Other names

extension Layered {
    /// The same map with every field under its own name, so that layers which spell a field differently still
    /// meet; keys that name no field stay as they are.
    ///
    /// Two names for one field with different values are an error that names both places.
    package func underOwnNames(_ names: FieldNames) -> (map: Layered, diagnostics: [Diagnostic]) {
        guard let cell = written, kind == .map else { return (self, []) }
        let tree = source.tree
        var result: [Field] = []
        result.reserveCapacity(tree.count(of: cell))
        var diagnostics: [Diagnostic] = []
        for (key, value) in tree.pairs(of: cell) {
            guard let number = names.number(of: key, in: tree) else {
                result.append(Field(source, key: key, value: value))
                continue
            }
            let field = Field(source, key: key, value: value, named: number, among: names)
            // Only a field with other names can come up twice.
            if !names.all[number].others.isEmpty, let twin = result.firstIndex(where: { $0.name == field.name }) {
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
        let positions = Positions(theirs)
        return mine.flatMap { field -> [Diagnostic] in
            guard let index = positions.find(field.name, in: theirs) else { return [] }
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
