import ArgumentParser
import Provisioning

struct TemplateList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the templates that can be used.",
        discussion: """
            Templates with mistakes are left out and told on standard error; the exit code is 2 then.

            EXAMPLES:
              muster template list
              muster template list --output ids
            """)

    @OptionGroup var options: HouseOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let house = try options.house()
        let format = output.output
        if let kept = house.catalog.keptListing(format.rawValue) {
            try kept.withBytes { try writeOutput($0) }
            return warn(kept.diagnostics)
        }
        let (templates, diagnostics) = house.catalog.all()
        try writeOutput(format.text(of: templates.view))
        house.catalog.keep { $0.texts }
        try diagnostics.rejectErrors()
        warn(diagnostics)
    }
}
