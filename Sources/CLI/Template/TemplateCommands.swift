import ArgumentParser

struct TemplateCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "template",
        abstract: "The recipes machines are made from.",
        subcommands: [
            TemplateList.self, TemplateShow.self, TemplateCompare.self, TemplateValidate.self, TemplateSchema.self,
        ])
}
