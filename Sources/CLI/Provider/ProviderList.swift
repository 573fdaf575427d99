import ArgumentParser
import Provisioning
import Setup

struct ProviderList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the accounts of the settings, the default one first.",
        discussion: """
            EXAMPLE:
              muster provider list
            """)

    @OptionGroup var options: HouseOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let settings = try options.settings()
        let accounts = settings.accounts
        let view = View("accounts") {
            .list(accounts.map { $0.rendered(isDefault: $0.name == settings.defaultAccount) })
        } ids: {
            accounts.map(\.name.text)
        } blocks: {
            [
                .table(
                    Table(
                        "NAME", "CLOUD", "REGION", "ENDPOINT", "PROFILE", "DEFAULT",
                        rows: accounts.map {
                            [
                                $0.name.text, $0.cloud.text, $0.region, $0.where, $0.profile ?? Table.nothing,
                                $0.name == settings.defaultAccount ? "yes" : "no",
                            ]
                        }))
            ]
        }
        try output.show(view)
    }
}

extension AccountSettings {
    /// Where its calls go, as far as the settings say.
    fileprivate var `where`: String {
        endpoint?.text ?? (isEmulated ? "emulated" : "the cloud's own")
    }

    fileprivate func rendered(isDefault: Bool) -> Rendered {
        [
            "name": .text(name.text), "cloud": .text(cloud.text), "region": .text(region),
            "endpoint": .text(endpoint?.text), "emulated": .boolean(isEmulated), "profile": .text(profile),
            "tags": .texts(tags), "default": .boolean(isDefault),
        ]
    }
}
