import Catalog
import Cloud
import Provisioning

/// What came of looking at one template at one account.
package struct ValidationResult: Sendable {
    package var template: Template.ID
    /// Nil: it is not known whom it is for.
    package var account: AccountName?
    package var errors: [Diagnostic] = []
    package var warnings: [Diagnostic] = []
    /// What the API it launches by can do of what a template may ask for.
    package var features: [Feature] = []
    package var validatedAt: Timestamp
    /// What the cloud says of what it names; nil: the cloud was not asked.
    package var findings: [Finding]?

    package init(template: Template.ID, account: AccountName?, validatedAt: Timestamp) {
        self.template = template
        self.account = account
        self.validatedAt = validatedAt
    }

    package var isValid: Bool { errors.isEmpty }
}

/// Looks at templates one by one, and asks their clouds on request; needs no ledger.
package struct Validation: Sendable {
    private let catalog: TemplateCatalog
    private let accounts: [AccountName: Account]
    private let surroundings: Surroundings
    private let typeLists: TypeLists

    package init(
        catalog: TemplateCatalog, accounts: [Account], surroundings: Surroundings, typeLists: TypeLists? = nil
    ) {
        self.catalog = catalog
        self.accounts = Dictionary(uniqueKeysWithValues: accounts.map { ($0.name, $0) })
        self.surroundings = surroundings
        self.typeLists = typeLists ?? TypeLists(files: nil, now: surroundings.now)
    }

    /// One result for each template; without any named, for all there are at the account.
    ///
    /// What is absent is an error of its template, at the place that names it.
    ///
    /// - Throws: `Rejected` if there is no such account.
    package func results(
        of ids: [Template.ID] = [], at account: AccountName? = nil, askingCloud: Bool
    ) async throws -> [ValidationResult] {
        if let account, accounts[account] == nil { throw Rejected(unknown(account)) }
        let verifications = accounts.mapValues { Verification(at: $0) }
        var results: [ValidationResult] = []
        for id in ids.isEmpty ? catalog.ids : ids {
            var result = ValidationResult(template: id, account: account, validatedAt: surroundings.now())
            let diagnostics = catalog.check([id])
            result.errors = diagnostics.filter { $0.severity == .error }
            result.warnings = diagnostics.filter { $0.severity == .warning }
            do throws(Rejected) {
                let resolved = try catalog.resolve(id, at: account)
                result.account = resolved.account
                result.errors += problems(at: account == nil ? resolved.template.fallbackAccounts ?? [] : [], with: id)
                result.features = catalog.features(for: resolved)
                if askingCloud, let name = resolved.account, let account = accounts[name] {
                    // As an order would have it: those that the table has and the region has not are no mistake.
                    let types = try await TypeChoice(catalog: catalog, lists: typeLists)
                        .resolve(resolved.template, at: account, asking: true)
                    let findings = await verifications[name]!.findings(on: types.template)
                    result.findings = findings
                    result.errors += findings.compactMap { absence($0, in: resolved) }
                }
            } catch {
                // At the account it is meant to be asked of; a template of others is no mistake of the catalog.
                if ids.isEmpty, account != nil, error.isAboutOthers { continue }
                result.errors += error.diagnostics.filter { $0.severity == .error && !result.errors.contains($0) }
            }
            results.append(result)
        }
        return results
    }

    /// What is wrong with a template where it may have to go.
    private func problems(at fallbacks: [AccountName], with id: Template.ID) -> [Diagnostic] {
        var problems: [Diagnostic] = []
        for name in fallbacks {
            do throws(Rejected) {
                _ = try catalog.resolve(id, at: name)
            } catch {
                problems += error.diagnostics.filter { $0.severity == .error && !problems.contains($0) }
            }
        }
        return problems
    }

    private func absence(_ finding: Finding, in resolved: ResolvedTemplate) -> Diagnostic? {
        guard case .absent(let why) = finding.answer else { return nil }
        return Diagnostic(
            .error, "template.absent",
            "the \(finding.subject.rawValue) `\(finding.name)` of template `\(resolved.template.id)` cannot be used at "
                + "account `\(resolved.account ?? "")`: \(why)",
            at: resolved.place(naming: finding.name))
    }

    private func unknown(_ account: AccountName) -> Diagnostic {
        Diagnostic(
            .error, "account.unknown", "there is no account `\(account)`",
            hint: didYouMean(account.text, among: accounts.keys.map(\.text)))
    }
}

extension Rejected {
    fileprivate var isAboutOthers: Bool {
        diagnostics.allSatisfy { ["template.not-here", "template.other-cloud"].contains($0.code) }
    }
}
