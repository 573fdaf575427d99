import Provisioning

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

extension TemplateCatalog {
    /// The file that a change is made to, by its place among the others. There may be none yet.
    func target(of change: TemplateChange, in snapshot: Snapshot) throws(Rejected) -> Rank {
        switch change.target {
        case .file(let path): return try rank(of: path, in: snapshot)
        case .layer(let layer): return try file(of: layer, change, in: snapshot)
        case .usual:
            switch change.verb {
            case .create: return try file(of: .provider, change, in: snapshot)
            case .update, .delete: return try highest(change.id, for: change.account, in: snapshot)
            case .copy(let source): return try highest(source, for: change.account, in: snapshot)
            }
        }
    }

    /// The highest file that has a template.
    func highest(
        _ id: Template.ID, for account: AccountName?, in snapshot: Snapshot
    ) throws(Rejected) -> Rank {
        var ranks = (snapshot.entries[id.text] ?? []).map { snapshot.files[$0.file].rank }
        // Of files for different clouds none is above another: the one for whom it would be ordered is meant.
        let usual = accounts.first { snapshot.knows(id.text, at: $0) }
        if let account = try account.map({ name throws(Rejected) in try catalogAccount(name) }) ?? usual {
            ranks = ranks.filter { $0.reach.includes(account) }
        }
        guard let highest = ranks.last else {
            // It may be in a file that cannot be read.
            throw Rejected([unknown(id, in: snapshot)] + snapshot.diagnostics.filter { $0.severity == .error })
        }
        return highest
    }

    private func catalogAccount(_ name: AccountName?) throws(Rejected) -> CatalogAccount {
        if let account = name.map({ name in accounts.first { $0.name == name } }) ?? accounts.first { return account }
        throw Rejected(
            Diagnostic(
                .error, "account.unknown", name.map { "there is no account `\($0)`" } ?? "there is no account",
                hint: name.flatMap { didYouMean($0.text, among: accounts.map(\.name.text)) }))
    }

    // MARK: - By layer

    private func file(
        of layer: Layer, _ change: TemplateChange, in snapshot: Snapshot
    ) throws(Rejected) -> Rank {
        let account = try catalogAccount(change.account)
        let (reach, name): (Reach, String) =
            switch layer {
            case .legacy: (.everyone, "templates.yaml")
            case .provider: (.cloud(account.cloud), "\(account.cloud)prov_templates.yaml")
            case .type: (.cloud(account.cloud), "\(account.cloud)type_templates.yaml")
            case .instance: (.account(account.name), "\(account.name)inst_templates.yaml")
            }
        let layered = snapshot.files.filter { $0.rank.layer == layer && $0.rank.reach.includes(account) }
        // Where it is already it is changed, even if that is not where a new one would go.
        if let holding = layered.last(where: { $0.entries.contains { $0.id == change.id.text } }) {
            return holding.rank
        }
        let files = layered.filter { $0.rank.reach == reach }
        guard let directory = directories.indices.last(where: { access(directories[$0], W_OK | X_OK) == 0 }) else {
            throw Rejected(
                Diagnostic(
                    .error, "file.unwritable", "none of the catalog's directories can be written",
                    hint: "name the file with `--file`"))
        }
        if let file = files.first(where: { $0.rank.directory == directory }) { return file.rank }
        return Rank(layer: layer, reach: reach, directory: directory, path: "\(directories[directory])/\(name)")
    }

    // MARK: - By name

    private func rank(of path: String, in snapshot: Snapshot) throws(Rejected) -> Rank {
        if let found = Directories.look(at: path, directory: directories.count),
            let twin = Directories(directories).files.first(where: {
                $0.device == found.device && $0.inode == found.inode
            }), let known = snapshot.files.first(where: { $0.path == twin.path })
        {
            return known.rank
        }
        let name = path.split(separator: "/").last.map(String.init) ?? path
        guard let naming = FileNaming(name) else {
            throw Rejected(
                Diagnostic(
                    .error, "catalog.unknown-file", "the name of `\(path)` does not say whom it is for",
                    hint: "`templates.yaml`, `<cloud>prov_templates.yaml`, `<cloud>type_templates.yaml` and "
                        + "`<account>inst_templates.yaml` do"))
        }
        // A file from elsewhere stands for itself, as if it were in a directory after all others.
        let folder = path.contains("/") ? String(path[..<path.lastIndex(of: "/")!]) : "."
        let directory = directories.lastIndex { isWithin(folder.isEmpty ? "/" : folder, $0) }
        return Rank(
            layer: naming.layer, reach: naming.reach, directory: directory ?? directories.count, path: path)
    }

    private func isWithin(_ folder: String, _ directory: String) -> Bool {
        guard let inner = realpath(folder, nil), let outer = realpath(directory, nil) else { return false }
        defer {
            free(inner)
            free(outer)
        }
        return (String(cString: inner) + "/").hasPrefix(String(cString: outer) + "/")
    }
}
