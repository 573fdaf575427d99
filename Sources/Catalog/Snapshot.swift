import Documents
import Provisioning

/// All template files as they were at one moment; what a template comes to is worked out when it is asked for.
final class Snapshot: Sendable {
    /// Lowest first.
    let files: [TemplateFile]
    /// Every id with where it is given, lowest file first.
    let entries: [String: [EntryReference]]
    /// In order.
    let ids: [String]
    let accounts: [CatalogAccount]
    /// What is wrong with files and directories.
    let diagnostics: [Diagnostic]
    /// Two templates of one id side by side, where neither can be meant to win.
    let duplicates: [String: [Diagnostic]]
    private let rules: TemplateRules
    private let brokenFiles: [TemplateFile]

    private let breakages = Lock<[CatalogAccount: [Diagnostic]]>([:])
    private let defaults = Lock<[CatalogAccount: Merged]>([:])
    private let circumstances = Lock<[CatalogAccount: Result<Circumstances, Rejected>]>([:])
    private let suggestions = Lock<[String: String?]>([:])
    private let resolutions = Lock<[Question: Result<ResolvedTemplate, Rejected>]>([:])
    private let filesRead = Lock<Set<FileBeside>?>(nil)

    struct EntryReference: Sendable {
        var file: Int
        var entry: Int
    }

    /// Fields of several layers laid over each other.
    struct Merged: Sendable {
        var fields: Layered
        var place: Place?
        var diagnostics: [Diagnostic]
    }

    private struct Question: Hashable {
        var id: String
        var account: CatalogAccount
        /// An order must give what it has to; a look need not.
        var isOrder: Bool
    }

    init(files unordered: [TemplateFile], accounts: [CatalogAccount], rules: TemplateRules, diagnostics: [Diagnostic]) {
        let files = unordered.sorted { $0.rank < $1.rank }
        var entries: [String: [EntryReference]] = [:]
        entries.reserveCapacity(files.reduce(0) { $0 + $1.entries.count })
        var duplicates: [String: [Diagnostic]] = [:]
        for (file, content) in files.enumerated() {
            for (entry, template) in content.entries.enumerated() {
                if let last = entries[template.id]?.last, files[last.file].rank.isLevel(with: content.rank) {
                    duplicates[template.id, default: []].append(
                        Diagnostic(
                            .error, "template.duplicate", "template `\(template.id)` is given twice in one layer",
                            at: template.place,
                            hint: "the first one is at \(files[last.file].entries[last.entry].place)"))
                }
                entries[template.id, default: []].append(EntryReference(file: file, entry: entry))
            }
        }
        self.files = files
        self.entries = entries
        self.duplicates = duplicates
        self.accounts = accounts
        self.rules = rules
        brokenFiles = files.filter(\.isBroken)
        self.diagnostics = diagnostics + files.flatMap(\.diagnostics)
        ids = entries.keys.sorted()
    }

    var isBroken: Bool { !brokenFiles.isEmpty || diagnostics.contains { $0.code == "file.unreadable" } }

    /// What is wrong with the broken files that speak for an account: without them nobody knows what its
    /// templates come to.
    func breakage(for account: CatalogAccount) -> [Diagnostic] {
        if brokenFiles.isEmpty { return [] }
        // Asked for with every template, and a broken file can have as many mistakes as templates.
        if let known = breakages.withLock({ $0[account] }) { return known }
        let found = brokenFiles.filter { $0.rank.reach.includes(account) }.flatMap(\.diagnostics)
            .filter { $0.severity == .error }
        breakages.withLock { $0[account] = found }
        return found
    }

    /// The template that was most likely meant by a name. The first twenty names only: each is held against all ids.
    func meant(by name: String) -> String? {
        suggestions.withLock { known in
            if let suggestion = known[name] { return suggestion }
            if known.count >= 20 { return nil }
            let suggestion = didYouMean(name, among: ids)
            known[name] = .some(suggestion)
            return suggestion
        }
    }

    func knows(_ id: String, at account: CatalogAccount) -> Bool {
        entries[id]?.contains { files[$0.file].rank.reach.includes(account) } ?? false
    }

    func entry(_ reference: EntryReference) -> TemplateFile.Entry { files[reference.file].entries[reference.entry] }

    // MARK: - Resolving

    /// What a template comes to at an account that knows it.
    func resolve(
        _ id: String, at account: CatalogAccount, _ choice: Choice = .look()
    ) throws(Rejected) -> ResolvedTemplate {
        // What somebody chose is their own.
        guard choice.values.isEmpty else { return try work(out: id, at: account, choice).result.get() }
        let question = Question(id: id, account: account, isOrder: choice.isOrder)
        if let known = resolutions.withLock({ $0[question] }) { return try known.get() }
        let (result, dependsOnFiles) = work(out: id, at: account, choice)
        if !dependsOnFiles { resolutions.withLock { $0[question] = result } }
        return try result.get()
    }

    /// The same, not kept: who goes through all templates does not come back to each.
    func look(at id: String, for account: CatalogAccount) throws(Rejected) -> ResolvedTemplate {
        try work(out: id, at: account, .look()).result.get()
    }

    /// What is wrong with a template at an account, whatever an order chooses of its enums.
    func problems(with id: String, at account: CatalogAccount) -> [Diagnostic] {
        let resolved: ResolvedTemplate
        do throws(Rejected) {
            resolved = try look(at: id, for: account)
        } catch {
            return error.diagnostics
        }
        var found = resolved.warnings
        for parameter in resolved.parameters where parameter.kind == .enum {
            for value in parameter.values.prefix(Snapshot.valuesMax) where value != parameter.standIn.text {
                var news: [Diagnostic] = []
                do throws(Rejected) {
                    news = try work(out: id, at: account, .look([parameter.name: value])).result.get().warnings
                } catch {
                    news = error.diagnostics
                }
                found += news.filter { !found.contains($0) }
            }
        }
        return found
    }

