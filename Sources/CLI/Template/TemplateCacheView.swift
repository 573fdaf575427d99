import Catalog
import Provisioning

extension CompiledStatus {
    var view: View {
        View("cache") {
            rendered
        } ids: {
            [path]
        } blocks: {
            [.facts(facts.compactMap(\.self))]
        }
    }

    private var rendered: Rendered {
        [
            "path": .text(path),
            "cached_at": .text(contents?.compiledAt.description),
            "checked_at": .text(contents?.checkedAt.description),
            "age": .text(contents?.age.text),
            "ttl": .text(timeToLive.text),
            "hits": .integer(contents.map { Int(clamping: $0.hits) }),
            "is_expired": .boolean(isExpired),
            "why": .text(why),
            "templates": .integer(contents?.templates),
            "bytes": .integer(contents?.byteCount),
            "files": .integer(files),
            "file_bytes": .integer(Int(fileByteCount)),
        ]
    }

    private var facts: [View.Fact?] {
        [
            .init("path", path),
            .init("cached at", contents?.compiledAt.description),
            .init("checked at", contents?.checkedAt.description),
            .init("age", contents?.age.text),
            .init("ttl", timeToLive.text),
            .init("hits", contents.map { "\($0.hits)" }),
            .init("expired", isExpired ? "yes" : "no"),
            .init("why", why),
            .init("templates", contents.map { "\($0.templates)" }),
            .init("size", contents.map { "\($0.byteCount) bytes" }),
            .init("files", "\(files), \(fileByteCount) bytes"),
        ]
    }
}
