import ArgumentParser

struct RequestCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "request",
        abstract: "Ask for machines, and follow what becomes of it.",
        discussion: """
            EXAMPLES:
              muster request create cpu-small 5 --wait
              muster request list
              muster request show req-06fz3k9q2m7w1c4d --wait
            """,
        subcommands: [
            RequestCreate.self, RequestList.self, RequestShow.self, RequestCancel.self, RequestExplain.self,
        ])
}
