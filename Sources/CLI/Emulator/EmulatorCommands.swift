import ArgumentParser

struct EmulatorCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "emulator", abstract: "A cloud of your own, on this machine.",
        discussion: """
            EXAMPLES:
              muster emulator run --port 5000
              muster emulator limit short.yaml
            """, subcommands: [EmulatorRun.self, EmulatorLimit.self])
}
