/// The names a kind of map knows its fields by.
package struct FieldNames: Sendable {
    package let all: [FieldName]
    /// The name each is written under.
    let own: [FieldKey]
    private var keys: [(key: FieldKey, number: Int)] = []
    /// Positions in `keys`, each near the slot that the last digits of its digest name; -1: empty. Mostly empty, so
    /// that a look takes one step, and a third of the time of a look into a dictionary, whose hash is a costly one.
    private var slots: [Int16] = []

    package init(_ names: [FieldName]) {
        all = names
        own = names.map(\.own)
        var count = 16
        while count < 4 * names.reduce(0, { $0 + $1.keys.count }) { count *= 2 }
        slots = Array(repeating: -1, count: count)
        for (number, name) in names.enumerated() {
            for key in name.keys {
                precondition(self.name(of: key.text) == nil, "`\(key.text)` names two fields")
                var slot = Int(truncatingIfNeeded: key.digest) & (count - 1)
                while slots[slot] >= 0 { slot = (slot + 1) & (count - 1) }
                slots[slot] = Int16(keys.count)
                keys.append((key, number))
            }
        }
    }

    /// The position of the field that a key names.
    func number(of key: Int, in tree: Tree) -> Int? {
        number(tree.digest(of: key)) { tree.says($0, at: key) }
    }

    package func name(of key: String) -> FieldName? {
        number(FieldKey(key).digest) { $0 == key }.map { all[$0] }
    }

    private func number(_ digest: UInt64, _ isText: (String) -> Bool) -> Int? {
        var slot = Int(truncatingIfNeeded: digest) & (slots.count - 1)
        while slots[slot] >= 0 {
            let index = Int(slots[slot])
            if keys[index].key.digest == digest, isText(keys[index].key.text) { return keys[index].number }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }
}
