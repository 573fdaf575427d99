import ArgumentParser

struct AgentCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agent", abstract: "The loop that keeps promises.", subcommands: [AgentRun.self])
}
