import Provisioning

/// A list of types as text: a line for each type, between a head that says whose it is and a last line that proves
/// that nothing is missing.
///
///     muster-types 1
///     place https://ec2.us-east-1.amazonaws.com us-east-1
///     asked 1795260043125000
///     zones us-east-1a us-east-1b
///     m6i.large m6i 2 8192 x86_64 intel 0 - os 3 -
///     g5.xlarge g5 4 16384 x86_64 amd 250 - os 1 1x24xA10G
///     end 2 8c1ba31d9f06dd2e
///
/// Behind its name, family, vCPUs, memory, architecture, maker and local disk: `b` burstable, `m` bare metal, `p` a
/// past generation; its markets; its zones, a bit each; and its GPUs.
enum TypeListText {
    private static let head = "muster-types 1"

    static func text(of list: TypeList, at place: String) -> String {
        let zones = list.entries.reduce(into: Set<String>()) { $0.formUnion($1.zones) }.sorted()
        let bits = Dictionary(uniqueKeysWithValues: zones.prefix(64).enumerated().map { ($1, UInt64(1) << UInt64($0)) })
        var text = "\(head)\nplace \(place)\nasked \(list.askedAt.microseconds)\n"
        text += (["zones"] + zones).joined(separator: " ") + "\n"
        for entry in list.entries { text += line(entry, bits) + "\n" }
        return text + "end \(list.entries.count) \(checksum(text.utf8))\n"
    }

    /// Nil: it is no list, not whole, or of another place.
    ///
    /// As bytes, for to tell where one character of text ends and the next begins takes ten times as long.
    static func read(_ bytes: [UInt8], of place: String) -> TypeList? {
        let newline = UInt8(ascii: "\n")
        guard bytes.last == newline, let end = bytes.dropLast().lastIndex(of: newline) else { return nil }
        let body = bytes[...end]
        let lines = body.split(separator: newline)
        guard lines.count >= 4, text(bytes[(end + 1)...]) == "end \(lines.count - 4) \(checksum(body))\n",
            text(lines[0]) == head, text(lines[1]) == "place \(place)",
            let asked = value("asked", lines[2]).flatMap({ Int64($0) }), let named = value("zones", lines[3])
        else { return nil }
        var places = Places(zones: named.split(separator: " ").map(String.init))
        var entries: [TypeList.Entry] = []
        entries.reserveCapacity(lines.count - 4)
        for line in lines.dropFirst(4) {
            guard let entry = entry(line, &places) else { return nil }
            entries.append(entry)
        }
        return TypeList(askedAt: Timestamp(microseconds: asked), entries: entries)
    }

    /// Sets of zones by their bits, each made once: most types are in the same ones.
    private struct Places {
        let zones: [String]
        private var known: [UInt64: Set<String>] = [:]

        init(zones: [String]) { self.zones = zones }

        mutating func zones(_ bits: UInt64) -> Set<String> {
            if let known = known[bits] { return known }
            let set = Set(zones.indices.filter { bits >> UInt64($0) & 1 == 1 }.map { zones[$0] })
            known[bits] = set
            return set
        }
    }

    // MARK: - Lines

    private static func line(_ entry: TypeList.Entry, _ bits: [String: UInt64]) -> String {
        let type = entry.type
        let flags = (type.isBurstable ? "b" : "") + (type.isBareMetal ? "m" : "") + (entry.isCurrent ? "" : "p")
        let markets = (entry.markets.contains(.onDemand) ? "o" : "") + (entry.markets.contains(.spot) ? "s" : "")
        let zones = entry.zones.reduce(UInt64(0)) { $0 | (bits[$1] ?? 0) }
        return [
            type.name, type.family, "\(type.vcpus)", "\(type.memoryMiB)", type.architecture.rawValue, type.maker,
            "\(type.localDiskGiB)", flags.isEmpty ? "-" : flags, markets.isEmpty ? "-" : markets,
            String(zones, radix: 16), type.gpu.map { "\($0.count)x\($0.memoryGiB)x\($0.name)" } ?? "-",
        ].joined(separator: " ")
    }

    private static func entry(_ line: ArraySlice<UInt8>, _ places: inout Places) -> TypeList.Entry? {
        let words = line.split(separator: UInt8(ascii: " "), maxSplits: 10, omittingEmptySubsequences: false)
        guard words.count == 11, let vcpus = number(words[2]), let memory = number(words[3]),
            let architecture = Architecture(rawValue: text(words[4])), let disk = number(words[6]),
            let bits = UInt64(text(words[9]), radix: 16)
        else { return nil }
        func has(_ flag: Unicode.Scalar, in word: Int) -> Bool { words[word].contains(UInt8(ascii: flag)) }
        var type = MachineType(
            name: text(words[0]), family: text(words[1]), vcpus: vcpus, memoryMiB: memory,
            architecture: architecture, maker: text(words[5]), localDiskGiB: disk,
            isBurstable: has("b", in: 7), isBareMetal: has("m", in: 7))
        if words[10] != [UInt8(ascii: "-")] {
            let gpu = words[10].split(separator: UInt8(ascii: "x"), maxSplits: 2)
            guard gpu.count == 3, let count = number(gpu[0]), let memory = number(gpu[1]) else { return nil }
            type.gpu = .init(name: text(gpu[2]), count: count, memoryGiB: memory)
        }
        var markets: Set<Market> = []
        if has("o", in: 8) { markets.insert(.onDemand) }
        if has("s", in: 8) { markets.insert(.spot) }
        return TypeList.Entry(type, isCurrent: !has("p", in: 7), markets: markets, zones: places.zones(bits))
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
    private static func number(_ bytes: ArraySlice<UInt8>) -> Int? { Int(text(bytes)) }

    private static func value(_ key: String, _ line: ArraySlice<UInt8>) -> Substring? {
        let line = text(line)
        return line.hasPrefix(key) ? line.dropFirst(key.count).drop { $0 == " " } : nil
    }

    /// FNV-1a; against damage, not against anybody.
    private static func checksum(_ bytes: some Sequence<UInt8>) -> String {
        String(bytes.reduce(UInt64(0xCBF2_9CE4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }, radix: 16)
    }
}
