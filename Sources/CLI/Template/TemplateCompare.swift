import ArgumentParser
import Provisioning

struct TemplateCompare: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Compare what two templates come to.",
        discussion: """
            Every field that differs is shown as one template has it (-) and as the other has it (+), with the file, \
            line and layer that set it. The exit code is 0 if there is no difference and 1 if there is one.

            EXAMPLES:
              muster template diff cpu-small cpu-large
              muster template diff cpu-small cpu-large --account demo --output json
              muster template diff cpu-small cpu-large --output ids
            """)

    @Argument(help: "The id of the template to start from.")
    var from: String

    @Argument(help: "The id of the template to compare it with.")
    var to: String

    @Option(help: "As they come to at this account.")
    var account: String?

    @OptionGroup var options: HouseOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let (diff, warnings) = try options.house().catalog.diff(
            Template.ID(from), Template.ID(to), at: account.map { AccountName($0) })
        try output.show(diff.view)
        warn(warnings)
        if !diff.changes.isEmpty { throw ExitCode(1) }
    }
}
