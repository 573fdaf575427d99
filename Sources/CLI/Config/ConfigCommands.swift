import ArgumentParser

struct ConfigCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "What the site has decided.", subcommands: [ConfigShow.self])
}
