import ArgumentParser

struct ProviderCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "provider",
        abstract: "The accounts machines come from.",
        discussion: """
            EXAMPLES:
              muster provider list
              muster provider check prod
            """,
        subcommands: [ProviderList.self, ProviderCheck.self])
}
