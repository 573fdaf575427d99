import Glibc
import Provisioning
import Synchronization

/// A catalog that was worked out by an earlier process, mapped from its file.
///
/// Made only where it is sure to be that of the files as they are now; whatever is read from it is checked.
final class CompiledCatalog: Sendable {
    private let file: MappedFile
    private let head: CompiledHead

    init(file: MappedFile, head: CompiledHead) {
        self.file = file
        self.head = head
    }

    /// Why a file cannot be used, for a person.
    struct Unusable: Error {
        var why: String
        static let missing = Unusable(why: "there is none")
        static let damaged = Unusable(why: "it is damaged")
    }

    var byteCount: Int { file.bytes.count }
    var templateCount: Int { head.templates }
    var compiledAt: Timestamp { Timestamp(microseconds: head.compiledAt) }
    var hits: UInt64 { counter(at: CompiledHead.hitsOffset) }
    var checkedAt: Timestamp { Timestamp(microseconds: Int64(bitPattern: counter(at: CompiledHead.checkedAtOffset))) }

    /// - Throws: `Unusable` if it is none, or others may have written it.
    static func open(_ path: String) throws(Unusable) -> CompiledCatalog {
        guard let file = MappedFile(path) else { throw .missing }
        guard file.owner == geteuid(), file.mode & 0o022 == 0 else { throw Unusable(why: "others may have written it") }
        guard let head = CompiledHead(file.bytes) else { throw .damaged }
        return CompiledCatalog(file: file, head: head)
    }

    // MARK: - Whether it is still true

    /// - Throws: `Unusable` if anything differs that an answer depends on.
    func check(key: [UInt8], found: Directories, _ references: References, now: Timestamp) throws(Unusable) {
        guard let ours = section(head.key), let sources = section(head.sources), let beside else { throw .damaged }
        guard haveSameBytes(ours, key) else { throw Unusable(why: "another program or other settings made it") }
        guard now.microseconds >= head.compiledAt else { throw Unusable(why: "it is from the future") }
        guard found.troubles.isEmpty, found.fileTroubles.isEmpty, haveSameBytes(sources, found.compiled) else {
            guard let before = Directories(compiled: sources) else { throw .damaged }
            throw Unusable(why: before.difference(to: found))
        }
        if let why = beside.difference(to: beside.again(references)) { throw Unusable(why: why) }
    }

    /// The files that templates name, as they were. Nil: damaged.
    private var beside: FilesBeside? { section(head.beside).flatMap { FilesBeside(compiled: $0) } }

    func isDueForCloserLook(after timeToLive: Duration, now: Timestamp) -> Bool {
        let last = max(checkedAt, compiledAt)
        return now < last || now - last >= timeToLive
    }

    /// Reads all files, for changes that their identity does not show.
    func hasContents(of found: Directories) -> Bool {
        guard let kept = section(head.contents), let sums = found.contentSums(), let more = beside?.contentSums()
        else { return false }
        return haveSameBytes(kept, CompiledCatalog.bytes(of: sums + more))
    }

    static func bytes(of sums: [UInt64]) -> [UInt8] {
        var writer = ByteWriter()
        for sum in sums { writer.put(sum) }
        return writer.bytes
    }

    // MARK: - Answers

    /// Nil: it is not in here, or damaged.
    func template(_ id: Template.ID) -> ResolvedTemplate? {
        let digest = CompiledCatalog.digest(of: id)
        guard let index = region(head.index.offset, head.index.count) else { return nil }
        var low = 0, high = index.count / CompiledHead.indexEntrySize
        while low < high {
            let middle = (low + high) / 2
            if entry(middle, index).digest < digest { low = middle + 1 } else { high = middle }
        }
        while low < index.count / CompiledHead.indexEntrySize {
            let entry = entry(low, index)
            if entry.digest != digest { return nil }
            if let record = region(entry.offset, entry.count), record.count > 8 {
                let payload = UnsafeRawBufferPointer(rebasing: record[8...])
                if UInt64(littleEndian: record.loadUnaligned(as: UInt64.self)) == checksum(payload),
                    let template = ResolvedTemplate(compiled: payload, id: id)
                {
                    return template
                }
            }
            low += 1
        }
        return nil
    }

    /// All templates with the warnings of the listing. Nil: damaged.
    func all() -> (templates: [TemplateSummary], diagnostics: [Diagnostic])? {
        guard let warnings = warnings(), let listing = section(head.listing),
            let summaries = SummaryReader.summaries(listing)
        else { return nil }
        return (summaries, warnings)
    }

    /// The warnings of the listing. Nil: damaged.
    private func warnings() -> [Diagnostic]? {
        section(head.diagnostics).flatMap { [Diagnostic](compiled: $0) }
    }

    /// Nil: it was not kept in that form, or is damaged.
    func listing(_ name: String) -> KeptListing? {
        guard let names = section(head.texts), let warnings = warnings() else { return nil }
        var reader = ByteReader(names)
        for _ in 0..<reader.count() {
            let isWanted = reader.text() == name, text = reader.section()
            if isWanted { return section(text).map { KeptListing(file: file, bytes: $0, diagnostics: warnings) } }
        }
        return nil
    }

    static func digest(of id: Template.ID) -> UInt64 {
        var text = id.text
        return text.withUTF8 { checksum(UnsafeRawBufferPointer($0)) }
    }

    private func entry(
        _ number: Int, _ index: UnsafeRawBufferPointer
    ) -> (digest: UInt64, offset: Int, count: Int) {
        let start = number * CompiledHead.indexEntrySize
        func word(_ position: Int) -> UInt64 {
            UInt64(littleEndian: index.loadUnaligned(fromByteOffset: start + position * 8, as: UInt64.self))
        }
        return (word(0), Int(truncatingIfNeeded: word(1)), Int(truncatingIfNeeded: word(2)))
    }

    private func region(_ offset: Int, _ count: Int) -> UnsafeRawBufferPointer? {
        guard offset >= 0, count >= 0, offset <= file.bytes.count, count <= file.bytes.count - offset else {
            return nil
        }
        return UnsafeRawBufferPointer(rebasing: file.bytes[offset..<offset + count])
    }

    private func section(_ section: CompiledHead.Section) -> UnsafeRawBufferPointer? {
        region(section.offset, section.count).flatMap { checksum($0) == section.sum ? $0 : nil }
    }

    private func counter(at offset: Int) -> UInt64 {
        UInt64(littleEndian: file.bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
}

extension CompiledCatalog {
    /// Counts an answer, and notes a closer look if there was one. Nothing depends on it.
    static func note(hitIn path: String, checkedAt: Timestamp?) {
        let descriptor = Glibc.open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_size >= CompiledHead.firstSection,
            let start = mmap(
                nil, CompiledHead.firstSection, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0),
            start != MAP_FAILED
        else { return }
        defer { munmap(start, CompiledHead.firstSection) }
        let hits = (start + CompiledHead.hitsOffset).assumingMemoryBound(to: Atomic<UInt64>.self)
        hits.pointee.add(1, ordering: .relaxed)
        if let checkedAt {
            let word = (start + CompiledHead.checkedAtOffset).assumingMemoryBound(to: Atomic<UInt64>.self)
            word.pointee.store(UInt64(bitPattern: checkedAt.microseconds), ordering: .relaxed)
        }
    }
}
