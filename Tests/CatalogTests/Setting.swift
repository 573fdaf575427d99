import Catalog
import Documents
import Provisioning

/// A catalog over a scratch directory, with a clock that the test turns.
struct Setting {
    let directory: ScratchDirectory
    let clock = Lock(Timestamp(seconds: 1_700_000_000))
    let catalog: TemplateCatalog

    static let accounts = [
        CatalogAccount(name: "demo", cloud: "aws", isEmulated: true),
        CatalogAccount(name: "prod", cloud: "aws"),
        CatalogAccount(name: "research", cloud: "gcp"),
    ]

    init(_ files: [String: String], directories: [String]? = nil, apis: [APIName]? = nil) throws {
        let directory = try ScratchDirectory()
        for (name, text) in files { try directory.write(name, text) }
        self.directory = directory
        // The directory lasts as long as the catalog, which keeps this.
        let now: @Sendable () -> Timestamp = { [clock] in
            withExtendedLifetime(directory) { clock.withLock { $0 } }
        }
        catalog = TemplateCatalog(
            directories: directories?.map { "\(directory.path)/\($0)" } ?? [directory.path],
            accounts: Setting.accounts, apis: apis,
            surroundings: Surroundings(now: now, sleep: { _ in }, random: { 0 }))
    }

    func turnClock(by duration: Duration) { clock.withLock { $0 = $0 + duration } }

    /// Code and place of each diagnostic, as `code@file:line:column`.
    func codes(_ diagnostics: [Diagnostic]) -> [String] {
        diagnostics.map { diagnostic in
            guard let place = diagnostic.place else { return diagnostic.code }
            return "\(diagnostic.code)@\(place.file.dropFirst(directory.path.count + 1)):\(place.line):\(place.column)"
        }
    }

    /// What resolving a template is refused for.
    func refusal(_ id: Template.ID, at account: AccountName? = nil) -> [String] {
        do throws(Rejected) {
            _ = try catalog.resolve(id, at: account)
            return []
        } catch {
            return codes(error.diagnostics)
        }
    }
}
