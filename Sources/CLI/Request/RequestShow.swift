import ArgumentParser
import Provisioning

struct RequestShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a request or a return with its machines.",
        discussion: """
            EXAMPLES:
              muster request show req-06fz3k9q2m7w1c4d
              muster request show req-06fz3k9q2m7w1c4d --wait --output json
            """)

    @Argument(help: "The request's id, or a return's.")
    var id: String

    @Flag(help: "Carry it on until it has settled.")
    var wait = false

    @OptionGroup var options: HouseOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        if wait {
            let agent = try options.agent(waiting: true)
            try output.follow(agent.request(Request.ID(id)), of: agent, waiting: true)
        } else {
            try output.show(options.agentCaughtUp().request(Request.ID(id)).view)
        }
    }
}
