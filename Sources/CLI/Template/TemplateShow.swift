import ArgumentParser
import Provisioning

struct TemplateShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show what a template comes to.",
        discussion: """
            EXAMPLES:
              muster template show cpu-small
              muster template show cpu-small --origins
              muster template show cpu-small --account demo --output json
              muster template show flexible --set size=large
            """)

    @Argument(help: "The template's id.", completion: .templates)
    var id: String

    @Option(help: "As it comes to at this account.")
    var account: String?

    @Option(
        name: .customLong("set"), help: "A value for one of its parameters, as in size=large; may be repeated.")
    var parameters: [ParameterArgument] = []

    @Flag(help: "Show every value with the file, line and layer that set it.")
    var origins = false

    @OptionGroup var options: HouseOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let catalog = try options.house().catalog
        let resolved = try catalog.resolve(
            Template.ID(id), at: account.map { AccountName($0) }, given: parameters.values)
        let lines = resolved.fields.leaves().map {
            ValueLine(path: $0.path, value: $0.text, origin: $0.origin.description)
        }
        let sheet = TemplateSheet(resolved: resolved, origins: origins ? lines : nil)
        try output.show(sheet.view)
        warn(resolved.warnings)
        catalog.keep { $0.texts }
    }
}
