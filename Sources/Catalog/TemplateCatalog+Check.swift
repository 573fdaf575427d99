import Documents
import Provisioning

extension TemplateCatalog {
    /// All that is wrong with some templates and some files; without any, with everything there is.
    ///
    /// A file from outside the catalog's directories stands in for those of its name within them, so that a
    /// change can be checked before it is put there.
    package func check(_ ids: [Template.ID] = [], files: [String] = []) -> [Diagnostic] {
        let loaded = cache.value()
        var found: [Diagnostic] = []
        if ids.isEmpty, files.isEmpty {
            found = loaded.refused + loaded.snapshot.diagnostics
            // Some 10 us for each.
            found += loaded.snapshot.ids.mapOnAllCores(inPartsOf: 125) {
                problems(with: $0, in: loaded.snapshot)
            }.joined()
        }
        for id in ids {
            if loaded.snapshot.entries[id.text] == nil { found.append(unknown(id, in: loaded.snapshot)) }
            found += breakages(for: id.text, in: loaded.snapshot) + problems(with: id.text, in: loaded.snapshot)
        }
        for file in files { found += check(file) }
        return found.tidied
    }

    /// What is wrong with broken files that a template may depend on.
    private func breakages(for id: String, in snapshot: Snapshot) -> [Diagnostic] {
        accounts.filter { snapshot.knows(id, at: $0) }.flatMap { snapshot.breakage(for: $0) }
    }

    /// What is wrong with a template at any account it is for, or at an example of one if there is none; but for what
    /// is wrong with files, which is told once and not with each of their templates.
    func problems(with id: String, in snapshot: Snapshot) -> [Diagnostic] {
        // A file for a cloud is held to that cloud, whether or not there is an account on it.
        var here = accounts.filter { snapshot.knows(id, at: $0) } + examples(of: id, in: snapshot)
        if here.isEmpty {
            var seen: Set<CatalogAccount> = []
            here = (snapshot.entries[id] ?? []).map { snapshot.files[$0.file].rank.reach.example }
                .filter { seen.insert($0).inserted }
        }
        var found: [Diagnostic] = []
        var otherClouds: [Diagnostic] = []
        for account in here {
            let isUsual = account == here.first
            let news = snapshot.problems(with: id, at: account).compactMap { isUsual ? $0 : $0.seen(at: account) }
            let isForAnother = !news.isEmpty && news.allSatisfy { $0.code == "template.other-cloud" }
            // It need not be sound where it is not meant to be used.
            let named = news.isEmpty ? nil : snapshot.namedAccount(of: id, at: account)
            if isForAnother { otherClouds += news } else if (named ?? account) == account { found += news }
        }
        // Being for one cloud is wrong at none of its accounts, and not for want of one.
        if let first = otherClouds.first, otherClouds.count == here.count {
            found += problemsWithoutAccount(id, in: snapshot) ?? [first]
        }
        return found + snapshot.unreachable(id, at: here)
    }

    /// An account on each cloud that has a file with the template, but no account of the settings.
    private func examples(of id: String, in snapshot: Snapshot) -> [CatalogAccount] {
        let reaches = (snapshot.entries[id] ?? []).map { snapshot.files[$0.file].rank.reach }
        return FileNaming.clouds.filter { cloud in
            reaches.contains(.cloud(cloud)) && !accounts.contains { $0.cloud == cloud }
        }.map { CatalogAccount(name: "example", cloud: $0) }
    }

    /// What is wrong with a template for a cloud that no account is on; nil: it is for none of those.
    private func problemsWithoutAccount(_ id: String, in snapshot: Snapshot) -> [Diagnostic]? {
        for cloud in FileNaming.clouds where !accounts.contains(where: { $0.cloud == cloud }) {
            let example = CatalogAccount(name: "example", cloud: cloud)
            guard snapshot.knows(id, at: example) else { continue }
            do throws(Rejected) {
                return try snapshot.look(at: id, for: example).warnings
            } catch {
                if !error.diagnostics.allSatisfy({ $0.code == "template.other-cloud" }) { return error.diagnostics }
            }
        }
        return nil
    }

    private func check(_ path: String) -> [Diagnostic] {
        guard var found = Directories.look(at: path, directory: directories.count) else {
            // It may be there, but no file.
            let diagnostics = Document.read(path).diagnostics
            return diagnostics.isEmpty
                ? [Diagnostic(.error, "file.missing", "there is no file `\(path)`")] : diagnostics
        }
        var others = Directories(directories)
        if let twin = others.files.first(where: { $0.device == found.device && $0.inode == found.inode }) {
            found.directory = twin.directory
            others.files.removeAll { $0 == twin }
        } else {
            others.files.removeAll { $0.name == found.name }
        }
        let naming = FileNaming(found.name) ?? FileNaming(layer: .legacy, reach: .everyone)
        let file = TemplateFile(found, naming)
        let base = TemplateCatalog.read(others, accounts, rules)
        let snapshot = Snapshot(files: base.files + [file], accounts: accounts, rules: rules, diagnostics: [])
        var diagnostics = file.diagnostics
        if let trouble = TemplateCatalog.troubleWithName(of: found, accounts) { diagnostics.append(trouble) }
        if file.entries.isEmpty, file.defaults == nil, !file.diagnostics.hasErrors {
            diagnostics.append(
                Diagnostic(
                    .warning, "catalog.empty-file", "`\(path)` holds no template",
                    hint: "a template file is a map with `templates`, or a list of templates"))
        }
        let own = Set(file.entries.map(\.id))
        diagnostics += own.first.map { breakages(for: $0, in: snapshot) } ?? []
        for id in own.sorted() { diagnostics += problems(with: id, in: snapshot) }
        // A mistake in its defaults shows in whatever they reach.
        if file.defaults != nil {
            for id in snapshot.ids where !own.contains(id) {
                diagnostics += problems(with: id, in: snapshot).filter { $0.place?.file == path }
            }
        }
        return diagnostics
    }
}

extension Diagnostic {
    /// What it means at an account that an order would have to name. A zone of another region is right where the
    /// template is usually ordered, and the emulated account comes along wherever that is.
    fileprivate func seen(at account: CatalogAccount) -> Diagnostic? {
        guard code == "template.zone", severity == .error else { return self }
        if account.isEmulated { return nil }
        return Diagnostic(.warning, code, "\(message) of account `\(account.name)`", at: place, hint: hint)
    }
}

extension [Diagnostic] {
    /// By place, each said once: a default's mistake shows in every template it reaches.
    var tidied: [Diagnostic] {
        var seen: Set<Diagnostic> = []
        return filter { seen.insert($0).inserted }.sorted { a, b in
            (a.place?.file ?? "", a.place?.line ?? 0, a.place?.column ?? 0)
                < (b.place?.file ?? "", b.place?.line ?? 0, b.place?.column ?? 0)
        }
    }
}
