import Provisioning

/// What can be told of the compiled catalog of some settings.
package struct CompiledStatus: Sendable {
    package var path: String
    /// Why the next to ask would not use it, or not without a closer look; nil: it would.
    package var why: String?
    /// What is in the file; nil where there is none.
    package var contents: Contents?
    /// Of template text, as it is now.
    package var files: Int
    package var fileByteCount: Int64
    /// How long it is used before the content of all files is compared again, not only their identity.
    package var timeToLive: Duration

    package init(
        path: String, why: String? = nil, contents: Contents? = nil, files: Int, fileByteCount: Int64,
        timeToLive: Duration
    ) {
        self.path = path
        self.why = why
        self.contents = contents
        self.files = files
        self.fileByteCount = fileByteCount
        self.timeToLive = timeToLive
    }

    package var isExpired: Bool { why != nil }

    package struct Contents: Sendable {
        package var compiledAt: Timestamp
        /// When the content of all files was last compared.
        package var checkedAt: Timestamp
        package var age: Duration
        /// How many answers came from it.
        package var hits: UInt64
        package var templates: Int
        package var byteCount: Int

        package init(
            compiledAt: Timestamp, checkedAt: Timestamp, age: Duration, hits: UInt64, templates: Int, byteCount: Int
        ) {
            self.compiledAt = compiledAt
            self.checkedAt = checkedAt
            self.age = age
            self.hits = hits
            self.templates = templates
            self.byteCount = byteCount
        }
    }
}

extension TemplateCatalog {
    /// Nil: this catalog keeps none.
    package func compiledStatus() -> CompiledStatus? {
        guard let store else { return nil }
        let (key, path) = store.key(for: settingsKey)
        let found = Directories(directories), now = surroundings.now()
        var status = CompiledStatus(
            path: path, files: found.files.count, fileByteCount: found.byteCount, timeToLive: cache.timeToLive)
        do throws(CompiledCatalog.Unusable) {
            let compiled = try CompiledCatalog.open(path)
            status.contents = CompiledStatus.Contents(
                compiledAt: compiled.compiledAt, checkedAt: compiled.checkedAt,
                age: max(.zero, now - compiled.compiledAt), hits: compiled.hits, templates: compiled.templateCount,
                byteCount: compiled.byteCount)
            try compiled.check(key: key, found: found, rules.references, now: now)
            if compiled.isDueForCloserLook(after: cache.timeToLive, now: now) {
                status.why = "its time is over: the next to use it compares what is in the files"
            }
        } catch {
            status.why = error.why
        }
        return status
    }
}
