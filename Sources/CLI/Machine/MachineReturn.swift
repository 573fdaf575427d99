import ArgumentParser
import Engine
import Provisioning

struct MachineReturn: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "return",
        abstract: "Give machines back.",
        discussion: """
            Machines that are over already count as given back. Without --wait the promise is written, and any later \
            command or `muster agent run` keeps it.

            EXAMPLES:
              muster machine return mch-06fz3k9q2m7w1c4d-0001
              muster machine return --request req-06fz3k9q2m7w1c4d --wait
            """)

    @Argument(help: "The machines' ids.")
    var ids: [String] = []

    @Option(help: "All living machines of this request.")
    var request: String?

    @Flag(help: "Wait until they are given back.")
    var wait = false

    @OptionGroup var options: HouseOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if ids.isEmpty, request == nil {
            throw ValidationError("Name the machines to give back, or a request with '--request'.")
        }
    }

    func run() throws {
        let agent = try options.agent(waiting: wait)
        var machines = ids.map { Machine.ID($0) }
        if let request { machines += MachineReturn.living(try agent.machines(of: Request.ID(request))) }
        let accepted = try agent.giveBack(machines)
        try output.follow(accepted, of: agent, waiting: wait)
    }

    /// Where none is left alive all are named: they count as given back, and giving back twice is no mistake.
    static func living(_ machines: [Machine]) -> [Machine.ID] {
        let living = machines.filter { !$0.state.isFinal }
        return (living.isEmpty ? machines : living).map(\.id)
    }
}
