import Provisioning

extension TreeBuilder {
    /// Tells most keys apart without looking at their bytes: the length, and four bytes from each end.
    struct Signature {
        var digest: UInt64
        var cell: Int
    }

    private func signature(of key: Int) -> Signature {
        let cell = cells[target(key)]
        let start = Int(cell.start), length = Int(cell.length)
        var digest = UInt64(length)
        for offset in 0..<min(4, length) {
            digest = digest << 7 ^ UInt64(text[start + offset])
            digest = digest << 7 ^ UInt64(text[start + length - 1 - offset])
        }
        return Signature(digest: digest, cell: key)
    }

    /// Of all the bytes, and different in every process: a long map whose keys only look different in the middle,
    /// by chance or on purpose, must not be compared key by key.
    private func hash(of key: Int) -> Int {
        let cell = cells[target(key)]
        let start = Int(cell.start)
        var hasher = Hasher()
        text.withUnsafeBytes { text in
            hasher.combine(bytes: UnsafeRawBufferPointer(rebasing: text[start..<start + Int(cell.length)]))
        }
        return hasher.finalize()
    }

    private func areSame(_ a: Int, _ b: Int) -> Bool {
        let a = cells[target(a)], b = cells[target(b)]
        guard a.length == b.length else { return false }
        return text[Int(a.start)..<Int(a.start + a.length)].elementsEqual(text[Int(b.start)..<Int(b.start + b.length)])
    }

    /// Reports keys given twice and takes all but the first out of the map, so that nobody stumbles over them again.
    mutating func findDuplicates(in map: Int) {
        var twins: Set<Int> = []
        signatures.removeAll(keepingCapacity: true)
        var key = Int(cells[map].start)
        while key != 0 {
            signatures.append(signature(of: key))
            key = Int(cells[Int(cells[key].next)].next)
        }
        if signatures.count <= 48 {
            for later in 1..<signatures.count {
                let digest = signatures[later].digest
                for earlier in 0..<later
                where signatures[earlier].digest == digest && areSame(signatures[earlier].cell, signatures[later].cell)
                {
                    reportDuplicate(signatures[later].cell, first: signatures[earlier].cell)
                    twins.insert(signatures[later].cell)
                    break
                }
            }
        } else {
            var first: [Int: [Int]] = [:]
            first.reserveCapacity(signatures.count)
            for key in signatures.lazy.map(\.cell) {
                let hash = hash(of: key)
                if let twin = first[hash]?.first(where: { areSame($0, key) }) {
                    reportDuplicate(key, first: twin)
                    twins.insert(key)
                } else {
                    first[hash, default: []].append(key)
                }
            }
        }
        if !twins.isEmpty { link(signatures.map(\.cell).filter { !twins.contains($0) }, into: map) }
    }

    private mutating func reportDuplicate(_ key: Int, first: Int) {
        let cell = cells[target(key)]
        let name = String(decoding: text[Int(cell.start)..<Int(cell.start + cell.length)], as: UTF8.self).shortened
        diagnostics.append(
            Diagnostic(
                .error, "yaml.duplicate-key", "`\(name)` is given twice in one map", at: place(of: cells[key]),
                hint: "the first one is at \(place(of: cells[first]))"))
    }

    /// Takes the merge key out of a map and puts in, behind its own fields, those of the maps it names that
    /// the map has not itself.
    mutating func merge(into map: Int) throws(Unparsed) {
        var own: [Int] = []
        var sources: [Int] = []
        var key = Int(cells[map].start)
        while key != 0 {
            let value = Int(cells[key].next), following = Int(cells[value].next)
            if isMergeKey(key) { sources += try mergeSources(target(value)) } else { own.append(key) }
            key = following
        }
        var known = Dictionary(grouping: own) { hash(of: $0) }
        for source in sources {
            var key = Int(cells[source].start)
            while key != 0 {
                let value = Int(cells[key].next)
                let hash = hash(of: key)
                if known[hash]?.contains(where: { areSame($0, key) }) != true {
                    own.append(try copy(of: key, value: value))
                    known[hash, default: []].append(key)
                }
                key = Int(cells[value].next)
            }
        }
        link(own, into: map)
    }

    /// Makes these the fields of a map, in this order.
    private mutating func link(_ keys: [Int], into map: Int) {
        cells[map].start = UInt32(keys.first ?? 0)
        cells[map].length = UInt32(keys.count)
        for (position, key) in keys.enumerated() {
            cells[Int(cells[key].next)].next = position + 1 < keys.count ? UInt32(keys[position + 1]) : 0
        }
    }

    private func isMergeKey(_ key: Int) -> Bool {
        let cell = cells[key]
        return cell.kind == .scalar && cell.isPlain && cell.length == 2 && text[Int(cell.start)] == 0x3C
            && text[Int(cell.start) + 1] == 0x3C
    }

    private func mergeSources(_ value: Int) throws(Unparsed) -> [Int] {
        switch cells[value].kind {
        case .map: return [value]
        case .list:
            var maps: [Int] = []
            var item = Int(cells[value].start)
            while item != 0 {
                guard cells[target(item)].kind == .map else { break }
                maps.append(target(item))
                item = Int(cells[item].next)
            }
            if item == 0 { return maps }
        case .scalar, .alias: break
        }
        throw unparsed("yaml.syntax", "`<<` takes a map, or a list of maps", cells[value])
    }

    /// A second pair of cells for a field of another map; a cell can stand in one chain only.
    private mutating func copy(of key: Int, value: Int) throws(Unparsed) -> Int {
        var keyCell = Cell(.alias, line: Int(cells[key].line), column: Int(cells[key].column))
        keyCell.start = UInt32(target(key))
        var valueCell = Cell(.alias, line: Int(cells[value].line), column: Int(cells[value].column))
        valueCell.start = UInt32(target(value))
        try expand(by: 1 + size(of: target(value)), keyCell)
        let index = cells.count
        keyCell.next = UInt32(index + 1)
        cells.append(keyCell)
        cells.append(valueCell)
        // The two new cells are themselves counted.
        expansion += 2
        return index
    }

    /// How many values stand under one, aliases written out; bounded, for `expand` was called for each of them.
    private func size(of index: Int) -> Int {
        let cell = cells[index]
        guard cell.kind == .list || cell.kind == .map else { return 1 }
        var total = 1
        var child = Int(cell.start)
        while child != 0 {
            total += size(of: target(child))
            child = Int(cells[child].next)
        }
        return total
    }
}
