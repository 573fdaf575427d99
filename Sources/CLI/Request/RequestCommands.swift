import ArgumentParser

struct RequestCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "request",
        abstract: "Ask for machines, and follow what becomes of it.",
        subcommands: [
            RequestCreate.self, RequestList.self, RequestShow.self, RequestCancel.self, RequestExplain.self,
        ])
}
