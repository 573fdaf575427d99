import ArgumentParser

struct AgentCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agent", abstract: "The loop that keeps promises.",
        discussion: """
            EXAMPLES:
              muster agent run
            """, subcommands: [AgentRun.self])
}
