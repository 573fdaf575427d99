import ArgumentParser

struct ConfigCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "What the site has decided.",
        discussion: """
            EXAMPLES:
              muster config show --origins
            """, subcommands: [ConfigShow.self])
}
