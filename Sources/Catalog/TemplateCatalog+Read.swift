import Provisioning

extension TemplateCatalog {
    /// Reads all files; what its templates come to is worked out when it is asked for.
    static func read(_ found: Directories, _ accounts: [CatalogAccount], _ rules: TemplateRules) -> Snapshot {
        var known: [(file: FoundFile, naming: FileNaming)] = []
        known.reserveCapacity(found.files.count)
        var diagnostics = found.troubles.sorted { $0.key < $1.key }.map { path, why in
            Diagnostic(.error, "file.unreadable", "the directory `\(path)` cannot be read: \(why)")
        }
        diagnostics += found.fileTroubles.sorted { $0.key < $1.key }.map { path, why in
            Diagnostic(.error, "file.unreadable", "`\(path)` cannot be read: \(why)")
        }
        for file in found.files {
            if let trouble = troubleWithName(of: file, accounts) { diagnostics.append(trouble) }
            if let naming = FileNaming(file.name) { known.append((file, naming)) }
        }
        // Below that a second thread would take longer to wake than to help.
        let areLarge = found.files.reduce(0) { $0 + $1.size } > 200_000
        let files = known.mapOnAllCores(inPartsOf: areLarge ? 1 : known.count + 1) { TemplateFile($0.file, $0.naming) }
        return Snapshot(files: files, accounts: accounts, rules: rules, diagnostics: diagnostics)
    }

    /// A file whose name the catalog does not know what to do with.
    static func troubleWithName(of file: FoundFile, _ accounts: [CatalogAccount]) -> Diagnostic? {
        guard let naming = FileNaming(file.name) else {
            return Diagnostic(
                .warning, "catalog.unknown-file",
                "`\(file.path)` is left out: its name does not say whom it is for",
                hint: "`templates.yaml`, `<cloud>prov_templates.yaml`, `<cloud>type_templates.yaml` and "
                    + "`<account>inst_templates.yaml` do")
        }
        guard case .account(let name) = naming.reach, !accounts.contains(where: { $0.name == name }) else {
            return nil
        }
        return Diagnostic(
            .warning, "catalog.unknown-account", "`\(file.path)` speaks for no account: there is no `\(name)`",
            hint: didYouMean(name.text, among: accounts.map(\.name.text) + FileNaming.clouds.map(\.text)))
    }
}
