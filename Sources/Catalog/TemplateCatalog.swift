import Documents
import Provisioning

/// The templates of some directories, resolved through their layers for the accounts of `config/`.
///
/// Files are read when first asked for and again when they change. A reload is all or nothing: while a file is
/// broken the catalog stays as it was, and says so.
package final class TemplateCatalog: Sendable {
    let accounts: [CatalogAccount]
    let rules: TemplateRules
    let cache: TimedCache<Directories, Loaded>
    let directories: [String]
    let surroundings: Surroundings
    /// Where it is kept for processes to come; nil: nowhere.
    let store: CompiledStore?
    /// Whether what was kept was of no use: from then on the files answer.
    let hasMissed = Lock(false)

    struct Loaded: Sendable {
        var snapshot: Snapshot
        /// Why a newer state of the files was not taken.
        var refused: [Diagnostic]
    }

    /// - Parameters:
    ///   - directories: the later wins over the earlier, within one layer.
    ///   - accounts: the default account first.
    ///   - rules: what templates are held to, and what they may refer to besides the catalog's own directories.
    ///   - store: where processes that answer one question leave the catalog for the next one.
    package init(
        directories: [String], accounts: [CatalogAccount], rules: TemplateRules = TemplateRules(),
        timeToLive: Duration = .seconds(60), surroundings: Surroundings, store: CompiledStore? = nil
    ) {
        self.directories = directories
        self.surroundings = surroundings
        self.store = store
        self.accounts = accounts
        var rules = rules
        rules.references.directories += directories
        self.rules = rules
        cache = TimedCache(timeToLive: timeToLive, now: surroundings.now) {
            Directories(directories)
        } make: { [rules] found, last in
            let snapshot = TemplateCatalog.read(found, accounts, rules)
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
    /// - Parameter given: values for its parameters, all that have no default among them; nil: there is no order
    ///   yet, so what it would have to give is made up.
    /// - Throws: `Rejected` with all that is wrong with the template, or with the files it may depend on.
    package func resolve(
        _ id: Template.ID, at account: AccountName? = nil, given: [String: String]? = nil
    ) throws(Rejected) -> ResolvedTemplate {
        // What an order chooses is in no compiled catalog.
        if given?.isEmpty ?? true, let kept = compiled()?.template(id), account == nil || account == kept.account {
            return kept
        }
        let choice = given.map { Choice.order($0) } ?? .look()
        let loaded = cache.value()
        var resolved: ResolvedTemplate
        if let account {
            resolved = try resolve(id, at: try named(account), choice, in: loaded.snapshot)
        } else {
            resolved = try resolveAtItsOwnAccount(id, choice, in: loaded.snapshot)
        }
        resolved.warnings += loaded.refused.map(\.asWarning)
        return resolved
    }

    /// All templates that can be used, in the order of their ids, and all that is wrong with the others.
    package func all() -> (templates: [TemplateSummary], diagnostics: [Diagnostic]) {
        if let kept = compiled()?.all() { return kept }
        let loaded = cache.value()
        var summaries: [TemplateSummary] = []
        summaries.reserveCapacity(loaded.snapshot.ids.count)
        let diagnostics = all(of: loaded) { summaries.append(TemplateSummary($0)) }
        return (summaries, diagnostics)
    }

    /// Hands out all templates that can be used; returns all that is wrong with the others.
    func all(of loaded: Loaded, each: (ResolvedTemplate) -> Void) -> [Diagnostic] {
        var diagnostics = loaded.refused + loaded.snapshot.diagnostics
        // Said already, and otherwise said again with every template.
        let breakages = accounts.map { loaded.snapshot.breakage(for: $0) }.filter { !$0.isEmpty }
        for id in loaded.snapshot.ids where !isForNobody(id, in: loaded.snapshot) {
            do throws(Rejected) {
                each(try resolveAtItsOwnAccount(Template.ID(id), .look(), in: loaded.snapshot))
            } catch {
                if !breakages.contains(error.diagnostics) { diagnostics += error.diagnostics }
            }
        }
        return diagnostics.tidied
    }

    /// Whether it stands only in files of accounts there are none of, of which those files are warned already.
    private func isForNobody(_ id: String, in snapshot: Snapshot) -> Bool {
        (snapshot.entries[id] ?? []).allSatisfy { entry in
            if case .account(let name) = snapshot.files[entry.file].rank.reach {
                return !accounts.contains { $0.name == name }
            }
            return false
        }
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
        _ id: Template.ID, _ choice: Choice, in snapshot: Snapshot
    ) throws(Rejected) -> ResolvedTemplate {
        // A template for one cloud, in a file for all, is passed on to the first account of that cloud.
        var wrongCloud: Rejected?
        for account in accounts where snapshot.knows(id.text, at: account) {
            do throws(Rejected) {
                let resolved = try resolve(id, at: account, choice, in: snapshot)
                guard let own = resolved.template.account, own != account.name else { return resolved }
                return try resolve(id, at: try named(own), choice, in: snapshot)
            } catch {
                // It need not be sound where it is not meant to be used.
                if let own = snapshot.namedAccount(of: id.text, at: account), own != account {
                    return try resolve(id, at: own, choice, in: snapshot)
                }
                guard error.diagnostics.allSatisfy({ $0.code == "template.other-cloud" }) else { throw error }
                wrongCloud = wrongCloud ?? error
            }
        }
        if var resolved = try resolveWithoutAccount(id, choice, in: snapshot) {
            resolved.account = nil
            return resolved
        }
        if let wrongCloud { throw wrongCloud }
        guard let first = accounts.first else {
            throw Rejected(Diagnostic(.error, "account.unknown", "there is no account to use a template at"))
        }
        return try resolve(id, at: first, choice, in: snapshot)
    }

    /// As it comes to at any account of a cloud that no account of the settings is on.
    private func resolveWithoutAccount(
        _ id: Template.ID, _ choice: Choice, in snapshot: Snapshot
    ) throws(Rejected) -> ResolvedTemplate? {
        for cloud in FileNaming.clouds where !accounts.contains(where: { $0.cloud == cloud }) {
            let example = CatalogAccount(name: "example", cloud: cloud)
            guard snapshot.knows(id.text, at: example) else { continue }
            do throws(Rejected) {
                return try resolve(id, at: example, choice, in: snapshot)
            } catch {
                if error.diagnostics.allSatisfy({ $0.code == "template.other-cloud" }) { continue }
                throw error
            }
        }
        return nil
    }

    private func resolve(
        _ id: Template.ID, at account: CatalogAccount, _ choice: Choice, in snapshot: Snapshot
    ) throws(Rejected) -> ResolvedTemplate {
        let breakage = snapshot.breakage(for: account)
        if !breakage.isEmpty { throw Rejected(breakage) }
        if snapshot.knows(id.text, at: account) { return try snapshot.resolve(id.text, at: account, choice) }
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
