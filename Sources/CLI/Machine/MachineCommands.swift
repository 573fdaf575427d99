import ArgumentParser

struct MachineCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "machine",
        abstract: "What was promised, and what became of it.",
        subcommands: [MachineList.self, MachineShow.self, MachineReturn.self])
}
