import ArgumentParser

struct MachineCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "machine",
        abstract: "What was promised, and what became of it.",
        discussion: """
            EXAMPLES:
              muster machine list --state running
              muster machine return --request req-06fz3k9q2m7w1c4d --wait
            """,
        subcommands: [MachineList.self, MachineShow.self, MachineReturn.self])
}
