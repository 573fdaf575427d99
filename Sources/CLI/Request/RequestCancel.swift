import ArgumentParser
import Provisioning

struct RequestCancel: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "End a request that is still open; what was launched for it is terminated.",
        discussion: """
            EXAMPLE:
              muster request cancel req-06fz3k9q2m7w1c4d
            """)

    @Argument(help: "The request's id.")
    var id: String

    @OptionGroup var options: HouseOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let agent = try options.house().agent()
        let report = try agent.cancel(Request.ID(id))
        try output.show(report.view)
        advise("`muster request show \(report.request.id) --wait` follows it to its end, as does `muster agent run`")
    }
}
