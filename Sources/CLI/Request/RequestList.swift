import ArgumentParser
import Provisioning

struct RequestList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List requests and returns, newest first.",
        discussion: """
            EXAMPLES:
              muster request list
              muster request list --state open --output ids
            """)

    @Option(help: "Only those in this state.")
    var state: RequestStateArgument?

    @OptionGroup var options: HouseOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        try output.show(options.agentCaughtUp().requests(in: state?.state).view)
    }
}

/// A request's state on the command line.
struct RequestStateArgument: ExpressibleByArgument {
    let state: Request.State

    init?(argument: String) {
        guard let state = Request.State(rawValue: argument) else { return nil }
        self.state = state
    }

    static var allValueStrings: [String] { Request.State.allCases.map(\.rawValue) }
    static var defaultCompletionKind: CompletionKind { .list(allValueStrings) }
}
