/// Where fields stand in a map: by a few digits of their digest while they are few, by a dictionary once they are
/// many.
///
/// A template is asked for each of some two hundred names a field may have, and has thirty: most questions end at an
/// empty slot, without a look at any field.
struct Positions {
    private static let slotsCount = 256
    /// Filled to a quarter at most, so that what is looked for stands where it belongs, or next to it.
    private static let fewMax = slotsCount / 4

    /// A position and one; 0: empty.
    private var slots = InlineArray<256, UInt8>(repeating: 0)
    private var table: [String: Int]?

    /// Of two fields with one name the first is found.
    init(_ fields: [Layered.Field]) {
        if fields.count > Positions.fewMax {
            table = Dictionary(fields.enumerated().map { ($1.key, $0) }, uniquingKeysWith: { first, _ in first })
        } else {
            for index in fields.indices { insert(fields[index].name.digest, index) }
        }
    }

    private mutating func insert(_ digest: UInt64, _ index: Int) {
        var slot = Int(truncatingIfNeeded: digest) & 0xFF
        while slots[slot] != 0 { slot = (slot + 1) & 0xFF }
        slots[slot] = UInt8(index + 1)
    }

    /// Where a field stands among those that the positions were made from.
    func find(_ key: FieldKey, in fields: [Layered.Field]) -> Int? {
        if let table { return table[key.text] }
        var slot = Int(truncatingIfNeeded: key.digest) & 0xFF
        while slots[slot] != 0 {
            let index = Int(slots[slot]) - 1
            if fields[index].name == key { return index }
            slot = (slot + 1) & 0xFF
        }
        return nil
    }
}
