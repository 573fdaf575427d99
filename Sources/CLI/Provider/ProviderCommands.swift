import ArgumentParser

struct ProviderCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "provider",
        abstract: "The accounts machines come from.",
        subcommands: [ProviderList.self, ProviderCheck.self])
}