    /// How many values of an enum are tried.
    private static let valuesMax = 50

    /// Whether other files than the catalog's were read tells that the result can change without them.
    private func work(
        out id: String, at account: CatalogAccount, _ choice: Choice
    ) -> (result: Result<ResolvedTemplate, Rejected>, dependsOnFiles: Bool) {
        let merged = merge(id, at: account)
        let place = merged.place ?? Place(file: "", line: 1, column: 1)
        var diagnostics = merged.diagnostics
        var circumstances = Circumstances()
        do throws(Rejected) {
            circumstances = try self.circumstances(at: account)
        } catch {
            diagnostics += error.diagnostics
        }
        let references = circumstances.references
        var substitution = Substitution(
            id, merged.fields[TemplateKeys.parameters.canonical].flatMap { $0.isNull ? nil : $0 }, choice,
            references: references)
        // What an order got wrong would be told again by every field that it goes into.
        if substitution.diagnostics.contains(where: { $0.code == "order.parameter" }) {
            return (.failure(Rejected(diagnostics + substitution.diagnostics)), false)
        }
        let fields = substitution.fill(merged.fields)
        circumstances.references.parameters = substitution.values
        circumstances.references.unknowns = substitution.unknownNames
        var (template, found) = readTemplate(
            Template.ID(id), fields, at: place, circumstances, unknowns: substitution.unknowns)
        found = substitution.diagnostics + found
        // What a template misses may be what its parent would have given.
        if diagnostics.contains(where: { Snapshot.withoutParent.contains($0.code) }) {
            found.removeAll { Snapshot.inheritable.contains($0.code) }
        }
        diagnostics += found
        diagnostics += mismatches(template, fields, at: account)
        if template?.cloud == nil { template?.cloud = account.cloud }
        let read = references.read.withLock(\.self), dependsOnFiles = !read.isEmpty
        if dependsOnFiles { filesRead.withLock { $0?.formUnion(read) } }
        guard let template, !diagnostics.hasErrors else { return (.failure(Rejected(diagnostics)), dependsOnFiles) }
        let resolved = ResolvedTemplate(
            template: template, account: account.name,
            api: template.api ?? circumstances.cloud?.rules.apis.first, fields: fields, place: place,
            parameters: substitution.parameters,
            filePriority: priority(of: place.file), warnings: diagnostics)
        return (.success(resolved), dependsOnFiles)
    }

    /// The account that a template names, whether or not it is sound at this one.
    func namedAccount(of id: String, at account: CatalogAccount) -> CatalogAccount? {
        let name = merge(id, at: account).fields[TemplateKeys.account.canonical]?.text
        return name.flatMap { name in accounts.first { $0.name.text == name } }
    }

    private static let withoutParent: Set = ["template.unknown-parent", "template.cycle", "template.extends-depth"]
    private static let inheritable: Set = [
        "template.missing-image", "template.missing-type", "template.unknown-parameter",
    ]

    /// All files beside the catalog's that are read while the body resolves templates, for whatever template and
    /// with whatever outcome: one that is not for an account may have read another file to find out.
    func filesRead(during body: () -> Void) -> Set<FileBeside> {
        filesRead.withLock { $0 = [] }
        body()
        return filesRead.withLock { read in
            defer { read = nil }
            return read ?? []
        }
    }

    /// What is wrong with a template at this account, though it may be right at another.
    private func mismatches(_ template: Template?, _ fields: Layered, at account: CatalogAccount) -> [Diagnostic] {
        var found: [Diagnostic] = []
        if let cloud = template?.cloud, cloud != account.cloud {
            found.append(
                Diagnostic(
                    .error, "template.other-cloud",
                    "template `\(template?.id.text ?? "")` is for `\(cloud)`, but account `\(account.name)` is on "
                        + "`\(account.cloud)`",
                    at: fields[TemplateKeys.cloud.canonical]?.place))
        }
        let named = [template?.account].compactMap(\.self).map { ($0, TemplateKeys.account) }
        let others = (template?.fallbackAccounts ?? []).map { ($0, TemplateKeys.fallbackAccounts) }
        for (name, key) in named + others where !accounts.contains(where: { $0.name == name }) {
            found.append(
                Diagnostic(
                    .error, "template.unknown-account", "there is no account `\(name)`",
                    at: fields[key.canonical]?.place, hint: didYouMean(name.text, among: accounts.map(\.name.text))))
        }
        return found
    }

    /// A file's position among all, lowest first.
    private func priority(of file: String) -> Int { files.firstIndex { $0.path == file } ?? 0 }

    /// With references of its own for each template, so that it can be told what each one read.
    private func circumstances(at account: CatalogAccount) throws(Rejected) -> Circumstances {
        let known = circumstances.withLock { $0[account] }
        let result: Result<Circumstances, Rejected> =
            known ?? Result { () throws(Rejected) in try rules.circumstances(at: account) }
        if known == nil { circumstances.withLock { $0[account] = result } }
        var own = try result.get()
        own.references = own.references.afresh
        return own
    }

    /// The defaults that reach an account, merged once.
    func defaults(at account: CatalogAccount) -> Merged {
        if let known = defaults.withLock({ $0[account] }) { return known }
        let merged = mergeDefaults(at: account)
        defaults.withLock { $0[account] = merged }
        return merged
    }
}
