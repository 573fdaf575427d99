import Provisioning

extension TemplateCatalog {
    /// The catalog as an earlier process worked it out, as long as this one has read nothing itself.
    func compiled() -> CompiledCatalog? {
        guard let store, store.isThere, cache.last == nil, !hasMissed.withLock(\.self) else { return nil }
        let found = compiled(in: store)
        // Whose answers are wanted takes a look at many files to tell: one look is enough.
        if found == nil { hasMissed.withLock { $0 = true } }
        return found
    }

    private func compiled(in store: CompiledStore) -> CompiledCatalog? {
        let (key, path) = store.key(for: settingsKey)
        guard let compiled = try? CompiledCatalog.open(path) else { return nil }
        let found = Directories(directories), now = surroundings.now()
        guard (try? compiled.check(key: key, found: found, rules.references, now: now)) != nil else { return nil }
        let isLookedAt = compiled.isDueForCloserLook(after: cache.timeToLive, now: now)
        if isLookedAt, !compiled.hasContents(of: found) { return nil }
        CompiledCatalog.note(hitIn: path, checkedAt: isLookedAt ? now : nil)
        return compiled
    }

    /// The listing as it is written in some form, if `texts` had it when the catalog was kept.
    package func keptListing(_ name: String) -> KeptListing? { compiled()?.listing(name) }

    /// Keeps what this process has worked out for those that come after it; nothing if it has read nothing itself.
    ///
    /// To be called when the answer is out: it takes longer than reading did.
    ///
    /// - Parameter texts: forms in which the listing is written, by name.
    package func keep(texts: ([TemplateSummary]) -> [(name: String, text: String)]) {
        if cache.last != nil { _ = compile(texts: texts) }
    }

    /// Keeps the catalog, whatever it was answered from, and however small it is: what is known of clouds takes longer
    /// to read than most catalogs.
    ///
    /// - Returns: why it was not kept; nil if it was.
    package func compile(
        texts: ([TemplateSummary]) -> [(name: String, text: String)] = { _ in [] }
    ) -> Unkept? {
        guard let store else { return Unkept(why: "there is nowhere to keep it") }
        let loaded = cache.value()
        guard let entry = cache.last, entry.value.snapshot === loaded.snapshot, loaded.refused.isEmpty,
            !loaded.snapshot.isBroken
        else { return Unkept(why: "there are mistakes in it") }
        let sources = entry.identity
        guard
            ([sources] + [Directories(rules.directories)]).allSatisfy({
                $0.areSettled(at: entry.madeAt.microseconds * 1000)
            })
        else { return unsettled }
        let (key, path) = store.key(for: settingsKey)
        return store.alone {
            var writer = CompiledWriter(key: key, sources: sources, at: entry.madeAt)
            var summaries: [TemplateSummary] = []
            var diagnostics: [Diagnostic] = []
            let read = loaded.snapshot.filesRead {
                diagnostics = all(of: loaded) { resolved in
                    writer.add(resolved)
                    summaries.append(TemplateSummary(resolved))
                }
            }
            if diagnostics.hasErrors { return Unkept(why: "there are mistakes in it") }
            let beside = FilesBeside(read, rules.references)
            guard beside.areSettled(at: entry.madeAt.microseconds * 1000) else { return unsettled }
            guard let contents = sources.contentSums(), let more = beside.contentSums() else { return changed }
            writer.add(beside, contents: contents + more)
            // What was summed and what was read is the same only if nothing moved all along.
            guard Directories(directories) == sources, beside.again(rules.references) == beside,
                let bytes = try? writer.finish(diagnostics, texts(summaries))
            else { return changed }
            return store.write(bytes, to: path)
        }
    }

    private var unsettled: Unkept {
        Unkept(why: "a file changed less than two seconds before it was read, or has a time to come")
    }

    private var changed: Unkept { Unkept(why: "a file changed meanwhile") }

    /// Removes all compiled catalogs of the state folder.
    package func clearCompiled() { store?.clear() }

    /// All that answers depend on beside the files.
    var settingsKey: [UInt8] {
        var writer = ByteWriter()
        writer.put(UInt32(directories.count))
        for directory in directories { writer.put(directory) }
        writer.put(UInt32(accounts.count))
        for account in accounts {
            writer.put(account.name.text)
            writer.put(account.cloud.text)
            writer.put(account.isEmulated)
            writer.put(account.region ?? "")
        }
        for name in rules.references.environment.keys.sorted() {
            writer.put(name)
            writer.put((rules.references.environment[name] ?? nil).map { "=\($0)" } ?? "")
        }
        writer.put(UInt32(rules.references.directories.count))
        for directory in rules.references.directories { writer.put(directory) }
        writer.put(Directories(rules.directories).compiled)
        return writer.bytes
    }
}
