/// The launches of a region, in their order, of which it is known which have changed.
package struct Reservations: Sendable, ExpressibleByArrayLiteral {
    private var all: [Reservation] = []
    /// By sequence, those that were added, changed or taken away.
    private var changed: Set<Int> = []

    package init(arrayLiteral reservations: Reservation...) {
        for reservation in reservations { append(reservation) }
    }

    package mutating func append(_ reservation: Reservation) {
        changed.insert(reservation.sequence)
        all.append(reservation)
    }

    package mutating func removeAll(where isMeant: (Reservation) -> Bool) {
        for reservation in all where isMeant(reservation) { changed.insert(reservation.sequence) }
        all.removeAll(where: isMeant)
    }

    /// The first from a sequence on; the end: there is none.
    func place(of sequence: Int) -> Int {
        all.placeInOrder { $0.sequence >= sequence } ?? all.endIndex
    }
}

extension Reservations: RandomAccessCollection, MutableCollection {
    package var startIndex: Int { 0 }
    package var endIndex: Int { all.endIndex }

    package subscript(at: Int) -> Reservation {
        get { all[at] }
        _modify {
            changed.insert(all[at].sequence)
            yield &all[at]
        }
    }
}

// MARK: - Saved

/// Whole, it is a list; of its changes, a shelf by sequence.
extension Reservations: WorldPart {
    package init(from decoder: any Decoder) throws {
        guard decoder.userInfo[.changesOnly] != nil else {
            all = try [Reservation](from: decoder)
            return
        }
        let saved = try [String: Reservation?](from: decoder)
        all = saved.values.compactMap(\.self).sorted { $0.sequence < $1.sequence }
        changed = Set(saved.keys.compactMap { Int($0) })
    }

    package func encode(to encoder: any Encoder) throws {
        guard encoder.userInfo[.changesOnly] != nil else { return try all.encode(to: encoder) }
        var saved: [String: Reservation?] = [:]
        for sequence in changed {
            let at = place(of: sequence)
            saved.updateValue(at < endIndex && all[at].sequence == sequence ? all[at] : nil, forKey: "\(sequence)")
        }
        try saved.encode(to: encoder)
    }

    package mutating func take(_ change: Self) {
        let gone = change.changed.subtracting(change.all.map(\.sequence))
        if !gone.isEmpty { all.removeAll { gone.contains($0.sequence) } }
        for reservation in change.all {
            let at = place(of: reservation.sequence)
            if at < endIndex, all[at].sequence == reservation.sequence {
                all[at] = reservation
            } else {
                all.insert(reservation, at: at)
            }
        }
    }

    package mutating func settle() { changed = [] }
}

extension RandomAccessCollection where Index == Int {
    /// The place in a sorted list from which on something holds; nil: it never does.
    func placeInOrder(from holds: (Element) -> Bool) -> Int? {
        var low = startIndex, high = endIndex
        while low < high {
            let middle = (low + high) / 2
            if holds(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low < endIndex ? low : nil
    }
}
