import Provisioning

// The listing of a compiled catalog: every text once, then a row a template. What a row holds is said in two places,
// below each other; what is added to a summary is added to both.

/// Writes rows.
struct SummaryWriter {
    private var table = TextTable()
    private var rows = ByteWriter()
    private var count: UInt32 = 0

    mutating func put(_ summary: TemplateSummary) {
        count += 1
        put(summary.id.text)
        put(summary.name)
        put(summary.description)
        put(summary.cloud.text)
        put(summary.account?.text)
        put(summary.api?.text)
        rows.put(UInt32(summary.types.count))
        for type in summary.types { put(type) }
        rows.put(summary.limit != nil)
        rows.put(Int64(summary.limit ?? 0))
        rows.put(summary.isActive)
        put(summary.place.file)
        rows.put(UInt32(truncatingIfNeeded: summary.place.line))
        rows.put(UInt32(truncatingIfNeeded: summary.place.column))
    }

    private mutating func put(_ text: String) { rows.put(table.number(of: text)) }

    private mutating func put(_ text: String?) { rows.put(text.map { table.number(of: $0) + 1 } ?? 0) }

    var bytes: [UInt8] {
        var all = ByteWriter()
        all.put(UInt32(table.texts.count))
        for text in table.texts { all.put(text) }
        all.put(count)
        all.put(raw: rows.bytes)
        return all.bytes
    }
}

/// Reads them back.
struct SummaryReader {
    private var reader: ByteReader
    private var texts: [String] = []

    /// Nil: they are damaged.
    static func summaries(_ bytes: UnsafeRawBufferPointer) -> [TemplateSummary]? {
        var reader = SummaryReader(bytes)
        return reader.all()
    }

    private init(_ bytes: UnsafeRawBufferPointer) {
        reader = ByteReader(bytes)
        let count = reader.count()
        texts.reserveCapacity(count)
        for _ in 0..<count { texts.append(reader.text()) }
    }

    private mutating func all() -> [TemplateSummary]? {
        let count = reader.count()
        var summaries: [TemplateSummary] = []
        summaries.reserveCapacity(count)
        for _ in 0..<count where !reader.isDamaged { summaries.append(summary()) }
        return reader.isDamaged || !reader.isAtEnd ? nil : summaries
    }

    private mutating func summary() -> TemplateSummary {
        TemplateSummary(
            id: Template.ID(text()), name: optionalText(), description: optionalText(), cloud: CloudName(text()),
            account: optionalText().map { AccountName($0) }, api: optionalText().map { APIName($0) }, types: list(),
            limit: limit(),
            isActive: reader.bool(),
            place: Place(file: text(), line: Int(reader.number(UInt32.self)), column: Int(reader.number(UInt32.self))))
    }

    private mutating func text() -> String { text(number: reader.number()) }

    private mutating func optionalText() -> String? {
        let number = reader.number(UInt32.self)
        return number == 0 ? nil : text(number: number - 1)
    }

    /// A number that stands for nothing is damage that the checksum let through, which does not happen.
    private func text(number: UInt32) -> String { number < texts.count ? texts[Int(number)] : "" }

    private mutating func list() -> [String] { (0..<reader.count()).map { _ in text() } }

    private mutating func limit() -> Int? {
        let isGiven = reader.bool(), limit = Int(reader.number(Int64.self))
        return isGiven ? limit : nil
    }
}
