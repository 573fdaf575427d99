import Documents
import Provisioning

/// The templates of some directories, resolved through their layers for the accounts of `config/`.
///
/// Files are read when first asked for and again when they change. A reload is all or nothing: while a file is
/// broken the catalog stays as it was, and says so.
package final class TemplateCatalog: Sendable {
    let accounts: [CatalogAccount]
    let apis: [APIName]?
    let cache: TimedCache<Directories, Loaded>
    let directories: [String]

    struct Loaded: Sendable {
        var snapshot: Snapshot
        /// Why a newer state of the files was not taken.
        var refused: [Diagnostic]
    }

    /// - Parameters:
    ///   - directories: the later wins over the earlier, within one layer.
    ///   - accounts: the default account first.
    ///   - apis: those a template may name; nil: any.
    package init(
        directories: [String], accounts: [CatalogAccount], apis: [APIName]? = nil,
        timeToLive: Duration = .seconds(60), surroundings: Surroundings
    ) {
        self.directories = directories
        self.accounts = accounts
        self.apis = apis
        cache = TimedCache(timeToLive: timeToLive, now: surroundings.now) {
            Directories(directories)
        } make: { found, last in
            let snapshot = TemplateCatalog.read(found, accounts, apis)
            guard snapshot.isBroken, let last, !last.snapshot.isBroken else {
                return Loaded(snapshot: snapshot, refused: [])
            }
            return Loaded(snapshot: last.snapshot, refused: snapshot.diagnostics.filter { $0.severity == .error })
        }
    }

    // MARK: - Asking

    /// What a template comes to at an account; without one, at the account the template names, else at the first
    /// that knows it.
    ///
    /// - Throws: `Rejected` with all that is wrong with the template, or with the files it may depend on.
    package func resolve(_ id: Template.ID, at account: AccountName? = nil) throws(Rejected) -> ResolvedTemplate {
        let loaded = cache.value()
        var resolved: ResolvedTemplate
        if let account {
            resolved = try resolve(id, at: try named(account), in: loaded.snapshot)
        } else {
            resolved = try resolveAtItsOwnAccount(id, in: loaded.snapshot)
        }
        resolved.warnings += loaded.refused.map(\.asWarning)
        return resolved
    }

    /// All templates that can be used, in the order of their ids, and all that is wrong with the others.
    package func all() -> (templates: [TemplateSummary], diagnostics: [Diagnostic]) {
        let loaded = cache.value()
        var summaries: [TemplateSummary] = []
        summaries.reserveCapacity(loaded.snapshot.ids.count)
        var diagnostics = loaded.refused + loaded.snapshot.diagnostics
        for id in loaded.snapshot.ids {
            do throws(Rejected) {
                let resolved = try resolveAtItsOwnAccount(Template.ID(id), in: loaded.snapshot)
                let cloud = accounts.first { $0.name == resolved.account }?.cloud ?? "aws"
                summaries.append(TemplateSummary(resolved, cloud: cloud))
            } catch {
                diagnostics += error.diagnostics
            }
        }
        return (summaries, diagnostics.tidied)
    }

    // MARK: - Which account

    private func named(_ account: AccountName) throws(Rejected) -> CatalogAccount {
        if let known = accounts.first(where: { $0.name == account }) { return known }
        throw Rejected(
            Diagnostic(
                .error, "account.unknown", "there is no account `\(account)`",
                hint: didYouMean(account.text, among: accounts.map(\.name.text))))
    }

    private func resolveAtItsOwnAccount(
        _ id: Template.ID, in snapshot: Snapshot
    ) throws(Rejected) -> ResolvedTemplate {
        // A template for one cloud, in a file for all, is passed on to the first account of that cloud.
        var wrongCloud: Rejected?
        for account in accounts where snapshot.knows(id.text, at: account) {
            do throws(Rejected) {
                let resolved = try resolve(id, at: account, in: snapshot)
                guard let own = resolved.template.account, own != account.name else { return resolved }
                return try resolve(id, at: try named(own), in: snapshot)
            } catch {
                guard error.diagnostics.allSatisfy({ $0.code == "template.other-cloud" }) else { throw error }
                wrongCloud = wrongCloud ?? error
            }
        }
        if let wrongCloud { throw wrongCloud }
        guard let first = accounts.first else {
            throw Rejected(Diagnostic(.error, "account.unknown", "there is no account to use a template at"))
        }
        return try resolve(id, at: first, in: snapshot)
    }

    private func resolve(
        _ id: Template.ID, at account: CatalogAccount, in snapshot: Snapshot
    ) throws(Rejected) -> ResolvedTemplate {
        let breakage = snapshot.breakage(for: account)
        if !breakage.isEmpty { throw Rejected(breakage) }
        if snapshot.knows(id.text, at: account) { return try snapshot.resolve(id.text, at: account) }
        guard let elsewhere = snapshot.entries[id.text]?.last else {
            // It may be in a directory that cannot be read.
            throw Rejected([unknown(id, in: snapshot)] + snapshot.diagnostics.filter { $0.code == "file.unreadable" })
        }
        throw Rejected(
            Diagnostic(
                .error, "template.not-here", "template `\(id)` is not for account `\(account.name)`",
                at: snapshot.entry(elsewhere).place, hint: "this file's name says whom it is for"))
    }

    func unknown(_ id: Template.ID, in snapshot: Snapshot) -> Diagnostic {
        Diagnostic(
            .error, "template.unknown", "there is no template `\(id)`",
            hint: didYouMean(id.text, among: snapshot.ids) ?? "see `muster template list`")
    }
}

extension Diagnostic {
    /// For what is wrong but was worked around.
    fileprivate var asWarning: Diagnostic {
        Diagnostic(.warning, code, message, at: place, hint: hint ?? "the catalog stays as it was until this is mended")
    }
}

// MARK: - Reading

extension TemplateCatalog {
    static func read(_ found: Directories, _ accounts: [CatalogAccount], _ apis: [APIName]?) -> Snapshot {
        var files: [TemplateFile] = []
        files.reserveCapacity(found.files.count)
        var diagnostics = found.troubles.sorted { $0.key < $1.key }.map { path, why in
            Diagnostic(.error, "file.unreadable", "the directory `\(path)` cannot be read: \(why)")
        }
        for file in found.files {
            guard let naming = FileNaming(file.name) else {
                diagnostics.append(
                    Diagnostic(
                        .warning, "catalog.unknown-file",
                        "`\(file.path)` is left out: its name does not say whom it is for",
                        hint: "`templates.yaml`, `<cloud>prov_templates.yaml`, `<cloud>type_templates.yaml` and "
                            + "`<account>inst_templates.yaml` do"))
                continue
            }
            if case .account(let name) = naming.reach, !accounts.contains(where: { $0.name == name }) {
                diagnostics.append(
                    Diagnostic(
                        .warning, "catalog.unknown-account",
                        "`\(file.path)` speaks for no account: there is no `\(name)`",
                        hint: didYouMean(name.text, among: accounts.map(\.name.text))))
            }
            files.append(TemplateFile(file, naming))
        }
        return Snapshot(files: files, accounts: accounts, apis: apis, diagnostics: diagnostics)
    }
}
