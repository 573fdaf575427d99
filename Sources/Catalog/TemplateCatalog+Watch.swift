import Provisioning

/// The catalog was read again because something changed.
package struct CatalogNews: Sendable, Equatable {
    package var templates: Int
    package var files: Int
    /// What is wrong with files or directories, and then every mistake in a template. Where files have mistakes, the
    /// catalog may stay as it was; a template that has one is merely of no use.
    package var diagnostics: [Diagnostic]
    /// Whether the last good state is kept because of them.
    package var isKept: Bool
}

extension TemplateCatalog {
    /// Has the kernel tell of changes instead of looking at files with every question, and reads what changed soon
    /// after it did, until the task is cancelled.
    ///
    /// Whoever asks right after a change has it read at once; this is for those who ask later, and for `tell`,
    /// which hears what the first reading found too if there is anything wrong.
    package func keepFresh(telling tell: @Sendable (CatalogNews) -> Void) async {
        let watch = Watch(directories)
        cache.listen(to: watch)
        let first = news(cache.value())
        if !first.diagnostics.isEmpty { tell(first) }
        var changes = cache.status.changes
        var events = watch.events
        var ticks = 0
        while (try? await surroundings.sleep(TemplateCatalog.lull)) != nil, !Task.isCancelled {
            ticks += 1
            if watch.events != events {
                events = await calm(watch)
            } else if !watch.isBlind || !ticks.isMultiple(of: TemplateCatalog.lullsBetweenLooks) {
                continue
            }
            let loaded = cache.value()
            if cache.status.changes == changes { continue }
            changes = cache.status.changes
            tell(news(loaded))
        }
    }

    /// Waits until nothing happened for a lull, for files are copied one after the other; says what has happened.
    private func calm(_ watch: Watch) async -> UInt64 {
        var events = watch.events
        for _ in 0..<TemplateCatalog.lullsMax {
            guard (try? await surroundings.sleep(TemplateCatalog.lull)) != nil else { break }
            let next = watch.events
            if next == events { break }
            events = next
        }
        return events
    }

    private static let lull: Duration = .milliseconds(100)
    /// Somebody who writes without a pause is not waited for longer.
    private static let lullsMax = 20
    /// Where nobody tells, a value is a look at all files.
    private static let lullsBetweenLooks = 20

    private func news(_ loaded: Loaded) -> CatalogNews {
        let mistakes = loaded.snapshot.ids.mapOnAllCores(inPartsOf: 125) {
            problems(with: $0, in: loaded.snapshot).filter { $0.severity == .error }
        }.joined()
        return CatalogNews(
            templates: loaded.snapshot.ids.count, files: loaded.snapshot.files.count,
            diagnostics: loaded.refused + loaded.snapshot.diagnostics + Array(mistakes).tidied,
            isKept: !loaded.refused.isEmpty)
    }

    /// How the catalog in this process is doing.
    package var cacheStatus: CacheStatus { cache.status }
}
