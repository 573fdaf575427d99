import ArgumentParser

struct EmulatorCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "emulator", abstract: "A cloud of your own, on this machine.", subcommands: [EmulatorRun.self])
}
