import ArgumentParser
import Provisioning
import Setup

struct Doctor: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check that everything is in its place. No cloud is asked for machines.",
        discussion: """
            The exit code is 1 if anything would keep machines from being provisioned.

            EXAMPLES:
              muster doctor
              muster doctor --output json
            """)

    @OptionGroup var options: HouseOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let checks = examine()
        try output.show(checks.view)
        let bad = checks.filter { $0.state == .error }
        if !bad.isEmpty {
            throw NotReached("\(bad.count) of \(checks.count) checks found an error")
        }
    }

    /// One check after the other; what rests on something that is missing is not tried.
    private func examine() -> [Check] {
        let house: House
        do { house = try options.house() } catch { return [Check("settings", failed: error)] }
        let settings = house.settings
        var checks = [
            Check("settings", .ok, settings.accounts.map { "\($0.name)" }.joined(separator: ", ")),
            Check("templates", house.catalog.check(), count: house.catalog.all().templates.count),
        ]
        checks += StateFolder(settings.stateDirectory).checks
        checks.append(Check("ledger") { try house.inspectLedger() })
        checks.append(Check("libcurl") { try house.inspectTransport() })
        checks += credentials(of: house)
        return checks
    }

    private func credentials(of house: House) -> [Check] {
        do {
            return try house.accounts().map { account in
                Check("account.\(account.name)") {
                    try blocking { try await account.session.checkCredentials() }
                    return "credentials: \(account.session.credentialSource)"
                }
            }
        } catch {
            return [Check("accounts", failed: error)]
        }
    }
}
