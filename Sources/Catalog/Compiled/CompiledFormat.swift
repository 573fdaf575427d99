/// How a compiled catalog lies in its file; all numbers are little-endian.
///
/// The head has a checksum of its own, and holds those of the sections. Each template's record has one too, so that
/// who wants one template reads no more than the head, what the catalog was made from, a few pages of the index and
/// the record. The index needs none: a record says itself whose it is.
struct CompiledHead: Equatable {
    /// Raised with every change of the format. The program's identity is part of the key as well.
    static let version: UInt64 = 3
    private static let magic: UInt64 = 0x3154_4143_5453_554D

    struct Section: Equatable {
        var offset = 0
        var count = 0
        var sum: UInt64 = 0
    }

    var fileSize = 0
    /// When the files were looked at, in microseconds.
    var compiledAt: Int64 = 0
    var templates = 0
    /// Whose answers these are: the program, the settings.
    var key = Section()
    /// The directories and files, as `Directories` writes them.
    var sources = Section()
    /// The files that templates name, as `FilesBeside` writes them.
    var beside = Section()
    /// The sum of each file's content, those that templates name last.
    var contents = Section()
    /// All warnings of the listing, then its rows.
    var diagnostics = Section()
    var listing = Section()
    /// Names, offsets, lengths and sums of the texts that the listing is written as.
    var texts = Section()
    /// Digest, offset and length of each record, in the order of the digests; without a sum.
    var index = Section()

    static let size = 8 * 5 + 8 * 24 + 8
    /// Behind the head, changed in place by whoever reads, and so under no checksum.
    static let hitsOffset = size
    static let checkedAtOffset = size + 8
    static let firstSection = size + 16
    static let indexEntrySize = 24

    var bytes: [UInt8] {
        var writer = ByteWriter()
        writer.put(CompiledHead.magic)
        writer.put(CompiledHead.version)
        writer.put(Int64(fileSize))
        writer.put(compiledAt)
        writer.put(Int64(templates))
        for section in [key, sources, beside, contents, diagnostics, listing, texts, index] {
            writer.put(section)
        }
        writer.put(writer.bytes.withUnsafeBytes { checksum($0) })
        return writer.bytes
    }

    /// Nil: it is no such file, or a part of one.
    init?(_ file: UnsafeRawBufferPointer) {
        guard file.count >= CompiledHead.firstSection else { return nil }
        let summed = UnsafeRawBufferPointer(rebasing: file[..<(CompiledHead.size - 8)])
        var reader = ByteReader(UnsafeRawBufferPointer(rebasing: file[..<CompiledHead.size]))
        guard reader.number(UInt64.self) == CompiledHead.magic, reader.number(UInt64.self) == CompiledHead.version
        else { return nil }
        fileSize = Int(reader.number(Int64.self))
        compiledAt = reader.number()
        templates = Int(reader.number(Int64.self))
        key = reader.section()
        sources = reader.section()
        beside = reader.section()
        contents = reader.section()
        diagnostics = reader.section()
        listing = reader.section()
        texts = reader.section()
        index = reader.section()
        guard reader.number(UInt64.self) == checksum(summed), fileSize == file.count else { return nil }
    }

    init() {}
}

extension ByteWriter {
    mutating func put(_ section: CompiledHead.Section) {
        put(Int64(section.offset))
        put(Int64(section.count))
        put(section.sum)
    }
}

extension ByteReader {
    mutating func section() -> CompiledHead.Section {
        CompiledHead.Section(offset: Int(number(Int64.self)), count: Int(number(Int64.self)), sum: number())
    }
}
