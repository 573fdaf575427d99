import ArgumentParser
import Provisioning

struct TemplateCopy: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "copy",
        abstract: "Add a template that is written like another one.",
        discussion: """
            What the highest layer says of the one is written once more under the id of the other, comments and all, \
            beside it in the same file unless --layer or --file says otherwise. What the one has from defaults, from \
            a template it extends or from layers below, the other has only if it reaches it there too.

            EXAMPLES:
              muster template copy cpu-small web --field description='For the web'
              muster template copy cpu-small web --layer instance --dry-run
            """)

    @Argument(help: "The id of the template to copy.", completion: .templates)
    var from: String

    @Argument(help: "The id of the new template.")
    var to: String

    @Option(name: .customLong("field"), help: "Give it this field; may be repeated.")
    var fields: [FieldArgument] = []

    @OptionGroup var writing: WritingOptions

    func run() throws { try writing.perform(.copy(Template.ID(from)), to, fields.map(\.field)) }
}
