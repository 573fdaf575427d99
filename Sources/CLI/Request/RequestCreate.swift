import ArgumentParser
import Provisioning

struct RequestCreate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Ask for machines from a template.",
        discussion: """
            Without --wait the promise is written, and any later command or `muster agent run` keeps it. With --wait \
            the exit code is 0 if all machines run, or at least as many as --at-least says.

            EXAMPLES:
              muster request create cpu-small 5 --wait
              muster request create cpu-small 5 --dry-run --output json
              muster request create cpu-small 100 --at-least 80 --deadline 10m --wait
              muster request create cpu-small 5 --key nightly-2026-11-21
              muster request create flexible 5 --set size=large
            """)

    @Argument(help: "The template's id.", completion: .templates)
    var template: String

    @Argument(help: "How many machines, or units where their types have weights.")
    var count: Int

    @Option(
        help: "The account to ask; otherwise the template's, or the default one.", completion: .accounts)
    var account: String?

    @Option(help: "A name of your own: the same key gives the same request, however often it is sent.")
    var key: String?

    @Option(help: "Want none if there are fewer than this.")
    var atLeast: Int?

    @Option(help: "How long to try, as in 90s or 15m; otherwise 15m.")
    var deadline: Span?

    @Option(help: "How long each machine may live once it runs, as in 8h; otherwise as the template says.")
    var lifetime: Span?

    @Option(name: .customLong("tag"), help: "A tag for the machines, as in team=risk; may be repeated.")
    var tags: [TagArgument] = []

    @Option(
        name: .customLong("set"), help: "A value for a parameter of the template, as in size=large; may be repeated.")
    var parameters: [ParameterArgument] = []

    @Flag(help: "Wait until the request has settled.")
    var wait = false

    @Flag(help: "Show what would be done; store nothing, change nothing.")
    var dryRun = false

    @Flag(help: "With --dry-run: let the cloud rehearse each call.")
    var askCloud = false

    @OptionGroup var options: HouseOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if askCloud, !dryRun { throw ValidationError("'--ask-cloud' goes with '--dry-run'.") }
        if wait, dryRun { throw ValidationError("'--wait' and '--dry-run' exclude each other.") }
    }

    func run() throws {
        if dryRun { try output.rejectIDs() }
        let agent = try options.agent(waiting: wait)
        // In the end: who waits for machines does not wait for this.
        defer { agent.catalog.keep { $0.texts } }
        let (order, askCloud) = (order, askCloud)
        if dryRun {
            let preview = try interruptible { try await agent.preview(order, askingCloud: askCloud) }
            try output.show(preview.view)
            if let trouble = NotReached(preview) { throw trouble }
        } else {
            try output.follow(blocking { try await agent.accept(order) }, of: agent, waiting: wait)
        }
    }

    private var order: Order {
        var order = Order(template: Template.ID(template), count: count)
        order.atLeast = atLeast
        order.key = key
        order.account = account.map { AccountName($0) }
        if let deadline { order.deadlineSeconds = deadline.seconds }
        order.lifetimeSeconds = lifetime?.seconds
        for tag in tags { order.tags[tag.key] = tag.value }
        order.parameters = parameters.values
        return order
    }
}
