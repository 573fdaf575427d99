import ArgumentParser
import Provisioning

struct RequestExplain: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Tell how a request came to where it is.",
        discussion: """
            EXAMPLE:
              muster request explain req-06fz3k9q2m7w1c4d
            """)

    @Argument(help: "The request's id, or a return's.")
    var id: String

    @OptionGroup var options: HouseOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        try output.show(Timeline(events: options.agentCaughtUp().explain(Request.ID(id))).view)
    }
}
