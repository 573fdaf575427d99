import ArgumentParser

struct TemplateCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "template",
        abstract: "The recipes machines are made from.",
        subcommands: [
            TemplateList.self, TemplateSearch.self, TemplateShow.self, TemplateCompare.self, TemplateValidate.self,
            TemplateCreate.self, TemplateUpdate.self, TemplateDelete.self, TemplateCopy.self,
            TemplateGenerate.self, TemplateSchema.self, TemplateCache.self,
        ])
}
