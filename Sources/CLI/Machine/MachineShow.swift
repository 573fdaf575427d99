import ArgumentParser
import Provisioning

struct MachineShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show one machine.",
        discussion: """
            EXAMPLE:
              muster machine show mch-06fz3k9q2m7w1c4d-0001
            """)

    @Argument(help: "The machine's id.")
    var id: String

    @OptionGroup var options: HouseOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        try output.show(options.agentCaughtUp().machine(Machine.ID(id)).view)
    }
}
