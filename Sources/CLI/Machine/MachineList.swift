import ArgumentParser
import Provisioning

struct MachineList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List machines, oldest first.",
        discussion: """
            EXAMPLES:
              muster machine list
              muster machine list --request req-06fz3k9q2m7w1c4d
              muster machine list --state running --output ids
            """)

    @Option(help: "Only those of this request, or of this return.")
    var request: String?

    @Option(help: "Only those in this state.")
    var state: MachineStateArgument?

    @OptionGroup var options: HouseOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let agent = try options.agentCaughtUp()
        let machines = try agent.machines(of: request.map { Request.ID($0) }, in: state?.state)
        try output.show(machines.view)
    }
}

/// A machine's state on the command line.
struct MachineStateArgument: ExpressibleByArgument {
    let state: Machine.State

    init?(argument: String) {
        guard let state = Machine.State(rawValue: argument) else { return nil }
        self.state = state
    }

    static var allValueStrings: [String] { Machine.State.allCases.map(\.rawValue) }
    static var defaultCompletionKind: CompletionKind { .list(allValueStrings) }
}
