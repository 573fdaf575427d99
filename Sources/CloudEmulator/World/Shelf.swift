/// What a world is made of: it is saved as a whole, or as that of it which has changed.
///
/// Most parts are small and change as a whole. Those that hold shelves say how these take a change.
package protocol WorldPart: Codable, Sendable {
    /// Becomes what a later state is, of which only the changes were saved.
    mutating func take(_ change: Self)

    /// From now on nothing has changed.
    mutating func settle()
}

extension WorldPart {
    package mutating func take(_ change: Self) { self = change }
    package mutating func settle() {}
}

/// Things by their names, of which it is known which have changed.
package struct Shelf<Value: WorldPart>: Sendable, ExpressibleByDictionaryLiteral {
    private var things: [String: Value] = [:]
    /// The names of those that were put here, changed or taken away.
    private var changed: Set<String> = []

    package init(dictionaryLiteral things: (String, Value)...) {
        for (name, thing) in things { self[name] = thing }
    }

    package subscript(name: String) -> Value? {
        get { things[name] }
        _modify {
            changed.insert(name)
            yield &things[name]
        }
    }

    package subscript(name: String, default value: @autoclosure () -> Value) -> Value {
        get { things[name] ?? value() }
        _modify {
            changed.insert(name)
            yield &things[name, default: value()]
        }
    }

    package mutating func removeAll(where isMeant: (Value) -> Bool) {
        for (name, _) in things.filter({ isMeant($0.value) }) { self[name] = nil }
    }

    package var keys: Dictionary<String, Value>.Keys { things.keys }
    package var values: Dictionary<String, Value>.Values { things.values }
}

extension Shelf: Collection {
    package var startIndex: Dictionary<String, Value>.Index { things.startIndex }
    package var endIndex: Dictionary<String, Value>.Index { things.endIndex }
    package var count: Int { things.count }
    package subscript(at: Dictionary<String, Value>.Index) -> (key: String, value: Value) { things[at] }
    package func index(after at: Dictionary<String, Value>.Index) -> Dictionary<String, Value>.Index {
        things.index(after: at)
    }
}

// MARK: - Saved

extension CodingUserInfoKey {
    /// Whether only changes are written or read.
    static let changesOnly = CodingUserInfoKey(rawValue: "changesOnly")!
}

/// Whole, it is a dictionary; of its changes, each name with the thing as it is now, or with null.
extension Shelf: WorldPart {
    package init(from decoder: any Decoder) throws {
        guard decoder.userInfo[.changesOnly] != nil else {
            things = try [String: Value](from: decoder)
            return
        }
        let saved = try [String: Value?](from: decoder)
        things = saved.compactMapValues(\.self)
        changed = Set(saved.keys)
    }

    package func encode(to encoder: any Encoder) throws {
        guard encoder.userInfo[.changesOnly] != nil else { return try things.encode(to: encoder) }
        // The inner nil is written; a name without one would be left out.
        try Dictionary(uniqueKeysWithValues: changed.map { ($0, things[$0]) }).encode(to: encoder)
    }

    package mutating func take(_ change: Self) {
        for name in change.changed {
            guard var thing = change.things[name] else {
                things[name] = nil
                continue
            }
            if things[name] == nil {
                thing.settle()
                things[name] = thing
            } else {
                things[name]?.take(thing)
            }
        }
    }

    package mutating func settle() {
        for name in changed { things[name]?.settle() }
        changed = []
    }
}
