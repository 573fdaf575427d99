import Provisioning

/// Puts a compiled catalog together.
struct CompiledWriter {
    private var head = CompiledHead()
    private var body = ByteWriter()
    private var summaries = SummaryWriter()
    private var index: [(digest: UInt64, offset: Int, count: Int)] = []

    init(key: [UInt8], sources: Directories, at moment: Timestamp) {
        head.compiledAt = moment.microseconds
        head.key = add(key)
        head.sources = add(sources.compiled)
    }

    mutating func add(_ resolved: ResolvedTemplate) {
        head.templates += 1
        summaries.put(TemplateSummary(resolved))
        guard let record = resolved.compiled() else { return }
        let offset = body.bytes.count
        body.put(record.withUnsafeBytes { checksum($0) })
        body.put(raw: record)
        index.append((CompiledCatalog.digest(of: resolved.template.id), offset, 8 + record.count))
    }

    /// What templates were put together from besides the sources, known when all have been.
    mutating func add(_ beside: FilesBeside, contents: [UInt64]) {
        head.beside = add(beside.compiled)
        head.contents = add(CompiledCatalog.bytes(of: contents))
    }

    /// The parts of the file, to be written one after the other.
    mutating func finish(_ diagnostics: [Diagnostic], _ texts: [(name: String, text: String)]) throws -> [[UInt8]] {
        var names = ByteWriter()
        names.put(UInt32(texts.count))
        for (name, text) in texts {
            names.put(name)
            names.put(add(Array(text.utf8)))
        }
        head.texts = add(names.bytes)
        head.diagnostics = add(try diagnostics.compiled())
        head.listing = add(summaries.bytes)
        var table = ByteWriter()
        for entry in index.sorted(by: { $0.digest < $1.digest }) {
            table.put(entry.digest)
            table.put(Int64(entry.offset + CompiledHead.firstSection))
            table.put(Int64(entry.count))
        }
        head.index = add(table.bytes)
        head.fileSize = CompiledHead.firstSection + body.bytes.count
        var start = ByteWriter()
        start.put(raw: head.bytes)
        start.put(UInt64(0))
        start.put(head.compiledAt)
        return [start.bytes, body.bytes]
    }

    private mutating func add(_ bytes: [UInt8]) -> CompiledHead.Section {
        let offset = body.bytes.count
        body.put(raw: bytes)
        return CompiledHead.Section(
            offset: CompiledHead.firstSection + offset, count: bytes.count,
            sum: bytes.withUnsafeBytes { checksum($0) })
    }
}
