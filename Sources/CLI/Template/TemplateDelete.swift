import ArgumentParser

struct TemplateDelete: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Take a template out of its file.",
        discussion: """
            It is taken out with the comments right above it, of the file of the highest layer that has it; the \
            layers below are heard again then. A template that others extend stays. Requests under way have copies of \
            their own, and machines stay as they are.

            EXAMPLES:
              muster template delete web --dry-run
              muster template delete cpu-small --layer instance --account demo
            """)

    @Argument(help: "The template's id.", completion: .templates)
    var id: String

    @OptionGroup var writing: WritingOptions

    func run() throws { try writing.perform(.delete, id) }
}
