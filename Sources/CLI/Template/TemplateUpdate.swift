import ArgumentParser
import Catalog

struct TemplateUpdate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "update",
        abstract: "Change fields of a template in its file.",
        discussion: """
            The fields are changed where they stand: comments, order and layout of the file stay. It is the file of \
            the highest layer that has the template, unless --layer or --file says otherwise; a layer that does not \
            speak of the template yet will then say these fields of it. Nothing is written if the catalog would have \
            a mistake that it has not now; the exit code is 2 then.

            A KEY may lead into a map, as in tags.team; it may be any of a key's names, and one that the file uses \
            already stays. A VALUE in brackets or quotes is read as YAML, null clears what a layer below says, and \
            any other is taken as it is.

            EXAMPLES:
              muster template update cpu-small --field max_machines=20 --dry-run
              muster template update cpu-small --field 'zones=[us-east-1a]'
              muster template update cpu-small --field tags.team=risk
              muster template update cpu-small --unset lifetime
              muster template update cpu-small --field max_machines=5 --layer instance
            """)

    @Argument(help: "The template's id.", completion: .templates)
    var id: String

    @Option(name: .customLong("field"), help: "Give it this field; may be repeated.")
    var fields: [FieldArgument] = []

    @Option(name: .customLong("unset"), help: "Take out this field; may be repeated.")
    var unset: [String] = []

    @OptionGroup var writing: WritingOptions

    func validate() throws {
        if fields.isEmpty, unset.isEmpty { throw ValidationError("Name a field with '--field' or '--unset'.") }
    }

    func run() throws {
        try writing.perform(.update, id, unset.map { .unset($0) } + fields.map(\.field))
    }
}
