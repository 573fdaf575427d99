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
    private let apis: [APIName]?
    private let brokenFiles: [TemplateFile]

    private let defaults = Lock<[CatalogAccount: Merged]>([:])
    private let resolutions = Lock<[Question: Result<ResolvedTemplate, Rejected>]>([:])

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
    }

    init(files unordered: [TemplateFile], accounts: [CatalogAccount], apis: [APIName]?, diagnostics: [Diagnostic]) {
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
        self.apis = apis
        brokenFiles = files.filter(\.isBroken)
        self.diagnostics = diagnostics + files.flatMap(\.diagnostics)
        ids = entries.keys.sorted()
    }

    var isBroken: Bool { !brokenFiles.isEmpty || diagnostics.contains { $0.code == "file.unreadable" } }

    /// What is wrong with the broken files that speak for an account: without them nobody knows what its
    /// templates come to.
    func breakage(for account: CatalogAccount) -> [Diagnostic] {
        if brokenFiles.isEmpty { return [] }
        return brokenFiles.filter { $0.rank.reach.includes(account) }.flatMap(\.diagnostics)
            .filter { $0.severity == .error }
    }

    func knows(_ id: String, at account: CatalogAccount) -> Bool {
        entries[id]?.contains { files[$0.file].rank.reach.includes(account) } ?? false
    }

    func entry(_ reference: EntryReference) -> TemplateFile.Entry { files[reference.file].entries[reference.entry] }

    // MARK: - Resolving

    /// What a template comes to at an account that knows it.
    func resolve(_ id: String, at account: CatalogAccount) throws(Rejected) -> ResolvedTemplate {
        let question = Question(id: id, account: account)
        if let known = resolutions.withLock({ $0[question] }) { return try known.get() }
        let result: Result<ResolvedTemplate, Rejected> =
            Result { () throws(Rejected) in try work(out: id, at: account) }
        resolutions.withLock { $0[question] = result }
        return try result.get()
    }

    /// The same, not kept: who goes through all templates does not come back to each.
    func work(out id: String, at account: CatalogAccount) throws(Rejected) -> ResolvedTemplate {
        let merged = merge(id, at: account)
        let place = merged.place ?? Place(file: "", line: 1, column: 1)
        var (template, diagnostics) = readTemplate(Template.ID(id), merged.fields, at: place, apis: apis)
        diagnostics = merged.diagnostics + diagnostics
        if let cloud = template?.cloud, cloud != account.cloud {
            diagnostics.append(
                Diagnostic(
                    .error, "template.other-cloud",
                    "template `\(id)` is for `\(cloud)`, but account `\(account.name)` is on `\(account.cloud)`",
                    at: merged.fields[TemplateKeys.cloud.canonical]?.place))
        }
        if template?.cloud == nil { template?.cloud = account.cloud }
        if let name = template?.account, !accounts.contains(where: { $0.name == name }) {
            diagnostics.append(
                Diagnostic(
                    .error, "template.unknown-account", "there is no account `\(name)`",
                    at: merged.fields[TemplateKeys.account.canonical]?.place,
                    hint: didYouMean(name.text, among: accounts.map(\.name.text))))
        }
        guard let template, !diagnostics.hasErrors else { throw Rejected(diagnostics) }
        return ResolvedTemplate(
            template: template, account: account.name, fields: merged.fields, place: place, warnings: diagnostics)
    }

    /// The defaults that reach an account, merged once.
    func defaults(at account: CatalogAccount) -> Merged {
        if let known = defaults.withLock({ $0[account] }) { return known }
        let merged = mergeDefaults(at: account)
        defaults.withLock { $0[account] = merged }
        return merged
    }
}
