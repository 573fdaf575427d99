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
    static func read(_ bytes: [UInt8], of place: String) -> TypeList? {
        let text = String(decoding: bytes, as: UTF8.self)
        guard text.hasSuffix("\n"), let end = text.dropLast().lastIndex(of: "\n") else { return nil }
        let body = text[...end]
        let lines = body.split(separator: "\n", omittingEmptySubsequences: true)
        guard text[text.index(after: end)...] == "end \(lines.count - 4) \(checksum(body.utf8))\n", lines.count >= 4,
            lines[0] == head, lines[1] == "place \(place)", let asked = value("asked", lines[2]).flatMap({ Int64($0) }),
            let named = value("zones", lines[3])
        else { return nil }
        let zones = named.split(separator: " ").map(String.init)
        var entries: [TypeList.Entry] = []
        entries.reserveCapacity(lines.count - 4)
        for line in lines.dropFirst(4) {
            guard let entry = entry(line, zones) else { return nil }
            entries.append(entry)
        }
        return TypeList(askedAt: Timestamp(microseconds: asked), entries: entries)
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

    private static func entry(_ line: Substring, _ zones: [String]) -> TypeList.Entry? {
        let words = line.utf8.split(separator: UInt8(ascii: " "), maxSplits: 10, omittingEmptySubsequences: false).map {
            Substring($0)
        }
        guard words.count == 11, let vcpus = Int(words[2]), let memory = Int(words[3]),
            let architecture = Architecture(rawValue: String(words[4])), let disk = Int(words[6]),
            let bits = UInt64(words[9], radix: 16)
        else { return nil }
        var type = MachineType(
            name: String(words[0]), family: String(words[1]), vcpus: vcpus, memoryMiB: memory,
            architecture: architecture, maker: String(words[5]), localDiskGiB: disk,
            isBurstable: words[7].contains("b"), isBareMetal: words[7].contains("m"))
        if words[10] != "-" {
            let gpu = words[10].split(separator: "x", maxSplits: 2)
            guard gpu.count == 3, let count = Int(gpu[0]), let memory = Int(gpu[1]) else { return nil }
            type.gpu = .init(name: String(gpu[2]), count: count, memoryGiB: memory)
        }
        let markets = Market.allCases.filter { words[8].contains($0 == .spot ? "s" : "o") }
        return TypeList.Entry(
            type, isCurrent: !words[7].contains("p"), markets: Set(markets),
            zones: Set(zones.indices.filter { bits >> UInt64($0) & 1 == 1 }.map { zones[$0] }))
    }

    private static func value(_ key: String, _ line: Substring) -> Substring? {
        line.hasPrefix(key) ? line.dropFirst(key.count).drop { $0 == " " } : nil
    }

    /// FNV-1a; against damage, not against anybody.
    private static func checksum(_ bytes: some Sequence<UInt8>) -> String {
        String(bytes.reduce(UInt64(0xCBF2_9CE4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }, radix: 16)
    }
}
